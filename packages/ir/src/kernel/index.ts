export * from "./build.ts";
export * from "./index-expr.ts";
export * from "./types.ts";
