/**
 * Tracing: user code runs once on traced arrays, and every operation is emitted into a builder.
 *
 * A `function` trace builds a function of its own: arrays from outside become extra parameters (or constants, when the
 * host knows them). A `region` trace builds a region of an operation of its parent (a loop body, a branch) and uses the
 * parent's values directly.
 */

import { type FunctionScope, type MakeMember, readMember } from "@fluxion/autodiff";
import {
  type AttributesOf,
  type Block,
  Builder,
  type EmitOptions,
  type Func,
  type Opcode,
  type TensorType,
  Value,
} from "@fluxion/ir";
import { type Aval, avalOf, formatAval } from "./aval.ts";
import { atLocation, type TraceOrigin, UnexpectedTracerError } from "./errors.ts";
import { makeTracer } from "./leaks.ts";
import { atManyPlaces, locationOfEmission, userLocation } from "./location.ts";
import { withAxesOfNow } from "./named-axes.ts";
import { deletedError, type NDArray } from "./ndarray.ts";

/** Functions of the module under construction, shared by a trace and all traces inside it. */
export class ModuleBuilder implements FunctionScope {
  /** A function that is not made yet is what makes it. */
  readonly #functions = new Map<string, Func | (() => Func)>();
  readonly #families = new Map<string, MakeMember>();

  /** Those that are made. */
  get functions(): Func[] {
    return [...this.#functions.values()].filter((func) => typeof func !== "function");
  }

  find(name: string): Func | undefined {
    const found = this.#functions.get(name) ?? this.#member(name);
    if (typeof found !== "function") return found;
    const func: Func = { ...found(), name, visibility: "private" };
    this.#functions.set(name, func);
    return func;
  }

  #member(name: string): (() => Func) | undefined {
    const read = readMember(name);
    const make = read && this.#families.get(read.family);
    return make && (() => make(...read.masks));
  }

  /** Whether there is a function of this name that has been made. */
  has(name: string): boolean {
    return typeof this.#functions.get(name) === "object";
  }

  /** Adds a private function under a name of its own and returns that name. */
  add(func: Func): string {
    const name = this.#freeName(func.name);
    this.#functions.set(name, { ...func, name, visibility: "private" });
    return name;
  }

  /** As `add`, for a function that is made when somebody looks for it. */
  addLazy(wanted: string, make: () => Func): string {
    const name = this.#freeName(wanted);
    this.#functions.set(name, withAxesOfNow(make));
    return name;
  }

  addFamily(wanted: string, make: MakeMember): string {
    const name = this.#freeName(wanted);
    this.#families.set(name, withAxesOfNow(make));
    return name;
  }

  #freeName(wanted: string): string {
    let name = wanted;
    const isTaken = () => name === "main" || this.#functions.has(name) || this.#families.has(name);
    for (let i = 0; isTaken(); i++) name = `${wanted}_${i}`;
    return name;
  }
}

/** Values of traced arrays: outside of `jit`, transforms trace functions while their arguments are at hand. */
export interface KnownValues {
  /** A concrete array of the value's elements; nothing if it depends on what is not known. */
  concrete(value: Value): NDArray | undefined;
}

/** Literals that store more entries than this become parameters, not constants of the IR; a splat stores one. */
const maxConstantEntries = 16;

export class Trace {
  readonly kind: "function" | "region";
  readonly parent: Trace | undefined;
  readonly origin: TraceOrigin;
  readonly module: ModuleBuilder;
  readonly builder = new Builder();
  /** Names of the user's parameters by value, for error messages. */
  readonly argumentNames = new Map<Value, string>();
  /** Arrays from outside, each with the parameter that stands for it. */
  readonly captured = new Map<NDArray, Value>();
  /** The values of traced arrays, in a trace that runs while its arguments are at hand. */
  known: KnownValues | undefined;
  active = true;

  constructor(
    kind: "function" | "region",
    origin: TraceOrigin,
    parent: Trace | undefined,
    module: ModuleBuilder,
  ) {
    this.kind = kind;
    this.origin = origin;
    this.parent = parent;
    this.module = module;
  }

  /** A traced array for a new parameter. */
  parameter(aval: Aval, name?: string): NDArray {
    const value = new Value(aval, name?.replace(/\W+/g, "_").replace(/_$/, ""));
    if (name !== undefined) this.argumentNames.set(value, name);
    return this.wrap(value, aval);
  }

  wrap(value: Value, aval: Aval): NDArray {
    return makeTracer(aval, { kind: "traced", trace: this, value });
  }

  /** The SSA value that stands for an array in this trace. */
  lift(x: NDArray): Value {
    const { payload } = x;
    if (payload.kind === "traced") return this.#liftTraced(x, payload.trace, payload.value);
    if (payload.kind === "host" && payload.value.data.length <= maxConstantEntries) {
      if (payload.deleted) throw deletedError(x);
      return this.builder.constant(payload.value);
    }
    return this.capture(x);
  }

