/**
 * How every function of the library runs. Inside a trace its body is inlined. Outside, the body is traced and compiled
 * once for each combination of avals and static arguments and the compiled program runs: eager code is jitted code of one
 * function, or of a chain of elementwise ones (`deferred.ts`).
 */

import type { TensorType } from "@fluxion/ir";
import type { Device, DeviceBuffer, Executable } from "@fluxion/runtime";
import { type Aval, formatAval } from "./aval.ts";
import { type CheckedProgram, checksValues, checkValues, snapshot } from "./check-values.ts";
import { config } from "./config.ts";
import { defer, type RunProgram, settleUsersOf, type TracedCall, tracedCall } from "./deferred.ts";
import { defaultDevice, deviceOf } from "./devices.ts";
import { atLocation, type TraceOrigin } from "./errors.ts";
import { moduleOf } from "./link.ts";
import { atOnePlace, userLocation } from "./location.ts";
import { bufferOn, NDArray } from "./ndarray.ts";
import { staticKey } from "./static-key.ts";
import { currentTrace, leakedTracer, type TracedFunction, traceFunction, withTrace } from "./trace.ts";
import { atUserLine } from "./user-line.ts";

/** A compiled traced function: runs on concrete arrays. */
export interface Compiled {
  readonly executable: Executable;
  readonly captured: readonly NDArray[];
  readonly resultAvals: readonly Aval[];
  readonly device: Device;
  /** Arguments whose memory the program may write to. */
  readonly donated: readonly number[];
  readonly program: CheckedProgram;
}

export interface CompileTracedOptions {
  readonly donated?: readonly number[];
  /** What messages call the program, where it is not its name. */
  readonly label?: string;
  /** Whether it is one function of the library, called outside of a trace. */
  readonly eager?: boolean;
}

export function compileTraced(
  traced: TracedFunction,
  device: Device,
  name: string,
  { donated = [], eager = false, label = name }: CompileTracedOptions = {},
): Compiled {
  const executable = logged(label, traced, () => {
    try {
      return device.compile(moduleOf(traced, name), { name, donated });
    } catch (error) {
      throw atUserLine(error);
    }
  });
  const program = { name: label, eager, module: () => moduleOf(traced, name) };
  return { executable, captured: traced.captured, resultAvals: traced.resultAvals, device, donated, program };
}

/** Tells of a compilation if `config.logCompiles` says so. */
function logged<T>(label: string, { func, resultAvals }: TracedFunction, compile: () => T): T {
  if (!config.logCompiles) return compile();
  const list = (types: readonly TensorType[]): string => types.map((type) => formatAval(type)).join(", ");
  const parameters = func.body.arguments.map(({ type }) => type);
  console.warn(`Compiling ${label} for (${list(parameters)}) -> (${list(resultAvals)})`);
  const start = performance.now();
  const result = compile();
  console.warn(`Finished compiling ${label} in ${((performance.now() - start) / 1000).toFixed(4)} s`);
  return result;
}

/** Runs a compiled function. */
export function runCompiled(compiled: Compiled, args: readonly NDArray[]): NDArray[] {
  const { executable, captured, device, donated, resultAvals } = compiled;
  const buffers = new Array<DeviceBuffer>(args.length + captured.length);
  for (let i = 0; i < args.length; i++) buffers[i] = bufferOn(args[i], device);
  for (let i = 0; i < captured.length; i++) buffers[args.length + i] = bufferOn(captured[i], device);
  for (let i = 0; i < buffers.length; i++)
    if (buffers[i].device !== device) throw misplaced(compiled, [...args, ...captured], args.length);
  for (const i of donated) settleUsersOf(args[i].payload);
  if (checksValues()) return runChecked(compiled, args, buffers);
  return wrapResults(resultAvals, runAt(executable, buffers));
}

/** Arrays that live on another device than the one that the program was compiled for. */
function misplaced({ device, program }: Compiled, all: readonly NDArray[], count: number): Error {
  const places = all.flatMap(({ aval, payload }, i) => {
    if (payload.kind !== "device" || payload.buffer.device === device) return [];
    const which = i < count ? `argument ${i}` : "an array that it closes over";
    return [`  ${which}, ${formatAval(aval)}, is on ${payload.buffer.device}`];
  });
  return new Error(
    `Received incompatible devices for ${program.name}, which runs on ${device}:\n${places.join("\n")}\n` +
      `  help: move it with devicePut(x, device); nothing moves by itself${atLocation(userLocation())}`,
  );
}

