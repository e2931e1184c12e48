/** Forward-mode differentiation: a function and its directional derivative as one function. */

import { type Func, invariant, type Operation, type OperationOf, returned, Value } from "@fluxion/ir";
import { checkActive } from "./active.ts";
import { nameOfDerived } from "./batching/rule-names.ts";
import { blockOf, indexDefinitions, operation, typesOf } from "./blocks.ts";
import { DifferentiationError } from "./errors.ts";
import { ForwardPass, keepWanted, type StructuralRules, Tangents } from "./forward.ts";
import { functionOf } from "./live.ts";
import { reachesRule, ruleFor } from "./ruled-call.ts";
import { carriesTangent } from "./rules/elementwise.ts";
import { calledFunction, type FunctionScope, maskKey, memoised } from "./scope.ts";

export interface Jvp {
  /** (params…, tangents of active params…) → (outputs…, tangents of active outputs…); private, not added to the scope. */
  readonly func: Func;
  /** Which outputs have a tangent; that of every other is zero. */
  readonly outputsActive: readonly boolean[];
}

/**
 * The derivative of `func` along tangents of its active parameters (which must be float or complex).
 *
 * Functions that `func` calls are differentiated once for each pattern of active operands and added to the scope. Outputs that
 * `wanted` leaves out have no tangent.
 *
 * @throws DifferentiationError when an operation has no rule, or calls a function with a rule for reverse mode alone.
 */
export function jvp(
  scope: FunctionScope,
  func: Func,
  active: readonly boolean[],
  wanted?: readonly boolean[],
): Jvp {
  checkActive(func, active);
  const definitions = new Map<Value, Operation>();
  indexDefinitions(func.body, definitions);
  const pass = new ForwardPass(
    { scope, structural: jvpRules, definitions, linear: undefined },
    new Tangents(),
  );
  const args = func.body.arguments;
  const tangentArgs: Value[] = [];
  args.forEach((arg, i) => {
    if (!active[i]) return;
    const tangent = new Value(arg.type);
    pass.tangents.set(arg, tangent);
    tangentArgs.push(tangent);
  });
  const tangents = keepWanted(pass.block(func.body), wanted);
  const results = [...returned(func.body), ...tangents.filter((t) => t !== undefined)];
  return {
    func: functionOf(`${func.name}_jvp`, [...args, ...tangentArgs], pass.primal.operations, results),
    outputsActive: tangents.map((t) => t !== undefined),
  };
}

interface NamedJvp {
  readonly name: string;
  readonly outputsActive: readonly boolean[];
}

/** The derivative of a function of the scope, derived once. */
function namedJvp(scope: FunctionScope, name: string, active: readonly boolean[]): NamedJvp {
  return memoised(scope, `jvp ${maskKey(active)} ${name}`, () => {
    const { func, outputsActive } = jvp(scope, calledFunction(scope, name), active);
    return { name: scope.add(func), outputsActive };
  });
}

/** call f(x): (y, ẏ) = call f_jvp(x, ẋ) */
function callJvp(pass: ForwardPass, op: OperationOf<"call">): void {
  const { attributes, operands, results } = op;
  if (!reachesRule(pass, op)) {
    pass.primal.operations.push(op as Operation);
    return;
  }
  if (attributes.custom_jvp !== undefined) {
    customJvp(pass, op, ruleFor(pass, op, attributes.custom_jvp));
    return;
  }
  if (attributes.custom_vjp_forward !== undefined) throw forwardOfCustomVjp(op);
  const { checkpoint, closed_over, custom_batching: rule } = attributes;
  const active = operands.map((operand) => pass.isActive(operand));
  const derived = namedJvp(pass.state.scope, attributes.callee, active);
  const tangents = results.map((result, i) =>
    derived.outputsActive[i] ? new Value(result.type) : undefined,
  );
  pass.primal.operations.push(
    operation("call", {
      operands: [...operands, ...operands.flatMap((operand) => pass.tangents.get(operand) ?? [])],
      attributes: {
        callee: derived.name,
        ...(checkpoint && { checkpoint }),
        ...(rule && { custom_batching: nameOfDerived({ rule, active, outputs: derived.outputsActive }) }),
        ...(rule && closed_over && { closed_over }),
      },
      results: [...results, ...tangents.filter((t) => t !== undefined)],
      location: op.location,
    }),
  );
  results.forEach((result, i) => {
    pass.tangents.set(result, tangents[i]);
  });
}

