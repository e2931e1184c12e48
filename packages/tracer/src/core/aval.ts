/** Abstract values: what tracing knows about an array. */

import { type DType, dtypeTable, type Shape, type TensorType } from "@fluxion/ir";

/** Element type, shape, and whether the dtype is weak (came from a JavaScript scalar, so that it yields to others). */
export interface Aval extends TensorType {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly weakType: boolean;
  /** Unique for each distinct aval: equal avals are one object. */
  readonly id: number;
}

const interned = new Map<string, Aval>();

/**
 * The one aval with these properties, so that avals compare by identity. A comparison of weak operands is a weak bool,
 * as in JAX; promotion does not ask whether a bool is weak.
 */
export function avalOf(dtype: DType, shape: Shape, weakType = false): Aval {
  const key = `${dtype}${weakType ? "~" : ":"}${shape.join()}`;
  const found = interned.get(key);
  if (found !== undefined) return found;
  const aval: Aval = Object.freeze({ dtype, shape: Object.freeze([...shape]), weakType, id: interned.size });
  interned.set(key, aval);
  return aval;
}

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
}: Pick<Aval, "dtype" | "shape"> & { weakType?: boolean }): string =>
  `${weakType ? "~" : ""}${dtype}[${shape.join(",")}]`;
