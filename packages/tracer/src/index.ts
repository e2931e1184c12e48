import "./core/backends.ts";
import "./methods.ts";

export type { Device } from "@fluxion/runtime";
export { type IndexEntry, Slice, slice } from "./array/indexing/entries.ts";
export type { ComplexElement, ElementOf, NaturalArray, Nested } from "./array/natural.ts";
export {
  checkingLeaks,
  debugInfs,
  debugNans,
  defaultDevice,
  disableJit,
  enableX64,
  logCompiles,
  numpyDtypePromotion,
  numpyRankPromotion,
} from "./contexts.ts";
export type { ArrayLike, NestedArrayLike } from "./core/as-array.ts";
export { config } from "./core/config.ts";
export { defaultBackend, deviceCount, devices, localDeviceCount, registerBackend } from "./core/devices.ts";
export { clearCaches } from "./core/dispatch.ts";
export { effectsBarrier } from "./core/effects.ts";
export { parseStages } from "./core/environment.ts";
export { float0 } from "./core/float0.ts";
export { init } from "./core/init.ts";
export { type Jitted, jit } from "./core/jit.ts";
export type { JitOptions } from "./core/jit-options.ts";
export { NDArray, storageOf } from "./core/ndarray.ts";
export { warnOnce } from "./core/warnings.ts";
export * as debug from "./debug.ts";
export * as errors from "./errors.ts";
export * as jnp from "./namespaces/jnp.ts";
export * as lax from "./namespaces/lax.ts";
export * as nn from "./namespaces/nn.ts";
export * as random from "./namespaces/random.ts";
export * from "./namespaces/top-level.ts";
export * as tree from "./namespaces/tree.ts";
export * as treeUtil from "./namespaces/tree-util.ts";
export * as tree_util from "./namespaces/tree-util.ts";
export { fromStorage } from "./numpy/array.ts";
export { blockUntilReady, deviceGet, devicePut, scope } from "./placement.ts";
export * as scipy from "./scipy/index.ts";
export type { CompiledFunction, Lowered } from "./stages/lower.ts";
export { ClosedJaxpr, evalShape, makeJaxpr } from "./stages/make-jaxpr.ts";
export { ShapeDtypeStruct } from "./stages/shape-dtype-struct.ts";
export type { Axis, AxisSpec } from "./transforms/axis-spec.ts";
export {
  type CheckpointOptions,
  CheckpointPolicy,
  checkpoint,
  checkpoint as remat,
  checkpointName,
  checkpointPolicies,
} from "./transforms/checkpoint.ts";
export { closureConvert } from "./transforms/closure-convert.ts";
export {
  type CustomBatching,
  customBatching,
  sequentialVmap,
  type VmapRule,
} from "./transforms/custom/custom-batching.ts";
export { type CustomJvp, customJvp } from "./transforms/custom/custom-jvp.ts";
export { type CustomVjp, customVjp } from "./transforms/custom/custom-vjp.ts";
export { CustomVJPPrimal, SymbolicZero } from "./transforms/custom/symbolic-zeros.ts";
export { type GradOptions, grad, valueAndGrad } from "./transforms/grad.ts";
export { hessian, jacfwd, jacrev } from "./transforms/jacobian.ts";
export { jvp } from "./transforms/jvp.ts";
export { linearize, linearTranspose } from "./transforms/linearize.ts";
export { stopGradient } from "./transforms/stop-gradient.ts";
export { vjp } from "./transforms/vjp.ts";
export { vmap } from "./transforms/vmap.ts";
export type { VmapOptions } from "./transforms/vmap-options.ts";
export type { Many } from "./types/batched.ts";