/** The user's rule: (operands…, tangents of float operands…) → (results…, tangents of float results…). */
function customJvp(pass: ForwardPass, op: OperationOf<"call">, callee: string): void {
  const { operands, results } = op;
  const given = operands.filter(carriesTangent).map((x) => pass.materialise(pass.tangents.get(x), x));
  const moving = results.filter(carriesTangent);
  const tangents = moving.map((result) => new Value(result.type));
  pass.primal.operations.push(
    operation("call", {
      operands: [...operands, ...given],
      attributes: { callee },
      results: [...results, ...tangents],
      location: op.location,
    }),
  );
  moving.forEach((result, i) => {
    pass.tangents.set(result, tangents[i]);
  });
}

export const forwardOfCustomVjp = (op: Operation): DifferentiationError =>
  new DifferentiationError(
    "TypeError",
    "can't apply forward-mode autodiff (jvp) to a custom_vjp function.",
    op.location,
  );

/** Each branch gives the tangents that any of them has. */
function branchesJvp(pass: ForwardPass, op: OperationOf<"case"> | OperationOf<"if">): void {
  const branches = op.regions.map((region) => {
    const inner = pass.nested();
    return { inner, region, tangents: inner.block(region) };
  });
  const active = op.results.map((_, i) => branches.some(({ tangents }) => tangents[i] !== undefined));
  const regions = branches.map(({ inner, region, tangents }) => {
    const outputs = returned(region);
    const moving = outputs.flatMap((output, i) =>
      active[i] ? [inner.materialise(tangents[i], output)] : [],
    );
    return blockOf([], inner.primal.operations, [...outputs, ...moving]);
  });
  const tangents = op.results.map((result, i) => (active[i] ? new Value(result.type) : undefined));
  const results = [...op.results, ...tangents.filter((t) => t !== undefined)];
  pass.primal.operations.push({ ...op, regions, results } as Operation);
  op.results.forEach((result, i) => {
    pass.tangents.set(result, tangents[i]);
  });
}

/** The loop carries the tangents of every carry that a tangent reaches in some turn. */
export function whileJvp(pass: ForwardPass, op: OperationOf<"while">): void {
  const [cond, body] = op.regions;
  const { active, inner, tangents, args } = activeCarries(pass, op, () => undefined);
  const outputs = returned(body);
  const moving = outputs.flatMap((output, i) => (active[i] ? [inner.materialise(tangents[i], output)] : []));
  const ends = operands(pass, op, active);
  const regions = [
    blockOf(
      [...cond.arguments, ...typesOf(args).map((type) => new Value(type))],
      cond.operations.slice(0, -1),
      returned(cond),
    ),
    blockOf([...body.arguments, ...args], inner.primal.operations, [...outputs, ...moving]),
  ];
  const fresh = op.results.map((result, i) => (active[i] ? new Value(result.type) : undefined));
  const results = [...op.results, ...fresh.filter((t) => t !== undefined)];
  pass.primal.operations.push({ ...op, operands: [...op.operands, ...ends], regions, results } as Operation);
  op.results.forEach((result, i) => {
    pass.tangents.set(result, fresh[i]);
  });
}

const operands = (pass: ForwardPass, op: OperationOf<"while">, active: readonly boolean[]): Value[] =>
  op.operands.flatMap((operand, i) =>
    active[i] ? [pass.materialise(pass.tangents.get(operand), operand)] : [],
  );

export interface ActiveCarries {
  readonly active: readonly boolean[];
  readonly inner: ForwardPass;
  readonly tangents: readonly (Value | undefined)[];
  /** Tangent arguments of the active carries, in order. */
  readonly args: readonly Value[];
}

/**
 * Carries that a tangent reaches: the least set that holds those active before the loop and is closed under the body.
 * `known` gives the tangent of a carry that needs no carrying (it never changes).
 */
export function activeCarries(
  pass: ForwardPass,
  op: OperationOf<"while">,
  known: (index: number) => Value | undefined,
): ActiveCarries {
  const [, body] = op.regions;
  const fixed = op.operands.map((_, i) => known(i));
  let active = op.operands.map((operand, i) => fixed[i] === undefined && pass.isActive(operand));
  for (;;) {
    const inner = pass.nested();
    const args: Value[] = [];
    body.arguments.forEach((arg, i) => {
      if (fixed[i]) inner.tangents.set(arg, fixed[i]);
      if (!active[i]) return;
      const tangent = new Value(arg.type);
      inner.tangents.set(arg, tangent);
      pass.state.linear?.add(tangent);
      args.push(tangent);
    });
    const tangents = inner.block(body);
    const next = active.map((on, i) => on || (fixed[i] === undefined && tangents[i] !== undefined));
    if (next.every((on, i) => on === active[i])) return { active, inner, tangents, args };
    invariant(
      next.some((on, i) => on && !active[i]),
      "activity of carries only grows",
    );
    active = next;
  }
}

export const jvpRules: StructuralRules = {
  call: callJvp,
  case: branchesJvp,
  if: branchesJvp,
  while: whileJvp,
};
