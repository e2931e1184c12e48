/** Makers of `jnp` functions: conversion of arguments, promotion, broadcasting and dispatch in one place. */

import { dtypeTable } from "@fluxion/ir";
import { type ArrayLike, asArray } from "../core/as-array.ts";
import { dispatchOne } from "../core/dispatch.ts";
import { convert } from "../core/emit.ts";
import type { NDArray } from "../core/ndarray.ts";
import { promote } from "./broadcast.ts";
import { defaultFloat, type Promotable, resultType } from "./promotion.ts";

/** Body of an elementwise function on operands of one dtype and one shape. */
export type UfuncBody = (...operands: readonly NDArray[]) => NDArray;

/**
 * What is done to the operands' common dtype first:
 * - `number`: nothing;
 * - `inexact`: bool and integers become the default float.
 */
export type Domain = "number" | "inexact";

/** Promoted type of the operands; `inexact` turns bool and integers into the default float. */
export function ufuncType(operands: readonly NDArray[], domain: Domain): Promotable {
  const common = resultType(operands);
  const { kind } = dtypeTable[common.dtype];
  if (domain === "number" || kind === "float" || kind === "complex") return common;
  return { dtype: defaultFloat(), weakType: common.weakType };
}

/** A unary ufunc. */
export function unaryUfunc(name: string, domain: Domain, body: (x: NDArray) => NDArray) {
  return (x: ArrayLike): NDArray =>
    dispatchOne(`jnp.${name}`, [asArray(x, name, 0)], undefined, ([a]) => {
      const type = ufuncType([a], domain);
      return body(convert(a, type.dtype, type.weakType));
    });
}

/** A binary ufunc: operands are promoted and broadcast. */
export function binaryUfunc(name: string, domain: Domain, body: (x: NDArray, y: NDArray) => NDArray) {
  return (x: ArrayLike, y: ArrayLike): NDArray =>
    dispatchOne(`jnp.${name}`, [asArray(x, name, 0), asArray(y, name, 1)], undefined, (operands) => {
      const type = ufuncType(operands, domain);
      const [a, b] = promote(name, operands, type);
      return body(a, b);
    });
}
