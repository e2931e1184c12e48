/** Linearisation: a function split into its values and its derivative at them. */

import {
  Builder,
  type Func,
  type Operation,
  type OperationOf,
  returned,
  type TensorType,
  Value,
} from "@fluxion/ir";
import { checkActive } from "./active.ts";
import { functionOf, indexDefinitions, liveOperations, operation, typesOf } from "./blocks.ts";
import { flattenCalls } from "./flatten-calls.ts";
import { ForwardPass, keepWanted, type StructuralRules, Tangents } from "./forward.ts";
import { linearizeBranches, linearizeWhile } from "./linearize-control.ts";
import { checkpointPolicy, looksInside } from "./policies.ts";
import { closeOver, type Recompute, recomputeLayouts } from "./residuals.ts";
import { carriesTangent } from "./rules/elementwise.ts";
import { calledFunction, type FunctionScope, maskKey, memoised } from "./scope.ts";

export interface Linearized {
  /** params → (outputs…, residuals…) */
  readonly primal: Func;
  /** (residuals…, tangents of active params…) → tangents of active outputs */
  readonly linear: Func;
  readonly residualTypes: readonly TensorType[];
  /** Which outputs have a tangent; that of every other is zero. */
  readonly outputsActive: readonly boolean[];
}

/**
 * The values of `func` and the linear map of its derivative at them. Residuals are what both share; a parameter or
 * output that the map needs is passed on as it is. Outputs that `wanted` leaves out have no tangent. Neither function is added to the scope; functions that they call are.
 *
 * @throws DifferentiationError when an operation has no rule.
 */
export function linearize(
  scope: FunctionScope,
  func: Func,
  active: readonly boolean[],
  wanted?: readonly boolean[],
): Linearized {
  const parts = linearizeParts(scope, func, active, { recompute: recomputeLayouts, barrier: false, wanted });
  const { name, body } = func;
  const results = [...returned(body), ...parts.residuals];
  return {
    primal: functionOf(`${name}_fwd`, body.arguments, parts.primal, results),
    linear: parts.linear,
    residualTypes: typesOf(parts.residuals),
    outputsActive: parts.outputsActive,
  };
}

interface Parts {
  readonly primal: readonly Operation[];
  readonly linear: Func;
  /** Residuals as values of the primal function. */
  readonly residuals: readonly Value[];
  readonly outputsActive: readonly boolean[];
}

interface LinearizeOptions {
  readonly recompute: Recompute;
  /** Whether residuals pass a barrier, so that what is computed again is not merged with the original. */
  readonly barrier: boolean;
  readonly wanted?: readonly boolean[] | undefined;
}

function linearizeParts(
  scope: FunctionScope,
  func: Func,
  active: readonly boolean[],
  { recompute, barrier, wanted }: LinearizeOptions,
): Parts {
  checkActive(func, active);
  const definitions = new Map<Value, Operation>();
  indexDefinitions(func.body, definitions);
  const linear = new Set<Value>();
  const pass = new ForwardPass({ scope, structural: linearizeRules, definitions, linear }, new Tangents());
  const tangentArgs = func.body.arguments.flatMap((arg, i) => {
    if (!active[i]) return [];
    const tangent = new Value(arg.type);
    linear.add(tangent);
    pass.tangents.set(arg, tangent);
    return [tangent];
  });
  const tangents = keepWanted(pass.block(func.body), wanted);
  const roots = tangents.filter((t) => t !== undefined);
  const live = liveOperations(pass.linear.operations, roots);
  const primal = pass.primal.operations;
  const own = ownValues(func, primal);
  const { again, residuals } = closeOver(live, roots, primal, (value) => own.has(value), recompute);
  const args = barrier ? residuals.map(({ type }) => new Value(type)) : residuals;
  const guard = barrier && residuals.length > 0 ? [barrierOf(args, residuals)] : [];
  return {
    primal,
    linear: functionOf(`${func.name}_lin`, [...args, ...tangentArgs], [...guard, ...again, ...live], roots),
    residuals,
    outputsActive: tangents.map((t) => t !== undefined),
  };
}

const ownValues = (func: Func, primal: readonly Operation[]): Set<Value> =>
  new Set([...func.body.arguments, ...primal.flatMap(({ results }) => results)]);

/** So that no pass finds the recomputed values equal to those of the primal function. */
const barrierOf = (operands: readonly Value[], results: readonly Value[]): Operation =>
  operation("optimization_barrier", { operands, attributes: {}, results });

/** Where a residual of a called function comes from, seen from the call. */
type Source =
  | { readonly kind: "operand"; readonly index: number }
  | { readonly kind: "result"; readonly index: number }
  | { readonly kind: "extra"; readonly type: TensorType };

interface NamedLinearized {
  readonly primal: string;
  readonly linear: string;
  readonly sources: readonly Source[];
  readonly outputsActive: readonly boolean[];
}

