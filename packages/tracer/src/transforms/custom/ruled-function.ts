/**
 * Functions with rules of their own, as `customJvp` and `customVjp` make them. A call of one under a trace is a call in the IR
 * that names the rules; the function and the rules are traced by themselves.
 */

import type { AttributesOf, Func, TensorType } from "@fluxion/ir";
import type { Aval } from "../../core/aval.ts";
import { withAval } from "../../core/emit.ts";
import type { TraceOrigin } from "../../core/errors.ts";
import { userLocation } from "../../core/location.ts";
import { isTracer, type NDArray } from "../../core/ndarray.ts";
import { asOutput, moduleName } from "../../core/outputs.ts";
import { currentTrace, type ModuleBuilder, type Trace } from "../../core/trace.ts";
import { type TreeDef, treeFlatten, treeUnflatten } from "../../core/tree.ts";
import { attributeError } from "../../core/user-error.ts";
import type { AnyFunction } from "../arguments.ts";
import { carriesTangent } from "../tangents.ts";
import { type SplitArguments, splitArguments } from "./arguments.ts";
import {
  attempt,
  capturedBy,
  orNothing,
  type Part,
  type PartRequest,
  parametersFor,
  rearranged,
  traceOfCall,
  tracePart,
  tracePartLater,
} from "./parts.ts";
import { type ClosedOver, closedOverByRules, ruleDepth, tracingRules } from "./rules-under-trace.ts";

/** What a traced function or rule returned. */
export interface Output {
  readonly treedef: TreeDef;
  readonly avals: readonly Aval[];
}

export type TracePart = (request: PartRequest) => Part;

/** A call of a function with rules, under a derivative. */
export interface RuledCall<R> {
  readonly rules: R;
  readonly args: SplitArguments;
  /** What the function returned. */
  readonly out: Output;
  readonly origin: TraceOrigin;
  /** Which leaves of the arguments are differentiated by; all of them unless the rules ask. */
  readonly perturbed: readonly boolean[];
}

/** A rule as a function of the call's operands, which are the arguments and then the arrays that any part closes over. */
export interface NamedRule<P> {
  /** The attribute of the call that names it. */
  readonly attribute: keyof AttributesOf<"call">;
  readonly suffix: string;
  /** @param given Which float results have a cotangent, for a way back of rules that ask. */
  readonly make: (parts: P, given?: readonly boolean[]) => Func;
}

/** Traces rules for some leaves of the arguments, once. */
type PartsFor<P> = (perturbed: readonly boolean[]) => P;

/** What `make` gives for a mask, made once. */
export function byMask<T>(make: (mask: readonly boolean[]) => T): (mask: readonly boolean[]) => T {
  const made = new Map<string, T>();
  return (mask) => {
    const key = mask.join();
    const known = made.get(key);
    if (known !== undefined) return known;
    const own = make(mask);
    made.set(key, own);
    return own;
  };
}

/** The traced arrays that rules close over, by which of them: 2 for the first, 4 for the second. */
function readersOf(parts: readonly Part[]): ClosedOver {
  const readers = new Map<NDArray, number>();
  parts.forEach(({ captured }, i) => {
    for (const x of captured.filter(isTracer)) readers.set(x, (readers.get(x) ?? 0) | (2 << i));
  });
  return readers;
}

/** A call of a function with rules, but for its arguments. */
interface StagedCall {
  readonly attributes: AttributesOf<"call">;
  /** Operands behind the arguments. */
  readonly captured: readonly NDArray[];
  readonly out: Output;
  readonly types: readonly TensorType[];
}

/** Calls of one function that closes over nothing: layers alike, made by the same line, share what it was traced to. */
class StagedCalls {
  readonly #byModule = new WeakMap<ModuleBuilder, Map<string, StagedCall>>();

  of(
    module: ModuleBuilder,
    { leaves }: SplitArguments,
    { location }: TraceOrigin,
    make: () => StagedCall,
  ): StagedCall {
    const calls = this.#byModule.get(module) ?? new Map<string, StagedCall>();
    this.#byModule.set(module, calls);
    const key = `${leaves.map(({ aval }) => aval.id)} ${location?.file}:${location?.line}:${location?.column}`;
    const known = calls.get(key) ?? make();
    if (known.captured.length === 0) calls.set(key, known);
    return known;
  }
}

export abstract class RuledFunction<R, P> {
  readonly fn: AnyFunction;
  readonly name: string;
  readonly nondiffArgnums: readonly number[];
  rules: R | undefined;
  /** Whether it is one of the library's, of arrays: neither it nor its rules close over anything that is traced. */
  readonly #isClosed: boolean;
  readonly #staged = new StagedCalls();

  constructor(fn: AnyFunction, nondiffArgnums: readonly number[], isClosed = false) {
    this.fn = fn;
    this.name = fn.name || "<lambda>";
    this.nondiffArgnums = nondiffArgnums;
    this.#isClosed = isClosed;
  }

  /** `custom_jvp` or `custom_vjp`. */
  protected abstract readonly transform: string;
  /** JAX's phrase for a function without rules. */
  protected abstract readonly missing: string;
  /** Refuses what such a function does not take under a trace. */
  protected checkArguments(_args: readonly unknown[]): void {}
  /** Whether rules are to know which tangents and cotangents are zero. */
  protected abstract asksForZeros(rules: R): boolean;
  protected abstract traceRules(by: TracePart, call: RuledCall<R>): P;
  /** The traced functions, for whatever has no zero. */
  protected abstract partsOf(rules: P): readonly Part[];
  protected abstract align(
    call: Pick<RuledCall<R>, "rules" | "args" | "out">,
    captured: readonly NDArray[],
  ): readonly NamedRule<P>[];

