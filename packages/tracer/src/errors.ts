/** `errors`: the classes that JAX has, to catch them by. */

export {
  ConcretizationTypeError,
  DeletedArrayError,
  FloatingPointError,
  NonConcreteBooleanIndexError,
  NotImplementedError,
  TracerArrayConversionError,
  TracerBoolConversionError,
  TracerIntegerConversionError,
  TypePromotionError,
  UnexpectedTracerError,
} from "./core/errors.ts";
