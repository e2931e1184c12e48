/** `customVjp`: a function with its own rule for reverse mode. */

import type { Func } from "@fluxion/ir";
import { type Aval, formatAval, sameType } from "../../core/aval.ts";
import { withAval } from "../../core/emit.ts";
import { NotImplementedError, type TraceOrigin, UnexpectedTracerError } from "../../core/errors.ts";
import { float0Zeros } from "../../core/float0.ts";
import { userLocation } from "../../core/location.ts";
import { isTracer, NDArray } from "../../core/ndarray.ts";
import { asOutput, moduleName } from "../../core/outputs.ts";
import { currentTrace } from "../../core/trace.ts";
import { formatTreeDef, type TreeDef, treeFlatten, treeLeaves, treeUnflatten } from "../../core/tree.ts";
import { attributeError, rangeError, typeError } from "../../core/user-error.ts";
import { readOptions } from "../../numpy/options.ts";
import { type AnyFunction, checkCallable } from "../arguments.ts";
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
  zerosOf,
} from "./parts.ts";

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

interface Output {
  readonly treedef: TreeDef;
  readonly avals: readonly Aval[];
}

interface Rules {
  readonly forward: ForwardRule;
  readonly backward: BackwardRule;
}

/** Both ways, traced. */
interface TracedRules {
  readonly forward: Part;
  readonly backward: Part;
}

type TracePart = (request: PartRequest) => Part;

const shown = (aval: Aval): string => formatAval({ ...aval, weakType: false });
const listOf = (avals: readonly Aval[]): string => `[${avals.map(shown).join(", ")}]`;

class CustomVjpFunction {
  readonly fn: AnyFunction;
  readonly name: string;
  readonly nondiffArgnums: readonly number[];
  rules: Rules | undefined;

  constructor(fn: AnyFunction, nondiffArgnums: readonly number[]) {
    this.fn = fn;
    this.name = fn.name || "<lambda>";
    this.nondiffArgnums = nondiffArgnums;
  }

  call(args: readonly unknown[]): unknown {
    const { rules } = this;
    if (rules === undefined)
      throw attributeError(`No VJP defined for custom_vjp function ${this.name} using defvjp.`);
    if (currentTrace() === undefined) return this.fn(...args);
    this.#refuseTracedSettings(args);
    return this.#stage(splitArguments(this.name, args, this.nondiffArgnums), rules);
  }

  #refuseTracedSettings(args: readonly unknown[]): void {
    const traced = this.nondiffArgnums.some((i) => treeLeaves(args.at(i)).some(isTracer));
    if (!traced) return;
    throw new UnexpectedTracerError(
      "Found a JAX Tracer object passed as an argument to a custom_vjp function in a position indicated by nondiff_argnums as " +
        "non-differentiable. Tracers cannot be passed as non-differentiable arguments to custom_vjp functions; instead, " +
        "nondiff_argnums (nondiffArgnums) should only be used for arguments that can't be or contain JAX tracers, e.g. " +
        "function-valued arguments. In particular, array-valued arguments should typically not be indicated as nondiff_argnums.",
    );
  }

  /** Emits a call of the function that names its rules. */
  #stage(args: SplitArguments, rules: Rules): unknown {
    const trace = traceOfCall();
    const origin: TraceOrigin = {
      transform: "custom_vjp",
      functionName: this.name,
      location: userLocation(),
    };
    let treedef: TreeDef | undefined;
    const part = tracePart({
      origin,
      avals: args.leaves.map(({ aval }) => aval),
      values: args.leaves,
      body: (leaves) => {
        const [outputs, tree] = treeFlatten(this.fn(...args.rebuild(leaves)));
        treedef = tree;
        return outputs.map((output) => asOutput(output, this.name, "differentiated"));
      },
    });
    if (treedef === undefined) throw new Error(`custom_vjp: ${this.name} was not traced`);
    const out: Output = { treedef, avals: part.resultAvals };
    const ways = (by: TracePart): TracedRules =>
      tracingRule(() => this.#traceRules(by, args, rules, out, origin));
    const eager = insideRule() ? undefined : attempt(() => ways(tracePart));
    const known = eager === undefined ? undefined : orNothing(eager);
    const captured = capturedBy(part, ...(known === undefined ? [] : [known.forward, known.backward]));
    const name = moduleName(this.name);
    const own = part.func.body.arguments.slice(0, part.own);
    const callee = trace.module.add({
      ...rearranged(part, [...own, ...parametersFor(part, captured)]),
      name,
    });
    let later: AlignedRules | undefined;
    const aligned = (): AlignedRules => {
      const traced = eager?.() ?? ways((request) => tracePartLater(trace.module, request));
      later ??= alignRules(traced, args.leaves, captured, out);
      return later;
    };
    const attributes = {
      callee,
      custom_vjp_forward: trace.module.addLazy(`${name}_fwd`, () => aligned().forward),
      custom_vjp_backward: trace.module.addLazy(`${name}_bwd`, () => aligned().backward),
    };
    const operands = [...args.leaves, ...guardCaptured("custom_vjp", captured)];
    const results = trace.emit("call", operands, attributes, { types: part.func.resultTypes });
    return treeUnflatten(
      treedef,
      results.map((x, i) => withAval(x, part.resultAvals[i])),
    );
  }

  #traceRules(
    by: TracePart,
    args: SplitArguments,
    rules: Rules,
    out: Output,
    origin: TraceOrigin,
  ): TracedRules {
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
    return { forward, backward };
  }
}

