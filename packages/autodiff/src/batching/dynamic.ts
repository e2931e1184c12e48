/** Batching of slices at run-time indices: where each example has indices of its own, they become gather and scatter. */

import {
  type Builder,
  type DType,
  dtypeTable,
  isSigned,
  type Shape,
  type TensorType,
  Value,
} from "@fluxion/ir";
import { blockOf } from "../blocks.ts";
import {
  alignedAt,
  allShifted,
  anyBatched,
  firstAxis,
  inserted,
  isBatched,
  one,
  range,
  spreadScalars,
} from "./axes.ts";
import type { BatchContext, Batched, BatchRule } from "./rule.ts";

/** Start indices with a zero for the batch. */
function startsWithBatch(b: Builder, starts: readonly Batched[], axis: number): Value[] {
  const values = starts.map(({ value }) => value);
  return inserted(values, axis, b.scalar(values[0]?.type.dtype ?? "int32", 0));
}

/** Dimensions in which a block of these sizes can start elsewhere than at 0. */
const freeAxes = (shape: Shape, sizes: Shape): number[] =>
  range(shape.length).filter((axis) => sizes[axis] < shape[axis]);

/** Index vectors [size, axes.length]: each example's starts along the given dimensions. */
function indexVectors(c: BatchContext, starts: readonly Batched[], axes: readonly number[]): Value {
  const { b, size } = c;
  const dtype = starts[0].value.type.dtype;
  if (axes.length === 0) return b.scalar(dtype, 0, [size, 0]);
  const columns = axes.map((axis) => b.reshape(c.at(starts[axis], 0), [size, 1]));
  return columns.length === 1 ? columns[0] : b.one("concatenate", columns, { dimension: 1 });
}

export const dynamicSlice: BatchRule<"dynamic_slice"> = (c, op, [x, ...starts]) => {
  const sizes = op.attributes.slice_sizes;
  const { shape } = op.operands[0].type;
  if (!anyBatched(starts)) {
    const axis = x.axis ?? 0;
    const slice_sizes = inserted(sizes, axis, c.size);
    return one(
      c.b.one("dynamic_slice", [c.at(x, axis), ...startsWithBatch(c.b, starts, axis)], { slice_sizes }),
      axis,
    );
  }
  const free = freeAxes(shape, sizes);
  const indices = indexVectors(c, starts, free);
  const axis = x.axis;
  const dimension_numbers = {
    offsetDims: range(sizes.length).map((i) => i + 1),
    collapsedSliceDims: [],
    operandBatchingDims: axis === undefined ? [] : [axis],
    startIndicesBatchingDims: axis === undefined ? [] : [0],
    startIndexMap: axis === undefined ? free : allShifted(free, axis),
    indexVectorDim: 1,
  };
  const slice_sizes = axis === undefined ? sizes : inserted(sizes, axis, Math.min(1, c.size));
  return one(c.b.one("gather", [x.value, indices], { dimension_numbers, slice_sizes }), 0);
};

export const dynamicUpdateSlice: BatchRule<"dynamic_update_slice"> = (c, op, [x, update, ...starts]) => {
  const { b } = c;
  if (!anyBatched(starts)) {
    const axis = firstAxis([x, update]);
    const [array, block] = alignedAt(c, [x, update], axis);
    return one(b.op("dynamic_update_slice", array, block, ...startsWithBatch(b, starts, axis)), axis);
  }
  const { shape } = op.operands[0].type;
  const sizes = op.operands[1].type.shape;
  const free = freeAxes(shape, sizes);
  const axis = isBatched(x) ? x.axis : 0;
  const array = c.at(x, axis);
  const indices = clampStarts(b, indexVectors(c, starts, free), free, shape, sizes);
  const scatter_dimension_numbers = {
    updateWindowDims: range(sizes.length).map((i) => i + 1),
    insertedWindowDims: [],
    inputBatchingDims: [axis],
    scatterIndicesBatchingDims: [0],
    scatterDimsToOperandDims: allShifted(free, axis),
    indexVectorDim: 1,
  };
  const attributes = { scatter_dimension_numbers, unique_indices: true };
  const regions = [overwrite(array.type)];
  return one(b.one("scatter", [array, indices, c.at(update, 0)], attributes, { regions }), axis);
};

/** Starts moved so that the block fits, as dynamic_update_slice does and scatter does not. */
function clampStarts(b: Builder, indices: Value, free: readonly number[], shape: Shape, sizes: Shape): Value {
  const { dtype } = indices.type;
  if (free.length === 0) return indices;
  const most = free.map((axis) => b.scalar(dtype, Math.min(shape[axis] - sizes[axis], greatest(dtype)), [1]));
  const bounds = most.length === 1 ? most[0] : b.one("concatenate", most, { dimension: 0 });
  return b.op("clamp", b.scalar(dtype, 0), indices, spreadScalars(b, bounds, indices.type.shape, 1));
}

/** The greatest index that an integer type holds; every index is below 2³¹. */
const greatest = (dtype: DType): number =>
  2 ** Math.min(31, dtypeTable[dtype].bits - (isSigned(dtype) ? 1 : 0)) - 1;

/** The body of a scatter that takes the update. */
function overwrite({ dtype }: TensorType): ReturnType<typeof blockOf> {
  const scalar: TensorType = { dtype, shape: [] };
  const args = [new Value(scalar), new Value(scalar)];
  return blockOf(args, [], [args[1]]);
}
