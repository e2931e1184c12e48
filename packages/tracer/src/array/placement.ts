/** Where arrays live: devices, copies, disposal. */

import { literal } from "@fluxion/ir";
import type { Device } from "@fluxion/runtime";
import { settleUsersOf } from "../core/deferred.ts";
import { defaultDevice, readDevice } from "../core/devices.ts";
import { deletedError, goneError, isTracer, NDArray, putOn, storageOf } from "../core/ndarray.ts";
import { arrayConversionError, concretizationError } from "../core/tracer-errors.ts";

/** An array that lies on one device as a whole. */
export class SingleDeviceSharding {
  readonly device: Device;
  constructor(device: Device) {
    this.device = device;
  }
  toString(): string {
    return `SingleDeviceSharding(device=${this.device}, memory_kind=device)`;
  }
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

/** The device that holds an array; elements that no device holds yet go to the default one. */
export function deviceOfArray(x: NDArray, what: string): Device {
  const { held } = x;
  if (held.kind === "device") return held.buffer.device;
  if (held.kind === "pending") return held.device;
  if (held.kind === "disposed") throw deletedError(x);
  if (held.kind === "traced") {
    throw concretizationError(
      x,
      `A traced array is on no device yet: ${what} is known when the function runs.`,
      "Ask outside of the traced function",
    );
  }
  return held.onDevice?.device ?? defaultDevice();
}

/** A copy on a device; `x` itself if it is there already. A traced array stays as it is. */
export function toDevice<A extends NDArray>(x: A, device: Device): A {
  const { payload } = x;
  if (payload.kind === "traced" || (payload.kind === "device" && payload.buffer.device === device)) return x;
  return toNew(x, device, "devicePut") as A;
}

/** An array on the device of a function's option, if it is given. */
export const placedOn = (fn: string, x: NDArray, device: unknown): NDArray =>
  device === undefined || device === null ? x : toDevice(x, readDevice(fn, device));

/** A copy with memory of its own; in a trace values are never written to, so there is nothing to copy. */
export const copy = <A extends NDArray>(x: A): A =>
  isTracer(x) ? x : (toNew(x, deviceOfArray(x, "x.copy()"), "x.copy()") as A);

function toNew(x: NDArray, device: Device, what: string): NDArray {
  const { payload } = x;
  const onDevice = payload.kind === "device" && payload.buffer.device === device ? payload.buffer : undefined;
  const buffer =
    onDevice?.alive && device.copy !== undefined
      ? device.copy(onDevice)
      : putOn(device, literal(x.aval.dtype, x.aval.shape, storageOf(x, what)));
  return new NDArray(x.aval, { kind: "device", buffer });
}

/** Lets the elements be read at once afterwards, on every device. They are kept in JavaScript's memory. */
export async function copyToHost<A extends NDArray>(x: A): Promise<A> {
  const { payload } = x;
  if (payload.kind === "traced") throw arrayConversionError(x, "x.copyToHostAsync()");
  if (payload.kind !== "device") return x;
  if (!payload.buffer.alive) throw goneError(x, payload.buffer);
  if (payload.buffer.copyToHost !== undefined) await payload.buffer.copyToHost();
  return x;
}

export function isDeleted(x: NDArray): boolean {
  const { held } = x;
  if (held.kind === "device") return !held.buffer.alive;
  return held.kind === "disposed" || (held.kind === "host" && held.deleted === true);
}

/** Frees the memory of a concrete array. A traced one has none. */
export function dispose(x: NDArray): void {
  const { held } = x;
  if (held.kind === "disposed") return;
  if (held.kind === "pending" && held.settled === undefined) {
    x.held = { kind: "disposed" };
    return;
  }
  const { payload } = x;
  settleUsersOf(payload);
  if (payload.kind === "device") payload.buffer.dispose();
  else if (payload.kind === "host") {
    payload.deleted = true;
    payload.onDevice?.dispose();
  }
}

/** Waits until the elements are there. */
export async function blockUntilReady<A extends NDArray>(x: A): Promise<A> {
  const pending = pendingWork(x);
  if (pending !== undefined) await pending;
  return x;
}

/**
 * What to await before the elements are there: undefined where they are already. A loop that does not yield keeps
 * alive whatever it has awaited, so nothing that is ready may be.
 */
export function pendingWork(x: NDArray): Promise<unknown> | undefined {
  const { payload } = x;
  if (payload.kind !== "device") return undefined;
  if (!payload.buffer.alive) throw goneError(x, payload.buffer);
  return payload.buffer.ready?.();
}