  /** @throws AttributeError if there are no rules. */
  call(args: readonly unknown[]): unknown {
    const { rules } = this;
    if (rules === undefined) throw attributeError(this.missing);
    if (currentTrace() === undefined) return this.fn(...args);
    this.checkArguments(args);
    return this.#stage(splitArguments(this.name, args, this.nondiffArgnums), rules);
  }

  /** Emits a call of the function that names the rules. */
  #stage(args: SplitArguments, rules: R): unknown {
    const trace = traceOfCall();
    const origin = { transform: this.transform, functionName: this.name, location: userLocation() };
    const make = (): StagedCall => this.#makeCall(trace, args, rules, origin);
    const staged = this.#isClosed ? this.#staged.of(trace.module, args, origin, make) : make();
    const { attributes, captured, out, types } = staged;
    const results = trace.emit("call", [...args.leaves, ...captured], attributes, { types });
    return treeUnflatten(
      out.treedef,
      results.map((x, i) => withAval(x, out.avals[i])),
    );
  }

  /** Adds the function and its rules to the module. */
  #makeCall(trace: Trace, args: SplitArguments, rules: R, origin: TraceOrigin): StagedCall {
    const { part, out } = this.#traceFunction(args, origin);
    const perturbed = args.leaves.map(() => true);
    const call: RuledCall<R> = { rules, args, out, origin, perturbed };
    const { parts, captured, closesOver } = this.#traceRules(trace, call, part);
    const name = moduleName(this.name);
    const own = part.func.body.arguments.slice(0, part.own);
    const callee = trace.module.add({
      ...rearranged(part, [...own, ...parametersFor(part, captured)]),
      name,
    });
    const asks = this.asksForZeros(rules);
    const named = this.align(call, captured).map(({ attribute, suffix, make }) => [
      attribute,
      asks
        ? trace.module.addFamily(`${name}_${suffix}`, (active, given) =>
            make(parts(active.slice(0, args.leaves.length)), given),
          )
        : trace.module.addLazy(`${name}_${suffix}`, () => make(parts(perturbed))),
    ]);
    const attributes: AttributesOf<"call"> = {
      callee,
      ...Object.fromEntries(named),
      ...(captured.length > 0 && {
        closed_over: captured.map((x) => (part.captured.includes(x) ? 1 : 0) | (closesOver.get(x) ?? 0)),
      }),
      ...(asks && {
        symbolic_zeros: [...args.leaves, ...captured].filter((x) => carriesTangent(x.aval)).length,
      }),
    };
    return { attributes, captured, out, types: part.func.resultTypes };
  }

  #traceFunction(args: SplitArguments, origin: TraceOrigin): { readonly part: Part; readonly out: Output } {
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
    if (treedef === undefined) throw new Error(`${this.transform}: ${this.name} was not traced`);
    return { part, out: { treedef, avals: part.resultAvals } };
  }

  /**
   * Traces the rules, or says how to once somebody asks for them: in a rule, where they may call themselves without end. What a
   * rule throws matters only to who asks.
   */
  #traceRules(
    trace: Trace,
    call: RuledCall<R>,
    part: Part,
  ): {
    readonly parts: PartsFor<P>;
    readonly captured: readonly NDArray[];
    readonly closesOver: ClosedOver;
  } {
    const known = closedOverByRules(this);
    const isLater = known !== undefined || ruleDepth() > (this.#isClosed ? 0 : 1);
    const eager = isLater ? undefined : attempt(() => this.#traceRulesNow(call));
    const now = eager && orNothing(eager);
    const closesOver = known ?? now?.closesOver ?? new Map<NDArray, number>();
    const byRules = now === undefined ? closesOver.keys() : capturedBy(...this.partsOf(now.rules));
    const captured = [...new Set([...part.captured, ...byRules])];
    if (eager !== undefined && !this.asksForZeros(call.rules))
      return { parts: () => eager().rules, captured, closesOver };
    const traced = captured.filter(isTracer);
    const passedOn = new Map(traced.map((x) => [x, closesOver.get(x) ?? 0]));
    const by: TracePart = (request) =>
      tracingRules(this, passedOn, () => tracePartLater(trace.module, request, traced)).traced;
    const later = (perturbed: readonly boolean[]): P => this.traceRules(by, { ...call, perturbed });
    return { parts: byMask(later), captured, closesOver };
  }

  /**
   * Where rules call the function, what they close over is found first, and then they are traced with it. What they read themselves
   * is what they close over at first: later their calls take the rest along.
   */
  #traceRulesNow(call: RuledCall<R>): { readonly rules: P; readonly closesOver: ClosedOver } {
    let closesOver: ClosedOver | undefined;
    for (;;) {
      const before: ClosedOver = closesOver ?? new Map();
      const { traced, isRecursive } = tracingRules(this, before, () => {
        const rules = this.traceRules(tracePart, call);
        return { rules, parts: this.partsOf(rules) };
      });
      const found = readersOf(traced.parts);
      const isKnown = [...found.keys()].every((x) => before.has(x));
      if (!isRecursive || isKnown) return { rules: traced.rules, closesOver: closesOver ?? found };
      closesOver = closesOver ? new Map([...found.keys()].map((x) => [x, before.get(x) ?? 0])) : found;
    }
  }
}