  #liftTraced(x: NDArray, trace: Trace, value: Value): Value {
    if (trace === this) {
      if (!this.active) throw leakedTracer(x, trace);
      return value;
    }
    if (this.parent === undefined) throw leakedTracer(x, trace);
    if (this.kind === "region") return this.parent.lift(x);
    if (!trace.active && !isCaptured(x, this)) throw leakedTracer(x, trace);
    return this.capture(x);
  }

  /** The value for an array from outside, which becomes a parameter of the function. */
  capture(x: NDArray): Value {
    if (this.kind === "region" && this.parent !== undefined) return this.parent.lift(x);
    const known = this.captured.get(x);
    if (known !== undefined) return known;
    const value = new Value(x.aval);
    this.captured.set(x, value);
    return value;
  }

  /** Emits one operation on arrays and wraps its results; they are weakly typed if `weakType` says so. */
  emit<K extends Opcode>(
    opcode: K,
    operands: readonly NDArray[],
    attributes: AttributesOf<K>,
    options: EmitOptions & { readonly weakType?: boolean } = {},
  ): NDArray[] {
    const values = operands.map((operand) => this.lift(operand));
    this.builder.location = locationOfEmission();
    const results = this.builder.emit(opcode, values, attributes, options);
    return results.map((value) =>
      this.wrap(value, avalOf(value.type.dtype, value.type.shape, options.weakType)),
    );
  }

  /** Ends the trace with its results. */
  finish(parameters: readonly NDArray[], results: readonly NDArray[]): Block {
    const values = results.map((result) => this.lift(result));
    const own = parameters.map((parameter) => this.lift(parameter));
    this.active = false;
    return this.builder.finish([...own, ...this.captured.values()], values);
  }
}

/** Whether a trace or one around it takes the array from outside. */
const isCaptured = (x: NDArray, trace: Trace | undefined): boolean =>
  trace !== undefined && (trace.captured.has(x) || isCaptured(x, trace.parent));

export function leakedTracer(x: NDArray, trace: Trace): UnexpectedTracerError {
  const { functionName, transform, location } = trace.origin;
  return new UnexpectedTracerError(
    `Encountered an unexpected tracer. A traced array of type ${formatAval(x.aval)}, made while tracing ` +
      `${functionName} for ${transform}${atLocation(location)}\nwas used after that trace had ended` +
      `${atLocation(userLocation())}\nReturn the value from the function instead of keeping it in a variable outside.`,
  );
}

let current: Trace | undefined;

/** The innermost trace under way. */
export const currentTrace = (): Trace | undefined => current;

/** Runs `fn` with `trace` as the current one. */
export function withTrace<T>(trace: Trace | undefined, fn: () => T): T {
  const saved = current;
  current = trace;
  try {
    return atManyPlaces(fn);
  } finally {
    current = saved;
  }
}

/** A function as traced: its parameters are the given ones, then one for each captured array. */
export interface TracedFunction {
  readonly func: Func;
  readonly captured: readonly NDArray[];
  readonly resultAvals: readonly Aval[];
  readonly module: ModuleBuilder;
}

/**
 * Traces `body` as a function of arrays with the given avals. Traces inside another one share its module.
 * @param know Makes what knows the values of traced arrays, if code may ask for them while it is traced.
 */
export function traceFunction(
  origin: TraceOrigin,
  avals: readonly Aval[],
  body: (args: readonly NDArray[]) => readonly NDArray[],
  argumentNames: readonly (string | undefined)[] = [],
  know?: (trace: Trace, parameters: readonly NDArray[]) => KnownValues,
): TracedFunction {
  const trace = new Trace("function", origin, current, current?.module ?? new ModuleBuilder());
  try {
    const parameters = avals.map((aval, i) => trace.parameter(aval, argumentNames[i]));
    trace.known = know?.(trace, parameters);
    const results = withTrace(trace, () => body(parameters));
    const resultAvals = results.map(({ aval }) => aval);
    const block = trace.finish(parameters, results);
    const resultTypes: TensorType[] = resultAvals.map(({ dtype, shape }) => ({ dtype, shape }));
    const func: Func = { name: origin.functionName || "fn", visibility: "public", body: block, resultTypes };
    return { func, captured: [...trace.captured.keys()], resultAvals, module: trace.module };
  } finally {
    trace.active = false;
  }
}

/** Traces `body` as a region of an operation of the current trace. */
export function traceRegion(
  avals: readonly Aval[],
  body: (args: readonly NDArray[]) => readonly NDArray[],
): { readonly block: Block; readonly resultAvals: readonly Aval[] } {
  const parent = current;
  if (parent === undefined) throw new Error("a region can only be traced inside a function");
  const trace = new Trace("region", parent.origin, parent, parent.module);
  try {
    const parameters = avals.map((aval) => trace.parameter(aval));
    const results = withTrace(trace, () => body(parameters));
    return { resultAvals: results.map(({ aval }) => aval), block: trace.finish(parameters, results) };
  } finally {
    trace.active = false;
  }
}
