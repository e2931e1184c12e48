/** `customJvp`: a function with its own rule for derivatives. */

import { Value } from "@fluxion/ir";
import { type Aval, formatAval, sameType } from "../../core/aval.ts";
import { withAval } from "../../core/emit.ts";
import { NotImplementedError, type TraceOrigin } from "../../core/errors.ts";
import { float0Zeros } from "../../core/float0.ts";
import { userLocation } from "../../core/location.ts";
import { NDArray } from "../../core/ndarray.ts";
import { asOutput, moduleName } from "../../core/outputs.ts";
import { currentTrace } from "../../core/trace.ts";
import { formatTreeDef, type TreeDef, treeFlatten, treeUnflatten } from "../../core/tree.ts";
import { attributeError, typeError } from "../../core/user-error.ts";
import { add } from "../../lax/elementwise.ts";
import { readOptions } from "../../numpy/options.ts";
import type { AnyFunction } from "../arguments.ts";
import { checkCallable } from "../arguments.ts";
import { flattenArrays } from "../arrays.ts";
import { asTangent, carriesTangent, scatterMask, tangentAval, zeroTangent } from "../tangents.ts";
import { readNondiffArgnums, type SplitArguments, splitArguments } from "./arguments.ts";
import {
  attempt,
  capturedBy,
  guardCaptured,
  insideRule,
  orNothing,
  type Part,
  type PartRequest,
  parametersFor,
  rearranged,
  traceOfCall,
  tracePart,
  tracePartLater,
  tracingRule,
} from "./parts.ts";

/** A rule: `(…nondiff, primals, tangents) → [primal out, tangent out]`, where primals and tangents are lists. */
// biome-ignore lint/suspicious/noExplicitAny: a rule takes what the user's function takes
export type JvpRule = (...args: any[]) => readonly [unknown, unknown];
/** A rule of one argument: `(tangent, out, …primals) → tangent out`. */
// biome-ignore lint/suspicious/noExplicitAny: a rule takes what the user's function takes
export type PartialJvpRule = (tangent: any, out: any, ...primals: any[]) => unknown;

/** A function with a rule for its derivative. */
export type CustomJvp<F extends AnyFunction> = F & {
  /** Sets the rule and returns it. */
  defjvp(rule: JvpRule, ...rest: readonly unknown[]): JvpRule;
  /** Sets a rule for each argument; null for one that the result does not depend on. */
  defjvps(...rules: readonly (PartialJvpRule | null | undefined)[]): void;
};

/** What a traced function or rule returned. */
interface Output {
  readonly treedef: TreeDef;
  readonly avals: readonly Aval[];
}

const shown = (aval: Aval): string => formatAval({ ...aval, weakType: false });
const listOf = (avals: readonly Aval[]): string => `[${avals.map(shown).join(", ")}]`;

/** @throws TypeError with JAX's phrase where the rule's primal result is not the function's. */
function checkPrimal(names: RuleNames, rule: Output, out: Output): void {
  const phrase =
    `Custom JVP rule ${names.rule} for function ${names.fn} must produce a pair (list or tuple of length two) where the first ` +
    `element represents the primal output (equal in value to the output of the custom_jvp-decorated function ${names.fn}, `;
  if (rule.treedef.key !== out.treedef.key)
    throw typeError(
      `${phrase}and in particular of the same container/pytree structure), but instead the JVP rule output's first element had ` +
        `container/pytree structure ${formatTreeDef(rule.treedef)} while the custom_jvp-decorated function ${names.fn} had ` +
        `output container/pytree structure ${formatTreeDef(out.treedef)}.`,
    );
  if (!rule.avals.every((aval, i) => sameType(aval, out.avals[i])))
    throw typeError(
      `${phrase}and in particular with leaves of the same shape/dtype), but instead the JVP rule output's first element had ` +
        `shapes/dtypes of ${listOf(rule.avals)} while the custom_jvp-decorated function ${names.fn} had output shapes/dtypes ` +
        `of ${listOf(out.avals)}.`,
    );
}

interface RuleNames {
  readonly fn: string;
  readonly rule: string;
}

