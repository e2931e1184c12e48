/**
 * Batching of gather, scatter and the sorts. Where only the array has a batch, it is one more dimension of every window;
 * where the indices have one, it is one more dimension of theirs, paired with the array's if that has one too.
 */

import {
  asGatherNumbers,
  asScatterNumbers,
  type GatherDimensionNumbers,
  type OperationOf,
} from "@fluxion/ir";
import { capturesOf } from "../blocks.ts";
import {
  alignedAt,
  allShifted,
  anyBatched,
  batchedAt,
  firstAxis,
  inserted,
  isBatched,
  moveAxis,
  one,
  range,
  shifted,
} from "./axes.ts";
import { noBatching } from "./errors.ts";
import type { BatchContext, BatchRule, BatchRules } from "./rule.ts";

/** The numbers for a batch of the array alone, at `axis`; `at` is its dimension of the slices. */
function inWindows(
  d: GatherDimensionNumbers,
  rank: number,
  axis: number,
): { d: GatherDimensionNumbers; at: number } {
  const gone = [...d.collapsedSliceDims, ...d.operandBatchingDims];
  const before = range(rank).filter((dim) => dim < axis && !gone.includes(dim)).length;
  const at = before === 0 ? 0 : (d.offsetDims[before] ?? d.offsetDims[before - 1] + 1);
  return {
    at,
    d: {
      ...d,
      offsetDims: inserted(allShifted(d.offsetDims, at), before, at),
      collapsedSliceDims: allShifted(d.collapsedSliceDims, axis),
      operandBatchingDims: allShifted(d.operandBatchingDims, axis),
      startIndexMap: allShifted(d.startIndexMap, axis),
    },
  };
}

/** The numbers for a batch of the indices, at `indexAxis`, and of the array, at `axis`, if it has one. */
function inIndices(
  d: GatherDimensionNumbers,
  slicesRank: number,
  indexAxis: number,
  axis: number | undefined,
): { d: GatherDimensionNumbers; at: number } {
  const scatterDims = range(slicesRank).filter((dim) => !d.offsetDims.includes(dim));
  const before = indexAxis - (d.indexVectorDim < indexAxis ? 1 : 0);
  const at = before === 0 ? 0 : (scatterDims[before] ?? scatterDims[before - 1] + 1);
  const indices = allShifted(d.startIndicesBatchingDims, indexAxis);
  const moved: GatherDimensionNumbers = {
    ...d,
    offsetDims: allShifted(d.offsetDims, at),
    startIndicesBatchingDims: indices,
    indexVectorDim: shifted(d.indexVectorDim, indexAxis),
  };
  if (axis === undefined) return { d: moved, at };
  const operand = allShifted(d.operandBatchingDims, axis);
  const place = operand.filter((dim) => dim < axis).length;
  return {
    at,
    d: {
      ...moved,
      collapsedSliceDims: allShifted(d.collapsedSliceDims, axis),
      startIndexMap: allShifted(d.startIndexMap, axis),
      operandBatchingDims: inserted(operand, place, axis),
      startIndicesBatchingDims: inserted(indices, place, indexAxis),
    },
  };
}

const gather: BatchRule<"gather"> = (c, op, [x, indices]) => {
  const { dimension_numbers: numbers, slice_sizes: sizes, indices_are_sorted } = op.attributes;
  const operands = [x.value, indices.value];
  if (!isBatched(indices)) {
    const axis = x.axis ?? 0;
    const { d, at } = inWindows(numbers, op.operands[0].type.shape.length, axis);
    const attributes = {
      dimension_numbers: d,
      slice_sizes: inserted(sizes, axis, c.size),
      ...(indices_are_sorted === undefined ? {} : { indices_are_sorted }),
    };
    return one(c.b.one("gather", operands, attributes), at);
  }
  const { d, at } = inIndices(numbers, op.results[0].type.shape.length, indices.axis, x.axis);
  const slice_sizes = x.axis === undefined ? sizes : inserted(sizes, x.axis, Math.min(1, c.size));
  return one(c.b.one("gather", operands, { dimension_numbers: d, slice_sizes }), at);
};

const scatter: BatchRule<"scatter"> = (c, op, operands) => {
  requireShared(c, op);
  const count = op.results.length;
  const [inputs, updates] = [operands.slice(0, count), operands.slice(count + 1)];
  const indices = operands[count];
  const { scatter_dimension_numbers, ...hints } = op.attributes;
  const numbers = asGatherNumbers(scatter_dimension_numbers);
  const axis = firstAxis(inputs);
  const { d, at } = isBatched(indices)
    ? inIndices(numbers, op.operands[count + 1].type.shape.length, indices.axis, axis)
    : inWindows(numbers, op.operands[0].type.shape.length, axis);
  const values = [...alignedAt(c, inputs, axis), indices.value, ...alignedAt(c, updates, at)];
  const attributes = {
    scatter_dimension_numbers: asScatterNumbers(d),
    ...(isBatched(indices) ? withoutOrder(hints) : hints),
  };
  return c.b
    .emit("scatter", values, attributes, { regions: op.regions })
    .map((value) => batchedAt(value, axis));
};

/** Indices of many examples are not in order because those of each are. */
const withoutOrder = <H extends { readonly indices_are_sorted?: boolean }>({
  indices_are_sorted: _,
  ...rest
}: H): Omit<H, "indices_are_sorted"> => rest;

const sort: BatchRule<"sort"> = (c, op, operands) => {
  requireShared(c, op);
  const { dimension: given = -1, ...rest } = op.attributes;
  const rank = op.operands[0].type.shape.length;
  const axis = firstAxis(operands);
  const dimension = shifted(given < 0 ? given + rank : given, axis);
  return c.b
    .emit("sort", alignedAt(c, operands, axis), { ...rest, dimension }, { regions: op.regions })
    .map((value) => batchedAt(value, axis));
};

/** The dimension that is searched stays the last. */
const topK: BatchRule<"chlo.top_k"> = (c, op, [x]) => {
  const from = x.axis ?? 0;
  const axis = from === op.operands[0].type.shape.length ? 0 : from;
  return c.b
    .emit("chlo.top_k", [moveAxis(c.b, x.value, from, axis)], op.attributes)
    .map((value) => batchedAt(value, axis));
};

/** @throws DifferentiationError if the body reads a value that differs between examples. */
function requireShared(c: BatchContext, op: OperationOf<"scatter"> | OperationOf<"sort">): void {
  if (!anyBatched(capturesOf(op as never).map((value) => c.get(value)))) return;
  const advice =
    op.opcode === "scatter" ? ". x.at(i).apply(f), whose f works on a copy of the elements, may do so" : "";
  throw noBatching(op as never, `its body reads a value from outside that differs between examples${advice}`);
}

export const indexedBatching: BatchRules<"gather" | "scatter" | "sort" | "chlo.top_k"> = {
  gather,
  scatter,
  sort,
  "chlo.top_k": topK,
};
