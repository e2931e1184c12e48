import "./core/backends.ts";
import "./methods.ts";

export { config } from "./core/config.ts";
export { defaultBackend, devices, registerBackend } from "./core/devices.ts";
export { clearCaches } from "./core/dispatch.ts";
export { type JitOptions, type Jitted, jit } from "./core/jit.ts";
export { NDArray } from "./core/ndarray.ts";
export * as tree from "./core/tree.ts";
export * as lax from "./lax/index.ts";
export * as jnp from "./numpy/index.ts";
