/** `errors`: the classes that JAX has, to catch them by. */

export {
  ConcretizationTypeError,
  DeletedArrayError,
  NonConcreteBooleanIndexError,
  NotImplementedError,
  TracerArrayConversionError,
  TracerBoolConversionError,
  TracerIntegerConversionError,
  UnexpectedTracerError,
} from "./core/errors.ts";
