/** The array type of the public API: concrete on a device, or traced. */

import type { DType, Literal, Shape, TypedArray, Value } from "@fluxion/ir";
import { type Device, type DeviceBuffer, SynchronousReadError } from "@fluxion/runtime";
import type { ArrayMethods } from "../types/methods.ts";
import { type Aval, avalOf, formatAval, keyWidth, visibleDType } from "./aval.ts";
import { atLocation, DeletedArrayError } from "./errors.ts";
import { userLocation } from "./location.ts";
import type { Trace } from "./trace.ts";
import { atUserLine } from "./user-line.ts";

/**
 * What backs an array:
 * - `device`: a buffer;
 * - `host`: elements that no device holds yet (scalars, small literals): moved when first needed there, and constants
 *   when met inside a trace;
 * - `traced`: an SSA value of a trace that is under way.
 */
export type Payload =
  | { readonly kind: "device"; readonly buffer: DeviceBuffer }
  | { readonly kind: "host"; readonly value: Literal; onDevice?: DeviceBuffer; deleted?: boolean }
  | { readonly kind: "traced"; readonly trace: Trace; readonly value: Value };

/** A result that is computed when something asks for it. */
export interface PendingPayload {
  readonly kind: "pending";
  readonly device: Device;
  /** What it became, if it has been computed. */
  readonly settled: Payload | undefined;
  /** Computes it now, if that has not happened yet. */
  settle(): Payload;
}

/** What an array holds: also nothing, if it was disposed of before it was computed. */
export type HeldPayload = Payload | PendingPayload | { readonly kind: "disposed" };

export interface NDArray<S extends Shape = Shape, D extends DType = DType> extends ArrayMethods<S, D> {}

/** An n-dimensional array. Immutable; made by `jnp`, `random` and every function of Fluxion. */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the methods are installed on the prototype by `installMethods`
export class NDArray<S extends Shape = Shape, D extends DType = DType> {
  /** @internal */
  readonly aval: Aval;
  /** @internal What backs the array now, or will. */
  held: HeldPayload;

  /** @internal Arrays are made by `jnp.array` and its like. */
  constructor(aval: Aval, held: HeldPayload) {
    this.aval = aval;
    this.held = held;
  }

  /** @internal What backs the array; it is computed first if it has not been yet. */
  get payload(): Payload {
    const { held } = this;
    if (held.kind === "disposed") throw deletedError(this);
    if (held.kind !== "pending") return held;
    const payload = held.settle();
    this.held = payload;
    return payload;
  }

  /** Element type; that of typed PRNG keys is `key<fry>`, that of tangents of integers `float0`. */
  get dtype(): D {
    return visibleDType(this.aval) as D;
  }
  /** Sizes of the dimensions, outermost first. */
  get shape(): S {
    return this.aval.visibleShape as S;
  }
  /** Number of dimensions. */
  get ndim(): number {
    return this.aval.visibleShape.length;
  }
  /** True when the dtype came from a JavaScript number alone and yields to other dtypes. */
  get weakType(): boolean {
    return this.aval.weakType;
  }
}

/** An array of a trace that is under way. */
export type Tracer = NDArray & {
  readonly held: Extract<Payload, { kind: "traced" }>;
  readonly payload: Extract<Payload, { kind: "traced" }>;
};

export const isTracer = (x: unknown): x is Tracer => x instanceof NDArray && x.held.kind === "traced";

/**
 * A concrete array with the elements of `x`: `x` itself, or what a traced array stands for while a transform outside of
 * `jit` traces. Nothing if the trace knows no values.
 */
export function concreteOf(x: NDArray): NDArray | undefined {
  const { payload } = x;
  if (payload.kind !== "traced") return x;
  const known = payload.trace.active ? payload.trace.known?.concrete(payload.value) : undefined;
  return known && new NDArray(x.aval, known.payload);
}

/** Whether the elements of `x` cannot be asked for. */
export const isAbstract = (x: unknown): x is Tracer => isTracer(x) && concreteOf(x) === undefined;

/** Typed PRNG keys, as `random.key` makes them. */
export type KeyArray = NDArray & { readonly aval: Aval & { readonly key: true } };

export const isKey = (x: unknown): x is KeyArray => x instanceof NDArray && x.aval.key;

/** The uint32 array of typed keys, or `x` itself. It shares the memory. */
export const wordsOf = (x: NDArray): NDArray =>
  x.aval.key ? new NDArray(avalOf(x.aval.dtype, x.aval.shape), x.payload) : x;

