/**
 * Which results of a function have a batch, found without batching it. What it says may be too much, never too little: an
 * operation that the batch concerns has a batch in all of its results, but for those that hold regions or call functions.
 */

import { type Block, type Operation, type OperationOf, returned, type Value } from "@fluxion/ir";
import { usesOf } from "../blocks.ts";
import { calledFunction, type FunctionScope, maskKey, memoised } from "../scope.ts";
import { namesAxis } from "./collectives.ts";
import type { BatchAxis, BatchContext } from "./rule.ts";

interface Analysis {
  readonly scope: FunctionScope;
  readonly axisName: string | undefined;
  /** Values known to have a batch; it only grows. */
  readonly withBatch: Set<Value>;
}

/** Which results of a function of the scope have a batch when its parameters have theirs at these axes. */
export const resultsWithBatch = (
  c: Pick<BatchContext, "scope" | "axisName">,
  name: string,
  axes: readonly BatchAxis[],
): readonly boolean[] =>
  analyseFunction(
    c,
    name,
    axes.map((axis) => axis !== null),
  );

function analyseFunction(
  { scope, axisName }: Pick<BatchContext, "scope" | "axisName">,
  name: string,
  given: readonly boolean[],
): readonly boolean[] {
  return memoised(scope, `batch analysis ${maskKey(given)} ${name} ${axisName ?? ""}`, () => {
    const { body } = calledFunction(scope, name);
    const withBatch = new Set(body.arguments.filter((_, i) => given[i]));
    return analyseBlock({ scope, axisName, withBatch }, body);
  });
}

function analyseBlock(a: Analysis, block: Block): boolean[] {
  for (const op of block.operations) {
    const results = analyse(a, op);
    op.results.forEach((result, i) => {
      if (results[i]) a.withBatch.add(result);
    });
  }
  return returned(block).map((value) => a.withBatch.has(value));
}

function analyse(a: Analysis, op: Operation): readonly boolean[] {
  const concerned =
    usesOf(op).some((value) => a.withBatch.has(value)) ||
    (a.axisName !== undefined && namesAxis(a.scope, op, a.axisName));
  if (!concerned) return [];
  const operands = op.operands.map((value) => a.withBatch.has(value));
  if (op.opcode === "call" && !hasRules(op)) return analyseFunction(a, op.attributes.callee, operands);
  if (op.opcode === "optimization_barrier") return operands;
  if (op.opcode === "case" || op.opcode === "if") return analyseChoice(a, op, operands[0]);
  if (op.opcode === "while") return analyseLoop(a, op, operands);
  return op.results.map(() => true);
}

/** Whether a call names rules of its own: then every result has a batch, whatever the rules compute. */
export const hasRules = ({ attributes: a }: OperationOf<"call">): boolean =>
  [a.custom_batching, a.custom_jvp, a.custom_vjp_forward, a.custom_vjp_backward].some(
    (rule) => rule !== undefined,
  );

function analyseChoice(
  a: Analysis,
  op: OperationOf<"case"> | OperationOf<"if">,
  differs: boolean,
): readonly boolean[] {
  const branches = op.regions.map((region) => analyseBlock(a, region));
  return op.results.map((_, i) => differs || branches.some((results) => results[i]));
}

/** The least set of carries that is closed under the body; all that change if the condition differs between examples. */
function analyseLoop(
  a: Analysis,
  op: OperationOf<"while">,
  operands: readonly boolean[],
): readonly boolean[] {
  const [condition, body] = op.regions;
  let carries = operands;
  for (;;) {
    carries.forEach((on, i) => {
      if (on) for (const region of op.regions) a.withBatch.add(region.arguments[i]);
    });
    const next = analyseBlock(a, body);
    const differs = analyseBlock(a, condition)[0];
    const isFixed = returned(body).map((value, i) => value === body.arguments[i]);
    const grown = carries.map((on, i) => on || next[i] || (differs && !isFixed[i]));
    if (grown.every((on, i) => on === carries[i])) return carries;
    carries = grown;
  }
}
