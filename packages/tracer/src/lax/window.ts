/** Running reductions along an axis. */

import { literal } from "@fluxion/ir";
import { type ArrayLike, asArray } from "../core/as-array.ts";
import { dispatchOne } from "../core/dispatch.ts";
import { emitOne } from "../core/emit.ts";
import type { NDArray } from "../core/ndarray.ts";
import { normalizeAxis } from "../numpy/options.ts";
import { rev } from "./movement.ts";
import { type Accepted, requireKind } from "./operands.ts";
import { foldRegion, identityOf } from "./reduce.ts";

type RunningFold = "add" | "multiply" | "maximum" | "minimum";

/** Window of everything up to each element of an axis. */
function prefixes(fold: RunningFold, x: NDArray, axis: number): NDArray {
  const size = x.shape[axis];
  if (size === 0) return x;
  const along = (value: number): number[] => x.shape.map((_, i) => (i === axis ? value : 1));
  const padding = BigInt64Array.from({ length: 2 * x.ndim }, (_, i) => BigInt(i === 2 * axis ? size - 1 : 0));
  return emitOne(
    "reduce_window",
    [x, identityOf(fold, x.dtype)],
    { window_dimensions: along(size), padding: literal("int64", [x.ndim, 2], padding) },
    { regions: [foldRegion(fold, x.dtype)], weakType: x.weakType },
  );
}

const running =
  (name: string, fold: RunningFold, accepted: Accepted) =>
  (x: ArrayLike, axis = 0, reverse = false): NDArray => {
    const a = asArray(x, name, 0);
    requireKind(name, a.dtype, accepted);
    const statics = { at: normalizeAxis(axis, a.ndim), reverse };
    return dispatchOne(`lax.${name}`, [a], statics, ([b], s) =>
      s.reverse ? rev(prefixes(fold, rev(b, [s.at]), s.at), [s.at]) : prefixes(fold, b, s.at),
    );
  };

/** Sum of the elements up to each one along an axis, or from each one on if `reverse`. */
export const cumsum = running("cumsum", "add", "number");
/** Product of the elements up to each one along an axis, or from each one on if `reverse`. */
export const cumprod = running("cumprod", "multiply", "number");
/** Largest of the elements up to each one along an axis, or from each one on if `reverse`. */
export const cummax = running("cummax", "maximum", "ordered");
/** Smallest of the elements up to each one along an axis, or from each one on if `reverse`. */
export const cummin = running("cummin", "minimum", "ordered");
