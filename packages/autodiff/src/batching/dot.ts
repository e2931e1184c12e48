/** Batching of products: the batch becomes a dimension of the product, or a free one of the operand that has it. */

import type { OperationOf } from "@fluxion/ir";
import { allShifted, batchedType, isBatched, one, range } from "./axes.ts";
import type { BatchRule, BatchRules } from "./rule.ts";

const dotGeneral: BatchRule<"dot_general"> = (c, op, [lhs, rhs]) => {
  const { dot_dimension_numbers: d } = op.attributes;
  const left = (dims: readonly number[]): readonly number[] =>
    isBatched(lhs) ? allShifted(dims, lhs.axis) : dims;
  const right = (dims: readonly number[]): readonly number[] =>
    isBatched(rhs) ? allShifted(dims, rhs.axis) : dims;
  const both = isBatched(lhs) && isBatched(rhs);
  const dot_dimension_numbers = {
    lhsBatching: [...(both ? [lhs.axis] : []), ...left(d.lhsBatching)],
    rhsBatching: [...(both ? [rhs.axis] : []), ...right(d.rhsBatching)],
    lhsContracting: left(d.lhsContracting),
    rhsContracting: right(d.rhsContracting),
  };
  const at = both ? 0 : isBatched(lhs) ? freeAxis(op, 0, lhs.axis) : freeAxis(op, 1, rhs.axis ?? 0);
  const types = [batchedType(op.results[0].type, at, c.size)];
  const attributes = { ...op.attributes, dot_dimension_numbers };
  return one(c.b.one("dot_general", [lhs.value, rhs.value], attributes, { types }), at);
};

/** Dimension of the result for a free dimension of an operand: batching dimensions, then free ones of lhs, then of rhs. */
function freeAxis(
  { operands, attributes: { dot_dimension_numbers: d } }: OperationOf<"dot_general">,
  side: 0 | 1,
  axis: number,
): number {
  const taken = [
    [...d.lhsBatching, ...d.lhsContracting],
    [...d.rhsBatching, ...d.rhsContracting],
  ];
  const free = operands.map(({ type }, i) =>
    range(type.shape.length).filter((dim) => !taken[i].includes(dim)),
  );
  const before = d.lhsBatching.length + (side === 1 ? free[0].length : 0);
  return before + free[side].filter((dim) => dim < axis).length;
}

export const dotBatching: BatchRules<"dot_general"> = { dot_general: dotGeneral };
