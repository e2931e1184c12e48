/**
 * Batching of calls. A function stays a function: it is batched once for each pattern of operands with a batch. Rules that a
 * call names go along, batched so that their types fit the batched call.
 */

import type { OperationOf, Value } from "@fluxion/ir";
import { carriesTangent } from "../rules/elementwise.ts";
import { calledFunction } from "../scope.ts";
import { resultsWithBatch } from "./analysis.ts";
import { axisOf, isBatched } from "./axes.ts";
import { customCall } from "./custom-call.ts";
import type {
  BatchAxis,
  BatchContext,
  Batched,
  BatchRule,
  BatchRules,
  NamedBatch,
  ResultAxis,
} from "./rule.ts";
import { batchedByRule } from "./user-rule.ts";

type Call = OperationOf<"call">;

const call: BatchRule<"call"> = (c, op, operands) => {
  const { callee, custom_batching, custom_jvp, custom_vjp_forward, custom_vjp_backward } = op.attributes;
  if (custom_batching !== undefined) return byRuleOfUser(c, op, operands, custom_batching);
  if (custom_jvp !== undefined) return withJvp(c, op, operands, custom_jvp);
  if (custom_vjp_forward !== undefined) return withVjp(c, op, operands, custom_vjp_forward);
  if (custom_vjp_backward !== undefined) return linearOfVjp(c, op, operands, custom_vjp_backward);
  return emitCall(c, op, operands, c.batched(callee, operands.map(axisOf)), {});
};

/** Emits the call of a batched function. */
function emitCall(
  c: BatchContext,
  op: Call,
  operands: readonly Batched[],
  { name, outAxes }: NamedBatch,
  rules: Partial<Call["attributes"]>,
): readonly Batched[] {
  const { checkpoint, checkpoint_name, closed_over, no_tangent } = op.attributes;
  const kept = {
    ...(checkpoint && { checkpoint }),
    ...(checkpoint_name && { checkpoint_name }),
    ...(closed_over && { closed_over }),
    ...(no_tangent && { no_tangent }),
  };
  const attributes = { callee: name, ...kept, ...rules };
  const values = operands.map(({ value }) => value);
  const types = calledFunction(c.scope, name).resultTypes;
  const results = c.b.emit("call", values, attributes, { types });
  return results.map((value, i) => ({ value, axis: outAxes[i] ?? undefined }));
}

/** The entries whose value carries a tangent. */
const moving = <T>(values: readonly Value[], entries: readonly T[]): T[] =>
  entries.filter((_, i) => carriesTangent(values[i]));

/** Where results of calls with rules have their batch: all of them have one, so that the rules' types are known. */
const inFront = (op: Call): BatchAxis[] => op.results.map(() => 0);

/** The rule is (operands…, tangents of float operands…) → (results…, tangents of float results…). */
function withJvp(c: BatchContext, op: Call, operands: readonly Batched[], rule: string): readonly Batched[] {
  const axes = operands.map(axisOf);
  const outAxes = inFront(op);
  const custom_jvp = c.batchedLater(
    rule,
    [...axes, ...moving(op.operands, axes)],
    [...outAxes, ...moving(op.results, outAxes)],
  );
  return emitCall(c, op, operands, c.batched(op.attributes.callee, axes, outAxes), { custom_jvp });
}

/**
 * Forward is operands → (results…, residuals…), backward (residuals…, cotangents of float results…) → cotangents of float
 * operands, where that of an operand that examples share is the sum over them.
 */
function withVjp(
  c: BatchContext,
  op: Call,
  operands: readonly Batched[],
  forward: string,
): readonly Batched[] {
  const { callee, custom_vjp_backward: backward } = op.attributes;
  const axes = operands.map(axisOf);
  const outAxes = inFront(op);
  // Forward usually calls the function that it belongs to, so it must not be batched yet.
  const residuals = resultsWithBatch(c, forward, axes)
    .slice(op.results.length)
    .map((on): BatchAxis => (on ? 0 : null));
  const given = [...residuals, ...moving(op.results, outAxes)];
  return emitCall(c, op, operands, c.batched(callee, axes, outAxes), {
    custom_vjp_forward: c.batchedLater(forward, axes, [...outAxes, ...residuals]),
    ...(backward && {
      custom_vjp_backward: c.batchedLater(backward, given, toOperands(moving(op.operands, axes))),
    }),
  });
}

/** The linear call that `linearize` leaves: (residuals…, tangents…) → tangents, with the backward function as its transpose. */
function linearOfVjp(
  c: BatchContext,
  op: Call,
  operands: readonly Batched[],
  backward: string,
): readonly Batched[] {
  const axes = operands.map(axisOf);
  const outAxes = inFront(op);
  const inputs = calledFunction(c.scope, backward).resultTypes.length;
  const residuals = axes.slice(0, axes.length - inputs);
  const tangents = axes.slice(axes.length - inputs);
  return emitCall(c, op, operands, c.batched(op.attributes.callee, axes, outAxes), {
    custom_vjp_backward: c.batchedLater(backward, [...residuals, ...outAxes], toOperands(tangents)),
  });
}

const toOperands = (axes: readonly BatchAxis[]): ResultAxis[] => axes.map((axis) => axis ?? "sum");

/** The user's rule says what the batched call is. */
function byRuleOfUser(
  c: BatchContext,
  op: Call,
  operands: readonly Batched[],
  rule: string,
): readonly Batched[] {
  const { name, inBatched, outBatched } = batchedByRule(c, {
    call: op,
    rule,
    inBatched: operands.map(isBatched),
    operandTypes: op.operands.map(({ type }) => type),
  });
  const values = operands.map((x, i) => (inBatched[i] ? c.at(x, 0) : x.value));
  const types = calledFunction(c.scope, name).resultTypes;
  const results = c.b.emit("call", values, { callee: name }, { types });
  return results.map((value, i) => ({ value, axis: outBatched[i] ? 0 : undefined }));
}

export const callBatching: BatchRules<"call" | "custom_call" | "return"> = {
  call,
  custom_call: customCall,
  // Ends a block; the pass reads what it returns.
  return: () => [],
};
