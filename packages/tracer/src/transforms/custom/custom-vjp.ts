/** `customVjp`: a function with its own rule for reverse mode. */

import type { Func } from "@fluxion/ir";
import { NotImplementedError, UnexpectedTracerError } from "../../core/errors.ts";
import { float0Zeros } from "../../core/float0.ts";
import { isTracer, type NDArray } from "../../core/ndarray.ts";
import { type TreeDef, treeLeaves, treeUnflatten } from "../../core/tree.ts";
import { readOptions } from "../../numpy/options.ts";
import { type AnyFunction, checkCallable } from "../arguments.ts";
import { carriesTangent, scatterMask } from "../tangents.ts";
import { readNondiffArgnums } from "./arguments.ts";
import { type Part, parametersFor, rearranged, zerosOf } from "./parts.ts";
import {
  type NamedRule,
  type Output,
  type RuledCall,
  RuledFunction,
  type TracePart,
} from "./ruled-function.ts";
import { readBackwardOutput, readForwardOutput } from "./vjp-output.ts";

/** The way forward: `(…arguments) → [out, residuals]`. */
// biome-ignore lint/suspicious/noExplicitAny: a rule takes what the user's function takes
export type ForwardRule = (...args: any[]) => readonly [unknown, unknown];
/** The way back: `(…nondiff, residuals, cotangent) → [cotangent of each argument]`. */
// biome-ignore lint/suspicious/noExplicitAny: a rule takes what the user's function takes
export type BackwardRule = (...args: any[]) => readonly unknown[];

/** A function with rules for reverse mode. */
export type CustomVjp<F extends AnyFunction> = F & {
  /** Sets the rules. */
  defvjp(forward: ForwardRule, backward: BackwardRule, ...rest: readonly unknown[]): void;
};

interface Rules {
  readonly forward: ForwardRule;
  readonly backward: BackwardRule;
}

type BothWays = readonly [forward: Part, backward: Part];

class CustomVjpFunction extends RuledFunction<Rules, BothWays> {
  protected readonly transform = "custom_vjp";
  protected get missing(): string {
    return `No VJP defined for custom_vjp function ${this.name} using defvjp.`;
  }

  protected override checkArguments(args: readonly unknown[]): void {
    const traced = this.nondiffArgnums.some((i) => treeLeaves(args.at(i)).some(isTracer));
    if (!traced) return;
    throw new UnexpectedTracerError(
      "Found a JAX Tracer object passed as an argument to a custom_vjp function in a position indicated by nondiff_argnums as " +
        "non-differentiable. Tracers cannot be passed as non-differentiable arguments to custom_vjp functions; instead, " +
        "nondiff_argnums (nondiffArgnums) should only be used for arguments that can't be or contain JAX tracers, e.g. " +
        "function-valued arguments. In particular, array-valued arguments should typically not be indicated as nondiff_argnums.",
    );
  }

  protected traceRules(by: TracePart, { rules, args, out, origin }: RuledCall<Rules>): BothWays {
    let residualDef: TreeDef | undefined;
    const forwardName = rules.forward.name || "<lambda>";
    const forward = by({
      origin: { ...origin, functionName: forwardName },
      avals: args.leaves.map(({ aval }) => aval),
      values: args.leaves,
      body: (leaves) => {
        const pair = rules.forward(...args.rebuild(leaves));
        const [outputs, residuals] = readForwardOutput(forwardName, this.name, pair, out);
        residualDef = residuals.treedef;
        return [...outputs, ...residuals.leaves];
      },
    });
    if (residualDef === undefined) throw new Error(`custom_vjp: ${forwardName} was not traced`);
    const treedef = residualDef;
    const residualAvals = forward.resultAvals.slice(out.avals.length);
    const backward = by({
      origin: { ...origin, functionName: rules.backward.name || "<lambda>" },
      avals: [...residualAvals, ...out.avals.filter(carriesTangent)],
      body: (parameters) => {
        const residuals = treeUnflatten(treedef, parameters.slice(0, residualAvals.length));
        const cotangents = scatterMask(
          out.avals.map(carriesTangent),
          parameters.slice(residualAvals.length),
          (i) => float0Zeros(out.avals[i].visibleShape),
        );
        const given = rules.backward(...args.nondiff, residuals, treeUnflatten(out.treedef, cotangents));
        return readBackwardOutput(given, args);
      },
    });
    return [forward, backward];
  }

  protected align(
    parts: () => BothWays,
    { args, out }: RuledCall<Rules>,
    captured: readonly NDArray[],
  ): readonly NamedRule[] {
    let aligned: AlignedRules | undefined;
    const rules = (): AlignedRules => {
      aligned ??= alignRules(parts(), args.leaves.length, captured, out);
      return aligned;
    };
    return [
      { attribute: "custom_vjp_forward", suffix: "fwd", make: () => rules().forward },
      { attribute: "custom_vjp_backward", suffix: "bwd", make: () => rules().backward },
    ];
  }
}

interface AlignedRules {
  readonly forward: Func;
  readonly backward: Func;
}

/**
 * forward: operands → (results…, residuals…, what backward closes over…);
 * backward: (those…, cotangents of float results…) → cotangents of float operands, zero for arrays closed over.
 */
function alignRules(
  [forward, backward]: BothWays,
  count: number,
  captured: readonly NDArray[],
  out: Output,
): AlignedRules {
  const extra = parametersFor(forward, captured);
  const kept = backward.captured.map((x) => extra[captured.indexOf(x)]);
  const own = backward.func.body.arguments.slice(0, backward.own);
  const residuals = backward.own - out.avals.filter(carriesTangent).length;
  const moving = captured.filter(({ aval }) => carriesTangent(aval));
  return {
    forward: rearranged(forward, [...forward.func.body.arguments.slice(0, count), ...extra], () => kept),
    backward: rearranged(
      backward,
      [...own.slice(0, residuals), ...parametersFor(backward, backward.captured), ...own.slice(residuals)],
      (b) => moving.map(({ aval }) => zerosOf(b, aval)),
    ),
  };
}

/**
 * Gives a function rules for reverse mode: `forward(…args) → [out, residuals]` and
 * `backward(residuals, cotangent) → [cotangent of each argument]`, null for zero. Forward mode through the function is an error.
 * Arguments at `nondiffArgnums` (functions, settings) come first in the arguments of `backward` as they are.
 *
 * @throws AttributeError when it is called without rules; TypeError when a rule returns something that does not fit.
 *
 * @example
 * const clipped = customVjp((x) => x);
 * clipped.defvjp((x) => [x, null], (_, ct) => [jnp.clip(ct, -1, 1)]);
 */
export function customVjp<F extends AnyFunction>(fn: F, ...rest: readonly unknown[]): CustomVjp<F> {
  checkCallable(fn, "customVjp");
  const custom = new CustomVjpFunction(fn, readNondiffArgnums("customVjp", rest));
  const wrapper = (...args: unknown[]): unknown => custom.call(args);
  Object.defineProperty(wrapper, "name", { value: custom.name });
  const defvjp = (forward: ForwardRule, backward: BackwardRule, ...options: readonly unknown[]): void => {
    checkCallable(forward, "defvjp");
    checkCallable(backward, "defvjp");
    const { symbolicZeros } = readOptions("defvjp", ["symbolicZeros"], options);
    if (symbolicZeros === true)
      throw new NotImplementedError("defvjp: symbolicZeros is not implemented; rules get zeros as arrays");
    custom.rules = { forward, backward };
  };
  return Object.assign(wrapper, { defvjp }) as unknown as CustomVjp<F>;
}
