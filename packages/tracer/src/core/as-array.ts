/** JavaScript values as arrays. */

import {
  allocateStorage,
  type DType,
  dtypeTable,
  entriesPerElement,
  type Literal,
  literal,
  type Shape,
  splat,
  type TypedArray,
  toStorage,
} from "@fluxion/ir";
import { canonicalDType, defaultFloat, defaultInt } from "../numpy/promotion.ts";
import { avalOf } from "./aval.ts";
import { atLocation } from "./errors.ts";
import { userLocation } from "./location.ts";
import { NDArray } from "./ndarray.ts";
import { rangeError, typeError } from "./user-error.ts";
import { warnTruncation } from "./warnings.ts";

/** A JavaScript number marked as a float though it is integral: `jnp.float(1)`. */
export class FloatScalar {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
  valueOf(): number {
    return this.value;
  }
}

/** A complex scalar: `jnp.complex(1, 2)`. */
export class ComplexScalar {
  readonly re: number;
  readonly im: number;
  constructor(re: number, im: number) {
    this.re = re;
    this.im = im;
  }
}

/** What a function takes where it takes one array or scalar. */
export type ArrayLike =
  | NDArray
  | number
  | bigint
  | boolean
  | FloatScalar
  | ComplexScalar
  | TypedArray
  | Float16Array
  | Uint8ClampedArray;
/** What `jnp.array` takes: nests of them too. */
export type NestedArrayLike = ArrayLike | readonly NestedArrayLike[];

/** One element. */
export type Scalar = number | bigint | boolean | FloatScalar | ComplexScalar;

export const isScalar = (x: unknown): x is Scalar =>
  typeof x === "number" ||
  typeof x === "bigint" ||
  typeof x === "boolean" ||
  x instanceof FloatScalar ||
  x instanceof ComplexScalar;

/** A host-side array: nothing is moved to a device yet. */
export function hostArray(value: Literal, weakType = false): NDArray {
  return new NDArray(avalOf(value.type.dtype, value.type.shape, weakType), { kind: "host", value });
}

/** dtype that a JavaScript scalar has by itself. */
export function scalarDType(x: Scalar): DType {
  if (typeof x === "boolean") return "bool";
  if (typeof x === "bigint") return defaultInt();
  if (x instanceof ComplexScalar) return canonicalDType("complex128");
  return x instanceof FloatScalar || !Number.isInteger(x) || Object.is(x, -0) ? defaultFloat() : defaultInt();
}

const scalarValue = (x: Scalar): number | bigint | boolean | readonly [number, number] =>
  x instanceof FloatScalar ? x.value : x instanceof ComplexScalar ? [x.re, x.im] : x;

/** A 0-d array of a scalar; weak unless a dtype is given (bool never is). */
export function scalarArray(x: Scalar, dtype?: DType): NDArray {
  const type = dtype ?? scalarDType(x);
  requireCast(x, type);
  return hostArray(splat(type, [], scalarValue(x)), dtype === undefined && type !== "bool");
}

/**
 * Whether a scalar can become a dtype: fractions are cut, but nothing else is lost.
 * @throws TypeError for a complex number in a real dtype, RangeError for a number outside of an integer dtype.
 */
export function requireCast(x: Scalar, dtype: DType): void {
  const { kind, bits } = dtypeTable[dtype];
  if (x instanceof ComplexScalar && kind !== "complex" && kind !== "bool")
    throw typeError(`a complex number cannot become ${dtype}; take its real or imaginary part.`);
  if ((kind !== "int" && kind !== "uint") || typeof x === "boolean" || x instanceof ComplexScalar) return;
  if (typeof x !== "bigint" && !Number.isFinite(Number(x)))
    throw rangeError(`cannot convert float ${Number(x)} to integer (${dtype}).`);
  if (x instanceof FloatScalar || (typeof x === "number" && !Number.isInteger(x))) return;
  const value = BigInt(x);
  const low = kind === "int" ? -(1n << BigInt(bits - 1)) : 0n;
  const high = kind === "int" ? (1n << BigInt(bits - 1)) - 1n : (1n << BigInt(bits)) - 1n;
  if (value < low || value > high) throw rangeError(`Integer ${value} out of bounds for ${dtype}`);
}

