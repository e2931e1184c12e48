export { printFusion } from "./fusion/printer.ts";
export { type LowerOptions, lowerModule } from "./lower/function.ts";
export { type GpuLimits, type TargetInfo, wasmTarget, wgslTarget } from "./lower/target.ts";
export { type OptimizeOptions, optimize, type TensorPass, tensorPasses } from "./pipeline.ts";
