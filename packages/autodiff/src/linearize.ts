/** Linearisation: a function split into its values and its derivative at them. */

import { type Func, type Operation, type OperationOf, returned, type TensorType, Value } from "@fluxion/ir";
import { checkActive } from "./active.ts";
import { indexDefinitions, operation, typesOf } from "./blocks.ts";
import { flattenCalls } from "./flatten-calls.ts";
import { ForwardPass, keepWanted, type StructuralRules, Tangents } from "./forward.ts";
import { linearizeBranches, linearizeWhile } from "./linearize-control.ts";
import { linearizeCustomJvp, linearizeCustomVjp } from "./linearize-custom.ts";
import { functionOf, liveOperations } from "./live.ts";
import { checkpointPolicy, looksInside } from "./policies.ts";
import { closeOver, type Recompute, recomputeLayouts } from "./residuals.ts";
import { reachesRule, ruleFor } from "./ruled-call.ts";
import { calledFunction, type FunctionScope, maskKey, memoised } from "./scope.ts";
import { emitSplit, type SplitFunction, sourcesOf } from "./split-call.ts";

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
  // A checkpoint keeps what its policy says and its inputs, not its outputs.
  const free = new Set([...func.body.arguments, ...(barrier ? [] : returned(func.body))]);
  const reach = { isOwn: (value: Value) => own.has(value), isFree: (value: Value) => free.has(value) };
  const { again, residuals } = closeOver(live, roots, primal, reach, recompute);
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

/** A function of the scope split once: inputs and outputs that are residuals are not returned again. */
function namedLinearize(
  scope: FunctionScope,
  name: string,
  active: readonly boolean[],
  policy: string | undefined,
): SplitFunction {
  return memoised(scope, `linearize ${maskKey(active)} ${policy ?? ""} ${name}`, () => {
    const called = calledFunction(scope, name);
    const func = policy !== undefined && looksInside(policy) ? flattenCalls(scope, called) : called;
    const recompute = policy === undefined ? recomputeLayouts : checkpointPolicy(policy);
    const barrier = policy !== undefined && policy !== "everything";
    const parts = linearizeParts(scope, func, active, { recompute, barrier });
    const outputs = returned(func.body);
    const { sources, extras } = sourcesOf(parts.residuals, func.body.arguments, outputs);
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
  const { attributes, operands } = op;
  if (!reachesRule(pass, op)) {
    pass.primal.operations.push(op as Operation);
    return;
  }
  if (attributes.custom_jvp !== undefined) {
    linearizeCustomJvp(pass, op, ruleFor(pass, op, attributes.custom_jvp));
    return;
  }
  if (attributes.custom_vjp_forward !== undefined) {
    linearizeCustomVjp(pass, op);
    return;
  }
  const active = operands.map((operand) => pass.isActive(operand));
  const split = namedLinearize(pass.state.scope, attributes.callee, active, attributes.checkpoint);
  emitSplit(
    pass,
    withoutBatchingRule(op),
    split,
    operands.flatMap((operand) => pass.tangents.get(operand) ?? []),
  );
}

/** The way back goes through the function, so its values do too: the rule says nothing of residuals. */
const withoutBatchingRule = (op: OperationOf<"call">): OperationOf<"call"> => {
  const { custom_batching, closed_over, ...attributes } = op.attributes;
  return custom_batching === undefined ? op : { ...op, attributes };
};

const linearizeRules: StructuralRules = {
  call: linearizeCall,
  case: linearizeBranches,
  if: linearizeBranches,
  while: linearizeWhile,
};
