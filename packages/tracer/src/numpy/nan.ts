/** Reductions that ignore NaN. */

import type { DType } from "@fluxion/ir";
import { type ArrayLike, asArray } from "../core/as-array.ts";
import { dispatchOne } from "../core/dispatch.ts";
import { convert, full } from "../core/emit.ts";
import type { NDArray } from "../core/ndarray.ts";
import * as lax from "../lax/index.ts";
import { identityOf } from "../lax/reduce.ts";
import { constLike, isInexact } from "./define.ts";
import { readAxes, readDType, readOptions } from "./options.ts";
import { inexactDType } from "./promotion.ts";
import { all, max, min, type Options, prod, readWhere, rejectOut, sum, upcast16 } from "./reduce.ts";
import { readFlag, readNumber } from "./scalars.ts";
import { mean, squaredMagnitude } from "./statistics.ts";
import { where } from "./where.ts";

const isNan = (x: NDArray): NDArray => lax.ne(x, x);

type Reduce = (a: ArrayLike, options: Options) => NDArray;

interface NanReduction {
  readonly name: string;
  readonly reduce: Reduce;
  readonly fold: "add" | "multiply" | "maximum" | "minimum";
  /** Whether the result is NaN where every element is. */
  readonly nanIfAll: boolean;
}

const nanReducer =
  (spec: NanReduction, names: readonly string[]) =>
  (a: ArrayLike, ...rest: readonly unknown[]): NDArray => {
    const o: Options = readOptions(spec.name, names, rest);
    rejectOut(spec.name, o.out);
    const x = asArray(a, spec.name, 0);
    if (!isInexact(x)) return spec.reduce(x, o);
    const given = [o.initial, readWhere(spec.name, o.where)].map((arg) =>
      arg === undefined || arg === null ? undefined : asArray(arg, spec.name, 1),
    );
    const statics = {
      options: { axis: readAxes(o.axis, x.ndim), keepdims: readFlag(o.keepdims, "keepdims") },
      dtype: readDType(spec.name, o.dtype),
      has: given.map((arg) => arg !== undefined),
    };
    const operands = [x, ...given.filter((arg) => arg !== undefined)];
    return dispatchOne(`jnp.${spec.name}`, operands, statics, ([b, ...others], s) => {
      let next = 0;
      const [initial, mask] = s.has.map((has) => (has ? others[next++] : undefined));
      const extra = spec.nanIfAll ? {} : { dtype: s.dtype };
      const filled = where(isNan(b), identityOf(spec.fold, b.dtype), b);
      const result = spec.reduce(filled, { ...s.options, ...extra, initial, where: mask });
      if (!spec.nanIfAll || initial !== undefined) return result;
      return where(all(isNan(b), s.options), constLike(b, Number.NaN), result);
    });
  };

const additive = ["axis", "dtype", "out", "keepdims", "initial", "where"];
const extreme = ["axis", "out", "keepdims", "initial", "where"];

/** As `sum`, NaN counting as 0. */
export const nansum = nanReducer({ name: "nansum", reduce: sum, fold: "add", nanIfAll: false }, additive);
/** As `prod`, NaN counting as 1. */
export const nanprod = nanReducer(
  { name: "nanprod", reduce: prod, fold: "multiply", nanIfAll: false },
  additive,
);
/** As `max`, ignoring NaNs; NaN where all are. */
export const nanmax = nanReducer({ name: "nanmax", reduce: max, fold: "maximum", nanIfAll: true }, extreme);
/** As `min`, ignoring NaNs; NaN where all are. */
export const nanmin = nanReducer({ name: "nanmin", reduce: min, fold: "minimum", nanIfAll: true }, extreme);

interface Scope {
  readonly axis: readonly number[];
  readonly keepdims: boolean;
}

function nanmeanBody(x: NDArray, mask: NDArray | undefined, scope: Scope, dtype: DType): NDArray {
  const count = sum(lax.bitwiseNot(isNan(x)), { ...scope, dtype, where: mask });
  return lax.div(nansum(x, { ...scope, dtype, where: mask }), count);
}

/** As `mean`, ignoring NaNs. */
export function nanmean(a: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const o = readOptions("nanmean", ["axis", "dtype", "out", "keepdims", "where"], rest);
  rejectOut("nanmean", o.out);
  const x = asArray(a, "nanmean", 0);
  if (!isInexact(x)) return mean(x, o);
  const mask = readWhere("nanmean", o.where);
  const statics = {
    scope: { axis: readAxes(o.axis, x.ndim), keepdims: readFlag(o.keepdims, "keepdims") },
    dtype: readDType("nanmean", o.dtype) ?? x.dtype,
  };
  return dispatchOne("jnp.nanmean", mask === undefined ? [x] : [x, mask], statics, ([b, m], s) =>
    nanmeanBody(b, m, s.scope, s.dtype),
  );
}

interface NanVariance {
  readonly scope: Scope;
  readonly compute: DType;
  readonly dtype: DType;
  readonly ddof: number;
  readonly hasMean: boolean;
  readonly hasWhere: boolean;
}

function nanvarBody([given, ...rest]: readonly NDArray[], s: NanVariance): NDArray {
  const x = convert(given, s.compute);
  const mask = s.hasWhere ? rest[rest.length - 1] : undefined;
  const centre = s.hasMean
    ? convert(rest[0], s.compute)
    : nanmeanBody(x, mask, { axis: s.scope.axis, keepdims: true }, s.compute);
  const deviation = where(isNan(x), constLike(x, 0), lax.sub(x, centre));
  const squared = squaredMagnitude(deviation);
  const count = sum(lax.bitwiseNot(isNan(x)), { ...s.scope, where: mask });
  const divisor = lax.sub(count, full([], s.ddof, count.dtype));
  const none = lax.le(divisor, full([], 0, count.dtype));
  const total = where(none, Number.NaN, sum(squared, { ...s.scope, where: mask }));
  const safe = where(none, 1, divisor);
  return convert(lax.div(total, convert(safe, total.dtype)), s.dtype);
}

const nanVariance =
  (name: "nanvar" | "nanstd") =>
  (a: ArrayLike, ...rest: readonly unknown[]): NDArray => {
    const o = readOptions(name, ["axis", "dtype", "out", "ddof", "keepdims", "where", "mean"], rest);
    rejectOut(name, o.out);
    const x = asArray(a, name, 0);
    const mask = readWhere(name, o.where);
    const centre = o.mean === undefined || o.mean === null ? undefined : asArray(o.mean, name, 1);
    const given = readDType(name, o.dtype);
    const own = inexactDType(x.dtype);
    const statics: NanVariance = {
      scope: { axis: readAxes(o.axis, x.ndim), keepdims: readFlag(o.keepdims, "keepdims") },
      compute: upcast16(given ?? own),
      dtype: given ?? (own === "complex64" ? "float32" : own === "complex128" ? "float64" : own),
      ddof: readNumber(o.ddof, "ddof", 0),
      hasMean: centre !== undefined,
      hasWhere: mask !== undefined,
    };
    const operands = [x, ...[centre, mask].filter((arg) => arg !== undefined)];
    return dispatchOne(`jnp.${name}`, operands, statics, (args, s) =>
      name === "nanstd" ? lax.sqrt(nanvarBody(args, s)) : nanvarBody(args, s),
    );
  };

/** As `var`, ignoring NaNs. */
export const nanvar = nanVariance("nanvar");
/** As `std`, ignoring NaNs. */
export const nanstd = nanVariance("nanstd");
