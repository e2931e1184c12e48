/** Copies between arrays of one index space whose axes lie at different strides. */

import type { TypedArray } from "../literal.ts";
import type { Shape } from "../tensor-type.ts";

export interface View {
  readonly data: TypedArray;
  /** Element at index (0, …, 0). */
  readonly offset: number;
  /** Elements between neighbours along each axis. */
  readonly strides: readonly number[];
}

/** to[i] = from[i] for every index i of the shape; an element is `entries` array entries. */
export function copyView(to: View, from: View, shape: Shape, entries: 1 | 2): void {
  if (shape.includes(0)) return;
  const [target, source] = [to.data, from.data] as unknown as [number[], readonly number[]];
  const walk = (axis: number, at: number, fromAt: number): void => {
    if (axis === shape.length) {
      target[at * entries] = source[fromAt * entries];
      if (entries === 2) target[at * 2 + 1] = source[fromAt * 2 + 1];
      return;
    }
    const [step, fromStep, size] = [to.strides[axis], from.strides[axis], shape[axis]];
    if (axis === shape.length - 1 && entries === 1) {
      for (let i = 0; i < size; i++) target[at + i * step] = source[fromAt + i * fromStep];
      return;
    }
    for (let i = 0; i < size; i++) walk(axis + 1, at + i * step, fromAt + i * fromStep);
  };
  walk(0, to.offset, from.offset);
}

/** Row-major offsets of every index of a shape with the given strides. */
export function offsetsOf(shape: Shape, strides: readonly number[]): Int32Array {
  let offsets = new Int32Array([0]);
  shape.forEach((size, axis) => {
    const next = new Int32Array(offsets.length * size);
    for (let outer = 0; outer < offsets.length; outer++) {
      for (let i = 0; i < size; i++) next[outer * size + i] = offsets[outer] + i * strides[axis];
    }
    offsets = next;
  });
  return offsets;
}
