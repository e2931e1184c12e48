/** `errors`: the classes that JAX has, and Fluxion's own, to catch them by. */

export {
  DeviceLostError,
  OutOfMemoryError,
  SynchronousReadError,
  UnsupportedOnWebGpuError,
  WebGpuError,
  WebGpuUnavailableError,
} from "@fluxion/runtime";
export {
  AttributeError,
  ConcretizationTypeError,
  DeletedArrayError,
  FloatingPointError,
  NameError,
  NonConcreteBooleanIndexError,
  NotImplementedError,
  TracerArrayConversionError,
  TracerBoolConversionError,
  TracerIntegerConversionError,
  TypePromotionError,
  UnexpectedTracerError,
} from "./core/errors.ts";
