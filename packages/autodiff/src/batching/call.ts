/**
 * Batching of calls. A function stays a function: it is batched once for each pattern of operands with a batch. Rules that a
 * call names go along, batched so that their types fit the batched call.
 */

import type { OperationOf, Value } from "@fluxion/ir";
import { carriesTangent } from "../rules/elementwise.ts";
import { calledFunction, member } from "../scope.ts";
import { resultsWithBatch } from "./analysis.ts";
import { axisOf, isBatched } from "./axes.ts";
import { customCall } from "./custom-call.ts";
import type {
  BatchAxis,
  BatchContext,
  Batched,
  BatchRule,
  BatchRules,
  MemberAxes,
  NamedBatch,
  ResultAxis,
} from "./rule.ts";
import { closedOverTangents } from "./rule-names.ts";
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
  const { checkpoint, checkpoint_name, closed_over, no_tangent, symbolic_zeros } = op.attributes;
  const kept = {
    ...(checkpoint && { checkpoint }),
    ...(checkpoint_name && { checkpoint_name }),
    ...(closed_over && { closed_over }),
    ...(no_tangent && { no_tangent }),
    ...(symbolic_zeros !== undefined && { symbolic_zeros }),
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

type Mask = readonly boolean[];

const those = <T>(list: readonly T[], mask: Mask | undefined): readonly T[] =>
  mask === undefined ? list : list.filter((_, i) => mask[i]);

/** A rule that a call names, or a family of them, batched when somebody looks for it. */
function batchedRule(
  c: BatchContext,
  op: Call,
  rule: string,
  operandAxes: readonly BatchAxis[],
  axesOf: (...masks: readonly Mask[]) => ReturnType<MemberAxes>,
): string {
  if (op.attributes.symbolic_zeros !== undefined) return c.batchedFamily(rule, operandAxes.join(), axesOf);
  const { inAxes, outAxes } = axesOf();
  return c.batchedLater(rule, inAxes, outAxes);
}

/** The rule is (operands…, tangents of float operands…) → (results…, tangents of float results…). */
function withJvp(c: BatchContext, op: Call, operands: readonly Batched[], rule: string): readonly Batched[] {
  const axes = operands.map(axisOf);
  const outAxes = inFront(op);
  const custom_jvp = batchedRule(c, op, rule, axes, () => ({
    inAxes: [...axes, ...moving(op.operands, axes)],
    outAxes: [...outAxes, ...moving(op.results, outAxes)],
  }));
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
  const residuals = (active?: Mask): BatchAxis[] =>
    resultsWithBatch(c, active === undefined ? forward : member(forward, active), axes)
      .slice(op.results.length)
      .map((on) => (on ? 0 : null));
  const cotangents = moving(op.results, outAxes);
  return emitCall(c, op, operands, c.batched(callee, axes, outAxes), {
    custom_vjp_forward: batchedRule(c, op, forward, axes, (active) => ({
      inAxes: axes,
      outAxes: [...outAxes, ...residuals(active)],
    })),
    ...(backward && {
      custom_vjp_backward: batchedRule(c, op, backward, axes, (active, given) => ({
        inAxes: [...residuals(active), ...those(cotangents, given)],
        outAxes: toOperands(moving(op.operands, axes)),
      })),
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
  const inputs = op.attributes.symbolic_zeros ?? calledFunction(c.scope, backward).resultTypes.length;
  const residuals = axes.slice(0, axes.length - inputs);
  const tangents = axes.slice(axes.length - inputs);
  return emitCall(c, op, operands, c.batched(op.attributes.callee, axes, outAxes), {
    custom_vjp_backward: batchedRule(c, op, backward, axes, (given) => ({
      inAxes: [...residuals, ...those(outAxes, given)],
      outAxes: toOperands(tangents),
    })),
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
  const { closed_over = [] } = op.attributes;
  const captured = closedOverTangents(rule, operands.length, closed_over.length);
  // The rule takes what it closes over as it is, so it cannot take these tangents alike: the function can.
  if (operands.some((x, i) => captured[i] && isBatched(x)))
    return emitCall(c, op, operands, c.batched(op.attributes.callee, operands.map(axisOf)), {});
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
