/** `jit`: trace once for each signature, compile, run. */

import type { Device } from "@fluxion/runtime";
import { withPlaceholders } from "../stages/abstract.ts";
import { Lowered } from "../stages/lower.ts";
import type { Aval } from "./aval.ts";
import { config } from "./config.ts";
import { defaultDevice } from "./devices.ts";
import { type Compiled, compileTraced, runCompiled } from "./dispatch.ts";
import { collectEffects, forwardEffects, runEffects, type StagedEffect, stageEffects } from "./effects.ts";
import { withAval } from "./emit.ts";
import type { TraceOrigin } from "./errors.ts";
import { type JitOptions, readJitOptions } from "./jit-options.ts";
import { watchTracers } from "./leaks.ts";
import { userLocation } from "./location.ts";
import { namedAxesKey } from "./named-axes.ts";
import { isTracer, markDonated, type NDArray } from "./ndarray.ts";
import { asOutput, moduleName } from "./outputs.ts";
import { leafNames, parameterNames } from "./parameter-names.ts";
import { type Signature, signatureOf } from "./signature.ts";
import { currentTrace, type ModuleBuilder, type Trace, type TracedFunction, traceFunction } from "./trace.ts";
import { type TreeDef, treeFlatten, treeUnflatten } from "./tree.ts";

/** A function traced for one signature. */
export interface Staged {
  readonly traced: TracedFunction;
  readonly outTree: TreeDef;
  /** Callbacks, whose arrays are the last results. */
  readonly effects: readonly StagedEffect[];
  readonly parameterAvals: readonly Aval[];
  readonly name: string;
}

interface Entry {
  readonly compiled: Compiled;
  readonly outTree: TreeDef;
  readonly effects: readonly StagedEffect[];
  /** Leaves whose arrays are dead after a call. */
  readonly donated: readonly number[];
}

// biome-ignore lint/suspicious/noExplicitAny: a jitted function takes what the user's function takes
type AnyFunction = (...args: any[]) => unknown;

/** What `jit` remembers of one function. */
export class JittedFunction {
  readonly fn: AnyFunction;
  readonly name: string;
  readonly staticArgnums: ReadonlySet<number>;
  readonly donateArgnums: ReadonlySet<number>;
  readonly device: Device | undefined;
  readonly #entries = new Map<string, Entry>();
  readonly #inner = new WeakMap<ModuleBuilder, Map<string, InnerFunction>>();

  constructor(fn: AnyFunction, options: JitOptions) {
    this.fn = fn;
    this.name = fn.name || "<lambda>";
    const { staticArgnums, donateArgnums, device } = readJitOptions(fn, options);
    this.staticArgnums = staticArgnums;
    this.donateArgnums = donateArgnums;
    this.device = device;
  }

  call(args: readonly unknown[]): unknown {
    if (config.disableJit) return this.fn(...args);
    const statics = normalize(this.staticArgnums, args.length);
    const signature = signatureOf(args, statics, this.name);
    const trace = currentTrace();
    if (trace !== undefined || signature.leaves.some(isTracer))
      return this.#callInside(trace, signature, args, statics);
    const entry = this.#entries.get(signature.key) ?? this.#compile(signature, args, statics);
    const { compiled, outTree, effects, donated } = entry;
    const results = runCompiled(compiled, signature.leaves);
    for (const i of donated) markDonated(signature.leaves[i]);
    const own = effects.length === 0 ? results : runEffects(effects, results, outTree.leaves);
    return outTree.kind === "leaf" ? own[0] : treeUnflatten(outTree, own);
  }

  /** Traces for these arguments without compiling. */
  stage(args: readonly unknown[], transform = "jit"): Staged {
    const statics = normalize(this.staticArgnums, args.length);
    return this.#stage(signatureOf(args, statics, this.name), args, statics, transform);
  }

  /** Traces for these arguments, of which some may be `ShapeDtypeStruct`. */
  lower(given: readonly unknown[]): Lowered {
    const args = withPlaceholders(given);
    const statics = normalize(this.staticArgnums, args.length);
    const signature = signatureOf(args, statics, this.name);
    return new Lowered({
      staged: this.#stage(signature, args, statics),
      device: this.device ?? signature.device ?? defaultDevice(),
      donated: this.#donatedLeaves(signature, args.length),
      leavesOf: (later) => signatureOf(later, statics, this.name).leaves,
    });
  }

  clearCache(): void {
    this.#entries.clear();
  }

