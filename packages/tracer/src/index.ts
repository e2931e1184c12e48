import "./core/backends.ts";
import "./methods.ts";

export { type IndexEntry, Slice, slice } from "./array/indexing/entries.ts";
export { config } from "./core/config.ts";
export { defaultBackend, devices, registerBackend } from "./core/devices.ts";
export { clearCaches } from "./core/dispatch.ts";
export { type JitOptions, type Jitted, jit } from "./core/jit.ts";
export { NDArray } from "./core/ndarray.ts";
export * as debug from "./debug.ts";
export * as lax from "./lax/index.ts";
export * as jnp from "./numpy/index.ts";
export { blockUntilReady, deviceGet, devicePut } from "./placement.ts";
export type { CompiledFunction, Lowered } from "./stages/lower.ts";
export { ClosedJaxpr, evalShape, makeJaxpr } from "./stages/make-jaxpr.ts";
export { ShapeDtypeStruct } from "./stages/shape-dtype-struct.ts";
export * as tree from "./tree.ts";
