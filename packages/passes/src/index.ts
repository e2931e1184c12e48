export { lowerModule } from "./lower/function.ts";
export { type TargetInfo, wasmTarget } from "./lower/target.ts";
