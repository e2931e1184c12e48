/** `gather` and `scatter`: slices that lie where run-time indices say. */

import { entriesPerElement } from "../literal.ts";
import type { OperationOf } from "../module.ts";
import {
  asGatherNumbers,
  type GatherDimensionNumbers,
  type WindowMap,
  windowMap,
} from "../ops/window-map.ts";
import { type Shape, sizeOf, stridesOf } from "../tensor-type.ts";
import type { Bodies } from "./reduce.ts";
import { scalarBody } from "./scalar-body.ts";
import { allocate, reader, type Tensor, writer } from "./tensor.ts";

/** Where the elements of an array of slices lie in the operand. */
class Places {
  readonly #map: WindowMap;
  readonly #operand: Shape;
  readonly #sizes: readonly number[];
  readonly #indices: Tensor;

  /** `sizes` are those of one slice, for each dimension of the operand. */
  constructor(d: GatherDimensionNumbers, operand: Shape, sizes: readonly number[], indices: Tensor) {
    this.#map = windowMap(d, operand.length, indices.type.shape.length);
    this.#operand = operand;
    this.#sizes = sizes;
    this.#indices = indices;
  }

  /** Where the slice of an element starts along each dimension of the operand. */
  starts(index: readonly number[]): number[] {
    const { component, batch } = this.#map;
    return component.map((at, d) => {
      const axis = batch[d];
      return at !== undefined ? this.#component(index, at) : axis !== undefined ? index[axis] : 0;
    });
  }

  #component(index: readonly number[], at: number): number {
    const { shape } = this.#indices.type;
    const strides = stridesOf(shape);
    const position = this.#map.indices.reduce<number>(
      (sum, axis, i) => sum + (axis === undefined ? at : index[axis]) * strides[i],
      0,
    );
    return Number(this.#indices.data[position]);
  }

  /** Starts moved so that the slices fit. */
  clamped(starts: readonly number[]): number[] {
    return starts.map((start, d) => Math.min(Math.max(start, 0), this.#operand[d] - this.#sizes[d]));
  }

  fit(starts: readonly number[]): boolean {
    return starts.every((start, d) => start >= 0 && start + this.#sizes[d] <= this.#operand[d]);
  }

  /** Row-major position in the operand. */
  position(starts: readonly number[], index: readonly number[]): number {
    const strides = stridesOf(this.#operand);
    return starts.reduce((sum, start, d) => {
      const axis = this.#map.window[d];
      return sum + (start + (axis === undefined ? 0 : index[axis])) * strides[d];
    }, 0);
  }

  /** The dimensions of the slices, those of windows last. */
  order(): number[] {
    const { scatterDims, window } = this.#map;
    return [...scatterDims, ...window.filter((axis) => axis !== undefined)];
  }

  static sizesFromUpdates(
    d: GatherDimensionNumbers,
    operand: Shape,
    indicesRank: number,
    updates: Shape,
  ): number[] {
    const { window } = windowMap(d, operand.length, indicesRank);
    return window.map((axis) => (axis === undefined ? 1 : updates[axis]));
  }
}

/** Calls `visit` for every index of a shape, the last dimension of `order` moving first; the array is reused. */
function everyIndex(
  shape: Shape,
  order: readonly number[],
  visit: (index: readonly number[], position: number) => void,
): void {
  const index = shape.map(() => 0);
  const strides = stridesOf(shape);
  const total = sizeOf(shape);
  for (let count = 0; count < total; count++) {
    visit(
      index,
      index.reduce((sum, i, axis) => sum + i * strides[axis], 0),
    );
    for (let i = order.length - 1; i >= 0 && ++index[order[i]] === shape[order[i]]; i--) index[order[i]] = 0;
  }
}

export function gather(operation: OperationOf<"gather">, [operand, indices]: readonly Tensor[]): Tensor {
  const { dimension_numbers: d, slice_sizes: sizes } = operation.attributes;
  const result = allocate(operation.results[0].type);
  const places = new Places(d, operand.type.shape, sizes, indices);
  const entries = entriesPerElement(result.type.dtype);
  const [from, to] = [operand.data, result.data] as unknown as [readonly number[], number[]];
  everyIndex(result.type.shape, [...result.type.shape.keys()], (index, at) => {
    const source = places.position(places.clamped(places.starts(index)), index);
    for (let part = 0; part < entries; part++) to[at * entries + part] = from[source * entries + part];
  });
  return result;
}

/** Windows are put down one after the other in the order of their indices, as XLA does: the last one at a place stays. */
export function scatter(
  operation: OperationOf<"scatter">,
  operands: readonly Tensor[],
  bodies: Bodies,
): Tensor[] {
  const count = (operands.length - 1) / 2;
  const inputs = operands.slice(0, count);
  const indices = operands[count];
  const updates = operands.slice(count + 1);
  const d = asGatherNumbers(operation.attributes.scatter_dimension_numbers);
  const { shape } = inputs[0].type;
  const slices = updates[0].type.shape;
  const sizes = Places.sizesFromUpdates(d, shape, indices.type.shape.length, slices);
  const places = new Places(d, shape, sizes, indices);
  const results = inputs.map(({ type, data }) => ({ type, data: data.slice() }));
  const body = scalarBody(operation.regions[0], bodies);
  const reads = [...results, ...updates].map(({ type, data }) => reader(type.dtype, data));
  const writes = results.map(({ type, data }) => writer(type.dtype, data));
  everyIndex(slices, places.order(), (index, at) => {
    const starts = places.starts(index);
    if (!places.fit(starts)) return;
    const target = places.position(starts, index);
    const combined = body(reads.map((read, k) => read(k < count ? target : at)));
    writes.forEach((write, k) => {
      write(target, combined[k]);
    });
  });
  return results;
}
