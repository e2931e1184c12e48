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

/** Ops that cost less to compute again than their result costs to store and load. */
const cheap = new Set(
  (
    "add subtract multiply negate abs sign maximum minimum clamp compare select convert and or xor not is_finite floor ceil " +
    "real imag complex chlo.conj chlo.square slice dynamic_slice reverse"
  ).split(" "),
);

/** The most that is computed again in place of one residual. */
const mostOps = 4;

/** Which values are at hand where linear operations run. */
export interface Reach {
  /** Whether the primal operations (or their parameters) define a value; others are in reach anyway. */
  readonly isOwn: (value: Value) => boolean;
  /** Own values that cost nothing to keep: parameters and outputs. */
  readonly isFree?: (value: Value) => boolean;
}

/**
 * Splits what linear operations and `roots` use of `primal` into what is computed again and what is kept. Besides what
 * `recompute` says, a few cheap ops on what is kept or at hand anyway are computed again rather than their result kept.
 */
export function closeOver(
  linear: readonly Operation[],
  roots: readonly Value[],
  primal: readonly Operation[],
  { isOwn, isFree = () => false }: Reach,
  recompute: Recompute,
): Closed {
  const needed = new Set<Value>(roots.filter(isOwn));
  for (const op of linear) for (const value of usesOf(op)) if (isOwn(value)) needed.add(value);
  const kept = new Set(needed);
  for (const op of primal.toReversed()) {
    if (!op.results.some((result) => kept.has(result)) || !recompute(op)) continue;
    for (const result of op.results) kept.delete(result);
    for (const value of usesOf(op)) if (isOwn(value)) kept.add(value);
  }
  for (const value of derivable(primal, kept, { isOwn, isFree }, recompute)) kept.delete(value);
  return gather(primal, needed, kept, { isOwn, isFree });
}

/** Kept values that a few cheap ops give of others that are kept or at hand. */
function derivable(
  primal: readonly Operation[],
  kept: ReadonlySet<Value>,
  { isOwn, isFree }: Required<Reach>,
  recompute: Recompute,
): Value[] {
  const costs = new Map<Value, number>();
  const costOf = (value: Value): number =>
    !isOwn(value) || isFree(value) || kept.has(value) ? 0 : (costs.get(value) ?? Number.POSITIVE_INFINITY);
  const found: Value[] = [];
  for (const op of primal) {
    const own = recompute(op) ? 0 : cheap.has(op.opcode) ? 1 : Number.POSITIVE_INFINITY;
    const cost = usesOf(op).reduce((sum, value) => sum + costOf(value), own);
    for (const result of op.results) {
      costs.set(result, cost);
      if (kept.has(result) && !isFree(result) && cost <= mostOps) found.push(result);
    }
  }
  return found;
}

/** What has to run again so that `needed` is there, given that `kept` is; free values that it uses are kept too. */
function gather(
  primal: readonly Operation[],
  needed: ReadonlySet<Value>,
  kept: Set<Value>,
  { isOwn, isFree }: Required<Reach>,
): Closed {
  const wanted = new Set<Value>();
  const want = (value: Value): void => {
    if (!isOwn(value) || kept.has(value)) return;
    if (isFree(value)) kept.add(value);
    else wanted.add(value);
  };
  for (const value of needed) want(value);
  const again: Operation[] = [];
  for (const op of primal.toReversed()) {
    if (!op.results.some((result) => wanted.has(result))) continue;
    for (const value of usesOf(op)) want(value);
    again.push(op);
  }
  return { again: again.reverse(), residuals: [...kept] };
}
