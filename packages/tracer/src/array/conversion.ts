/** Conversions that JavaScript makes by itself: to primitives, to JSON, by iteration. */

import { dtypeTable, sizeOf } from "@fluxion/ir";
import { formatAval } from "../core/aval.ts";
import { atLocation } from "../core/errors.ts";
import { userLocation } from "../core/location.ts";
import { isAbstract, type NDArray } from "../core/ndarray.ts";
import {
  arrayConversionError,
  boolConversionError,
  concretizationError,
  integerConversionError,
} from "../core/tracer-errors.ts";
import { typeError } from "../core/user-error.ts";
import type { ComplexElement, ElementOf } from "./natural.ts";
import { item, toArraySync } from "./read.ts";
import { repr } from "./text.ts";

type Hint = "default" | "number" | "string";

const isInteger = ({ dtype }: NDArray): boolean => ["int", "uint"].includes(dtypeTable[dtype].kind);

function tracerToPrimitive(x: NDArray, hint: Hint): Error {
  if (hint === "string") {
    return x.ndim === 0 && isInteger(x)
      ? integerConversionError(x)
      : concretizationError(
          x,
          "It was converted to a string: a template, String(x), or the key of an object.",
          "While tracing there is no value to print; x.toString() and console.log(x) show the type. Print outside",
        );
  }
  if (x.dtype === "bool") return boolConversionError(x);
  return concretizationError(
    x,
    "It was converted to a number or compared with a JavaScript operator (Number(x), x > 0, x + 1, Math.sin(x)).",
    "Operators on arrays are methods, x.gt(0) and x.add(1), and functions are those of jnp. To decide by its value, " +
      "use jnp.where or lax.cond",
  );
}

/** A number, or a bigint that no number can hold. */
function toNumber(x: NDArray): number | bigint | boolean | string {
  if (sizeOf(x.shape) !== 1) throw notScalar(x);
  const value = item(x, []) as ElementOf<"bool" | "int64" | "float32"> | ComplexElement;
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (typeof value === "object") {
    throw new TypeError(
      `a complex array cannot become a number; take x.real, x.imag or jnp.abs(x)${atLocation(userLocation())}`,
    );
  }
  return value;
}

function notScalar(x: NDArray): TypeError {
  const ambiguous =
    x.dtype === "bool"
      ? "The truth value of an array with more than one element is ambiguous. Use x.any() or x.all(). "
      : "";
  return new TypeError(
    `${ambiguous}Only scalar arrays can be converted to JavaScript scalars; got arr.ndim=${x.ndim}, ` +
      `${formatAval(x.aval)}. Operators on arrays are methods: x.add(y), x.mul(2), x.gt(0).` +
      atLocation(userLocation()),
  );
}

/** What operators, templates and `Number` see. */
export function toPrimitive(x: NDArray, hint: Hint): string | number | bigint | boolean {
  if (isAbstract(x)) throw tracerToPrimitive(x, hint);
  return hint === "string" ? repr(x) : toNumber(x);
}

/** Nested lists; 64-bit integers that no number can hold become strings. */
export function toJSON(x: NDArray): unknown {
  if (isAbstract(x)) throw arrayConversionError(x, "JSON.stringify");
  const plain = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(plain);
    if (typeof value !== "bigint") return value;
    return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  };
  return plain(toArraySync(x));
}

/** Size of the first axis. */
export function lengthOf(x: NDArray): number {
  if (x.ndim === 0) throw typeError(`len() of unsized object: ${formatAval(x.aval)} has no axis`);
  return x.shape[0];
}

/** The subarrays along the first axis. */
export function* iterate(x: NDArray): Generator<NDArray> {
  if (x.ndim === 0) {
    throw new TypeError(
      `iteration over a 0-d array: ${formatAval(x.aval)} has one element, x.item()${atLocation(userLocation())}`,
    );
  }
  for (let i = 0; i < x.shape[0]; i++) yield x.get(i);
}
