export * as abi from "./abi.ts";
export {
  BINARYEN_VERSION,
  type Binaryen,
  type BinaryenModule,
  binaryenSync,
  isBinaryenLoaded,
  loadBinaryen,
} from "./binaryen/load.ts";
export { UnsupportedProgramError } from "./check.ts";
export {
  type CompiledProgram,
  type CompileProgramOptions,
  compileProgram,
  type KernelInfo,
} from "./compile.ts";
export { callParallel, emitParallel, PARALLEL, type ParallelOptions } from "./emit/parallel.ts";
export type { FrameLayout } from "./entry/frame.ts";
export { type WasmFeatures, wasmFeatures } from "./features.ts";