/** Typed keys with these words: uint32 whose last dimension is 2. They share the memory. */
export function keysOf(words: NDArray): NDArray {
  const { dtype, shape } = words.aval;
  if (dtype !== "uint32" || shape.at(-1) !== keyWidth) throw new Error(`${formatAval(words.aval)} is no key`);
  return new NDArray(avalOf(dtype, shape, false, true), words.payload);
}

/** The buffer of a concrete array on the given device. */
export function bufferOn(x: NDArray, device: Device): DeviceBuffer {
  const { payload } = x;
  if (payload.kind === "device") {
    if (!payload.buffer.alive) throw goneError(x, payload.buffer);
    return payload.buffer;
  }
  if (payload.kind === "traced") throw new TypeError(`bufferOn: ${formatAval(x.aval)} is traced`);
  if (payload.deleted) throw deletedError(x);
  if (payload.onDevice === undefined || payload.onDevice.device !== device || !payload.onDevice.alive) {
    payload.onDevice = putOn(device, payload.value);
  }
  return payload.onDevice;
}

/** Why an array that is not alive has no elements. */
export const goneError = (x: NDArray, buffer: DeviceBuffer): unknown =>
  buffer.problem === undefined ? deletedError(x) : atUserLine(buffer.problem);

/** Copies elements to a device. @throws with the user's line where the device cannot hold them */
export function putOn(device: Device, value: Literal): DeviceBuffer {
  try {
    return device.put(value);
  } catch (error) {
    throw atUserLine(error);
  }
}

export const deletedError = (x: NDArray): DeletedArrayError =>
  new DeletedArrayError(
    `Array has been deleted with shape=${formatAval(x.aval)}. It was disposed of, or donated to a jitted function ` +
      "(donateArgnums); keep a copy with x.copy() if you still need it." +
      atLocation(userLocation()),
  );

/** A donated array is dead, also where only a copy of it went to the device. */
export function markDonated({ payload }: NDArray): void {
  if (payload.kind === "host") payload.deleted = true;
}

/** What to await instead of the synchronous methods, on a device that cannot be waited for. */
const awaited: Readonly<Record<string, string>> = {
  "x.dataSync()": "await x.data()",
  "x.toArraySync()": "await x.toArray()",
  "x.item()": "await x.toArray()",
};

/**
 * Elements of a concrete array in storage form, waiting for the device.
 * @param what who asks, for messages: `x.item()`
 * @throws SynchronousReadError on a device that cannot be waited for
 */
export function storageOf(x: NDArray, what = "the function"): TypedArray {
  const { payload } = concreteOf(x) ?? x;
  if (payload.kind === "host") {
    if (payload.deleted) throw deletedError(x);
    return expand(payload.value);
  }
  if (payload.kind === "traced") throw new TypeError(`storageOf: ${formatAval(x.aval)} is traced`);
  if (!payload.buffer.alive) throw goneError(x, payload.buffer);
  try {
    return payload.buffer.readSync();
  } catch (error) {
    throw error instanceof SynchronousReadError ? atUserLine(describeRead(x, what)) : error;
  }
}

function describeRead(x: NDArray, what: string): SynchronousReadError {
  const advice = awaited[what] ?? "await x.data()";
  const concrete = isTracer(x) ? concreteOf(x) : undefined;
  if (concrete !== undefined)
    return new SynchronousReadError(
      `${what} needs the elements of ${formatAval(x.aval)} on ${concrete.device} at once, but a GPU answers later, and a function ` +
        "that is being differentiated cannot wait. Choose by lax.cond or jnp.where, or differentiate on the CPU device.",
    );
  return new SynchronousReadError(
    `${what} needs the elements of ${formatAval(x.aval)} on ${x.device} at once, but a GPU answers later. Write ${advice}; or ` +
      "await x.copyToHostAsync() once, after which everything that reads x at once works.",
  );
}

/** As `storageOf`, without blocking: a promise only where the elements have to be waited for. */
export function storageToCome(x: NDArray): TypedArray | Promise<TypedArray> {
  const { payload } = concreteOf(x) ?? x;
  if (payload.kind !== "device" || payload.buffer.copyToHost === undefined) return storageOf(x);
  if (!payload.buffer.alive) throw goneError(x, payload.buffer);
  return payload.buffer.read();
}

function expand({ type, data, splat }: Literal): TypedArray {
  if (!splat) return data.slice();
  const elements = type.shape.reduce((product, dim) => product * dim, 1);
  const full = new (data.constructor as new (n: number) => TypedArray)(elements * data.length);
  for (let i = 0; i < full.length; i++) full[i] = data[i % data.length];
  return full;
}
