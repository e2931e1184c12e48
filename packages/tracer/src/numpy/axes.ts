/** Order of axes and of elements along them. */

import { formatShape } from "@fluxion/ir";
import { type ArrayLike, asArray, asArrayOrKey } from "../core/as-array.ts";
import { dispatchOne } from "../core/dispatch.ts";
import { convert, full } from "../core/emit.ts";
import { NDArray } from "../core/ndarray.ts";
import { rangeError, typeError } from "../core/user-error.ts";
import * as lax from "../lax/index.ts";
import type { TransposeFunction } from "../types/movement.ts";
import { remainder } from "./arithmetic.ts";
import { normalizeAxis, readAxes, readOptions } from "./options.ts";
import { ravel, reshape } from "./reshape.ts";
import { isGiven, listOf, readInteger } from "./scalars.ts";

type Axes = number | readonly number[];
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

function transposeOf(a: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const { axes } = readOptions("transpose", ["axes"], rest);
  const x = asArrayOrKey(a, "transpose", 0);
  if (isGiven(axes) && !Array.isArray(axes))
    throw typeError(`transpose: axes must be a list, got ${String(axes)}.`);
  const order = (axes ?? range(x.ndim).reverse()) as readonly unknown[];
  return lax.transpose(
    x,
    order.map((axis) => normalizeAxis(axis, x.ndim)),
  );
}

/** Axes in another order: reversed, or as `axes` lists them. @throws TypeError if `axes` is no permutation. */
export const transpose = transposeOf as TransposeFunction;

/** Axes in the order that `axes` lists. */
export const permuteDims = (a: ArrayLike, axes: readonly number[]): NDArray => transpose(a, axes);

/** The last two axes exchanged. @throws RangeError if there are fewer. */
export function matrixTranspose(x: ArrayLike): NDArray {
  const a = asArrayOrKey(x, "matrixTranspose", 0);
  if (a.ndim < 2)
    throw rangeError(`x must be at least two-dimensional for matrix_transpose; got ndim=${a.ndim}`);
  return swapaxes(a, -1, -2);
}

/** Two axes exchanged. */
export function swapaxes(a: ArrayLike, axis1: number, axis2: number): NDArray {
  const x = asArrayOrKey(a, "swapaxes", 0);
  const [i, j] = [normalizeAxis(axis1, x.ndim), normalizeAxis(axis2, x.ndim)];
  return lax.transpose(
    x,
    range(x.ndim).map((axis) => (axis === i ? j : axis === j ? i : axis)),
  );
}

/** Axes moved to new places, the others kept in order. */
export function moveaxis(a: ArrayLike, source: Axes, destination: Axes): NDArray {
  const x = asArrayOrKey(a, "moveaxis", 0);
  const [from, to] = [source, destination].map((axes) =>
    listOf(axes).map((axis) => normalizeAxis(axis, x.ndim)),
  );
  if (from.length !== to.length)
    throw rangeError(`Inconsistent number of elements: ${from.length} vs ${to.length}`);
  const order = range(x.ndim).filter((axis) => !from.includes(axis));
  const moves = to.map((place, i) => [place, from[i]] as const).sort((p, q) => p[0] - q[0]);
  for (const [place, axis] of moves) order.splice(place, 0, axis);
  return lax.transpose(x, order);
}

/** An axis moved back until it stands before `start`. */
export function rollaxis(a: ArrayLike, axis: number, start = 0): NDArray {
  const x = asArrayOrKey(a, "rollaxis", 0);
  const from = normalizeAxis(axis, x.ndim);
  const before = start === x.ndim ? start : normalizeAxis(start, x.ndim);
  return moveaxis(x, from, from < before ? before - 1 : before);
}

/** The elements in reverse order along axes: all, or the given ones. */
export function flip(m: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const { axis } = readOptions("flip", ["axis"], rest);
  const x = asArrayOrKey(m, "flip", 0);
  return lax.rev(x, readAxes(axis, x.ndim));
}
/** `flip` along the second axis. */
export const fliplr = (m: ArrayLike): NDArray => flip(m, 1);
/** `flip` along the first axis. */
export const flipud = (m: ArrayLike): NDArray => flip(m, 0);

/** A quarter turn from the first of two axes towards the second, `k` times. */
export function rot90(m: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const o = readOptions("rot90", ["k", "axes"], rest);
  const x = asArray(m, "rot90", 0);
  if (x.ndim < 2)
    throw rangeError(
      `rot90 requires its first argument to have ndim at least two, but got shape ${formatShape(x.shape)}`,
    );
  const [i, j] = listOf(o.axes ?? [0, 1]).map((axis) => normalizeAxis(axis, x.ndim));
  if (j === undefined || i === j) throw rangeError("rot90: axes must be two different ones.");
  const turns = ((readInteger(o.k, "k", 1) % 4) + 4) % 4;
  if (turns === 0) return x;
  return dispatchOne("jnp.rot90", [x], { turns, i, j }, ([a], s) => {
    if (s.turns === 2) return flip(flip(a, s.i), s.j);
    return s.turns === 1 ? swapaxes(flip(a, s.j), s.i, s.j) : flip(swapaxes(a, s.i, s.j), s.j);
  });
}

/**
 * Elements moved along axes by `shift` places; what leaves at one end comes in at the other. Without `axis` the array is
 * rolled as if it had one axis. A shift that is an array may be traced.
 */
export function roll(a: ArrayLike, shift: Axes | NDArray, ...rest: readonly unknown[]): NDArray {
  const { axis } = readOptions("roll", ["axis"], rest);
  const x = asArray(a, "roll", 0);
  if (axis === undefined || axis === null) return reshape(roll(ravel(x), shift, 0), x.shape);
  const axes = listOf(axis).map((i) => normalizeAxis(i, x.ndim));
  if (shift instanceof NDArray) return rollBy(x, shift, axes);
  const shifts = listOf(shift).map((places) => readInteger(places, "shift"));
  const count = Math.max(shifts.length, axes.length);
  const cycle = (list: readonly number[]): number[] => range(count).map((i) => list[i % list.length]);
  return dispatchOne("jnp.roll", [x], { shifts: cycle(shifts), axes: cycle(axes) }, ([b], s) =>
    s.axes.reduce((rolled, at, i) => rollAxis(rolled, s.shifts[i], at), b),
  );
}

function rollAxis(x: NDArray, shift: number, axis: number): NDArray {
  const size = x.shape[axis];
  const places = size === 0 ? 0 : ((shift % size) + size) % size;
  if (places === 0) return x;
  const [head, tail] = lax.split(x, [size - places, places], axis);
  return lax.concatenate([tail, head], axis);
}

/** Rolls by amounts that are known when the program runs: a window of two copies side by side. */
function rollBy(x: NDArray, shift: NDArray, axes: readonly number[]): NDArray {
  return dispatchOne("jnp.roll.dynamic", [x, shift], { axes }, ([a, amounts], s) => {
    const list =
      amounts.ndim === 0
        ? s.axes.map(() => amounts)
        : lax.split(
            amounts,
            s.axes.map(() => 1),
          );
    return s.axes.reduce((rolled, axis, i) => {
      const size = rolled.shape[axis];
      if (size === 0) return rolled;
      const places = remainder(convert(lax.reshape(list[i], []), "int32"), size);
      const start = lax.sub(full([], size, "int32"), places);
      return lax.dynamicSliceInDim(lax.concatenate([rolled, rolled], axis), start, size, axis);
    }, a);
  });
}
