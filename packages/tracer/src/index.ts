export { config } from "./core/config.ts";
export { defaultBackend, devices, registerBackend } from "./core/devices.ts";
export { type JitOptions, type Jitted, jit } from "./core/jit.ts";
export { NDArray } from "./core/ndarray.ts";
export * as tree from "./core/tree.ts";
export * as lax from "./lax/index.ts";
