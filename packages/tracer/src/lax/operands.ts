/** Operands of `lax` functions: their element types and shapes, checked with JAX's phrases. */

import { type DType, type DTypeKind, dtypeTable, formatShape, type Shape } from "@fluxion/ir";
import { broadcastInDim, convert } from "../core/emit.ts";
import { atLocation } from "../core/errors.ts";
import { userLocation } from "../core/location.ts";
import type { NDArray } from "../core/ndarray.ts";

/** Element types that a function takes, by kind. */
export type Accepted =
  | "any"
  | "number"
  | "real"
  | "ordered"
  | "float"
  | "complex"
  | "inexact"
  | "integer"
  | "bits"
  | "signed";

const kinds: Readonly<Record<Accepted, readonly DTypeKind[]>> = {
  any: ["int", "uint", "float", "complex", "bool"],
  number: ["int", "uint", "float", "complex"],
  real: ["int", "uint", "float"],
  ordered: ["int", "uint", "float", "bool"],
  float: ["float"],
  complex: ["complex"],
  inexact: ["float", "complex"],
  integer: ["int", "uint"],
  bits: ["bool", "int", "uint"],
  signed: ["int", "float", "complex"],
};

const kindNames: Readonly<Record<DTypeKind, string>> = {
  bool: "bool",
  int: "signedinteger",
  uint: "unsignedinteger",
  float: "floating",
  complex: "complexfloating",
};

/** @throws TypeError with JAX's phrase if the dtype is not of an accepted kind. */
export function requireKind(name: string, dtype: DType, accepted: Accepted, position?: number): void {
  if (kinds[accepted].includes(dtypeTable[dtype].kind)) return;
  const at = position === undefined ? "" : ` at position ${position}`;
  throw new TypeError(
    `${name} does not accept dtype ${dtype}${at}. Accepted dtypes${at} are subtypes of ` +
      `${kinds[accepted].map((kind) => kindNames[kind]).join(", ")}.${atLocation(userLocation())}`,
  );
}

/** Operands of one dtype; a weak scalar takes the other's. */
export function sameDTypes(name: string, operands: readonly NDArray[]): NDArray[] {
  const strong = operands.find((x) => !x.weakType) ?? operands[0];
  return operands.map((x) => {
    if (x.dtype === strong.dtype) return x;
    if (x.weakType) return convert(x, strong.dtype);
    throw new TypeError(
      `lax.${name} requires arguments to have the same dtypes, got ${operands.map(({ dtype }) => dtype).join(", ")}. ` +
        `jnp.${name} promotes its arguments.${atLocation(userLocation())}`,
    );
  });
}

/** Operands of one shape: scalars are repeated, and so are dimensions of size 1 among operands of one rank. */
export function sameShapes(name: string, operands: readonly NDArray[]): NDArray[] {
  const [first, ...others] = operands.filter(({ ndim }) => ndim > 0);
  if (first === undefined) return [...operands];
  if (others.some(({ ndim }) => ndim !== first.ndim)) {
    const shapes = operands.map((x) => formatShape(x.shape)).join(", ");
    throw new TypeError(
      `${name}: arrays must have same number of dimensions, got ${shapes}. jnp.${name} broadcasts.` +
        atLocation(userLocation()),
    );
  }
  const shape = first.shape.map((_, axis) => dimensionOf(name, operands, axis));
  return operands.map((x) => repeatTo(x, shape));
}

const repeatTo = (x: NDArray, shape: Shape): NDArray =>
  broadcastInDim(
    x,
    shape,
    x.shape.map((_, axis) => axis),
  );

function dimensionOf(name: string, operands: readonly NDArray[], axis: number): number {
  const sizes = new Set(operands.filter(({ ndim }) => ndim > 0).map(({ shape }) => shape[axis]));
  if (sizes.size > 1) sizes.delete(1);
  if (sizes.size === 1) return [...sizes][0];
  const shapes = operands.map((x) => formatShape(x.shape)).join(", ");
  throw new TypeError(
    `${name} got incompatible shapes for broadcasting: ${shapes}.${atLocation(userLocation())}`,
  );
}

/** Operands of one dtype and one shape. */
export const sameOperands = (name: string, operands: readonly NDArray[]): NDArray[] =>
  sameShapes(name, sameDTypes(name, operands));