/** The two results of a rule as leaves: primals, then the tangents of floats among them. */
function readRuleOutput(names: RuleNames, pair: unknown, out: Output): NDArray[] {
  if (!Array.isArray(pair) || pair.length !== 2)
    throw typeError(
      `Custom JVP rule ${names.rule} for function ${names.fn} must produce a pair (list or tuple of length two) representing ` +
        `primal and tangent outputs, but got ${pair instanceof NDArray ? formatAval(pair.aval) : String(pair)}.`,
    );
  const [primals, tangents] = pair.map((part) => flattenArrays(part, names.rule));
  if (primals.treedef.key !== tangents.treedef.key)
    throw typeError(
      `Custom JVP rule ${names.rule} for function ${names.fn} must produce primal and tangent outputs with equal container ` +
        `(pytree) structures, but got ${formatTreeDef(primals.treedef)} and ${formatTreeDef(tangents.treedef)} respectively.`,
    );
  checkPrimal(names, { treedef: primals.treedef, avals: primals.leaves.map(({ aval }) => aval) }, out);
  const moving = tangents.leaves.flatMap((leaf, i) => {
    const primal = primals.leaves[i].aval;
    if (!carriesTangent(primal)) return [];
    const tangent = asTangent(leaf, tangents.given[i], primal);
    if (sameType(tangent.aval, primal)) return [tangent];
    throw typeError(
      "Custom JVP rule must produce primal and tangent outputs with corresponding shapes and dtypes. Expected " +
        `${shown(tangentAval(primal))} (tangent type of ${shown(primal)}) but got ${shown(tangent.aval)}.`,
    );
  });
  return [...primals.leaves, ...moving];
}

/** A function with a rule, as `customJvp` makes it. */
class CustomJvpFunction {
  readonly fn: AnyFunction;
  readonly name: string;
  readonly nondiffArgnums: readonly number[];
  rule: JvpRule | undefined;

  constructor(fn: AnyFunction, nondiffArgnums: readonly number[]) {
    this.fn = fn;
    this.name = fn.name || "<lambda>";
    this.nondiffArgnums = nondiffArgnums;
  }

  call(args: readonly unknown[]): unknown {
    const { rule } = this;
    if (rule === undefined)
      throw attributeError(`No JVP defined for custom_jvp function ${this.name} using defjvp.`);
    if (currentTrace() === undefined) return this.fn(...args);
    return this.#stage(splitArguments(this.name, args, this.nondiffArgnums), rule);
  }

  /** Emits a call of the function that names the rule. */
  #stage(args: SplitArguments, rule: JvpRule): unknown {
    const trace = traceOfCall();
    const origin: TraceOrigin = {
      transform: "custom_jvp",
      functionName: this.name,
      location: userLocation(),
    };
    const avals = args.leaves.map(({ aval }) => aval);
    let treedef: TreeDef | undefined;
    const part = tracePart({
      origin,
      avals,
      values: args.leaves,
      body: (leaves) => {
        const [outputs, tree] = treeFlatten(this.fn(...args.rebuild(leaves)));
        treedef = tree;
        return outputs.map((output) => asOutput(output, this.name, "differentiated"));
      },
    });
    if (treedef === undefined) throw new Error(`custom_jvp: ${this.name} was not traced`);
    const out: Output = { treedef, avals: part.resultAvals };
    const request = this.#ruleRequest(args, rule, out, origin);
    const eager = insideRule() ? undefined : attempt(() => tracingRule(() => tracePart(request)));
    const rulePart = eager === undefined ? undefined : orNothing(eager);
    const captured = capturedBy(part, ...(rulePart === undefined ? [] : [rulePart]));
    const own = part.func.body.arguments.slice(0, part.own);
    const name = moduleName(this.name);
    const callee = trace.module.add({
      ...rearranged(part, [...own, ...parametersFor(part, captured)]),
      name,
    });
    const makeRule = (): Part => eager?.() ?? tracingRule(() => tracePartLater(trace.module, request));
    const custom_jvp = trace.module.addLazy(`${name}_jvp`, () =>
      alignRule(makeRule(), avals.length, captured),
    );
    const operands = [...args.leaves, ...guardCaptured("custom_jvp", captured)];
    const results = trace.emit("call", operands, { callee, custom_jvp }, { types: part.func.resultTypes });
    return treeUnflatten(
      treedef,
      results.map((x, i) => withAval(x, part.resultAvals[i])),
    );
  }

  /** (primals…, tangents of floats…) → (primals out…, tangents of floats…) */
  #ruleRequest(args: SplitArguments, rule: JvpRule, out: Output, origin: TraceOrigin): PartRequest {
    const avals = args.leaves.map(({ aval }) => aval);
    const moves = avals.map(carriesTangent);
    const names = { fn: this.name, rule: rule.name || "<lambda>" };
    return {
      origin: { ...origin, functionName: names.rule },
      avals: [...avals, ...avals.filter((_, i) => moves[i])],
      values: args.leaves,
      body: (parameters) => {
        const primals = parameters.slice(0, avals.length);
        const tangents = scatterMask(moves, parameters.slice(avals.length), (i) =>
          float0Zeros(avals[i].visibleShape),
        );
        const [primalTree, tangentTree] = [primals, tangents].map((leaves) =>
          treeUnflatten(args.treedef, leaves),
        );
        return readRuleOutput(names, rule(...args.nondiff, primalTree, tangentTree), out);
      },
    };
  }
}

