/** Moving pytrees of arrays between JavaScript and devices. */

import type { Device, DeviceBuffer } from "@fluxion/runtime";
import { pendingWork, toDevice } from "./array/placement.ts";
import { asArrayOrKey } from "./core/as-array.ts";
import { defaultDevice, readDevice } from "./core/devices.ts";
import { heldArrays } from "./core/held-arrays.ts";
import { NDArray } from "./core/ndarray.ts";
import { treeFlatten, treeLeaves, treeUnflatten } from "./core/tree.ts";
import { treeMap } from "./core/tree-map.ts";

/**
 * The arrays of a pytree (numbers and typed arrays too) on a device: the default one, a `Device`, or the first of a
 * backend by name. Inside a traced function values stay where they are.
 */
export function devicePut<T>(tree: T, device?: Device | string): T {
  const target = device === undefined ? defaultDevice() : readDevice("devicePut", device);
  return treeMap((leaf) => toDevice(asArrayOrKey(leaf, "devicePut"), target), tree) as T;
}

/** A pytree with every array read back as nested JavaScript values, as `x.toArray()` gives them. */
export async function deviceGet(tree: unknown): Promise<unknown> {
  const [leaves, treedef] = treeFlatten(tree);
  const read = leaves.map((leaf) => (leaf instanceof NDArray ? leaf.toArray() : leaf));
  return treeUnflatten(treedef, await Promise.all(read));
}

/**
 * Runs `body` and frees at once every array that it made, but those of the pytree that it returns (what a
 * returned pullback of `vjp` or map of `linearize` needs is kept too). Nobody needs it to be
 * correct; it bounds the memory of long synchronous loops in pages, where dropped arrays are otherwise freed only when the
 * program yields to the event loop.
 *
 * `body` must be synchronous, and nothing but its result may keep an array that it made: a later use is a
 * `DeletedArrayError`.
 *
 * @throws TypeError if `body` returns a promise; whatever `body` throws, with all of its arrays freed.
 */
export function scope<T>(body: () => T): T {
  const device = defaultDevice();
  return device.scope === undefined
    ? checkSynchronous(body())
    : device.scope(() => checkSynchronous(body()), buffersOf);
}

function checkSynchronous<T>(result: T): T {
  if (!(result instanceof Promise)) return result;
  result.catch(() => {}); // what it was rejected with has no one else to go to
  throw new TypeError(
    "scope: the function is async: it returned a Promise, and its arrays are needed later. Await outside.",
  );
}

/** The buffers of a pytree's arrays, and of the arrays that its functions hold. */
const buffersOf = (tree: unknown): DeviceBuffer[] =>
  treeLeaves(tree).flatMap((leaf) => {
    if (typeof leaf === "function") return buffersOf(heldArrays(leaf));
    if (!(leaf instanceof NDArray)) return [];
    const { payload } = leaf;
    if (payload.kind === "device") return [payload.buffer];
    return payload.kind === "host" && payload.onDevice !== undefined ? [payload.onDevice] : [];
  });

/** Waits until every array of a pytree is computed, and gives the pytree back. */
export async function blockUntilReady<T>(tree: T): Promise<T> {
  const pending = treeLeaves(tree).flatMap((leaf) =>
    leaf instanceof NDArray ? (pendingWork(leaf) ?? []) : [],
  );
  if (pending.length > 0) await Promise.all(pending);
  return tree;
}
