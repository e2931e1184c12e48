/**
 * How `gather` and `scatter` relate an array of slices (the result of the one, the updates of the other) to the array
 * that the slices lie in. The two ops name the same numbers differently; here they are one.
 *
 *     operand index along d = start[component[d]] + slices index along window[d] + slices index along batch[d]
 *
 * where an absent term is zero.
 */

import type { Shape } from "../tensor-type.ts";
import { require, requireAxes, requireLength } from "./check.ts";

/** Dimension numbers of `gather`; every list but `startIndexMap` ascends. */
export interface GatherDimensionNumbers {
  readonly offsetDims: readonly number[];
  readonly collapsedSliceDims: readonly number[];
  readonly operandBatchingDims: readonly number[];
  readonly startIndicesBatchingDims: readonly number[];
  readonly startIndexMap: readonly number[];
  readonly indexVectorDim: number;
}

/** Dimension numbers of `scatter`; the counterparts of gather's in the same order. */
export interface ScatterDimensionNumbers {
  readonly updateWindowDims: readonly number[];
  readonly insertedWindowDims: readonly number[];
  readonly inputBatchingDims: readonly number[];
  readonly scatterIndicesBatchingDims: readonly number[];
  readonly scatterDimsToOperandDims: readonly number[];
  readonly indexVectorDim: number;
}

export const asGatherNumbers = (d: ScatterDimensionNumbers): GatherDimensionNumbers => ({
  offsetDims: d.updateWindowDims,
  collapsedSliceDims: d.insertedWindowDims,
  operandBatchingDims: d.inputBatchingDims,
  startIndicesBatchingDims: d.scatterIndicesBatchingDims,
  startIndexMap: d.scatterDimsToOperandDims,
  indexVectorDim: d.indexVectorDim,
});

export const asScatterNumbers = (d: GatherDimensionNumbers): ScatterDimensionNumbers => ({
  updateWindowDims: d.offsetDims,
  insertedWindowDims: d.collapsedSliceDims,
  inputBatchingDims: d.operandBatchingDims,
  scatterIndicesBatchingDims: d.startIndicesBatchingDims,
  scatterDimsToOperandDims: d.startIndexMap,
  indexVectorDim: d.indexVectorDim,
});

export interface WindowMap {
  /** For each operand dimension: the component of the index vector that says where its window starts. */
  readonly component: readonly (number | undefined)[];
  /** For each operand dimension: the dimension of the slices that walks its window. */
  readonly window: readonly (number | undefined)[];
  /** For each operand dimension: the dimension of the slices that it is batched with. */
  readonly batch: readonly (number | undefined)[];
  /** For each dimension of the indices: the dimension of the slices; nothing for the index vector's own. */
  readonly indices: readonly (number | undefined)[];
  /** Dimensions of the slices that are no windows, in order. */
  readonly scatterDims: readonly number[];
}

export function windowMap(d: GatherDimensionNumbers, operandRank: number, indicesRank: number): WindowMap {
  const batchRank = indicesRank - (d.indexVectorDim < indicesRank ? 1 : 0);
  const slicesRank = batchRank + d.offsetDims.length;
  const axes = Array.from({ length: slicesRank }, (_, axis) => axis);
  const scatterDims = axes.filter((axis) => !d.offsetDims.includes(axis));
  let next = 0;
  const indices = Array.from({ length: indicesRank }, (_, axis) =>
    axis === d.indexVectorDim ? undefined : scatterDims[next++],
  );
  const found = (at: number): number | undefined => (at < 0 ? undefined : at);
  let offset = 0;
  const operandAxes = Array.from({ length: operandRank }, (_, axis) => axis);
  const batching = operandAxes.map((axis) => d.operandBatchingDims.indexOf(axis));
  return {
    component: operandAxes.map((axis) => found(d.startIndexMap.indexOf(axis))),
    batch: batching.map((at) => (at < 0 ? undefined : indices[d.startIndicesBatchingDims[at]])),
    window: operandAxes.map((axis) =>
      d.collapsedSliceDims.includes(axis) || batching[axis] >= 0 ? undefined : d.offsetDims[offset++],
    ),
    indices,
    scatterDims,
  };
}

/** Sizes of the index vectors' dimension and of the others. */
export function splitIndices(shape: Shape, indexVectorDim: number): { batch: number[]; components: number } {
  require(indexVectorDim >= 0 && indexVectorDim <= shape.length, () =>
    `index_vector_dim ${indexVectorDim} is out of range for indices of rank ${shape.length}`);
  const components = indexVectorDim === shape.length ? 1 : shape[indexVectorDim];
  return { batch: shape.filter((_, axis) => axis !== indexVectorDim), components };
}

const requireAscending = (list: readonly number[], what: string): void =>
  require(list.every((axis, i) => i === 0 || list[i - 1] < axis), () => `${what} must ascend`);

/** Checks the numbers against the shapes of the operand and the indices. `names` are the op's own. */
export function requireDimensionNumbers(
  d: GatherDimensionNumbers,
  operand: Shape,
  indices: Shape,
  names: readonly [offset: string, collapsed: string, batching: string, indicesBatching: string, map: string],
): void {
  const [offset, collapsed, batching, indicesBatching, map] = names;
  const { batch, components } = splitIndices(indices, d.indexVectorDim);
  requireAxes(d.offsetDims, batch.length + d.offsetDims.length, offset);
  requireAscending(d.offsetDims, offset);
  requireAxes([...d.collapsedSliceDims, ...d.operandBatchingDims], operand.length, collapsed);
  requireAscending(d.collapsedSliceDims, collapsed);
  requireAscending(d.operandBatchingDims, batching);
  requireAxes([...d.startIndexMap, ...d.operandBatchingDims], operand.length, map);
  requireAxes(d.startIndicesBatchingDims, indices.length, indicesBatching);
  requireLength(d.startIndexMap, components, map);
  requireLength(d.startIndicesBatchingDims, d.operandBatchingDims.length, indicesBatching);
  require(!d.startIndicesBatchingDims.includes(d.indexVectorDim), () =>
    `${indicesBatching} must not hold index_vector_dim`);
  d.operandBatchingDims.forEach((axis, i) => {
    const other = d.startIndicesBatchingDims[i];
    require(operand[axis] === indices[other], () =>
      `batched dimensions ${axis} of the operand and ${other} of the indices must have equal sizes, got ${operand[axis]} and ${indices[other]}`);
  });
  const windows = operand.length - d.collapsedSliceDims.length - d.operandBatchingDims.length;
  requireLength(d.offsetDims, windows, offset);
}
