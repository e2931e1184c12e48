/** JAX's error classes. The phrases that people search for are JAX's; the rest is Fluxion's own text. */

import { formatLocation, type Location } from "@fluxion/ir";

/** Where a trace began and which argument a value came from: what concretisation errors report. */
export interface TraceOrigin {
  /** `jit`, `grad`, `vmap` … */
  readonly transform: string;
  readonly functionName: string;
  readonly location: Location | undefined;
}

export class ConcretizationTypeError extends TypeError {
  override name = "ConcretizationTypeError";
}
export class TracerBoolConversionError extends ConcretizationTypeError {
  override name = "TracerBoolConversionError";
}
export class TracerArrayConversionError extends TypeError {
  override name = "TracerArrayConversionError";
}
export class TracerIntegerConversionError extends TypeError {
  override name = "TracerIntegerConversionError";
}
export class NonConcreteBooleanIndexError extends RangeError {
  override name = "NonConcreteBooleanIndexError";
}
export class UnexpectedTracerError extends Error {
  override name = "UnexpectedTracerError";
}
/** A NaN or an infinity where `config.debugNans` or `config.debugInfs` forbids it. */
export class FloatingPointError extends Error {
  override name = "FloatingPointError";
}
/** Operands of different dtypes under `config.numpyDtypePromotion = "strict"`. */
export class TypePromotionError extends TypeError {
  override name = "TypePromotionError";
}
/** A setting or a rule that is not there; Python's class. JavaScript throws a TypeError where an attribute is missing. */
export class AttributeError extends TypeError {
  override name = "AttributeError";
}
/** A named axis that no enclosing transform binds; Python's NameError. */
export class NameError extends ReferenceError {
  override name = "NameError";
}
/** Something of JAX that Fluxion does not have yet. */
export class NotImplementedError extends Error {
  override name = "NotImplementedError";
}
/** An array that was disposed of, or donated to a jitted function. */
export class DeletedArrayError extends Error {
  override name = "DeletedArrayError";
}

/** `\n  at file:line:column (scope)`, or nothing. */
export const atLocation = (location: Location | undefined): string =>
  location ? `\n  at ${formatLocation(location)}` : "";
