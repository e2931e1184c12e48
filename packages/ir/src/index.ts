export * from "./builder.ts";
export * from "./dtype.ts";
export * from "./errors.ts";
export * from "./literal.ts";
export * from "./module.ts";
export type * from "./ops/schema.ts";
export * from "./ops/table.ts";
export * from "./scalar.ts";
export * from "./tensor-type.ts";