const typedDTypes = new Map<unknown, DType>([
  [Int8Array, "int8"],
  [Int16Array, "int16"],
  [Int32Array, "int32"],
  [BigInt64Array, "int64"],
  [Uint8Array, "uint8"],
  [Uint8ClampedArray, "uint8"],
  [Uint16Array, "uint16"],
  [Uint32Array, "uint32"],
  [BigUint64Array, "uint64"],
  [Float32Array, "float32"],
  [Float64Array, "float64"],
]);

/** dtype of a typed array's elements; nothing for other values. */
export function typedArrayDType(x: unknown): DType | undefined {
  if (!ArrayBuffer.isView(x)) return undefined;
  if (typeof Float16Array !== "undefined" && x instanceof Float16Array) return "float16";
  return typedDTypes.get(x.constructor);
}

/** Elements of one storage as another dtype's, by value. */
export function convertStorage(data: ArrayLike & ArrayBufferView, from: DType, to: DType): TypedArray {
  const source = data as unknown as globalThis.ArrayLike<number | bigint>;
  const out = allocateStorage(to, source.length) as unknown as (number | bigint)[];
  if (from === to && entriesPerElement(to) === 1) {
    (out as unknown as { set(values: unknown): void }).set(source);
    return out as unknown as TypedArray;
  }
  for (let i = 0; i < source.length; i++) out[i] = toStorage(to, source[i])[0];
  return out as unknown as TypedArray;
}

function fromTypedArray(x: ArrayLike & ArrayBufferView, own: DType): NDArray {
  const dtype = canonicalDType(own);
  if (dtype !== own) warnTruncation(own, dtype, "array");
  const bits =
    own === "float16"
      ? new Uint16Array(x.buffer as ArrayBuffer, x.byteOffset, x.byteLength / 2).slice()
      : undefined;
  const data = bits ?? convertStorage(x, own, dtype);
  return hostArray(literal(dtype, [data.length], data));
}

/**
 * One array or scalar as an array.
 * @throws TypeError if it is neither; the text names the function and the argument.
 */
export function asArray(x: unknown, where = "function", position = 0): NDArray {
  if (!(x instanceof NDArray)) return asArrayOrKey(x, where, position);
  if (x.aval.key) throw keyOperandError(x, where);
  if (x.aval.float0) throw float0OperandError(where);
  return x;
}

function keyOperandError({ dtype }: NDArray, where: string): TypeError {
  return new TypeError(
    `${where} does not accept dtype ${dtype}: a typed PRNG key is not a number. random.split, random.normal and the like ` +
      "take it; random.keyData(key) gives its two uint32 words." +
      atLocation(userLocation()),
  );
}

const float0OperandError = (where: string): TypeError =>
  new TypeError(
    `Called ${where} with a float0 array. float0s do not support any operations by design because they are not compatible ` +
      "with non-trivial vector spaces. No implicit dtype conversion is done. If you didn't expect to get a float0 you might " +
      "have accidentally taken a gradient with respect to an integer argument; jnp.zeros(x.shape) makes the zeros it stands for." +
      atLocation(userLocation()),
  );

/** As `asArray`, where a typed PRNG key may stand too: functions that only move elements. */
export function asArrayOrKey(x: unknown, where = "function", position = 0): NDArray {
  if (x instanceof NDArray) return x;
  if (isScalar(x)) return scalarArray(x);
  const dtype = typedArrayDType(x);
  if (dtype !== undefined) return fromTypedArray(x as ArrayLike & ArrayBufferView, dtype);
  const got = Array.isArray(x)
    ? "a JavaScript array"
    : x === null
      ? "null"
      : typeof x === "object"
        ? (x?.constructor?.name ?? "an object")
        : typeof x;
  const advice = Array.isArray(x) ? ` Write jnp.array(${JSON.stringify(x).slice(0, 40)}) first.` : "";
  throw new TypeError(
    `${where} requires ndarray or scalar arguments, got ${got} at position ${position}.${advice}${atLocation(userLocation())}`,
  );
}

/** A literal's elements under a shape. */
export const hostFrom = (dtype: DType, shape: Shape, data: TypedArray, weakType = false): NDArray =>
  hostArray(literal(dtype, shape, data), weakType);
