/**
 * How every function of the library runs. Inside a trace its body is inlined. Outside, the body is traced and compiled
 * once for each combination of avals and static arguments and the compiled program runs at once: eager code is jitted
 * code of one function.
 */

import type { Func, Module } from "@fluxion/ir";
import type { Device, DeviceBuffer, Executable } from "@fluxion/runtime";
import type { Aval } from "./aval.ts";
import { config } from "./config.ts";
import { defaultDevice, deviceOf } from "./devices.ts";
import type { TraceOrigin } from "./errors.ts";
import { userLocation } from "./location.ts";
import { bufferOn, NDArray } from "./ndarray.ts";
import { staticKey } from "./static-key.ts";
import { currentTrace, leakedTracer, type TracedFunction, traceFunction, withTrace } from "./trace.ts";

/** A compiled traced function: runs on concrete arrays. */
export interface Compiled {
  readonly executable: Executable;
  readonly captured: readonly NDArray[];
  readonly resultAvals: readonly Aval[];
  readonly device: Device;
}

export const moduleOf = (traced: TracedFunction, name: string): Module => {
  const main: Func = { ...traced.func, name: "main", visibility: "public" };
  return { name, functions: [main, ...traced.module.functions] };
};

export function compileTraced(
  traced: TracedFunction,
  device: Device,
  name: string,
  donated: readonly number[] = [],
): Compiled {
  const executable = device.compile(moduleOf(traced, name), { name, donated });
  return { executable, captured: traced.captured, resultAvals: traced.resultAvals, device };
}

/** Runs a compiled function. */
export function runCompiled(compiled: Compiled, args: readonly NDArray[]): NDArray[] {
  const { executable, captured, device, resultAvals } = compiled;
  const buffers = new Array<DeviceBuffer>(args.length + captured.length);
  for (let i = 0; i < args.length; i++) buffers[i] = bufferOn(args[i], device);
  for (let i = 0; i < captured.length; i++) buffers[args.length + i] = bufferOn(captured[i], device);
  const results = executable.run(buffers);
  return results.map((buffer, i) => new NDArray(resultAvals[i], { kind: "device", buffer }));
}

type Body<S> = (args: readonly NDArray[], statics: S) => readonly NDArray[];

const caches = new Map<string, Map<string, Compiled>>();

/**
 * Runs a library function.
 * @param name Function name; with the statics and the avals it is the cache key, so one name means one body.
 * @param statics Plain data that the body depends on.
 */
export function dispatch<S>(name: string, args: readonly NDArray[], statics: S, body: Body<S>): NDArray[] {
  if (currentTrace() !== undefined) return [...body(args, statics)];
  refuseLeaked(args);
  if (config.disableJit) return runUncached(name, args, statics, body);
  const device = deviceOf(args) ?? defaultDevice();
  const cache = caches.get(name) ?? new Map<string, Compiled>();
  caches.set(name, cache);
  const key = `${device}${config.enableX64 ? "x" : ""}|${args.map(({ aval }) => aval.id).join()}|${staticKey(statics)}`;
  let compiled = cache.get(key);
  if (compiled === undefined) {
    compiled = compileTraced(traceBody(name, args, statics, body), device, name);
    cache.set(key, compiled);
  }
  return runCompiled(compiled, args);
}

/** Outside a trace, a traced array is one that outlived its own. */
function refuseLeaked(args: readonly NDArray[]): void {
  for (const x of args) if (x.payload.kind === "traced") throw leakedTracer(x, x.payload.trace);
}

function runUncached<S>(name: string, args: readonly NDArray[], statics: S, body: Body<S>): NDArray[] {
  const device = deviceOf(args) ?? defaultDevice();
  return runCompiled(compileTraced(traceBody(name, args, statics, body), device, name), args);
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

/** Forgets every compiled library function, as `jax.clear_caches`. */
export const clearCaches = (): void => caches.clear();
