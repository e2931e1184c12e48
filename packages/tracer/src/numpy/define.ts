/** Makers of `jnp` functions: conversion of arguments, promotion, broadcasting and dispatch in one place. */

import { dtypeTable, isComplex, isFloat } from "@fluxion/ir";
import { type ArrayLike, asArray } from "../core/as-array.ts";
import { dispatch, dispatchOne } from "../core/dispatch.ts";
import { broadcastTo, convert, full } from "../core/emit.ts";
import type { NDArray } from "../core/ndarray.ts";
import type { BinaryUfunc, UnaryUfunc } from "../types/ufuncs.ts";
import { promote } from "./broadcast.ts";
import { refuseOptions } from "./options.ts";
import { inexactDType, type Promotable, resultType } from "./promotion.ts";

/**
 * What is done to the operands' common dtype first:
 * - `any`: nothing;
 * - `number`: bool becomes int32;
 * - `inexact`: bool and integers become a float.
 */
export type Domain = "any" | "number" | "inexact";

/** Common dtype of the operands within the domain, with its weakness. */
export function ufuncType(operands: readonly Promotable[], domain: Domain): Promotable {
  const common = resultType(operands);
  const { kind } = dtypeTable[common.dtype];
  if (domain === "inexact") return { dtype: inexactDType(common.dtype), weakType: common.weakType };
  return domain === "number" && kind === "bool" ? { dtype: "int32", weakType: common.weakType } : common;
}

/** Operands of one dtype and one shape. */
export const promoteTo = (name: string, operands: readonly NDArray[], domain: Domain): NDArray[] =>
  promote(name, operands, ufuncType(operands, domain));

/** The float that `x` is, or the default float of a bool or an integer. */
export function inexact(x: NDArray): NDArray {
  const type = ufuncType([x], "inexact");
  return convert(x, type.dtype, type.weakType);
}

/**
 * A formula of several roundings on 16-bit floats runs in float32 and is rounded once, which is also what XLA makes of
 * it.
 */
export function inFloat32(x: NDArray, body: (x: NDArray) => NDArray): NDArray {
  if (x.dtype !== "float16" && x.dtype !== "bfloat16") return body(x);
  return convert(body(convert(x, "float32", x.weakType)), x.dtype, x.weakType);
}

/** A function of one array. The name decides its type. */
export const unaryUfunc = <const Name extends string>(
  name: Name,
  domain: Domain,
  body: (x: NDArray) => NDArray,
): UnaryUfunc<Name> =>
  ((x: ArrayLike, ...rest: readonly unknown[]): NDArray => {
    if (rest.length > 0) refuseOptions(name, rest);
    return dispatchOne(`jnp.${name}`, [asArray(x, name, 0)], undefined, ([a]) => {
      const type = ufuncType([a], domain);
      return body(convert(a, type.dtype, type.weakType));
    });
  }) as UnaryUfunc<Name>;

/** A function of one array with two results. */
export const unaryPair =
  (name: string, domain: Domain, body: (x: NDArray) => readonly [NDArray, NDArray]) =>
  (x: ArrayLike): [NDArray, NDArray] => {
    const results = dispatch(`jnp.${name}`, [asArray(x, name, 0)], undefined, ([a]) => {
      const type = ufuncType([a], domain);
      return body(convert(a, type.dtype, type.weakType));
    });
    return [results[0], results[1]];
  };

/** A function of two arrays, which are promoted and broadcast. The name decides its type. */
export const binaryUfunc = <const Name extends string>(
  name: Name,
  domain: Domain,
  body: (x: NDArray, y: NDArray) => NDArray,
): BinaryUfunc<Name> =>
  ((x: ArrayLike, y: ArrayLike, ...rest: readonly unknown[]): NDArray => {
    if (rest.length > 0) refuseOptions(name, rest);
    return dispatchOne(`jnp.${name}`, [asArray(x, name, 0), asArray(y, name, 1)], undefined, (operands) => {
      const [a, b] = promoteTo(name, operands, domain);
      return body(a, b);
    });
  }) as BinaryUfunc<Name>;

type Value = number | bigint | boolean | readonly [number, number];

/** A constant of the dtype of `x` that leaves the weakness of scalars alone, as JAX's own constants do. */
export const constLike = (x: NDArray, value: Value): NDArray =>
  full([], value, x.dtype, x.weakType && x.ndim === 0);

/** A strongly typed constant of the dtype of `x`. */
export const strongLike = (x: NDArray, value: Value): NDArray => full([], value, x.dtype);

/** A constant of the dtype of `x`, weak if `x` is: what a Python scalar beside it becomes. */
export const weakLike = (x: NDArray, value: Value): NDArray => full([], value, x.dtype, x.weakType);

/** An array of the shape, dtype and weakness of `x` that repeats one value. */
export const fillLike = (x: NDArray, value: Value): NDArray =>
  broadcastTo(full([], value, x.dtype, x.weakType), x.shape);

/** A bool array of the shape of `x` that repeats one value. */
export const boolLike = (x: NDArray, value: boolean): NDArray =>
  broadcastTo(full([], value, "bool"), x.shape);

export const isInexact = ({ dtype }: Promotable): boolean => isFloat(dtype) || isComplex(dtype);
export const isWhole = ({ dtype }: Promotable): boolean => !isFloat(dtype) && !isComplex(dtype);
