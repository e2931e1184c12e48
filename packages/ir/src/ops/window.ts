/** Windows that slide over an array: their geometry, and the shape of what they leave. */

import type { Literal } from "../literal.ts";
import type { Shape } from "../tensor-type.ts";
import { require, requireLength } from "./check.ts";
import { paddedSize } from "./shape.ts";

/** Attributes of `reduce_window` as they stand; absent lists are ones, absent padding is none. */
export interface WindowAttributes {
  readonly window_dimensions: readonly number[];
  readonly window_strides?: readonly number[];
  readonly base_dilations?: readonly number[];
  readonly window_dilations?: readonly number[];
  readonly padding?: Literal;
}

/** One dimension of a window. */
export interface WindowDimension {
  readonly size: number;
  readonly stride: number;
  readonly baseDilation: number;
  readonly windowDilation: number;
  readonly low: number;
  readonly high: number;
}

/** The window along each dimension of an array of the rank. */
export function windowDimensions(attributes: WindowAttributes, rank: number): WindowDimension[] {
  const ones = new Array<number>(rank).fill(1);
  const { window_dimensions, padding } = attributes;
  const strides = attributes.window_strides ?? ones;
  const base = attributes.base_dilations ?? ones;
  const dilations = attributes.window_dilations ?? ones;
  for (const list of [window_dimensions, strides, base, dilations]) requireLength(list, rank, "window");
  const edges = edgesOf(padding, rank);
  return window_dimensions.map((size, axis) => ({
    size,
    stride: strides[axis],
    baseDilation: base[axis],
    windowDilation: dilations[axis],
    low: edges[2 * axis],
    high: edges[2 * axis + 1],
  }));
}

function edgesOf(padding: Literal | undefined, rank: number): number[] {
  if (padding === undefined) return new Array<number>(2 * rank).fill(0);
  const { type, data, splat } = padding;
  require(type.dtype === "int64" && type.shape.join() === `${rank},2`, () =>
    `padding must be a tensor<${rank}x2xi64>`);
  return Array.from({ length: 2 * rank }, (_, i) => Number(data[splat ? 0 : i]));
}

/** Number of places of the window along each dimension. @throws InferenceError if the window cannot be. */
export function windowShape(shape: Shape, attributes: WindowAttributes): number[] {
  return windowDimensions(attributes, shape.length).map((window, axis) => {
    const { size, stride, baseDilation, windowDilation, low, high } = window;
    require(size > 0 && stride > 0 && baseDilation > 0 && windowDilation > 0, () =>
      `window, strides and dilations of dimension ${axis} must be positive`);
    const padded = paddedSize(shape[axis], low, high, baseDilation - 1);
    require(padded >= 0, () => `padding makes dimension ${axis} negative`);
    const reach = (size - 1) * windowDilation + 1;
    return padded < reach ? 0 : Math.floor((padded - reach) / stride) + 1;
  });
}
