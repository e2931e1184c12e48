/** Choices between elements: where, select, clip, the larger and the smaller. */

import { isComplex, isFloat, sizeOf } from "@fluxion/ir";
import { type ArrayLike, asArray } from "../core/as-array.ts";
import { dispatchOne } from "../core/dispatch.ts";
import { broadcastTo, convert, full } from "../core/emit.ts";
import { isKey, keysOf, NDArray, wordsOf } from "../core/ndarray.ts";
import { rangeError, typeError } from "../core/user-error.ts";
import * as lax from "../lax/index.ts";
import type { ClipFunction } from "../types/movement.ts";
import { broadcastOperands, promoteDTypes } from "./broadcast.ts";
import { binaryUfunc, constLike, isInexact, strongLike } from "./define.ts";
import { finfo } from "./finfo.ts";
import { readOptions } from "./options.ts";

/** Whether each element is not zero. */
export const toBool = (x: NDArray): NDArray => (x.dtype === "bool" ? x : lax.ne(x, constLike(x, 0)));

function whereBody([condition, ...cases]: readonly NDArray[]): NDArray {
  const [x, y] = promoteDTypes(cases);
  const pred = toBool(condition);
  if (pred.ndim === 0) return lax.select(pred, ...(broadcastOperands("where", [x, y]) as [NDArray, NDArray]));
  const [p, a, b] = broadcastOperands("where", [pred, x, y]);
  return sizeOf(a.shape) === 0 ? a : lax.select(p, a, b);
}

/** `x` where the condition holds, else `y`. */
export function where(condition: ArrayLike, x: ArrayLike, y: ArrayLike): NDArray {
  if (isKey(x) && isKey(y)) {
    const pred = asArray(condition, "where", 0);
    return keysOf(where(lax.expandDims(pred, pred.ndim), wordsOf(x), wordsOf(y)));
  }
  const args = [asArray(condition, "where", 0), asArray(x, "where", 1), asArray(y, "where", 2)];
  return dispatchOne("jnp.where", args, undefined, whereBody);
}

/**
 * For each element the choice of the first condition that holds, else `default`.
 * @throws RangeError if the lists have different lengths or are empty.
 */
export function select(
  condlist: readonly ArrayLike[],
  choicelist: readonly ArrayLike[],
  ...rest: readonly unknown[]
): NDArray {
  const options = readOptions("select", ["default"], rest);
  if (condlist.length !== choicelist.length)
    throw rangeError(
      `condlist must have length equal to choicelist (${condlist.length} vs ${choicelist.length})`,
    );
  if (condlist.length === 0) throw rangeError("condlist must be non-empty");
  const count = condlist.length;
  const args = [...condlist, ...choicelist, options.default ?? 0].map((x, i) => asArray(x, "select", i));
  return dispatchOne("jnp.select", args, { count }, (inputs, s) => {
    const choices = promoteDTypes(inputs.slice(s.count));
    const all = broadcastOperands("select", [...inputs.slice(0, s.count).map(toBool), ...choices]);
    const chosen = all.slice(s.count, -1);
    return chosen.reduceRight((otherwise, x, i) => lax.select(all[i], x, otherwise), all[all.length - 1]);
  });
}

/** The larger of two; NaN if either is. */
export const maximum = binaryUfunc("maximum", "any", lax.max);
/** The smaller of two; NaN if either is. */
export const minimum = binaryUfunc("minimum", "any", lax.min);

/** `x` where `take(x, y)` holds or `y` is NaN. */
const preferNumber =
  (name: string, take: (x: NDArray, y: NDArray) => NDArray) =>
  (x1: ArrayLike, x2: ArrayLike): NDArray =>
    dispatchOne(`jnp.${name}`, [asArray(x1, name, 0), asArray(x2, name, 1)], undefined, (operands) => {
      const [x, y] = broadcastOperands(name, promoteDTypes(operands));
      return whereBody([lax.bitwiseOr(ordered(take, x, y), lax.ne(y, y)), x, y]);
    });

/** A comparison of complex numbers goes by real part, then by imaginary part. */
export const ordered = (compare: (x: NDArray, y: NDArray) => NDArray, x: NDArray, y: NDArray): NDArray =>
  isComplex(x.dtype)
    ? lax.select(
        lax.eq(lax.real(x), lax.real(y)),
        compare(lax.imag(x), lax.imag(y)),
        compare(lax.real(x), lax.real(y)),
      )
    : compare(x, y);

/** The larger of two; a number rather than a NaN. */
export const fmax = preferNumber("fmax", lax.gt);
/** The smaller of two; a number rather than a NaN. */
export const fmin = preferNumber("fmin", lax.lt);

function clipOf(x: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const { min, max } = readOptions("clip", ["min", "max"], rest);
  const [low, high] = [min ?? undefined, max ?? undefined];
  const args = [x, ...[low, high].filter((bound) => bound !== undefined)].map((a, i) =>
    asArray(a, "clip", i),
  );
  if (args.some(({ dtype }) => isComplex(dtype))) {
    throw typeError(
      "Clip received a complex value either through the input or the min/max keywords. Complex values have no " +
        "ordering and cannot be clipped: clip jnp.real(x) and jnp.imag(x) instead.",
    );
  }
  const statics = { low: low !== undefined, high: high !== undefined };
  return dispatchOne("jnp.clip", args, statics, ([a, ...bounds], s) => {
    const raised = s.low ? maximum(bounds[0], a) : a;
    return s.high ? minimum(bounds[bounds.length - 1], raised) : raised;
  });
}

/**
 * `minimum(maximum(x, min), max)`; either bound may be left out.
 * @throws TypeError on complex numbers, which have no order.
 */
export const clip = clipOf as ClipFunction;

/** Replaces NaN by `nan` (0), and infinities by `posinf` and `neginf` (the largest and smallest finite numbers). */
export function nanToNum(x: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const o = readOptions("nanToNum", ["copy", "nan", "posinf", "neginf"], rest);
  const a = asArray(x, "nanToNum", 0);
  if (!isInexact(a)) return a;
  const given = [o.nan ?? 0, o.posinf, o.neginf];
  const values = given.map((value, i) =>
    value === undefined || value === null ? undefined : asArray(value, "nanToNum", i + 2),
  );
  const args = [a, ...values.filter((value) => value instanceof NDArray)];
  const statics = { has: values.map((value) => value !== undefined) };
  return dispatchOne("jnp.nan_to_num", args, statics, ([value, ...replacements], s) => {
    let next = 0;
    const [nan, posinf, neginf] = s.has.map((has) => (has ? replacements[next++] : undefined));
    const part = (p: NDArray): NDArray => finiteReal(p, nan, posinf, neginf);
    return isFloat(value.dtype) ? part(value) : lax.complex(part(lax.real(value)), part(lax.imag(value)));
  });
}

function finiteReal(
  x: NDArray,
  nan: NDArray | undefined,
  posinf: NDArray | undefined,
  neginf: NDArray | undefined,
): NDArray {
  const { max, min } = finfo(x.dtype);
  const as = (value: NDArray | undefined, otherwise: number): NDArray =>
    value === undefined ? full([], otherwise, x.dtype) : convert(value, x.dtype);
  const replace = (test: NDArray, value: NDArray, y: NDArray): NDArray =>
    lax.select(test, broadcastTo(value, y.shape), y);
  const numbers = replace(lax.ne(x, x), as(nan, 0), x);
  const bounded = replace(lax.eq(numbers, strongLike(x, Infinity)), as(posinf, max), numbers);
  return replace(lax.eq(bounded, strongLike(x, -Infinity)), as(neginf, min), bounded);
}
