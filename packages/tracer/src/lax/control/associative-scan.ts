/** `associativeScan`: all prefixes of a fold, in logarithmic depth. */

import { formatShape } from "@fluxion/ir";
import { full } from "../../core/emit.ts";
import type { NDArray } from "../../core/ndarray.ts";
import { formatTreeDef, type TreeDef } from "../../core/tree.ts";
import { rangeError, typeError } from "../../core/user-error.ts";
import { normalizeAxis, readOptions } from "../../numpy/options.ts";
import { add, bitwiseOr } from "../elementwise.ts";
import { concatenate, pad, rev, sliceInDim } from "../movement.ts";
import { flatten, runStaged, unflatten } from "./run.ts";

export interface AssociativeScanOptions {
  /** Whether to fold from the last element to the first. */
  readonly reverse?: boolean;
  /** The axis to fold along; 0 by default. */
  readonly axis?: number;
}

type Arrays = readonly NDArray[];
type Combine = (a: Arrays, b: Arrays) => Arrays;

/** a₀ b₀ a₁ b₁ …: `a` has as many elements as `b`, or one more. */
function interleave(a: NDArray, b: NDArray, axis: number): NDArray {
  const [m, n] = [a.shape[axis], b.shape[axis]];
  const spread = (x: NDArray, low: number, high: number): NDArray =>
    pad(
      x,
      full([], x.dtype === "bool" ? false : 0, x.dtype),
      x.shape.map((_, i) => (i === axis ? [low, high, 1] : [0, 0, 0])),
    );
  const join = a.dtype === "bool" ? bitwiseOr : add;
  return join(spread(a, 0, m === n ? 1 : 0), spread(b, 1, m === n ? 0 : 1));
}

/**
 * Prefixes of odd length are those of the pairs; the even ones take one element more:
 *
 *     odd = scan(x₀·x₁, x₂·x₃, …), even = x₀, odd₀·x₂, odd₁·x₄, …
 */
function prefixes(elements: Arrays, axis: number, combine: Combine): Arrays {
  const length = elements[0].shape[axis];
  if (length < 2) return elements;
  const part = (list: Arrays, start: number, limit: number | null, stride: number): Arrays =>
    list.map((x) => sliceInDim(x, start, limit, stride, axis));
  const odd = prefixes(combine(part(elements, 0, length - 1, 2), part(elements, 1, null, 2)), axis, combine);
  const before = length % 2 === 0 ? part(odd, 0, odd[0].shape[axis] - 1, 1) : odd;
  const firsts = part(elements, 0, 1, 1);
  const rest = part(elements, 2, null, 2);
  const even = length === 2 ? firsts : combine(before, rest).map((x, i) => concatenate([firsts[i], x], axis));
  return even.map((x, i) => interleave(x, odd[i], axis));
}

/** The user's function on leaves. @throws TypeError if it returns another structure. */
function combiner(fn: (a: never, b: never) => unknown, treedef: TreeDef): Combine {
  return (a, b) => {
    const out = flatten(
      "associative_scan",
      fn(unflatten(treedef, a) as never, unflatten(treedef, b) as never),
    );
    if (out.treedef.key === treedef.key) return out.leaves;
    throw typeError(
      `associativeScan: fn must return the structure of its arguments, ${formatTreeDef(treedef)}, got ${formatTreeDef(out.treedef)}.`,
    );
  };
}

/**
 * All prefixes of a fold by an associative function: y[i] = fn(…fn(x[0], x[1])…, x[i]). The function gets arrays of many
 * elements and must work element by element. Pytrees are folded together.
 *
 * @throws TypeError if `fn` is no function or changes the structure; RangeError if arrays differ in length or there is no such axis.
 *
 * @example
 * lax.associativeScan(jnp.multiply, jnp.arange(1, 5)); // 1, 2, 6, 24
 */
export function associativeScan<T>(fn: (a: T, b: T) => T, elems: T, ...rest: readonly unknown[]): T {
  if (typeof fn !== "function") throw typeError("lax.associative_scan: fn argument should be callable.");
  const options = readOptions("associativeScan", ["reverse", "axis"], rest);
  const { leaves, treedef } = flatten("associative_scan", elems);
  if (leaves.length === 0) return elems;
  const given = Number(options.axis ?? 0);
  const axis = normalizeAxis(given, leaves[0].ndim);
  if (leaves.some(({ shape }) => shape[axis] !== leaves[0].shape[axis]))
    throw rangeError(
      "Array inputs to associative_scan must have the same first dimension. (saw: " +
        `[${leaves.map(({ shape }) => formatShape(shape)).join(", ")}])`,
    );
  const turn = (list: Arrays): Arrays => (options.reverse === true ? list.map((x) => rev(x, [axis])) : list);
  const results = runStaged("associative_scan", leaves, (operands) =>
    turn(prefixes(turn(operands), axis, combiner(fn, treedef))),
  );
  return unflatten(treedef, results) as T;
}
