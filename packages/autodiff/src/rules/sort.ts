/** Rules of the sorts. */

import { type Builder, type TensorType, Value } from "@fluxion/ir";
import { cloneBlock } from "../blocks.ts";
import type { JvpRule, RulesOf } from "./rule.ts";

/** Elements of x along an axis at the positions that `order` says. */
function takeAlong(b: Builder, x: Value, order: Value, axis: number): Value {
  const batch = x.type.shape.map((_, i) => i).filter((i) => i !== axis);
  return b.one("gather", [x, b.reshape(order, [...order.type.shape, 1])], {
    dimension_numbers: {
      offsetDims: [],
      collapsedSliceDims: [axis],
      operandBatchingDims: batch,
      startIndicesBatchingDims: batch,
      startIndexMap: [axis],
      indexVectorDim: order.type.shape.length,
    },
    slice_sizes: x.type.shape.map((size) => Math.min(size, 1)),
  });
}

/** sort(x): ẏ = ẋ in the order that sorting gives; positions are sorted along to learn it. */
const sortJvp: JvpRule<"sort"> = ({ b }, op, tangents) => {
  const {
    type: { shape },
  } = op.operands[0];
  const { dimension = -1 } = op.attributes;
  const axis = dimension < 0 ? dimension + shape.length : dimension;
  const index = b.one("iota", [], { iota_dimension: axis }, { types: [{ dtype: "int32", shape }] });
  const scalar: TensorType = { dtype: "int32", shape: [] };
  const [comparator] = op.regions;
  const extra = [new Value(scalar), new Value(scalar)];
  const copy = cloneBlock(comparator);
  const region = { arguments: [...copy.arguments, ...extra], operations: copy.operations };
  const sorted = b.emit("sort", [...op.operands, index], op.attributes, { regions: [region] });
  const order = sorted[sorted.length - 1];
  return tangents.map((t) => t && takeAlong(b, t, order, axis));
};

export const sortRules: RulesOf<"sort" | "chlo.top_k"> = {
  sort: { jvp: sortJvp },
  // top_k(x): ẏ = ẋ at the positions found
  "chlo.top_k": {
    jvp: ({ b }, { operands: [x], results: [, order] }, [t]) =>
      t ? [takeAlong(b, t, order, x.type.shape.length - 1)] : [],
  },
};
