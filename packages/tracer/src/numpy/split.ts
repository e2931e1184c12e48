/** Splitting arrays, and repeating their elements. */

import { type ArrayLike, asArray } from "../core/as-array.ts";
import { dispatchOne } from "../core/dispatch.ts";
import { ConcretizationTypeError } from "../core/errors.ts";
import { isAbstract, NDArray, storageOf } from "../core/ndarray.ts";
import { rangeError, typeError } from "../core/user-error.ts";
import * as lax from "../lax/index.ts";
import { normalizeAxis, readOptions } from "./options.ts";
import { ravel } from "./reshape.ts";
import { isGiven, readInteger } from "./scalars.ts";

/** Whole numbers that must be known while tracing: a number, a list, or a concrete array of integers. */
export function concreteIntegers(fn: string, argument: string, x: unknown): number | number[] {
  if (x instanceof NDArray) {
    if (isAbstract(x))
      throw new ConcretizationTypeError(
        `Abstract tracer value encountered where concrete value is expected: traced array with shape ` +
          `${x.dtype}[${x.shape.join(",")}]\nIt arose in the jnp.${fn} argument '${argument}': it decides the shape of ` +
          "the result, so make it static.",
      );
    const values = Array.from(storageOf(x), Number);
    return x.ndim === 0 ? values[0] : values;
  }
  const list = Array.isArray(x)
    ? (x as unknown[]).map((item) => concreteIntegers(fn, argument, item))
    : undefined;
  if (list !== undefined) return list.flat();
  if (typeof x === "bigint") return Number(x);
  if (ArrayBuffer.isView(x)) return Array.from(x as Int32Array, Number);
  if (typeof x !== "number" || !Number.isInteger(x))
    throw typeError(`jnp.${fn}: ${argument} must be whole numbers, got ${String(x)}`);
  return x;
}

function sizesOf(fn: string, size: number, sections: number | number[]): number[] {
  if (Array.isArray(sections)) {
    const bounds = [0, ...sections, size];
    return bounds.slice(1).map((bound, i) => bound - bounds[i]);
  }
  if (sections <= 0) throw rangeError(`jnp.${fn}: number of sections must be larger than 0`);
  const [part, rest] = [Math.floor(size / sections), size % sections];
  if (rest !== 0 && fn !== "arraySplit")
    throw rangeError(`array split does not result in an equal division: rest is ${rest}`);
  return Array.from({ length: sections }, (_, i) => part + (i < rest ? 1 : 0));
}

function splitAlong(fn: string, ary: ArrayLike, indicesOrSections: unknown, axis: number): NDArray[] {
  const x = asArray(ary, fn, 0);
  const at = normalizeAxis(axis, x.ndim);
  const sections = concreteIntegers(fn, "indicesOrSections", indicesOrSections);
  return lax.split(x, sizesOf(fn, x.shape[at], sections), at);
}

/** Equal parts (a number of them), or the parts between indices (a list). */
export function split(ary: ArrayLike, indicesOrSections: unknown, ...rest: readonly unknown[]): NDArray[] {
  const { axis } = readOptions("split", ["axis"], rest);
  return splitAlong("split", ary, indicesOrSections, readInteger(axis, "axis", 0));
}

/** As `split`, where the first parts may be larger by one. */
export function arraySplit(
  ary: ArrayLike,
  indicesOrSections: unknown,
  ...rest: readonly unknown[]
): NDArray[] {
  const { axis } = readOptions("arraySplit", ["axis"], rest);
  return splitAlong("arraySplit", ary, indicesOrSections, readInteger(axis, "axis", 0));
}

/** `split` along the first axis. */
export const vsplit = (ary: ArrayLike, indicesOrSections: unknown): NDArray[] =>
  splitAlong("vsplit", ary, indicesOrSections, 0);
/** `split` along the second axis, of a vector along its only one. */
export const hsplit = (ary: ArrayLike, indicesOrSections: unknown): NDArray[] => {
  const x = asArray(ary, "hsplit", 0);
  return splitAlong("hsplit", x, indicesOrSections, x.ndim === 1 ? 0 : 1);
};
/** `split` along the third axis. */
export const dsplit = (ary: ArrayLike, indicesOrSections: unknown): NDArray[] =>
  splitAlong("dsplit", ary, indicesOrSections, 2);

/**
 * Each element `repeats` times, along an axis or flattened. `repeats` is a number, or one for each element; it decides
 * the shape, so it must be known while tracing. With `totalRepeatLength` the result is cut or its last element repeated.
 */
export function repeat(a: ArrayLike, repeats: unknown, ...rest: readonly unknown[]): NDArray {
  const o = readOptions("repeat", ["axis", "totalRepeatLength"], rest);
  const given = asArray(a, "repeat", 0);
  const flat = o.axis === undefined || o.axis === null;
  const x = flat ? ravel(given) : given;
  const axis = flat ? 0 : normalizeAxis(o.axis, x.ndim);
  const counts = concreteIntegers("repeat", "repeats", repeats);
  const list = Array.isArray(counts) && counts.length === 1 ? counts[0] : counts;
  if (typeof list === "number" && o.totalRepeatLength === undefined)
    return dispatchOne("jnp.repeat", [x], { axis, count: list }, ([b], s) => repeatEach(b, s.axis, s.count));
  const all = typeof list === "number" ? new Array<number>(x.shape[axis]).fill(list) : list;
  if (all.length !== x.shape[axis])
    throw rangeError(
      `jnp.repeat: ${all.length} repeats do not broadcast to axis ${axis} of size ${x.shape[axis]}`,
    );
  const total = isGiven(o.totalRepeatLength)
    ? readInteger(o.totalRepeatLength, "totalRepeatLength")
    : undefined;
  return dispatchOne("jnp.repeat.list", [x], { axis, counts: fitTotal(all, total) }, ([b], s) =>
    repeatList(b, s.axis, s.counts),
  );
}

function repeatEach(x: NDArray, axis: number, count: number): NDArray {
  if (count < 0) throw rangeError(`jnp.repeat: repeats must not be negative, got ${count}`);
  if (count === 1) return x;
  const shape = [...x.shape.slice(0, axis + 1), count, ...x.shape.slice(axis + 1)];
  const repeated = lax.broadcastInDim(
    x,
    shape,
    x.shape.map((_, i) => (i <= axis ? i : i + 1)),
  );
  return lax.reshape(
    repeated,
    x.shape.map((size, i) => (i === axis ? size * count : size)),
  );
}

/** Counts whose sum is `total`: cut at the end, or the last element repeated. */
function fitTotal(counts: readonly number[], total: number | undefined): number[] {
  if (total === undefined) return [...counts];
  let left = total;
  const fitted = counts.map((count) => {
    const kept = Math.min(count, left);
    left -= kept;
    return kept;
  });
  if (fitted.length > 0) fitted[fitted.length - 1] += left;
  return fitted;
}

/** Runs of elements that repeat once stay one slice. */
function repeatList(x: NDArray, axis: number, counts: readonly number[]): NDArray {
  const parts: NDArray[] = [];
  for (let i = 0; i < counts.length; ) {
    let end = i + 1;
    while (counts[i] <= 1 && end < counts.length && counts[end] === counts[i]) end++;
    const part = lax.sliceInDim(x, i, end, 1, axis);
    if (counts[i] > 0) parts.push(repeatEach(part, axis, counts[i]));
    i = end;
  }
  return parts.length === 0 ? lax.sliceInDim(x, 0, 0, 1, axis) : lax.concatenate(parts, axis);
}
