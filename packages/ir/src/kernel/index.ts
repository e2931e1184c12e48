export * from "./analysis.ts";
export * from "./build.ts";
export * from "./fold-order.ts";
export * from "./index-expr.ts";
export { runProgram } from "./interpret.ts";
export * from "./lane-stride.ts";
export { printKernel, printProgram } from "./printer.ts";
export * from "./types.ts";
