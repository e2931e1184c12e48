/** Collectives that move values between examples of a named axis: gathers, permutations and exchanges. */

import { sizeOf } from "@fluxion/ir";
import type { NDArray } from "../core/ndarray.ts";
import { rangeError } from "../core/user-error.ts";
import { normalizeAxis } from "../numpy/options.ts";
import { type AxisName, checkGroups, collective, mapLeaves, namesOf, sizesOf } from "./collectives.ts";
import { reshape, transpose } from "./movement.ts";
import { reduceSum } from "./reduce.ts";

/** Moves one axis; the others keep their order. */
function moveAxis(x: NDArray, from: number, to: number): NDArray {
  if (from === to) return x;
  const others = x.shape.map((_, axis) => axis).filter((axis) => axis !== from);
  return transpose(x, others.toSpliced(to, 0, from));
}

/** The axis joined with the one behind it. */
const mergeNext = (x: NDArray, axis: number): NDArray =>
  reshape(x, x.shape.toSpliced(axis, 2, x.shape[axis] * x.shape[axis + 1]));

/** The axis as `parts` parts: one axis for the parts, one behind it for what is in them. */
const splitAxisInto = (x: NDArray, axis: number, parts: number): NDArray =>
  reshape(x, x.shape.toSpliced(axis, 1, parts, x.shape[axis] / parts));

/**
 * The values of all examples, along a new axis (`axis`, 0 by default) or, `tiled`, one behind the other along that axis.
 * @throws NameError if no enclosing transform binds the axis.
 */
export function allGather<T>(x: T, axisName: AxisName, ...rest: readonly unknown[]): T {
  const options = checkGroups("allGather", rest, ["axis", "tiled"]);
  const names = namesOf(axisName);
  const count = sizeOf(sizesOf("allGather", names));
  const tiled = options.tiled === true;
  return mapLeaves(
    "allGather",
    x,
    (leaf, ndim) => {
      const axis = normalizeAxis(Number(options.axis ?? 0), tiled ? ndim : ndim + 1);
      const gathered = names.toReversed().reduce((y, name) => {
        const shape = [...sizesOf("allGather", [name]), ...y.shape];
        return collective("fluxion.all_gather", name, [y], { dtype: y.aval.dtype, shape });
      }, leaf);
      const moved = moveAxis(reshape(gathered, [count, ...leaf.shape]), 0, axis);
      return tiled ? mergeNext(moved, axis) : moved;
    },
    true,
  );
}

/**
 * Example `to` gets the value of example `from` for each pair `[from, to]` of the permutation, zeros where nothing arrives.
 * @throws RangeError if a pair is out of range or two pairs share a source or a destination; NameError if the axis is not bound.
 */
export function ppermute<T>(x: T, axisName: string, permutation: readonly (readonly [number, number])[]): T {
  const [size] = sizesOf("ppermute", [axisName]);
  const isIndex = (n: number): boolean => Number.isInteger(n) && n >= 0 && n < size;
  const [sources, destinations] = [0, 1].map((side) => permutation.map((pair) => pair[side]));
  if (![...sources, ...destinations].every(isIndex))
    throw rangeError(
      `ppermute: Permutation doesn't match the axis size! ${JSON.stringify(permutation)} must hold indices below ${size}.`,
    );
  if (new Set(sources).size !== sources.length || new Set(destinations).size !== destinations.length)
    throw rangeError(`ppermute sources and destinations must be unique, got ${JSON.stringify(permutation)}.`);
  return mapLeaves(
    "ppermute",
    x,
    (leaf) => collective("fluxion.ppermute", axisName, [leaf], leaf.aval, permutation),
    true,
  );
}

/** Example i gets the value of example `permutation[i]`. @throws RangeError unless it is a permutation of all examples. */
export function pshuffle<T>(x: T, axisName: string, permutation: readonly number[]): T {
  const [size] = sizesOf("pshuffle", [axisName]);
  if (![...permutation].sort((a, b) => a - b).every((n, i) => n === i) || permutation.length !== size)
    throw rangeError(`pshuffle: \`perm\` does not represent a permutation: ${JSON.stringify(permutation)}`);
  return ppermute(
    x,
    axisName,
    permutation.map((from, to) => [from, to] as const),
  );
}

/** Entry m of the first axis of example n becomes entry n of example m. */
const exchange = (x: NDArray, axisName: string): NDArray =>
  collective("fluxion.all_to_all", axisName, [x], x.aval);

/** The axis in front, as one entry for each example. @throws RangeError with JAX's phrase if it cannot be. */
function partsInFront(what: string, x: NDArray, axis: number, size: number, tiled: boolean): NDArray {
  const own = x.shape[axis];
  if (tiled ? own % size !== 0 : own !== size)
    throw rangeError(
      `${what} requires the size of the mapped axis axis_name to ${tiled ? "divide" : "equal"} x.shape[split_axis], but they ` +
        `are ${size} and ${own} respectively.`,
    );
  return moveAxis(tiled ? splitAxisInto(x, axis, size) : x, axis, 0);
}

/**
 * Splits every example's value along `splitAxis` into one part for each example, and gives example n the n-th part of all of
 * them: along a new axis in place of the split one (`concatAxis` of the result), or, `tiled`, joined along `concatAxis`.
 * @throws RangeError if the axis cannot be split so; NameError if no enclosing transform binds the axis.
 */
export function allToAll<T>(
  x: T,
  axisName: string,
  splitAxis: number,
  concatAxis: number,
  ...rest: readonly unknown[]
): T {
  const options = checkGroups("allToAll", rest, ["tiled"]);
  const [size] = sizesOf("allToAll", [axisName]);
  const tiled = options.tiled === true;
  return mapLeaves(
    "allToAll",
    x,
    (leaf, ndim) => {
      const [from, to] = [normalizeAxis(splitAxis, ndim), normalizeAxis(concatAxis, ndim)];
      const parts = exchange(partsInFront("all_to_all", leaf, from, size, tiled), axisName);
      const moved = moveAxis(parts, 0, to);
      return tiled ? mergeNext(moved, to) : moved;
    },
    true,
  );
}

/** The batch and an axis of the same size change places. @throws RangeError if the sizes differ. */
export const pswapaxes = <T>(x: T, axisName: string, axis: number): T => allToAll(x, axisName, axis, axis);

/**
 * The n-th part of the sum over all examples, along `scatterDimension` (0 by default): without that axis, or, `tiled`, with what
 * the part has of it.
 * @throws RangeError if the axis cannot be split so; NameError if no enclosing transform binds the axis.
 */
export function psumScatter<T>(x: T, axisName: string, ...rest: readonly unknown[]): T {
  const options = checkGroups("psumScatter", rest, ["scatterDimension", "tiled"]);
  const [size] = sizesOf("psumScatter", [axisName]);
  return mapLeaves("psumScatter", x, (leaf, ndim) => {
    const axis = normalizeAxis(Number(options.scatterDimension ?? 0), ndim);
    const parts = partsInFront("psum_scatter", leaf, axis, size, options.tiled === true);
    return reduceSum(exchange(parts, axisName), [0]);
  });
}
