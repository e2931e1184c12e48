/** Abstract values: what tracing knows about an array. */

import { type DType, dtypeTable, formatArrayType, type Shape, type TensorType } from "@fluxion/ir";

/** Element type, shape, and whether the dtype is weak (came from a JavaScript scalar, so that it yields to others). */
export interface Aval extends TensorType {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly weakType: boolean;
  /** Whether these are the words of typed PRNG keys: uint32 with a last dimension of 2 that users do not see. */
  readonly key: boolean;
  /** Whether this is a tangent of integers or bools: zeros of the dtype float0 that users see. Stored as bool. */
  readonly float0: boolean;
  /** The shape that users see. */
  readonly visibleShape: Shape;
  /** Unique for each distinct aval: equal avals are one object. */
  readonly id: number;
}

/** What the dtype of typed PRNG keys is called, as JAX prints it. */
export const keyDType = "key<fry>";

/** The dtype of tangents of integers and bools: the one value is zero. */
export const float0 = "float0";

/** Words of a key. */
export const keyWidth = 2;

const interned = new Map<string, Aval>();

/**
 * The one aval with these properties, so that avals compare by identity. A comparison of weak operands is a weak bool,
 * as in JAX; promotion does not ask whether a bool is weak.
 */
export function avalOf(dtype: DType, shape: Shape, weakType = false, key = false, zero = false): Aval {
  const name = `${key ? "key" : zero ? float0 : dtype}${weakType ? "~" : ":"}${shape.join()}`;
  const found = interned.get(name);
  if (found !== undefined) return found;
  const own = Object.freeze([...shape]);
  const visibleShape = key ? Object.freeze(shape.slice(0, -1)) : own;
  const id = interned.size;
  const aval: Aval = Object.freeze({ dtype, shape: own, weakType, key, float0: zero, visibleShape, id });
  interned.set(name, aval);
  return aval;
}

/** The aval of a tangent of integers or bools of this shape. */
export const float0Aval = (shape: Shape): Aval => avalOf("bool", shape, false, false, true);

/** The dtype that users see. */
export const visibleDType = ({ dtype, key, float0: zero }: Aval): string =>
  key ? keyDType : zero ? float0 : dtype;

/** Whether two avals have one element type and shape; weak types do not matter. */
export const sameType = (a: Aval, b: Aval): boolean =>
  a.dtype === b.dtype && a.key === b.key && a.float0 === b.float0 && a.shape.join() === b.shape.join();

/** JAX's short dtype names: `f32`, `i32`, `u8`, `bool`, `c64`. */
export function shortDType(dtype: DType): string {
  if (dtype === "bool") return "bool";
  if (dtype === "bfloat16") return "bf16";
  const { kind, bits } = dtypeTable[dtype];
  return `${{ int: "i", uint: "u", float: "f", complex: "c", bool: "b" }[kind]}${bits}`;
}

/** `float32[3,4]`, as JAX's messages name an aval. */
export const formatAval = ({
  dtype,
  shape,
  weakType,
  key,
  float0: zero,
}: Pick<Aval, "dtype" | "shape"> & Partial<Pick<Aval, "weakType" | "key" | "float0">>): string =>
  key
    ? `${keyDType}[${shape.slice(0, -1).join(",")}]`
    : zero
      ? `${float0}[${shape.join(",")}]`
      : `${weakType ? "~" : ""}${formatArrayType({ dtype, shape })}`;
