export { checkModule, UnsupportedOnWebGpuError } from "./check.ts";
export {
  type CompiledWgsl,
  defaultLimits,
  type GpuBuffer,
  type GpuCommand,
  type Shader,
  type ShaderBinding,
  type WgslLimits,
} from "./types.ts";