/** Runs a program; where memory does not suffice, the error names the user's line. */
function runAt(executable: Executable, buffers: readonly DeviceBuffer[]): DeviceBuffer[] {
  try {
    return executable.run(buffers);
  } catch (error) {
    throw atUserLine(error);
  }
}

const wrapResults = (avals: readonly Aval[], buffers: readonly DeviceBuffer[]): NDArray[] =>
  buffers.map((buffer, i) => new NDArray(avals[i], { kind: "device", buffer }));

/** The arguments are read first: the program may overwrite those that are donated. */
function runChecked(
  { executable, captured, resultAvals, program }: Compiled,
  args: readonly NDArray[],
  buffers: readonly DeviceBuffer[],
): NDArray[] {
  const given = snapshot([...args, ...captured]);
  const results = wrapResults(resultAvals, runAt(executable, buffers));
  checkValues(program, given, results);
  return results;
}

type Body<S> = (args: readonly NDArray[], statics: S) => readonly NDArray[];

/** A library function for some avals, on a device; compiled when it first runs by itself. */
interface Entry {
  readonly call: TracedCall;
  compiled: Compiled | undefined;
}

const caches = new Map<string, Map<string, Entry>>();
/** Programs that chains of library functions became. */
const chains = new Map<string, Compiled>();

const runChain: RunProgram = (key, device, build, args) => {
  let compiled = chains.get(key);
  if (compiled === undefined) {
    const { traced, name } = build();
    compiled = compileTraced(traced, device, name, { eager: true });
    chains.set(key, compiled);
  }
  return runCompiled(compiled, args).map(({ payload }) => payload);
};

/**
 * Runs a library function.
 * @param name Function name; with the statics and the avals it is the cache key, so one name means one body.
 * @param statics Plain data that the body depends on.
 * @param body Calls no function of the user's.
 */
export function dispatch<S>(name: string, args: readonly NDArray[], statics: S, body: Body<S>): NDArray[] {
  if (currentTrace() !== undefined) return atOnePlace(() => [...body(args, statics)]);
  refuseLeaked(args);
  if (config.disableJit) return runUncached(name, args, statics, body);
  const device = deviceOf(args, name) ?? defaultDevice();
  const cache = caches.get(name) ?? new Map<string, Entry>();
  caches.set(name, cache);
  const key = `${device}${config.traceKey}|${args.map(({ aval }) => aval.id).join()}|${staticKey(statics)}`;
  let entry = cache.get(key);
  if (entry === undefined) {
    entry = { call: tracedCall(name, traceBody(name, args, statics, body)), compiled: undefined };
    cache.set(key, entry);
  }
  const deferred = defer(entry.call, args, device, runChain);
  if (deferred !== undefined) return [deferred];
  entry.compiled ??= compileTraced(entry.call.traced, device, name, { eager: true });
  return runCompiled(entry.compiled, args);
}

/** Outside a trace, a traced array is one that outlived its own. */
function refuseLeaked(args: readonly NDArray[]): void {
  for (const x of args) if (x.held.kind === "traced") throw leakedTracer(x, x.held.trace);
}

function runUncached<S>(name: string, args: readonly NDArray[], statics: S, body: Body<S>): NDArray[] {
  const device = deviceOf(args, name) ?? defaultDevice();
  return runCompiled(
    compileTraced(traceBody(name, args, statics, body), device, name, { eager: true }),
    args,
  );
}

function traceBody<S>(name: string, args: readonly NDArray[], statics: S, body: Body<S>): TracedFunction {
  const origin: TraceOrigin = { transform: "jit", functionName: name, location: userLocation() };
  const avals = args.map(({ aval }) => aval);
  return withTrace(undefined, () => traceFunction(origin, avals, (inner) => body(inner, statics)));
}

/** `dispatch` of a function with one result. */
export const dispatchOne = <S>(
  name: string,
  args: readonly NDArray[],
  statics: S,
  body: (args: readonly NDArray[], statics: S) => NDArray,
): NDArray => dispatch(name, args, statics, (inner, s) => [body(inner, s)])[0];

const otherCaches: (() => void)[] = [];

/** `clear` empties a cache that `clearCaches` should empty too. */
export const alsoClear = (clear: () => void): void => {
  otherCaches.push(clear);
};

/** Forgets every program that was compiled outside of `jit`, as `jax.clear_caches`. */
export const clearCaches = (): void => {
  caches.clear();
  chains.clear();
  for (const clear of otherCaches) clear();
};
