export { lowerModule } from "./lower/function.ts";
export { type TargetInfo, wasmTarget } from "./lower/target.ts";
export { type OptimizeOptions, optimize, type TensorPass, tensorPasses } from "./pipeline.ts";
