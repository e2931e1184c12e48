/** `map`: a function of every element, one after the other or some at once. */

import { asArrayOrKey } from "../../core/as-array.ts";
import { isKey, keysOf, type NDArray, wordsOf } from "../../core/ndarray.ts";
import { isLeafLike } from "../../core/signature.ts";
import { treeFlatten, treeLeaves, treeUnflatten } from "../../core/tree.ts";
import { rangeError, typeError } from "../../core/user-error.ts";
import { readOptions } from "../../numpy/options.ts";
import { type AnyFunction, checkCallable } from "../../transforms/arguments.ts";
import { vmap } from "../../transforms/vmap.ts";
import { concatenate, reshape, sliceInDim } from "../movement.ts";
import { scan } from "./scan.ts";

export interface MapOptions {
  /** How many elements are computed at once, as with `vmap`; by default one. */
  readonly batchSize?: number | null;
}

/** Does something to every array of a pytree; typed keys are moved as their words. */
function mapArrays(tree: unknown, each: (x: NDArray) => NDArray): unknown {
  const [leaves, treedef] = treeFlatten(tree, isLeafLike);
  return treeUnflatten(
    treedef,
    leaves.map((leaf, i) => {
      const x = asArrayOrKey(leaf, "map", i);
      return isKey(x) ? keysOf(each(wordsOf(x))) : each(x);
    }),
  );
}

const oneByOne = (f: (x: never) => unknown, xs: unknown): unknown =>
  scan((carry: null, x: never) => [carry, f(x)] as const, null, xs)[1];

/** Number of elements. @throws RangeError if arrays differ in it or have no axis. */
function lengthOf(xs: unknown): number {
  const arrays = treeLeaves(xs, isLeafLike).map((leaf, i) => asArrayOrKey(leaf, "map", i));
  const sizes = [...new Set(arrays.map(({ shape }) => shape[0]))];
  if (sizes.length === 1 && sizes[0] !== undefined) return sizes[0];
  throw rangeError(`map got values with different leading axis sizes: ${sizes.join(", ")}.`);
}

/** Batches of a size, one after the other, then what is left over. */
function inBatches(f: (x: never) => unknown, xs: unknown, size: number): unknown {
  const length = lengthOf(xs);
  const batches = Math.floor(length / size);
  const whole = batches * size;
  const batched = vmap(f as AnyFunction);
  const head = mapArrays(xs, (x) => reshape(sliceInDim(x, 0, whole), [batches, size, ...x.shape.slice(1)]));
  const results: unknown[] = [];
  if (batches > 0) {
    const stacked = oneByOne(batched as (x: never) => unknown, head);
    results.push(mapArrays(stacked, (y) => reshape(y, [whole, ...y.shape.slice(2)])));
  }
  if (whole < length || batches === 0)
    results.push(batched(mapArrays(xs, (x) => sliceInDim(x, whole, length))));
  if (results.length === 1) return results[0];
  const [first, rest] = results.map((result) => treeFlatten(result, isLeafLike));
  const words = (leaf: unknown): NDArray => wordsOf(asArrayOrKey(leaf));
  return treeUnflatten(
    first[1],
    first[0].map((leaf, i) => {
      const joined = concatenate([words(leaf), words(rest[0][i])], 0);
      return isKey(leaf) ? keysOf(joined) : joined;
    }),
  );
}

/**
 * `f` of every element of the leading axis of the arrays of `xs`, stacked. It runs one after the other, or `batchSize` at once.
 * @throws TypeError if `f` is no function or `batchSize` no non-negative integer; RangeError if the arrays differ in length.
 */
export function map<Y>(f: (x: never) => Y, xs: unknown, options: MapOptions = {}): Y {
  checkCallable(f, "map");
  const { batchSize } = readOptions("map", ["batchSize"], [options]);
  if (batchSize === undefined || batchSize === null || batchSize === 0) return oneByOne(f, xs) as Y;
  if (!Number.isInteger(batchSize) || Number(batchSize) < 0)
    throw typeError(`map: batchSize must be a non-negative integer, got ${String(batchSize)}`);
  return inBatches(f, xs, Number(batchSize)) as Y;
}
