/** Rules of gather, scatter and the sorts. */

import {
  type Block,
  type Builder,
  literal,
  type OperationOf,
  type Region,
  returned,
  type TensorType,
  Value,
} from "@fluxion/ir";
import { blockOf, cloneBlock, copyOn } from "../blocks.ts";
import { noRule } from "../errors.ts";
import { bodyKind } from "./fold.ts";
import { compare, zeros } from "./math.ts";
import type { JvpRule, RulesOf, TransposeRule } from "./rule.ts";

type Gather = OperationOf<"gather">;
type Scatter = OperationOf<"scatter">;

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
const asGather = (
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
function clampedIndices(b: Builder, { operands: [x, indices], attributes: a }: Gather): Value {
  const { startIndexMap, indexVectorDim } = a.dimension_numbers;
  const most = startIndexMap.map((axis) => x.type.shape[axis] - a.slice_sizes[axis]);
  const { dtype, shape } = indices.type;
  const wide = dtype === "int64" || dtype === "uint64";
  if (most.length === 0) return indices;
  const bounds = b.constant(literal("int64", [most.length], BigInt64Array.from(most, BigInt)));
  const high = wide && dtype === "int64" ? bounds : b.convert(bounds, dtype);
  const over =
    indexVectorDim < shape.length
      ? b.broadcast(high, shape, [indexVectorDim])
      : b.broadcast(b.reshape(high, []), shape, []);
  return b.op("clamp", b.scalar(dtype, 0), indices, over);
}

const addBody = (b: Builder, dtype: TensorType["dtype"]): Region =>
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

/** Whether the body takes the update alone. */
const overwrites = (body: Block): boolean =>
  body.arguments.length === 2 && returned(body)[0] === body.arguments[1];

const scatterReason =
  "only scatter-add and scatter that overwrites are differentiable; JAX has no rule for scatter_min and scatter_max";

/** Both are linear in operand and updates together: ẏ = scatter(ẋ, i, u̇) */
const scatterJvp: JvpRule<"scatter"> = ({ b }, op, tangents) => {
  const body = op.regions[0];
  if (op.results.length !== 1 || (bodyKind(body) !== "add" && !overwrites(body)))
    throw noRule("Differentiation", op, scatterReason);
  const [x, indices, updates] = op.operands;
  return copyOn(b, op, [tangents[0] ?? zeros(b, x), indices, tangents[2] ?? zeros(b, updates)]);
};

/** Positions that name each element of the updates. */
const positions = (b: Builder, { type: { shape } }: Value): Value => {
  const size = shape.reduce((product, n) => product * n, 1);
  const flat = b.one("iota", [], { iota_dimension: 0 }, { types: [{ dtype: "int32", shape: [size] }] });
  return b.reshape(flat, shape);
};

/**
 * Which elements of the updates stand in the result: their positions are written by an overwriting scatter in their
 * place, and those that are read back unchanged do. An update that was dropped or overwritten reads another's.
 */
function survivors(b: Builder, op: Scatter, read: (from: Value) => Value): Value {
  const [x, indices, updates] = op.operands;
  const ids = positions(b, updates);
  const none = b.scalar("int32", -1, x.type.shape);
  const scalar: TensorType = { dtype: "int32", shape: [] };
  const args = [new Value(scalar), new Value(scalar)];
  const written = b.one("scatter", [none, indices, ids], op.attributes, {
    regions: [blockOf(args, [], [args[1]])],
  });
  return compare(b, "EQ", read(written), ids);
}

const scatterTranspose: TransposeRule<"scatter"> = (c, op, [ct]) => {
  if (ct === undefined) return [];
  const { b } = c;
  const [x, indices, updates] = op.operands;
  const d = op.attributes.scatter_dimension_numbers;
  const additive = bodyKind(op.regions[0]) === "add";
  const read = (from: Value): Value =>
    b.one("gather", [from, indices], { dimension_numbers: asGather(d), slice_sizes: windowSizes(op) });
  const toUpdates = (): Value => {
    const taken = read(ct);
    const stands = additive ? insideMask(b, op) : survivors(b, op, read);
    return b.op("select", stands, taken, zeros(b, taken));
  };
  const toOperand = (): Value => (additive ? ct : copyOn(b, op, [ct, indices, zeros(b, updates)])[0]);
  return [c.isLinear(x) ? toOperand() : undefined, undefined, c.isLinear(updates) ? toUpdates() : undefined];
};

/** Extent of an update's window along each operand dimension. */
function windowSizes({
  operands: [x, , updates],
  attributes: { scatter_dimension_numbers: d },
}: Scatter): number[] {
  let next = 0;
  return x.type.shape.map((_, axis) =>
    d.insertedWindowDims.includes(axis) || d.inputBatchingDims.includes(axis)
      ? 1
      : updates.type.shape[d.updateWindowDims[next++]],
  );
}

/** Whether an update's window lies inside the operand: scatter drops those that do not. */
function insideMask(b: Builder, op: Scatter): Value {
  const [x, indices, updates] = op.operands;
  const d = op.attributes.scatter_dimension_numbers;
  const gatherLike = {
    operands: [x, indices],
    attributes: { dimension_numbers: asGather(d), slice_sizes: windowSizes(op) },
  } as unknown as Gather;
  const same = compare(b, "EQ", clampedIndices(b, gatherLike), indices);
  const inside =
    d.indexVectorDim < indices.type.shape.length
      ? b.reduceWith("and", same, b.scalar("bool", true), [d.indexVectorDim])
      : same;
  const scattered = updates.type.shape
    .map((_, axis) => axis)
    .filter((axis) => !d.updateWindowDims.includes(axis));
  return b.broadcast(inside, updates.type.shape, scattered);
}

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

export const indexedRules: RulesOf<"gather" | "scatter" | "sort" | "chlo.top_k"> = {
  gather: {
    jvp: ({ b }, op, [t]) => (t ? copyOn(b, op, [t, op.operands[1]]) : []),
    transpose: gatherTranspose,
  },
  scatter: { jvp: scatterJvp, transpose: scatterTranspose },
  sort: { jvp: sortJvp },
  // top_k(x): ẏ = ẋ at the positions found
  "chlo.top_k": {
    jvp: ({ b }, { operands: [x], results: [, order] }, [t]) =>
      t ? [takeAlong(b, t, order, x.type.shape.length - 1)] : [],
  },
};
