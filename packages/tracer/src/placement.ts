/** Moving pytrees of arrays between JavaScript and devices. */

import type { Device } from "@fluxion/runtime";
import { toDevice, blockUntilReady as waitForArray } from "./array/placement.ts";
import { asArrayOrKey } from "./core/as-array.ts";
import { defaultDevice, devices } from "./core/devices.ts";
import { NDArray } from "./core/ndarray.ts";
import { treeFlatten, treeLeaves, treeUnflatten } from "./core/tree.ts";
import { treeMap } from "./core/tree-map.ts";

const deviceNamed = (device: Device | string | undefined): Device =>
  device === undefined ? defaultDevice() : typeof device === "string" ? devices(device)[0] : device;

/**
 * The arrays of a pytree (numbers and typed arrays too) on a device: the default one, a `Device`, or the first of a
 * backend by name. Inside a traced function values stay where they are.
 */
export function devicePut<T>(tree: T, device?: Device | string): T {
  const target = deviceNamed(device);
  return treeMap((leaf) => toDevice(asArrayOrKey(leaf, "devicePut"), target), tree) as T;
}

/** A pytree with every array read back as nested JavaScript values, as `x.toArray()` gives them. */
export async function deviceGet(tree: unknown): Promise<unknown> {
  const [leaves, treedef] = treeFlatten(tree);
  const read = leaves.map((leaf) => (leaf instanceof NDArray ? leaf.toArray() : leaf));
  return treeUnflatten(treedef, await Promise.all(read));
}

/** Waits until every array of a pytree is computed, and gives the pytree back. */
export async function blockUntilReady<T>(tree: T): Promise<T> {
  const arrays = treeLeaves(tree).filter((leaf) => leaf instanceof NDArray);
  await Promise.all(arrays.map((leaf) => waitForArray(leaf)));
  return tree;
}