  #stage(
    signature: Signature,
    args: readonly unknown[],
    statics: ReadonlySet<number>,
    transform = "jit",
  ): Staged {
    const origin: TraceOrigin = { transform, functionName: this.name, location: userLocation() };
    const names = leafNames(parameterNames(this.fn), signature.treedefs, statics);
    const parameterAvals = signature.leaves.map(({ aval }) => aval);
    let outTree: TreeDef | undefined;
    let effects: readonly StagedEffect[] = [];
    const body = (leaves: readonly NDArray[]): readonly NDArray[] => {
      const run = collectEffects(() => this.fn(...rebuildArguments(args, statics, signature, leaves)));
      const [outputs, tree] = treeFlatten(run.result);
      outTree = tree;
      effects = stageEffects(run.effects);
      return [
        ...outputs.map((output) => asOutput(output, this.name)),
        ...run.effects.flatMap(({ values }) => values),
      ];
    };
    const traced = watchTracers(origin, () => traceFunction(origin, parameterAvals, body, names));
    if (outTree === undefined) throw new Error(`jit: ${this.name} was not traced`);
    return { traced, outTree: outTree as TreeDef, effects, parameterAvals, name: this.name };
  }

  #compile(signature: Signature, args: readonly unknown[], statics: ReadonlySet<number>): Entry {
    const { traced, outTree, effects } = this.#stage(signature, args, statics);
    const device = this.device ?? signature.device ?? defaultDevice();
    const donated = this.#donatedLeaves(signature, args.length);
    const compiled = compileTraced(traced, device, moduleName(this.name), {
      donated,
      label: `jit(${this.name})`,
    });
    const entry = { compiled, outTree, effects, donated };
    this.#entries.set(signature.key, entry);
    return entry;
  }

  #donatedLeaves({ treedefs }: Signature, count: number): number[] {
    const donate = normalize(this.donateArgnums, count);
    const statics = normalize(this.staticArgnums, count);
    const donated: number[] = [];
    let leaf = 0;
    for (let i = 0; i < count; i++) {
      if (statics.has(i)) continue;
      const leaves = treedefs[i]?.leaves ?? 1;
      if (donate.has(i)) for (let j = 0; j < leaves; j++) donated.push(leaf + j);
      leaf += leaves;
    }
    return donated;
  }

  /** Inside a trace a jitted function stays a function: it is traced once and called. */
  #callInside(
    trace: Trace | undefined,
    signature: Signature,
    args: readonly unknown[],
    statics: ReadonlySet<number>,
  ): unknown {
    if (trace === undefined) return this.fn(...args);
    const functions = this.#inner.get(trace.module) ?? new Map<string, InnerFunction>();
    this.#inner.set(trace.module, functions);
    const key = signature.key + namedAxesKey();
    let inner = functions.get(key);
    if (inner === undefined) {
      const staged = this.#stage(signature, args, statics);
      inner = { staged, callee: trace.module.add({ ...staged.traced.func, name: moduleName(this.name) }) };
      // A function that closes over traced values means something else at its next call.
      if (!staged.traced.captured.some(isTracer)) functions.set(key, inner);
    }
    const { traced, outTree, effects } = inner.staged;
    const operands = [...signature.leaves, ...traced.captured];
    const results = trace.emit(
      "call",
      operands,
      { callee: inner.callee },
      { types: traced.func.resultTypes },
    );
    const typed = results.map((result, i) => withAval(result, traced.resultAvals[i]));
    return treeUnflatten(outTree, forwardEffects(effects, typed, outTree.leaves));
  }
}

interface InnerFunction {
  readonly staged: Staged;
  readonly callee: string;
}

const normalize = (argnums: ReadonlySet<number>, count: number): ReadonlySet<number> =>
  argnums.size === 0 ? argnums : new Set([...argnums].map((i) => (i < 0 ? i + count : i)));

function rebuildArguments(
  args: readonly unknown[],
  statics: ReadonlySet<number>,
  { treedefs }: Signature,
  leaves: readonly NDArray[],
): unknown[] {
  let next = 0;
  return args.map((arg, i) => {
    if (statics.has(i)) return arg;
    const treedef = treedefs[i];
    if (treedef === undefined) return leaves[next++];
    next += treedef.leaves;
    return treeUnflatten(treedef, leaves.slice(next - treedef.leaves, next));
  });
}

/** The function that `jit` returns. */
export type Jitted<F> = F & {
  /** @internal */
  readonly jitted: JittedFunction;
  /** Traces for these arguments (arrays, scalars or `ShapeDtypeStruct`): `.asText()` shows the program, `.compile()` compiles it. */
  lower(...args: readonly unknown[]): Lowered;
  /** Forgets what was compiled. */
  clearCache(): void;
};

/**
 * Compiles a function: it is traced with abstract arrays the first time that it meets a combination of shapes, dtypes,
 * structure and static values, and the compiled program runs from then on.
 *
 * The function must be pure: side effects happen while tracing only, and control flow may not depend on the values of
 * traced arrays (use `lax.cond`, `lax.whileLoop`, `jnp.where`, or make the argument static).
 *
 * @throws ConcretizationTypeError and its kin if the function needs the value of a traced array.
 */
export function jit<F extends AnyFunction>(fn: F, options: JitOptions = {}): Jitted<F> {
  if (typeof fn !== "function") {
    throw new TypeError(
      `Expected a callable value, got ${String(fn)}. jit takes the function itself: jit(f)(x).`,
    );
  }
  const jitted = new JittedFunction(fn, options);
  const wrapper = (...args: unknown[]): unknown => jitted.call(args);
  Object.defineProperty(wrapper, "name", { value: jitted.name });
  const lower = (...args: readonly unknown[]): Lowered => jitted.lower(args);
  return Object.assign(wrapper, {
    jitted,
    lower,
    clearCache: () => jitted.clearCache(),
  }) as unknown as Jitted<F>;
}
