/** Batching of elementwise ops: all operands with the batch at one axis. */

import { type ElementwiseOpcode, isElementwise, opcodes } from "@fluxion/ir";
import {
  alignedAt,
  batchedAt,
  batchedType,
  exampleShape,
  firstAxis,
  isBatched,
  spreadScalars,
} from "./axes.ts";
import type { BatchRule, BatchRules } from "./rule.ts";

/** y[n] = f(x₀[n], x₁[n], …) */
const elementwise: BatchRule<ElementwiseOpcode> = (c, op, operands) => {
  const axis = firstAxis(operands);
  const types = op.results.map(({ type }) => batchedType(type, axis, c.size));
  return c.b
    .emit(op.opcode, alignedAt(c, operands, axis), op.attributes as never, { types })
    .map((value) => batchedAt(value, axis));
};

/** As the others, but for operands that may be scalars beside arrays: shared ones stay so. */
const withScalars =
  <K extends "select" | "clamp">(array: number): BatchRule<K> =>
  (c, op, operands) => {
    const { shape } = op.results[0].type;
    const arrays = operands.filter((x) => exampleShape(x).length === shape.length);
    const axis = shape.length === 0 ? 0 : firstAxis(arrays);
    const like = batchedType(op.results[0].type, axis, c.size);
    const values = operands.map((x, i) => {
      const isScalar = exampleShape(x).length === 0;
      const mayBeScalar = op.opcode === "select" ? i === 0 : i !== array;
      if (isScalar && mayBeScalar && !isBatched(x)) return x.value;
      if (isScalar && shape.length > 0 && isBatched(x)) return spreadScalars(c.b, x.value, like.shape, axis);
      return c.at(x, axis);
    });
    return [batchedAt(c.b.one(op.opcode, values, op.attributes as never), axis)];
  };

/** The rule follows from what the family is, so that every op of it has one. */
export const elementwiseBatching: BatchRules<ElementwiseOpcode> = {
  ...(Object.fromEntries(
    opcodes.filter(isElementwise).map((opcode) => [opcode, elementwise]),
  ) as unknown as BatchRules<ElementwiseOpcode>),
  select: withScalars(1),
  clamp: withScalars(1),
};