/** The rule with the call's operands as parameters: primals, arrays closed over, and the tangents of both. */
function alignRule(part: Part, primals: number, captured: readonly NDArray[]) {
  const own = part.func.body.arguments.slice(0, part.own);
  const unused = captured
    .filter(({ aval }) => carriesTangent(aval))
    .map(({ aval: { dtype, shape } }) => new Value({ dtype, shape }));
  return rearranged(part, [
    ...own.slice(0, primals),
    ...parametersFor(part, captured),
    ...own.slice(primals),
    ...unused,
  ]);
}

/** The rule that `defjvps` stands for: the sum of what the rules of the arguments give. */
const ruleOfParts =
  (f: AnyFunction, rules: readonly (PartialJvpRule | null | undefined)[]): JvpRule =>
  (primals: readonly unknown[], tangents: readonly unknown[]) => {
    const out = f(...primals);
    const { leaves, treedef } = flattenArrays(out, f.name);
    const parts = rules.flatMap((rule, i) => {
      if (rule === null || rule === undefined) return [];
      const part = flattenArrays(rule(tangents[i], out, ...primals), rule.name || "<lambda>");
      return [part.leaves.map((leaf, k) => asTangent(leaf, part.given[k], leaves[k].aval))];
    });
    const sums = leaves.map(
      (leaf, k) =>
        parts
          .map((part) => part[k])
          .reduce<NDArray | undefined>((sum, t) => (sum ? add(sum, t) : t), undefined) ??
        zeroTangent(leaf.aval),
    );
    return [out, treeUnflatten(treedef, sums)];
  };

/**
 * Gives a function a rule for its derivative, which forward and reverse mode use: `defjvp(rule)` with a rule
 * `(primals, tangents) → [out, tangentOut]`, or `defjvps(…)` with one for each argument. Arguments at `nondiffArgnums` (functions,
 * settings) come first in the rule's arguments as they are.
 *
 * @throws AttributeError when it is called without a rule; TypeError when the rule returns something that does not fit.
 *
 * @example
 * const f = customJvp((x) => jnp.sin(x));
 * f.defjvp(([x], [t]) => [f(x), jnp.cos(x).mul(t)]);
 */
export function customJvp<F extends AnyFunction>(fn: F, ...rest: readonly unknown[]): CustomJvp<F> {
  checkCallable(fn, "customJvp");
  const custom = new CustomJvpFunction(fn, readNondiffArgnums("customJvp", rest));
  const wrapper = (...args: unknown[]): unknown => custom.call(args);
  Object.defineProperty(wrapper, "name", { value: custom.name });
  const defjvp = (rule: JvpRule, ...options: readonly unknown[]): JvpRule => {
    checkCallable(rule, "defjvp");
    if (readOptions("defjvp", ["symbolicZeros"], options).symbolicZeros === true)
      throw new NotImplementedError("defjvp: symbolicZeros is not implemented; rules get zeros as arrays");
    custom.rule = rule;
    return rule;
  };
  const defjvps = (...rules: readonly (PartialJvpRule | null | undefined)[]): void => {
    if (custom.nondiffArgnums.length > 0)
      throw typeError("Can't use ``defjvps`` with ``nondiff_argnums`` (nondiffArgnums).");
    defjvp(ruleOfParts(wrapper, rules));
  };
  return Object.assign(wrapper, { defjvp, defjvps }) as unknown as CustomJvp<F>;
}
