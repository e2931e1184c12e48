/**
 * Functions with rules of their own, as `customJvp` and `customVjp` make them. A call of one under a trace is a call in the IR
 * that names the rules; the function and the rules are traced by themselves.
 */

import type { AttributesOf, Func } from "@fluxion/ir";
import type { Aval } from "../../core/aval.ts";
import { withAval } from "../../core/emit.ts";
import type { TraceOrigin } from "../../core/errors.ts";
import { userLocation } from "../../core/location.ts";
import { isTracer, type NDArray } from "../../core/ndarray.ts";
import { asOutput, moduleName } from "../../core/outputs.ts";
import { currentTrace, type Trace } from "../../core/trace.ts";
import { type TreeDef, treeFlatten, treeUnflatten } from "../../core/tree.ts";
import { attributeError } from "../../core/user-error.ts";
import type { AnyFunction } from "../arguments.ts";
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
import { closedOverByRules, ruleDepth, tracingRules } from "./rules-under-trace.ts";

/** What a traced function or rule returned. */
export interface Output {
  readonly treedef: TreeDef;
  readonly avals: readonly Aval[];
}

export type TracePart = (request: PartRequest) => Part;

/** A call of a function with rules. */
export interface RuledCall<R> {
  readonly rules: R;
  readonly args: SplitArguments;
  /** What the function returned. */
  readonly out: Output;
  readonly origin: TraceOrigin;
}

/** A rule as a function of the call's operands, which are the arguments and then the arrays that any part closes over. */
export interface NamedRule {
  /** The attribute of the call that names it. */
  readonly attribute: keyof AttributesOf<"call">;
  readonly suffix: string;
  readonly make: () => Func;
}

export abstract class RuledFunction<R, P extends readonly Part[]> {
  readonly fn: AnyFunction;
  readonly name: string;
  readonly nondiffArgnums: readonly number[];
  rules: R | undefined;
  /** Whether the rules close over nothing that is traced. */
  readonly #isClosed: boolean;

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
  protected abstract traceRules(by: TracePart, call: RuledCall<R>): P;
  protected abstract align(
    parts: () => P,
    call: RuledCall<R>,
    captured: readonly NDArray[],
  ): readonly NamedRule[];

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
    const { part, out } = this.#traceFunction(args, origin);
    const call: RuledCall<R> = { rules, args, out, origin };
    const { parts, captured } = this.#traceRules(trace, call, part);
    const name = moduleName(this.name);
    const own = part.func.body.arguments.slice(0, part.own);
    const callee = trace.module.add({
      ...rearranged(part, [...own, ...parametersFor(part, captured)]),
      name,
    });
    const named = this.align(parts, call, captured).map(({ attribute, suffix, make }) => [
      attribute,
      trace.module.addLazy(`${name}_${suffix}`, make),
    ]);
    const byRules = captured.length - part.captured.length;
    const closed_over = captured.length === 0 ? {} : { closed_over: [part.captured.length, byRules] };
    const attributes: AttributesOf<"call"> = { callee, ...Object.fromEntries(named), ...closed_over };
    const operands = [...args.leaves, ...captured];
    const results = trace.emit("call", operands, attributes, { types: part.func.resultTypes });
    return treeUnflatten(
      out.treedef,
      results.map((x, i) => withAval(x, out.avals[i])),
    );
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
  ): { readonly parts: () => P; readonly captured: readonly NDArray[] } {
    const closesOver = closedOverByRules(this);
    const all = (arrays: readonly NDArray[]): NDArray[] => [...new Set([...part.captured, ...arrays])];
    if (closesOver === undefined && ruleDepth() <= (this.#isClosed ? 0 : 1)) {
      const parts = attempt(() => this.#traceRulesNow(call));
      return { parts, captured: all(capturedBy(...(orNothing(parts) ?? []))) };
    }
    const captured = all(closesOver ?? []);
    const traced = captured.filter(isTracer);
    const by: TracePart = (request) => tracePartLater(trace.module, request, traced);
    const later = (): P => tracingRules(this, traced, () => this.traceRules(by, call)).traced;
    return { parts: later, captured };
  }

  /** Where rules call the function, what they close over is found first, and then they are traced with it. */
  #traceRulesNow(call: RuledCall<R>): P {
    let closesOver: readonly NDArray[] = [];
    for (;;) {
      const trace = (): P => this.traceRules(tracePart, call);
      const { traced, isRecursive } = tracingRules(this, closesOver, trace);
      const found = capturedBy(...traced).filter(isTracer);
      if (!isRecursive || found.every((x) => closesOver.includes(x))) return traced;
      closesOver = found;
    }
  }
}
