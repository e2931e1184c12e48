/** Running sums and products. */

import type { DType } from "@fluxion/ir";
import { type ArrayLike, asArray } from "../core/as-array.ts";
import { dispatchOne } from "../core/dispatch.ts";
import { convert, full } from "../core/emit.ts";
import type { NDArray } from "../core/ndarray.ts";
import { rangeError } from "../core/user-error.ts";
import * as lax from "../lax/index.ts";
import { constLike } from "./define.ts";
import { normalizeAxis, readDType, readOptions } from "./options.ts";
import { promoteIntegers, rejectOut } from "./reduce.ts";
import { isGiven, readFlag } from "./scalars.ts";
import { where } from "./where.ts";

interface Running {
  readonly name: string;
  readonly run: typeof lax.cumsum;
  /** What a NaN is replaced by; nothing leaves it. */
  readonly fill?: number;
  readonly promotesIntegers?: boolean;
}

interface RunningStatics {
  readonly axis: number | undefined;
  readonly dtype: DType | undefined;
}

function runBody(spec: Running, x: NDArray, s: RunningStatics): NDArray {
  const flat = s.axis === undefined ? lax.reshape(x, [x.shape.reduce((n, dim) => n * dim, 1)]) : x;
  const filled = spec.fill === undefined ? flat : where(lax.ne(flat, flat), constLike(flat, spec.fill), flat);
  const own = spec.promotesIntegers || x.dtype === "bool" ? promoteIntegers(x.dtype) : x.dtype;
  const dtype = s.dtype ?? own;
  // Sums of bools may cancel, so they are counted and compared with 0 at the end.
  const counted = dtype === "bool" ? convert(filled, "bool") : filled;
  const compute = dtype === "bool" ? promoteIntegers("bool") : dtype;
  return convert(spec.run(convert(counted, compute), s.axis ?? 0), dtype);
}

const runner =
  (spec: Running) =>
  (a: ArrayLike, ...rest: readonly unknown[]): NDArray => {
    const o = readOptions(spec.name, ["axis", "dtype", "out"], rest);
    rejectOut(spec.name, o.out);
    const x = asArray(a, spec.name, 0);
    const statics = {
      axis: isGiven(o.axis) ? normalizeAxis(o.axis, x.ndim) : undefined,
      dtype: readDType(spec.name, o.dtype),
    };
    return dispatchOne(`jnp.${spec.name}`, [x], statics, ([b], s) => runBody(spec, b, s));
  };

/** Sum of the elements up to each one, along an axis or flattened; the dtype stays but for bool. */
export const cumsum = runner({ name: "cumsum", run: lax.cumsum });
/** Product of the elements up to each one, along an axis or flattened; the dtype stays but for bool. */
export const cumprod = runner({ name: "cumprod", run: lax.cumprod });
/** As `cumsum`, NaN counting as 0. */
export const nancumsum = runner({ name: "nancumsum", run: lax.cumsum, fill: 0 });
/** As `cumprod`, NaN counting as 1. */
export const nancumprod = runner({ name: "nancumprod", run: lax.cumprod, fill: 1 });

/** The array API's forms: `axis` may be left out of vectors only, and `includeInitial` puts the empty fold in front. */
const arrayApi =
  (spec: Running, verb: string, initial: number) =>
  (x: ArrayLike, ...rest: readonly unknown[]): NDArray => {
    const o = readOptions(spec.name, ["axis", "dtype", "includeInitial"], rest);
    const a = asArray(x, spec.name, 0);
    if (a.ndim === 0)
      throw rangeError(
        `The input must be non-scalar to take a cumulative ${verb}, however a scalar was given.`,
      );
    if (a.ndim > 1 && (o.axis === undefined || o.axis === null))
      throw rangeError(
        `The input array has rank ${a.ndim}, however axis was not set to an explicit value. The axis argument is only ` +
          "optional for one-dimensional arrays.",
      );
    const statics = {
      axis: normalizeAxis(o.axis ?? 0, a.ndim),
      dtype: readDType(spec.name, o.dtype),
      initial: readFlag(o.includeInitial, "includeInitial"),
    };
    return dispatchOne(`jnp.${spec.name}`, [a], statics, ([b], s) => {
      const result = runBody(spec, b, s);
      if (!s.initial) return result;
      const first = lax.broadcastInDim(
        full([], initial, result.dtype),
        result.shape.map((size, i) => (i === s.axis ? 1 : size)),
        [],
      );
      return lax.concatenate([first, result], s.axis);
    });
  };

export const cumulativeSum = arrayApi(
  { name: "cumulativeSum", run: lax.cumsum, promotesIntegers: true },
  "sum",
  0,
);
export const cumulativeProd = arrayApi({ name: "cumulativeProd", run: lax.cumprod }, "product", 1);
