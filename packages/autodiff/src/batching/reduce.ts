/**
 * Batching of reductions: the batch is a dimension that stays. A body that reads values of each example, or init values
 * of each example, cannot stand in one reduction for all of them: such a fold is written out (`written-out.ts`).
 */

import { literal, type OperationOf } from "@fluxion/ir";
import { capturesOf } from "../blocks.ts";
import { alignedAt, allShifted, anyBatched, batchedAt, firstAxis, inserted, isBatched } from "./axes.ts";
import type { BatchContext, Batched, BatchRule, BatchRules } from "./rule.ts";
import { writtenOutReduce, writtenOutWindows } from "./written-out.ts";

type Fold = OperationOf<"reduce"> | OperationOf<"reduce_window">;

/** Whether init values or what the body captures differ between examples. */
const differs = (c: BatchContext, op: Fold, inits: readonly Batched[]): boolean =>
  anyBatched(inits) || capturesOf(op as never).some((value) => isBatched(c.get(value)));

const reduce: BatchRule<"reduce"> = (c, op, operands) => {
  const count = op.results.length;
  const [inputs, inits] = [operands.slice(0, count), operands.slice(count)];
  if (differs(c, op, inits)) return writtenOutReduce(c, op);
  const axis = firstAxis(inputs);
  const dimensions = allShifted(op.attributes.dimensions, axis);
  const at = axis - dimensions.filter((dimension) => dimension < axis).length;
  const values = [...alignedAt(c, inputs, axis), ...inits.map(({ value }) => value)];
  return c.b
    .emit("reduce", values, { dimensions }, { regions: op.regions })
    .map((value) => batchedAt(value, at));
};

const reduceWindow: BatchRule<"reduce_window"> = (c, op, operands) => {
  const count = op.results.length;
  const [inputs, inits] = [operands.slice(0, count), operands.slice(count)];
  if (differs(c, op, inits)) return writtenOutWindows(c, op);
  const axis = firstAxis(inputs);
  const { window_dimensions, padding, ...lists } = op.attributes;
  const ones = Object.entries(lists).map(([name, list]) => [name, list && inserted(list, axis, 1)]);
  const attributes: typeof op.attributes = {
    window_dimensions: inserted(window_dimensions, axis, 1),
    ...Object.fromEntries(ones),
    ...(padding && { padding: paddingWithBatch(padding, axis) }),
  };
  const values = [...alignedAt(c, inputs, axis), ...inits.map(({ value }) => value)];
  return c.b
    .emit("reduce_window", values, attributes, { regions: op.regions })
    .map((value) => batchedAt(value, axis));
};

/** Edges [rank, 2] with none for the batch. */
function paddingWithBatch(
  { type, data, splat }: NonNullable<OperationOf<"reduce_window">["attributes"]["padding"]>,
  axis: number,
): ReturnType<typeof literal> {
  const edges = Array.from({ length: 2 * type.shape[0] }, (_, i) => BigInt(data[splat ? 0 : i]));
  edges.splice(2 * axis, 0, 0n, 0n);
  return literal("int64", [edges.length / 2, 2], BigInt64Array.from(edges));
}

export const reduceBatching: BatchRules<"reduce" | "reduce_window"> = { reduce, reduce_window: reduceWindow };
