/** Reductions of rows: which dimensions are rows, and whether a group uses the results row by row. */

import { type Operation, type OperationOf, sameShape, sizeOf, type Value } from "@fluxion/ir";
import type { BlockFacts } from "./analysis.ts";
import { isFree, isLoopOp } from "./costs.ts";
import type { Group, RowSpace } from "./group.ts";

/** The rows and columns of a reduction over trailing dimensions. */
export function rowSpaceOf(op: OperationOf<"reduce">): RowSpace | undefined {
  const { shape } = op.operands[0].type;
  const first = shape.length - op.attributes.dimensions.length;
  const trailing = op.attributes.dimensions.every((axis) => axis >= first);
  if (!trailing || op.attributes.dimensions.length === 0) return undefined;
  return { rows: shape.slice(0, first), columns: shape.slice(first) };
}

/** Whether `shape` is `rows` followed by ones. */
export const onlyTrailingOnes = (rows: readonly number[], shape: readonly number[]): boolean =>
  shape.length >= rows.length &&
  shape.every((size, axis) => (axis < rows.length ? size === rows[axis] : size === 1));

/** The first reduction of rows that an operation's result is computed from, with nothing but elementwise work on rows between. */
export function reductionBehind(
  op: Operation,
  { definitions }: BlockFacts,
): OperationOf<"reduce"> | undefined {
  const size = sizeOf(op.results[0].type.shape);
  const seen = new Set<Operation>();
  const visit = (current: Operation): OperationOf<"reduce"> | undefined => {
    if (seen.has(current) || sizeOf(current.results[0].type.shape) !== size) return undefined;
    seen.add(current);
    if (current.opcode === "reduce") return rowSpaceOf(current) && current;
    if (!isLoopOp(current)) return undefined;
    for (const operand of current.operands) {
      const definition = definitions.get(operand);
      const found = definition && visit(definition);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return visit(op);
}

/**
 * Whether every use of an operation on rows inside the group is at the row that the loops are at: elementwise on values of the
 * rows' shape, or broadcast along the columns.
 */
export function usedAtRow(op: Operation, group: Group, space: RowSpace, facts: BlockFacts): boolean {
  const { rows } = space;
  const full = [...rows, ...space.columns];
  const aligned = (value: Value, seen: Set<Value>): boolean => {
    if (seen.has(value)) return true;
    seen.add(value);
    return (facts.users.get(value) ?? []).every((user) => {
      if (user.opcode === "return") return true;
      if (!group.operations.has(user) && !isFree(user)) return true;
      const [result] = user.results;
      if (user.opcode === "reduce") return sameShape(value.type.shape, full);
      if (user.opcode === "broadcast_in_dim")
        return alignedBroadcast(user, rows, full) && aligned(result, seen);
      if (user.opcode === "reshape")
        return onlyTrailingOnes(rows, result.type.shape) && aligned(result, seen);
      if (isFree(user)) return false;
      const { shape } = result.type;
      return (
        (sameShape(shape, rows) || sameShape(shape, full) || onlyTrailingOnes(rows, shape)) &&
        user.results.every((r) => aligned(r, seen))
      );
    });
  };
  return op.results.every((result) => aligned(result, new Set()));
}

function alignedBroadcast(
  op: OperationOf<"broadcast_in_dim">,
  rows: readonly number[],
  full: readonly number[],
): boolean {
  const { shape } = op.results[0].type;
  const dims = op.attributes.broadcast_dimensions;
  const inOrder = dims.every((d, i) => d === i);
  return inOrder && (sameShape(shape, full) || onlyTrailingOnes(rows, shape));
}
