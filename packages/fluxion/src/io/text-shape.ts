/** What `loadtxt` and `genfromtxt` do with the rows that they read. */

import type { CellBuffer } from "./cells.ts";
import { type HostArray, type HostTable, lanes, type Storage } from "./host-array.ts";
import { fortranToRowMajor } from "./order.ts";

/** How many dimensions a result has at least; below that, axes of length 1 go away. */
export type Ndmin = 0 | 1 | 2;

export function checkNdmin(ndmin: number): asserts ndmin is Ndmin {
  if (ndmin !== 0 && ndmin !== 1 && ndmin !== 2)
    throw new RangeError(`ndmin must be 0, 1 or 2, got ${ndmin}`);
}

/** NumPy's rule: squeeze if there are too many axes, then add axes behind. */
export function fitShape(shape: readonly number[], ndmin: Ndmin): number[] {
  const fitted = shape.length > ndmin ? shape.filter((d) => d !== 1) : [...shape];
  if (fitted.length >= ndmin) return fitted;
  if (ndmin === 1) return [1];
  return fitted.length === 0 ? [1, 1] : [fitted[0], 1];
}

/** A matrix read row by row; `unpack` transposes it. */
export function finishMatrix(
  values: CellBuffer,
  shape: readonly number[],
  ndmin: Ndmin,
  unpack: boolean,
): HostArray {
  const array = values.finish(fitShape(shape, ndmin));
  return unpack ? transpose(array) : array;
}

/** One array per column, each shaped as NumPy shapes the one-dimensional structured array. */
export function finishTable(
  names: readonly string[],
  columns: readonly CellBuffer[],
  rows: number,
  ndmin: Ndmin,
): HostTable {
  return { names, columns: columns.map((column) => column.finish(fitShape([rows], ndmin))) };
}

function transpose({ dtype, shape, data }: HostArray): HostArray {
  const reversed = shape.toReversed();
  return { dtype, shape: reversed, data: fortranToRowMajor<Storage>(data, reversed, lanes(dtype)) };
}
