export { printFusion } from "./fusion/printer.ts";
export { type LowerOptions, lowerModule } from "./lower/function.ts";
export { type TargetInfo, wasmTarget } from "./lower/target.ts";
export { type OptimizeOptions, optimize, type TensorPass, tensorPasses } from "./pipeline.ts";
