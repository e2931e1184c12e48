export { checkDType, checkModule, UnsupportedOnWebGpuError } from "./check.ts";
export { compileWgsl } from "./compile.ts";
export {
  type CompiledWgsl,
  defaultLimits,
  type GpuBuffer,
  type GpuCommand,
  type Shader,
  type ShaderBinding,
  type WgslLimits,
} from "./types.ts";
