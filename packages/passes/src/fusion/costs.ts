/** What ops cost, roughly: enough to decide what is worth computing twice. */

import { isElementwise, type Opcode, type Operation, sizeOf } from "@fluxion/ir";

/** Ops that are index arithmetic, constants or conversions: computing them where they are used costs next to nothing. */
const freeOps = new Set<Opcode>([
  "broadcast_in_dim",
  "reshape",
  "transpose",
  "slice",
  "reverse",
  "iota",
  "constant",
  "dynamic_slice",
  "bitcast_convert",
  "pad",
]);

export const isFree = (op: Operation): boolean => freeOps.has(op.opcode);

/** Ops that a loop computes element by element, free ones included. */
export const isLoopOp = (op: Operation): boolean =>
  isFree(op) || isElementwise(op.opcode) || op.opcode === "gather";

/** Elementwise ops of a few instructions. */
const cheapOps = new Set<Opcode>([
  "abs",
  "add",
  "subtract",
  "multiply",
  "negate",
  "sign",
  "maximum",
  "minimum",
  "ceil",
  "floor",
  "and",
  "or",
  "xor",
  "not",
  "shift_left",
  "shift_right_arithmetic",
  "shift_right_logical",
  "compare",
  "select",
  "clamp",
  "convert",
  "is_finite",
  "real",
  "imag",
  "complex",
  "chlo.conj",
  "chlo.square",
  "bitcast_convert",
  "round_nearest_even",
]);

/** Cost of one element of one op, in multiplications. */
export function opCost(op: Operation): number {
  if (isFree(op)) return 0;
  if (op.opcode === "gather") return 6;
  if (op.opcode === "convert") return 0.5;
  if (cheapOps.has(op.opcode)) return 1;
  return op.opcode === "divide" || op.opcode === "sqrt" || op.opcode === "remainder" ? 6 : 20;
}

/** Most that an element may cost for its op to be computed again in every group that uses it. */
export const duplicationBudget = 4;

/** Work of a group below which parallel execution is not worth a fork. */
export const elementsOf = (op: Operation): number => sizeOf(op.results[0]?.type.shape ?? []);
