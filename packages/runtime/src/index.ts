export { UnsupportedOnWebGpuError } from "@fluxion/codegen-wgsl";
export { cpuStages, loadCodeGenerator } from "./cpu/compile.ts";
export { CpuBuffer } from "./cpu/cpu-buffer.ts";
export { CpuDevice, type CpuDeviceOptions } from "./cpu/cpu-device.ts";
export {
  type CpuInstance,
  CpuRuntime,
  type CpuRuntimeOptions,
  type Label,
  type MemoryStatistics,
} from "./cpu/cpu-runtime.ts";
export { OutOfMemoryError } from "./cpu/errors.ts";
export { SMALL_BYTES, type Storage } from "./cpu/storage.ts";
export { wideObstacle } from "./cpu/wide.ts";
export * from "./device.ts";
export { gpuStages } from "./gpu/compile.ts";
export { DeviceLostError, SynchronousReadError, WebGpuError, WebGpuUnavailableError } from "./gpu/errors.ts";
export { GpuBuffer } from "./gpu/gpu-buffer.ts";
export { GpuDevice, type GpuDeviceOptions } from "./gpu/gpu-device.ts";
export { hasWebGpu, type OpenGpu, openGpu } from "./gpu/open.ts";
export { InterpreterDevice } from "./interpreter-device.ts";
export {
  type CompileObserver,
  observeCompilation,
  observeRuns,
  type RunObserver,
  reportStage,
  type TimedKernel,
} from "./observer.ts";
