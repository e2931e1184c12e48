/**
 * Rules of the user for batching, and what becomes of them under `jvp`: the derivative of a call with a rule is a call whose
 * rule is the derivative of that rule.
 */

import { Builder, type Func, type OperationOf, returned, type TensorType, type Value } from "@fluxion/ir";
import { type Jvp, jvp } from "../jvp.ts";
import { functionOf } from "../live.ts";
import { zeros } from "../rules/math.ts";
import { calledFunction } from "../scope.ts";
import { noBatching } from "./errors.ts";
import type { BatchContext } from "./rule.ts";
import { type DerivedRule, derivedRule } from "./rule-names.ts";

interface Request {
  /** The call as the user made it, or a derivative of that. */
  readonly call: OperationOf<"call">;
  readonly rule: string;
  readonly inBatched: readonly boolean[];
  readonly operandTypes: readonly TensorType[];
}

interface Answer {
  readonly name: string;
  /** Operands that the function takes with a batch, at least those that have one; it is their first dimension. */
  readonly inBatched: readonly boolean[];
  readonly outBatched: readonly boolean[];
}

/** What stands for a call with a rule. @throws DifferentiationError if nobody answers for it. */
export function batchedByRule(c: BatchContext, request: Request): Answer {
  const { call, rule, inBatched, operandTypes } = request;
  const derived = derivedRule(rule);
  if (derived !== undefined) return derivative(c, request, derived);
  if (c.customBatching === undefined)
    throw noBatching(call as never, `nothing answers for the rule ${rule} of the user`);
  const { location } = call;
  return { inBatched, ...c.customBatching({ rule, size: c.size, inBatched, operandTypes, location }) };
}

/**
 * (operands…, tangents…) → (results…, tangents…) of the batched function. It takes an operand and its tangent alike: both have a
 * batch if one of them does. Where only tangents have one, the results of all examples are those of the first.
 */
function derivative(c: BatchContext, request: Request, { rule, active, outputs }: DerivedRule): Answer {
  const count = active.length;
  const moving = active.flatMap((on, i) => (on ? [i] : []));
  const given = request.inBatched;
  const own = active.map((_, i) => given[i] || (active[i] && given[count + moving.indexOf(i)]));
  const inner = batchedByRule(c, {
    call: request.call,
    rule,
    inBatched: own,
    operandTypes: request.operandTypes.slice(0, count),
  });
  const func = calledFunction(c.scope, inner.name);
  const derived = jvp(c.scope, func, active, outputs);
  const isShared = c.size > 0 && !given.slice(0, count).some(Boolean);
  const first = inner.outBatched.map((on) => on && isShared);
  return {
    name: c.scope.add(withTangents(derived, outputs, first)),
    inBatched: [...inner.inBatched, ...inner.inBatched.filter((_, i) => active[i])],
    outBatched: [
      ...inner.outBatched.map((on) => on && !isShared),
      ...inner.outBatched.filter((_, i) => outputs[i]),
    ],
  };
}

/**
 * The derivative with a tangent for each result that `outputs` names, zeros where a rule has none, and of the results that
 * `first` names the first example alone.
 */
function withTangents(
  { func, outputsActive }: Jvp,
  outputs: readonly boolean[],
  first: readonly boolean[],
): Func {
  const b = new Builder();
  const results = returned(func.body);
  let next = outputs.length;
  const tangents = outputs.flatMap((on, i) => {
    if (!on) return [];
    return [outputsActive[i] ? results[next++] : zeros(b, results[i])];
  });
  const values = results
    .slice(0, outputs.length)
    .map((value, i) => (first[i] ? firstExample(b, value) : value));
  const operations = [...func.body.operations, ...b.operations];
  return functionOf(func.name, func.body.arguments, operations, [...values, ...tangents]);
}

function firstExample(b: Builder, value: Value): Value {
  const { shape } = value.type;
  const attributes = {
    start_indices: shape.map(() => 0),
    limit_indices: [1, ...shape.slice(1)],
    strides: shape.map(() => 1),
  };
  return b.reshape(b.one("slice", [value], attributes), shape.slice(1));
}
