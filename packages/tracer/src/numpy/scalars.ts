/** Arguments that must be known while tracing, as users of untyped code may give them: whole numbers, numbers, flags. */

import { isInteger } from "@fluxion/ir";
import { FloatScalar } from "../core/as-array.ts";
import { isTracer, NDArray } from "../core/ndarray.ts";
import { boolConversionError, concretizationError } from "../core/tracer-errors.ts";
import { typeError } from "../core/user-error.ts";

/** Whether an argument is more than `undefined` or `null`, Python's None. */
export const isGiven = (value: unknown): boolean => value !== undefined && value !== null;

/** An argument that is one thing or a list of them, as a list. */
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

const show = (value: unknown): string =>
  value instanceof NDArray
    ? `an array of type ${value.dtype}[${value.shape.join(",")}]`
    : typeof value === "bigint"
      ? `${value}n`
      : (JSON.stringify(value) ?? String(value));

/** The value of an array of one element, or what was given. @throws ConcretizationTypeError if it is traced. */
function concreteValue(value: unknown, name: string): unknown {
  if (!(value instanceof NDArray)) return value;
  if (isTracer(value)) throw concretizationError(value, `It was given as ${name}.`);
  return value.ndim === 0 ? value.item() : value;
}

/**
 * A whole number: a number, a BigInt, a boolean, an integer array without axes; `fallback` if nothing is given.
 * @throws TypeError if it is anything else, ConcretizationTypeError if it is traced.
 */
export function readInteger(value: unknown, name: string, fallback?: number): number {
  if (fallback !== undefined && !isGiven(value)) return fallback;
  const known =
    value instanceof NDArray && !isInteger(value.dtype) && !isTracer(value)
      ? value
      : concreteValue(value, name);
  const number = typeof known === "bigint" || typeof known === "boolean" ? Number(known) : known;
  if (typeof number !== "number" || !Number.isInteger(number))
    throw typeError(`${name} must be an integer, got ${show(value)}.`);
  return number;
}

/** A real number, as `readInteger`. */
export function readNumber(value: unknown, name: string, fallback?: number): number {
  if (fallback !== undefined && !isGiven(value)) return fallback;
  const known = value instanceof FloatScalar ? value.value : concreteValue(value, name);
  const number = typeof known === "bigint" || typeof known === "boolean" ? Number(known) : known;
  if (typeof number !== "number") throw typeError(`${name} must be a number, got ${show(value)}.`);
  return number;
}

/** A flag: a boolean, or a number as Python takes it; `fallback` if nothing is given. */
export function readFlag(value: unknown, name: string, fallback = false): boolean {
  if (!isGiven(value)) return fallback;
  if (value instanceof NDArray && isTracer(value)) throw boolConversionError(value);
  const known = concreteValue(value, name);
  if (typeof known === "boolean") return known;
  if (typeof known === "number" && !Number.isNaN(known)) return known !== 0;
  throw typeError(`${name} must be true or false, got ${show(value)}.`);
}
