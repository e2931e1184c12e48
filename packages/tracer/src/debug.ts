/** `debug`: what happens inside. */

import type { Device, DeviceMemory } from "@fluxion/runtime";
import { defaultDevice } from "./core/devices.ts";

/**
 * Memory that arrays take on a device, in bytes: live now, most at a time, and the number of live arrays.
 * @throws Error if the device keeps no count.
 */
export function memory(device: Device = defaultDevice()): DeviceMemory {
  const found = device.memory?.();
  if (found === undefined) throw new Error(`debug.memory: ${device} does not count its memory`);
  return found;
}
