/** Rules of scatter, by what its body does. */

import { type Block, type Builder, returned, type TensorType, Value } from "@fluxion/ir";
import { blockOf, copyOn } from "../blocks.ts";
import { noRule } from "../errors.ts";
import { bodyKind } from "./fold.ts";
import { addBody, asGather, clampedIndices, type Gather, type Scatter } from "./gather.ts";
import { add, compare, div, isEmpty, lit, mul, neg, sub, zeros } from "./math.ts";
import type { JvpContext, JvpRule, RulesOf, Tangent, TransposeRule } from "./rule.ts";

/** Whether the body takes the update alone. */
const overwrites = (body: Block): boolean =>
  body.arguments.length === 2 && returned(body)[0] === body.arguments[1];

/** What the body of a scatter does with an element and its update. */
type ScatterKind = "add" | "subtract" | "multiply" | "maximum" | "minimum" | "overwrite";

function scatterKind(op: Scatter): ScatterKind {
  const body = op.regions[0];
  if (op.results.length === 1) {
    if (overwrites(body)) return "overwrite";
    const kind = bodyKind(body);
    if (kind !== "other") return kind;
    const [first] = body.operations;
    const inOrder =
      body.operations.length === 2 && body.arguments.every((arg, i) => first.operands[i] === arg);
    if (inOrder && (first.opcode === "subtract" || first.opcode === "multiply")) return first.opcode;
  }
  throw noRule(
    "Differentiation",
    op,
    "its body is none of add, subtract, multiply, maximum, minimum, and the update",
  );
}

/** The sum of updates at their places, over zeros. */
const scatterSum = (b: Builder, op: Scatter, updates: Value): Value => {
  const [x, indices] = op.operands;
  return b.one("scatter", [zeros(b, x), indices, updates], op.attributes, {
    regions: [addBody(b, x.type.dtype)],
  });
};

/** The elements of the operand that the updates meet. */
const readUpdated = (b: Builder, op: Scatter, from: Value): Value =>
  b.one("gather", [from, op.operands[1]], {
    dimension_numbers: asGather(op.attributes.scatter_dimension_numbers),
    slice_sizes: windowSizes(op),
  });

/** z = x·Πu: ż = ẋ·Πu + x·Σu̇, which holds where no two updates meet. */
function scatterProductJvp(
  { b }: JvpContext,
  op: Scatter,
  [tx, , tu]: readonly Tangent[],
): readonly Tangent[] {
  const [x, indices, updates] = op.operands;
  const fromX = tx && copyOn(b, op, [tx, indices, updates])[0];
  if (tu === undefined) return [fromX];
  if (!op.attributes.unique_indices)
    throw noRule(
      "Differentiation",
      op,
      "scatter_mul gradients are only implemented if `unique_indices=True`",
    );
  const fromUpdates = mul(b, x, scatterSum(b, op, tu));
  return [fromX ? add(b, fromX, fromUpdates) : fromUpdates];
}

/**
 * z = max(x, u…): the elements that equal z share evenly, the operand's own among them. With n = the number of updates that
 * equal z and k = 1 where x does: ż = ẋ + Σ (ẋ·(k/(n + k) − 1)/all + [u = z]·u̇/(n + k)), `all` updates meeting there.
 */
function scatterExtremumJvp(
  { b }: JvpContext,
  op: Scatter,
  [tx, , tu]: readonly Tangent[],
): readonly Tangent[] {
  const [x, indices, updates] = op.operands;
  const [z] = op.results;
  const read = (from: Value): Value => readUpdated(b, op, from);
  const one = lit(b, updates, 1);
  const none = zeros(b, updates);
  const reached = read(z);
  const wins = b.op("select", compare(b, "EQ", updates, reached), one, none);
  const stays = b.op("select", compare(b, "EQ", read(x), reached), one, none);
  const winners = add(b, read(scatterSum(b, op, wins)), stays);
  const ours = div(b, wins, winners);
  const fromUpdates = tu && mul(b, tu, ours);
  if (tx === undefined) return [fromUpdates && scatterSum(b, op, fromUpdates)];
  const all = read(scatterSum(b, op, one));
  const given = div(b, sub(b, div(b, stays, winners), one), all);
  const moved = mul(b, read(tx), given);
  const change = fromUpdates ? add(b, moved, fromUpdates) : moved;
  return b.emit("scatter", [tx, indices, change], op.attributes, { regions: [addBody(b, x.type.dtype)] });
}

/** The others are linear in operand and updates together: ẏ = scatter(ẋ, i, u̇) */
const scatterJvp: JvpRule<"scatter"> = (c, op, tangents) => {
  if (isEmpty(op.operands[0])) return [tangents[0]];
  const kind = scatterKind(op);
  if (kind === "multiply") return scatterProductJvp(c, op, tangents);
  if (kind === "maximum" || kind === "minimum") return scatterExtremumJvp(c, op, tangents);
  const [x, indices, updates] = op.operands;
  return copyOn(c.b, op, [tangents[0] ?? zeros(c.b, x), indices, tangents[2] ?? zeros(c.b, updates)]);
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
  const kind = scatterKind(op);
  const toUpdates = (): Value => {
    const taken = readUpdated(b, op, kind === "subtract" ? neg(b, ct) : ct);
    const stands =
      kind === "overwrite" ? survivors(b, op, (from) => readUpdated(b, op, from)) : insideMask(b, op);
    return b.op("select", stands, taken, zeros(b, taken));
  };
  const toOperand: Readonly<Partial<Record<ScatterKind, () => Value>>> = {
    add: () => ct,
    subtract: () => ct,
    overwrite: () => copyOn(b, op, [ct, indices, zeros(b, updates)])[0],
    // x̄ = z̄·Πu
    multiply: () => copyOn(b, op, [ct, indices, updates])[0],
  };
  // An empty array drops every update.
  const reaches = c.isLinear(updates) && !isEmpty(x);
  return [c.isLinear(x) ? toOperand[kind]?.() : undefined, undefined, reaches ? toUpdates() : undefined];
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

export const scatterRules: RulesOf<"scatter"> = { scatter: { jvp: scatterJvp, transpose: scatterTranspose } };
