/** Rules of gather, and what it shares with scatter. */

import {
  type Builder,
  indexLiteral,
  type OperationOf,
  type Region,
  type TensorType,
  type Value,
} from "@fluxion/ir";
import { copyOn } from "../blocks.ts";
import { zeros } from "./math.ts";
import type { RulesOf, TransposeRule } from "./rule.ts";

export type Gather = OperationOf<"gather">;
export type Scatter = OperationOf<"scatter">;

/** gather's numbers as scatter's, and back: the same relation between slices and array. */
const asScatter = (
  d: Gather["attributes"]["dimension_numbers"],
): Scatter["attributes"]["scatter_dimension_numbers"] => ({
  updateWindowDims: d.offsetDims,
  insertedWindowDims: d.collapsedSliceDims,
  inputBatchingDims: d.operandBatchingDims,
  scatterIndicesBatchingDims: d.startIndicesBatchingDims,
  scatterDimsToOperandDims: d.startIndexMap,
  indexVectorDim: d.indexVectorDim,
});
export const asGather = (
  d: Scatter["attributes"]["scatter_dimension_numbers"],
): Gather["attributes"]["dimension_numbers"] => ({
  offsetDims: d.updateWindowDims,
  collapsedSliceDims: d.insertedWindowDims,
  operandBatchingDims: d.inputBatchingDims,
  startIndicesBatchingDims: d.scatterIndicesBatchingDims,
  startIndexMap: d.scatterDimsToOperandDims,
  indexVectorDim: d.indexVectorDim,
});

/** Start indices where gather reads: clamped so that the slice fits (scatter would drop it instead). */
export function clampedIndices(b: Builder, { operands: [x, indices], attributes: a }: Gather): Value {
  const { startIndexMap, indexVectorDim } = a.dimension_numbers;
  const most = startIndexMap.map((axis) => x.type.shape[axis] - a.slice_sizes[axis]);
  const { dtype, shape } = indices.type;
  if (most.length === 0) return indices;
  const high = b.constant(indexLiteral(dtype, most));
  const over =
    indexVectorDim < shape.length
      ? b.broadcast(high, shape, [indexVectorDim])
      : b.broadcast(b.reshape(high, []), shape, []);
  return b.op("clamp", b.scalar(dtype, 0), indices, over);
}

export const addBody = (b: Builder, dtype: TensorType["dtype"]): Region =>
  b.region(
    [
      { dtype, shape: [] },
      { dtype, shape: [] },
    ],
    (inner, [p, q]) => [inner.op("add", p, q)],
  );

/** y = gather(x, i): x̄ += scatter-add of ȳ at i. */
const gatherTranspose: TransposeRule<"gather"> = (c, op, [ct]) => {
  if (ct === undefined) return [];
  const [x] = op.operands;
  const { dimension_numbers, indices_are_sorted } = op.attributes;
  const soFar = c.cotangent(x);
  const summed = c.b.one(
    "scatter",
    [soFar ?? zeros(c.b, x), clampedIndices(c.b, op), ct],
    {
      scatter_dimension_numbers: asScatter(dimension_numbers),
      ...(indices_are_sorted === undefined ? {} : { indices_are_sorted }),
    },
    { regions: [addBody(c.b, x.type.dtype)] },
  );
  if (soFar === undefined) return [summed];
  c.replace(x, summed);
  return [];
};

export const gatherRules: RulesOf<"gather"> = {
  gather: {
    jvp: ({ b }, op, [t]) => (t ? copyOn(b, op, [t, op.operands[1]]) : []),
    transpose: gatherTranspose,
  },
};
