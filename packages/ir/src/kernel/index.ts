export * from "./build.ts";
export * from "./index-expr.ts";
export { runProgram } from "./interpret.ts";
export { printKernel, printProgram } from "./printer.ts";
export * from "./types.ts";
