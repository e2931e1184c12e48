/**
 * Which rules are being traced. A rule usually calls the function that it belongs to, so the rules of such calls are traced only
 * when somebody asks for them. What those will close over is what the rule under trace closes over: it becomes operands of the
 * calls.
 */

import type { NDArray } from "../../core/ndarray.ts";

/** Traced arrays that rules are known to close over, each with the sum of who reads it (see `closed_over` of calls). */
export type ClosedOver = ReadonlyMap<NDArray, number>;

interface RuleTrace {
  /** The function whose rules are traced. */
  readonly owner: object;
  readonly closesOver: ClosedOver;
  /** Whether the rules have called the function. */
  isRecursive: boolean;
}

const underTrace: RuleTrace[] = [];

/** How many rules are being traced, one inside of another. */
export const ruleDepth = (): number => underTrace.length;

/** Notes a call of a function: what its rules close over, if they are being traced. */
export function closedOverByRules(owner: object): ClosedOver | undefined {
  const rule = underTrace.findLast((entry) => entry.owner === owner);
  if (rule === undefined) return undefined;
  rule.isRecursive = true;
  return rule.closesOver;
}

/** Runs `trace`, which traces rules of a function; tells whether they called the function. */
export function tracingRules<T>(
  owner: object,
  closesOver: ClosedOver,
  trace: () => T,
): { readonly traced: T; readonly isRecursive: boolean } {
  const entry: RuleTrace = { owner, closesOver, isRecursive: false };
  underTrace.push(entry);
  try {
    const traced = trace();
    return { traced, isRecursive: entry.isRecursive };
  } finally {
    underTrace.pop();
  }
}
