/**
 * Residuals: the primal values that a linear function needs. Linear operations are built with primal values as free
 * variables; closing them decides which become residuals and which are computed again.
 */

import type { Operation, Value } from "@fluxion/ir";
import { usesOf } from "./blocks.ts";

/** Whether an operation is computed again rather than its result kept. */
export type Recompute = (op: Operation) => boolean;

const free = new Set(["constant", "iota", "broadcast_in_dim", "reshape", "transpose"]);

/** Ops that only lay out what their operand holds: the operand, which is no larger, is kept instead. */
export const recomputeLayouts: Recompute = (op) => free.has(op.opcode);

export interface Closed {
  /** What is computed again, in order. */
  readonly again: readonly Operation[];
  /** What must be kept. */
  readonly residuals: readonly Value[];
}

/**
 * Splits what linear operations and `roots` use of `primal` into what is computed again and what is kept.
 * `isOwn` says which values the primal operations (and their parameters) define; others are in reach anyway.
 */
export function closeOver(
  linear: readonly Operation[],
  roots: readonly Value[],
  primal: readonly Operation[],
  isOwn: (value: Value) => boolean,
  recompute: Recompute,
): Closed {
  const needed = new Set<Value>(roots.filter(isOwn));
  for (const op of linear) for (const value of usesOf(op)) if (isOwn(value)) needed.add(value);
  const again: Operation[] = [];
  for (let i = primal.length - 1; i >= 0; i--) {
    const op = primal[i];
    if (!op.results.some((result) => needed.has(result)) || !recompute(op)) continue;
    for (const result of op.results) needed.delete(result);
    for (const value of usesOf(op)) if (isOwn(value)) needed.add(value);
    again.push(op);
  }
  return { again: again.reverse(), residuals: [...needed] };
}
