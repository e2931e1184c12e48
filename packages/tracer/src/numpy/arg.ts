/** Places of the largest and the smallest elements. */

import { type ArrayLike, asArray } from "../core/as-array.ts";
import { dispatchOne } from "../core/dispatch.ts";
import { full } from "../core/emit.ts";
import type { NDArray } from "../core/ndarray.ts";
import { rangeError } from "../core/user-error.ts";
import * as lax from "../lax/index.ts";
import { identityOf, keepAxes } from "../lax/reduce.ts";
import type { ReductionFunction } from "../types/reductions.ts";
import { isInexact } from "./define.ts";
import { normalizeAxis, readOptions } from "./options.ts";
import { defaultInt } from "./promotion.ts";
import { all, rejectOut } from "./reduce.ts";
import { readFlag } from "./scalars.ts";
import { where } from "./where.ts";

interface ArgStatics {
  readonly axis: number | undefined;
  readonly keepdims: boolean;
}

type Find = typeof lax.argmax;

const axesOf = (x: NDArray, { axis }: ArgStatics): number[] =>
  axis === undefined ? x.shape.map((_, i) => i) : [axis];

function argBody(find: Find, x: NDArray, s: ArgStatics): NDArray {
  const flat = s.axis === undefined ? lax.reshape(x, [x.shape.reduce((n, dim) => n * dim, 1)]) : x;
  const index = find(flat, s.axis ?? 0, defaultInt());
  return s.keepdims ? keepAxes(index, x.shape, axesOf(x, s)) : index;
}

function readArg(name: string, a: ArrayLike, rest: readonly unknown[]): { x: NDArray; statics: ArgStatics } {
  const o = readOptions(name, ["axis", "out", "keepdims"], rest);
  rejectOut(name, o.out);
  const x = asArray(a, name, 0);
  const axis = o.axis === undefined || o.axis === null ? undefined : normalizeAxis(o.axis, x.ndim);
  const size = axis === undefined ? x.shape.reduce((n, dim) => n * dim, 1) : x.shape[axis];
  if (size === 0) throw rangeError(`attempt to get ${name} of an empty sequence`);
  return { x, statics: { axis, keepdims: readFlag(o.keepdims, "keepdims") } };
}

const finder =
  (name: string, find: Find) =>
  (a: ArrayLike, ...rest: readonly unknown[]): NDArray => {
    const { x, statics } = readArg(name, a, rest);
    return dispatchOne(`jnp.${name}`, [x], statics, ([b], s) => argBody(find, b, s));
  };

/**
 * Index of the largest element along an axis, or in the flattened array; the first among equals, or the first NaN.
 * @throws RangeError if there is no element.
 */
export const argmax = finder("argmax", lax.argmax) as ReductionFunction<"index">;
/** Index of the smallest element, as `argmax`. */
export const argmin = finder("argmin", lax.argmin) as ReductionFunction<"index">;

/** NaNs stand behind everything; −1 where there is nothing else. */
const nanFinder =
  (name: string, find: Find, worst: "maximum" | "minimum") =>
  (a: ArrayLike, ...rest: readonly unknown[]): NDArray => {
    const { x, statics } = readArg(name, a, rest);
    return dispatchOne(`jnp.${name}`, [x], statics, ([b], s) => {
      if (!isInexact(b)) return argBody(find, b, s);
      const nan = lax.ne(b, b);
      const index = argBody(find, where(nan, identityOf(worst, b.dtype), b), s);
      const none = all(nan, { axis: axesOf(b, s), keepdims: s.keepdims });
      return where(none, full([], -1, index.dtype), index);
    });
  };

/** As `argmax`, ignoring NaNs; −1 where all are NaN. */
export const nanargmax = nanFinder("nanargmax", lax.argmax, "maximum");
/** As `argmin`, ignoring NaNs; −1 where all are NaN. */
export const nanargmin = nanFinder("nanargmin", lax.argmin, "minimum");
