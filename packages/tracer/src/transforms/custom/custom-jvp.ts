/** `customJvp`: a function with its own rule for derivatives. */

import { type Func, Value } from "@fluxion/ir";
import { float0Zeros } from "../../core/float0.ts";
import type { NDArray } from "../../core/ndarray.ts";
import { treeUnflatten } from "../../core/tree.ts";
import { typeError } from "../../core/user-error.ts";
import { add } from "../../lax/elementwise.ts";
import { readOptions } from "../../numpy/options.ts";
import { type AnyFunction, checkCallable } from "../arguments.ts";
import { flattenArrays } from "../arrays.ts";
import { asTangent, carriesTangent, scatterMask, zeroTangent } from "../tangents.ts";
import { readNondiffArgnums } from "./arguments.ts";
import { readRuleOutput } from "./jvp-output.ts";
import { type Part, parametersFor, rearranged } from "./parts.ts";
import { type NamedRule, type RuledCall, RuledFunction, type TracePart } from "./ruled-function.ts";
import { SymbolicZero } from "./symbolic-zeros.ts";

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

interface Rules {
  readonly rule: JvpRule;
  readonly symbolicZeros: boolean;
}

/** A function with a rule, as `customJvp` makes it. */
class CustomJvpFunction extends RuledFunction<Rules, Part> {
  protected readonly transform = "custom_jvp";
  protected get missing(): string {
    return `No JVP defined for custom_jvp function ${this.name} using defjvp.`;
  }
  protected asksForZeros({ symbolicZeros }: Rules): boolean {
    return symbolicZeros;
  }
  protected partsOf(rule: Part): readonly Part[] {
    return [rule];
  }

  /** (primals…, tangents of floats…) → (primals out…, tangents of floats…) */
  protected traceRules(by: TracePart, { rules, args, out, origin, perturbed }: RuledCall<Rules>): Part {
    const { rule, symbolicZeros } = rules;
    const avals = args.leaves.map(({ aval }) => aval);
    const moves = avals.map(carriesTangent);
    const names = { fn: this.name, rule: rule.name || "<lambda>" };
    return by({
      origin: { ...origin, functionName: names.rule },
      avals: [...avals, ...avals.filter((_, i) => moves[i])],
      values: args.leaves,
      body: (parameters) => {
        const primals = parameters.slice(0, avals.length);
        const given = scatterMask(moves, parameters.slice(avals.length), (i) =>
          float0Zeros(avals[i].visibleShape),
        );
        const tangents = symbolicZeros
          ? given.map((x, i) => (moves[i] && perturbed[i] ? x : SymbolicZero.ofTangent(avals[i])))
          : given;
        const [primalTree, tangentTree] = [primals, tangents].map((leaves) =>
          treeUnflatten(args.treedef, leaves),
        );
        return readRuleOutput(names, rule(...args.nondiff, primalTree, tangentTree), out);
      },
    });
  }

  protected align(
    { args }: Pick<RuledCall<Rules>, "args">,
    captured: readonly NDArray[],
  ): readonly NamedRule<Part>[] {
    const make = (rule: Part): Func => alignRule(rule, args.leaves.length, captured);
    return [{ attribute: "custom_jvp", suffix: "jvp", make }];
  }
}

/** The rule with the call's operands as parameters: primals, arrays closed over, and the tangents of both. */
function alignRule(part: Part, primals: number, captured: readonly NDArray[]): Func {
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
 * settings) come first in the rule's arguments as they are. With `{ symbolicZeros: true }` as a last argument of `defjvp` the rule
 * gets a `SymbolicZero` for each tangent that is zero for any arguments.
 *
 * @throws AttributeError when it is called without a rule; TypeError when the rule returns something that does not fit.
 *
 * @example
 * const f = customJvp((x) => jnp.sin(x));
 * f.defjvp(([x], [t]) => [f(x), jnp.cos(x).mul(t)]);
 */
export function customJvp<F extends AnyFunction>(fn: F, ...rest: readonly unknown[]): CustomJvp<F> {
  checkCallable(fn, "customJvp");
  return ruled(fn, new CustomJvpFunction(fn, readNondiffArgnums("customJvp", rest)));
}

/** `customJvp` for rules that close over nothing that is traced. */
export const closedCustomJvp = <F extends AnyFunction>(fn: F): CustomJvp<F> =>
  ruled(fn, new CustomJvpFunction(fn, [], true));

function ruled<F extends AnyFunction>(_fn: F, custom: CustomJvpFunction): CustomJvp<F> {
  const wrapper = (...args: unknown[]): unknown => custom.call(args);
  Object.defineProperty(wrapper, "name", { value: custom.name });
  const defjvp = (rule: JvpRule, ...options: readonly unknown[]): JvpRule => {
    checkCallable(rule, "defjvp");
    const { symbolicZeros } = readOptions("defjvp", ["symbolicZeros"], options);
    custom.rules = { rule, symbolicZeros: symbolicZeros === true };
    return rule;
  };
  const defjvps = (...rules: readonly (PartialJvpRule | null | undefined)[]): void => {
    if (custom.nondiffArgnums.length > 0)
      throw typeError("Can't use ``defjvps`` with ``nondiff_argnums`` (nondiffArgnums).");
    defjvp(ruleOfParts(wrapper, rules));
  };
  return Object.assign(wrapper, { defjvp, defjvps }) as unknown as CustomJvp<F>;
}
