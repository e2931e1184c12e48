/** `customVjp`: a function with its own rule for reverse mode. */

import type { Func } from "@fluxion/ir";
import { UnexpectedTracerError } from "../../core/errors.ts";
import { float0Zeros } from "../../core/float0.ts";
import { isTracer, type NDArray } from "../../core/ndarray.ts";
import { treeLeaves, treeUnflatten } from "../../core/tree.ts";
import { readOptions } from "../../numpy/options.ts";
import { type AnyFunction, checkCallable } from "../arguments.ts";
import { carriesTangent, scatterMask } from "../tangents.ts";
import { readNondiffArgnums } from "./arguments.ts";
import { type Part, parametersFor, rearranged, zerosOf } from "./parts.ts";
import { byMask, type NamedRule, type RuledCall, RuledFunction, type TracePart } from "./ruled-function.ts";
import { CustomVJPPrimal, SymbolicZero } from "./symbolic-zeros.ts";
import { type Residuals, readBackwardOutput, readForwardOutput, splitResiduals } from "./vjp-output.ts";

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
  readonly symbolicZeros: boolean;
}

/** The way forward, traced: (arguments…) → (results…, residuals…). */
interface Forward {
  readonly part: Part;
  readonly residuals: Residuals;
}

interface BothWays {
  readonly forward: Forward;
  /** (residuals…, cotangents…) → cotangents of float arguments, by which float results have a cotangent. */
  readonly backward: (given: readonly boolean[]) => Part;
  /** The mask of all float results. */
  readonly all: readonly boolean[];
}

class CustomVjpFunction extends RuledFunction<Rules, BothWays> {
  protected readonly transform = "custom_vjp";
  protected get missing(): string {
    return `No VJP defined for custom_vjp function ${this.name} using defvjp.`;
  }
  protected asksForZeros({ symbolicZeros }: Rules): boolean {
    return symbolicZeros;
  }
  protected partsOf({ forward, backward, all }: BothWays): readonly Part[] {
    return [forward.part, backward(all)];
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

  protected traceRules(by: TracePart, call: RuledCall<Rules>): BothWays {
    const forward = this.#traceForward(by, call);
    const backward = byMask((given) => this.#traceBackward(by, call, forward, given));
    return { forward, backward, all: call.out.avals.filter(carriesTangent).map(() => true) };
  }

  #traceForward(by: TracePart, { rules, args, out, origin, perturbed }: RuledCall<Rules>): Forward {
    let residuals: Residuals | undefined;
    const name = rules.forward.name || "<lambda>";
    const part = by({
      origin: { ...origin, functionName: name },
      avals: args.leaves.map(({ aval }) => aval),
      values: args.leaves,
      body: (leaves) => {
        const given = rules.symbolicZeros
          ? leaves.map((x, i) => new CustomVJPPrimal(x, carriesTangent(x.aval) && perturbed[i]))
          : leaves;
        const pair = rules.forward(...args.rebuild(given));
        const [outputs, kept] = readForwardOutput(name, this.name, pair, out);
        residuals = splitResiduals(kept, rules.symbolicZeros);
        return [...outputs, ...residuals.arrays];
      },
    });
    if (residuals === undefined) throw new Error(`custom_vjp: ${name} was not traced`);
    return { part, residuals };
  }

  #traceBackward(
    by: TracePart,
    { rules, args, out, origin }: RuledCall<Rules>,
    { part, residuals }: Forward,
    given: readonly boolean[],
  ): Part {
    const residualAvals = part.resultAvals.slice(out.avals.length);
    const moving = out.avals.filter(carriesTangent);
    return by({
      origin: { ...origin, functionName: rules.backward.name || "<lambda>" },
      avals: [...residualAvals, ...moving.filter((_, i) => given[i])],
      body: (parameters) => {
        const kept = residuals.rebuild(parameters.slice(0, residualAvals.length));
        const cotangents = readCotangents(parameters.slice(residualAvals.length));
        return readBackwardOutput(
          rules.backward(...args.nondiff, kept, treeUnflatten(out.treedef, cotangents)),
          args,
        );
      },
    });

    function readCotangents(arrays: readonly NDArray[]): readonly unknown[] {
      const own = scatterMask(given, arrays, (i): unknown => SymbolicZero.ofTangent(moving[i]));
      return scatterMask(out.avals.map(carriesTangent), own, (i): unknown =>
        rules.symbolicZeros ? SymbolicZero.ofTangent(out.avals[i]) : float0Zeros(out.avals[i].visibleShape),
      );
    }
  }

  /**
   * forward: operands → (results…, residuals…, what backward closes over…);
   * backward: (those…, cotangents of float results…) → cotangents of float operands, zero for arrays closed over.
   */
  protected align(
    { rules, args }: Pick<RuledCall<Rules>, "rules" | "args">,
    captured: readonly NDArray[],
  ): readonly NamedRule<BothWays>[] {
    const forward = ({ forward: { part }, backward, all }: BothWays): Func => {
      const extra = parametersFor(part, captured);
      const kept = rules.symbolicZeros ? captured.filter(isTracer) : backward(all).captured;
      const own = part.func.body.arguments.slice(0, args.leaves.length);
      return rearranged(part, [...own, ...extra], () => kept.map((x) => extra[captured.indexOf(x)]));
    };
    const backward = ({ backward, all }: BothWays, given = all): Func => {
      const part = backward(given);
      const own = part.func.body.arguments.slice(0, part.own);
      const residuals = part.own - given.filter(Boolean).length;
      const parameters = [
        ...own.slice(0, residuals),
        ...parametersFor(part, part.captured),
        ...own.slice(residuals),
      ];
      const moving = captured.filter(({ aval }) => carriesTangent(aval));
      return rearranged(part, parameters, (b) => moving.map(({ aval }) => zerosOf(b, aval)));
    };
    return [
      { attribute: "custom_vjp_forward", suffix: "fwd", make: forward },
      { attribute: "custom_vjp_backward", suffix: "bwd", make: backward },
    ];
  }
}

/**
 * Gives a function rules for reverse mode: `forward(…args) → [out, residuals]` and
 * `backward(residuals, cotangent) → [cotangent of each argument]`, null for zero. Forward mode through the function is an error.
 * Arguments at `nondiffArgnums` (functions, settings) come first in the arguments of `backward` as they are.
 *
 * With `{ symbolicZeros: true }` as a last argument of `defvjp` the arguments of `forward` are `CustomVJPPrimal`, which says of
 * each array whether it is differentiated by, and `backward` gets a `SymbolicZero` for each cotangent that is zero for any
 * arguments. Booleans among the residuals are passed on as they are.
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
    custom.rules = { forward, backward, symbolicZeros: symbolicZeros === true };
  };
  return Object.assign(wrapper, { defvjp }) as unknown as CustomVjp<F>;
}