/** What the way forward returns, as leaves. @throws TypeError with JAX's phrase if it does not fit the function. */
function readForwardOutput(
  rule: string,
  fn: string,
  pair: unknown,
  out: Output,
): readonly [outputs: readonly NDArray[], residuals: ReturnType<typeof flattenArrays>] {
  const phrase =
    `Custom VJP fwd rule ${rule} for function ${fn} must produce a pair (list or tuple of length two) where the first element ` +
    `represents the primal output (equal to the output of the custom_vjp-decorated function ${fn}) and the second element ` +
    "represents residuals (i.e. values stored from the forward pass for use on the backward pass), but instead ";
  if (!Array.isArray(pair) || pair.length !== 2)
    throw typeError(
      `${phrase}of a pair the fwd rule ${rule} produced ${pair instanceof NDArray ? formatAval(pair.aval) : String(pair)}.`,
    );
  const [primals, residuals] = pair.map((part) => flattenArrays(part, rule));
  if (primals.treedef.key !== out.treedef.key)
    throw typeError(
      `${phrase}the fwd rule output's first element had container/pytree structure ${formatTreeDef(primals.treedef)} while ` +
        `the custom_vjp-decorated function ${fn} had output container/pytree structure ${formatTreeDef(out.treedef)}.`,
    );
  const avals = primals.leaves.map(({ aval }) => aval);
  if (!avals.every((aval, i) => sameType(aval, out.avals[i])))
    throw typeError(
      `${phrase}the fwd rule output's first element had shapes/dtypes of ${listOf(avals)} while the custom_vjp-decorated ` +
        `function ${fn} had output shapes/dtypes of ${listOf(out.avals)}.`,
    );
  return [primals.leaves, residuals];
}

/**
 * Cotangents of the float leaves of the arguments. In place of a subtree there may be null, which is zero.
 * @throws TypeError or RangeError with JAX's phrase if they do not have the structure and types of the arguments.
 */
function readBackwardOutput(given: unknown, { treedef, leaves }: SplitArguments): NDArray[] {
  if (!Array.isArray(given) || given.length !== treedef.children.length) throw wrongStructure(given, treedef);
  const cotangents = treedef.children.flatMap((child, i) => {
    if (given[i] === null || given[i] === undefined)
      return new Array<undefined>(child.leaves).fill(undefined);
    const flat = flattenArrays(given[i], "the bwd rule's output");
    if (flat.treedef.key !== child.key) throw wrongStructure(given, treedef);
    return flat.leaves.map((leaf, k) => ({ leaf, value: flat.given[k] }));
  });
  return leaves.flatMap(({ aval }, i) => {
    if (!carriesTangent(aval)) return [];
    const cotangent = cotangents[i];
    if (cotangent === undefined) return [zeroTangent(aval)];
    const array = asTangent(cotangent.leaf, cotangent.value, aval);
    if (sameType(array.aval, aval)) return [array];
    throw rangeError(
      "Custom VJP bwd rule must produce an output with the same type as the args tuple of the primal function, but at output " +
        `leaf ${i} the bwd rule produced an output of type ${shown(array.aval)} corresponding to an input of type ` +
        `${shown(tangentAval(aval))}`,
    );
  });
}

const wrongStructure = (given: unknown, treedef: TreeDef): TypeError =>
  typeError(
    "Custom VJP bwd rule must produce an output with the same container (pytree) structure as the args tuple of the primal " +
      "function, and in particular must produce a tuple of length equal to the number of arguments to the primal function, but got " +
      `bwd output structure ${formatTreeDef(treeFlatten(given)[1])} for primal input structure ${formatTreeDef(treedef)}.`,
  );

interface AlignedRules {
  readonly forward: Func;
  readonly backward: Func;
}

/**
 * forward: operands → (results…, residuals…, what backward closes over…);
 * backward: (those…, cotangents of float results…) → cotangents of float operands, zero for arrays closed over.
 */
function alignRules(
  { forward, backward }: TracedRules,
  leaves: readonly NDArray[],
  captured: readonly NDArray[],
  out: Output,
): AlignedRules {
  const extra = parametersFor(forward, captured);
  const kept = backward.captured.map((x) => extra[captured.indexOf(x)]);
  const own = backward.func.body.arguments.slice(0, backward.own);
  const residuals = backward.own - out.avals.filter(carriesTangent).length;
  const moving = captured.filter(({ aval }) => carriesTangent(aval));
  return {
    forward: rearranged(
      forward,
      [...forward.func.body.arguments.slice(0, leaves.length), ...extra],
      () => kept,
    ),
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
