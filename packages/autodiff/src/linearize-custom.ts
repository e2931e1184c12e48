/** Linearisation of calls that name rules of the user. */

import { Builder, type Operation, type OperationOf, returned, Value } from "@fluxion/ir";
import { operation, typesOf, usesOf } from "./blocks.ts";
import type { ForwardPass } from "./forward.ts";
import { functionOf, liveOperations } from "./live.ts";
import { closeOver, recomputeLayouts } from "./residuals.ts";
import { ruleFor, wayBackReadsTangent } from "./ruled-call.ts";
import { carriesTangent } from "./rules/elementwise.ts";
import { calledFunction, type FunctionScope, maskKey, member, memoised } from "./scope.ts";
import { emitSplit, type SplitFunction, sourcesOf } from "./split-call.ts";

/** Tangents of all float operands: zeros are arrays, for the rule takes them all. */
const tangentsOf = (pass: ForwardPass, operands: readonly Value[]): Value[] =>
  operands.filter(carriesTangent).map((x) => pass.materialise(pass.tangents.get(x), x));

/**
 * The user's rule, (operands…, tangents of float operands…) → (results…, tangents of float results…), is linear in the tangents: what it
 * computes of the operands alone belongs to the values, and the rest is the linear map.
 */
export function linearizeCustomJvp(pass: ForwardPass, op: OperationOf<"call">, rule: string): void {
  emitSplit(pass, op, splitRule(pass.state.scope, rule, op), tangentsOf(pass, op.operands));
}

function splitRule(scope: FunctionScope, rule: string, op: OperationOf<"call">): SplitFunction {
  return memoised(scope, `split ${rule}`, () => {
    const { body } = calledFunction(scope, rule);
    const args = body.arguments.slice(0, op.operands.length);
    const tangents = body.arguments.slice(op.operands.length);
    const outputs = returned(body).slice(0, op.results.length);
    const roots = returned(body).slice(op.results.length);
    const { primal, linear: all } = sortByTangents(body.operations, tangents);
    const linear = liveOperations(all, roots);
    const own = new Set<Value>([...args, ...primal.flatMap(({ results }) => results)]);
    const free = new Set([...args, ...outputs]);
    const reach = { isOwn: (value: Value) => own.has(value), isFree: (value: Value) => free.has(value) };
    const { again, residuals } = closeOver(linear, roots, primal, reach, recomputeLayouts);
    const { sources, extras } = sourcesOf(residuals, args, outputs);
    return {
      primal: scope.add(functionOf(`${rule}_fwd`, args, primal, [...outputs, ...extras])),
      linear: scope.add(functionOf(`${rule}_lin`, [...residuals, ...tangents], [...again, ...linear], roots)),
      sources,
      outputsActive: op.results.map(carriesTangent),
    };
  });
}

/** Operations that no tangent reaches, and the others. */
function sortByTangents(
  operations: readonly Operation[],
  tangents: readonly Value[],
): { readonly primal: Operation[]; readonly linear: Operation[] } {
  const moving = new Set(tangents);
  const primal: Operation[] = [];
  const linear: Operation[] = [];
  for (const op of operations) {
    if (op.opcode === "return") continue;
    if (!usesOf(op).some((value) => moving.has(value))) {
      primal.push(op);
      continue;
    }
    linear.push(op);
    for (const result of op.results) moving.add(result);
  }
  return { primal, linear };
}

/** Name of the target that stands for the tangents of a custom_vjp function: it has a transpose and nothing else. */
export const CUSTOM_VJP_TANGENTS = "fluxion.custom_vjp_tangents";

/** What the linear call says of its transpose: the backward function, or the family by the cotangents that there are. */
function wayBack(pass: ForwardPass, op: OperationOf<"call">): Partial<OperationOf<"call">["attributes"]> {
  const { custom_vjp_backward: backward, closed_over: captured, symbolic_zeros } = op.attributes;
  if (backward === undefined) return {};
  const closed_over = wayBackReadsTangent(pass, op) && captured ? { closed_over: captured } : {};
  if (symbolic_zeros === undefined) return { custom_vjp_backward: backward, ...closed_over };
  const { scope } = pass.state;
  const active = op.operands.map((operand) => pass.isActive(operand));
  const custom_vjp_backward = memoised(scope, `way back ${member(backward, active)}`, () =>
    scope.addFamily(`${backward}_${maskKey(active)}`, (given) =>
      calledFunction(scope, member(backward, active, given)),
    ),
  );
  return { custom_vjp_backward, symbolic_zeros, ...closed_over };
}

/** (y, r) = call forward(x), and a linear call that only its transpose, the user's backward function, can run. */
export function linearizeCustomVjp(pass: ForwardPass, op: OperationOf<"call">): void {
  const { operands, results, location } = op;
  const { scope } = pass.state;
  const forwardName = ruleFor(pass, op, op.attributes.custom_vjp_forward ?? "");
  const forward = calledFunction(scope, forwardName);
  const residuals = forward.resultTypes.slice(results.length).map((type) => new Value(type));
  pass.primal.operations.push(
    operation("call", {
      operands,
      attributes: { callee: forwardName },
      results: [...results, ...residuals],
      location,
    }),
  );
  const moving = results.filter(carriesTangent);
  const given = tangentsOf(pass, operands);
  const types = typesOf([...residuals, ...given]);
  const callee = memoised(scope, `custom_vjp ${forwardName}`, () => {
    const args = types.map((type) => new Value(type));
    const b = new Builder();
    const attributes = { call_target_name: CUSTOM_VJP_TANGENTS };
    const outputs = b.emit("custom_call", args, attributes, { types: typesOf(moving) });
    return scope.add(functionOf(`${forwardName}_lin`, args, b.operations, outputs));
  });
  const tangents = moving.map((result) => new Value(result.type));
  const attributes = { callee, ...wayBack(pass, op) };
  pass.pushLinear(
    operation("call", { operands: [...residuals, ...given], attributes, results: tangents, location }),
  );
  moving.forEach((result, i) => {
    pass.tangents.set(result, tangents[i]);
  });
}