/** A function of the scope split once: inputs and outputs that are residuals are not returned again. */
function namedLinearize(
  scope: FunctionScope,
  name: string,
  active: readonly boolean[],
  policy: string | undefined,
): NamedLinearized {
  return memoised(scope, `linearize ${maskKey(active)} ${policy ?? ""} ${name}`, () => {
    const called = calledFunction(scope, name);
    const func = policy !== undefined && looksInside(policy) ? flattenCalls(scope, called) : called;
    const recompute = policy === undefined ? recomputeLayouts : checkpointPolicy(policy);
    const barrier = policy !== undefined && policy !== "everything";
    const parts = linearizeParts(scope, func, active, { recompute, barrier });
    const outputs = returned(func.body);
    const sources = parts.residuals.map((residual): Source => {
      const operand = func.body.arguments.indexOf(residual);
      if (operand >= 0) return { kind: "operand", index: operand };
      const result = outputs.indexOf(residual);
      return result >= 0 ? { kind: "result", index: result } : { kind: "extra", type: residual.type };
    });
    const extras = parts.residuals.filter((_, i) => sources[i].kind === "extra");
    const primal = functionOf(`${name}_fwd`, func.body.arguments, parts.primal, [...outputs, ...extras]);
    return {
      primal: extras.length === 0 ? name : scope.add(primal),
      linear: scope.add(parts.linear),
      sources,
      outputsActive: parts.outputsActive,
    };
  });
}

/** call f(x): (y, r) = call f_fwd(x) and ẏ = call f_lin(r, ẋ) */
function linearizeCall(pass: ForwardPass, op: OperationOf<"call">): void {
  const { attributes, operands, results } = op;
  if (attributes.custom_jvp !== undefined) {
    linearizeCustomJvp(pass, op, attributes.custom_jvp);
    return;
  }
  if (attributes.custom_vjp_forward !== undefined) {
    linearizeCustomVjp(pass, op);
    return;
  }
  const active = operands.map((operand) => pass.isActive(operand));
  const named = namedLinearize(pass.state.scope, attributes.callee, active, attributes.checkpoint);
  const extras: Value[] = [];
  const residuals = named.sources.map((source) => {
    if (source.kind === "operand") return operands[source.index];
    if (source.kind === "result") return results[source.index];
    const extra = new Value(source.type);
    extras.push(extra);
    return extra;
  });
  const location = op.location;
  pass.primal.operations.push(
    extras.length === 0
      ? (op as Operation)
      : operation("call", {
          operands,
          attributes: { callee: named.primal },
          results: [...results, ...extras],
          location,
        }),
  );
  const tangents = results.map((result, i) => (named.outputsActive[i] ? new Value(result.type) : undefined));
  const moving = tangents.filter((t) => t !== undefined);
  const given = [...residuals, ...operands.flatMap((operand) => pass.tangents.get(operand) ?? [])];
  pass.pushLinear(
    operation("call", { operands: given, attributes: { callee: named.linear }, results: moving, location }),
  );
  results.forEach((result, i) => {
    pass.tangents.set(result, tangents[i]);
  });
}

/** The user's rule is linear in the tangents; what it computes of the operands alone is kept or computed again. */
function linearizeCustomJvp(pass: ForwardPass, op: OperationOf<"call">, rule: string): void {
  const { operands, results, location } = op;
  const { scope } = pass.state;
  const callee = calledFunction(scope, rule);
  const moving = results.filter(carriesTangent);
  const tangentsOnly = memoised(scope, `tangents ${rule}`, () => {
    const outputs = returned(callee.body).slice(results.length);
    return scope.add(functionOf(`${rule}_lin`, callee.body.arguments, callee.body.operations, outputs));
  });
  const given = operands.filter(carriesTangent).map((x) => pass.materialise(pass.tangents.get(x), x));
  const tangents = moving.map((result) => new Value(result.type));
  pass.primal.operations.push(op as Operation);
  pass.pushLinear(
    operation("call", {
      operands: [...operands, ...given],
      attributes: { callee: tangentsOnly },
      results: tangents,
      location,
    }),
  );
  moving.forEach((result, i) => {
    pass.tangents.set(result, tangents[i]);
  });
}

/** Name of the target that stands for the tangents of a custom_vjp function: it has a transpose and nothing else. */
export const CUSTOM_VJP_TANGENTS = "fluxion.custom_vjp_tangents";

/** (y, r) = call forward(x), and a linear call that only its transpose, the user's backward function, can run. */
function linearizeCustomVjp(pass: ForwardPass, op: OperationOf<"call">): void {
  const { custom_vjp_forward = "", custom_vjp_backward } = op.attributes;
  const { operands, results, location } = op;
  const { scope } = pass.state;
  const forward = calledFunction(scope, custom_vjp_forward);
  const residuals = forward.resultTypes.slice(results.length).map((type) => new Value(type));
  pass.primal.operations.push(
    operation("call", {
      operands,
      attributes: { callee: custom_vjp_forward },
      results: [...results, ...residuals],
      location,
    }),
  );
  const moving = results.filter(carriesTangent);
  const given = operands.filter(carriesTangent).map((x) => pass.materialise(pass.tangents.get(x), x));
  const types = typesOf([...residuals, ...given]);
  const callee = memoised(scope, `custom_vjp ${custom_vjp_forward}`, () => {
    const args = types.map((type) => new Value(type));
    const b = new Builder();
    const attributes = { call_target_name: CUSTOM_VJP_TANGENTS };
    const outputs = b.emit("custom_call", args, attributes, { types: typesOf(moving) });
    return scope.add(functionOf(`${custom_vjp_forward}_lin`, args, b.operations, outputs));
  });
  const tangents = moving.map((result) => new Value(result.type));
  const attributes = { callee, ...(custom_vjp_backward === undefined ? {} : { custom_vjp_backward }) };
  pass.pushLinear(
    operation("call", { operands: [...residuals, ...given], attributes, results: tangents, location }),
  );
  moving.forEach((result, i) => {
    pass.tangents.set(result, tangents[i]);
  });
}

const linearizeRules: StructuralRules = {
  call: linearizeCall,
  case: linearizeBranches,
  if: linearizeBranches,
  while: linearizeWhile,
};
