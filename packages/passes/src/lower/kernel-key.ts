/** Kernels that do the same to other buffers are one kernel: layers of a network, unrolled steps. */

import { kernel as k } from "@fluxion/ir";

/** A text that two kernels share exactly if they differ in names and origins only. */
export function kernelKey({ name: _name, origin: _origin, ...kernel }: k.Kernel): string {
  const numbers = new Map<object, number>();
  const isNamed = (value: unknown): value is k.BufferRef | k.Tile | k.Local | k.LoopVar =>
    value instanceof k.BufferRef ||
    value instanceof k.Tile ||
    value instanceof k.Local ||
    value instanceof k.LoopVar;
  return JSON.stringify(kernel, (_, value: unknown) => {
    // JSON has one zero, and neither NaN nor infinities nor large integers.
    if (typeof value === "bigint") return `${value}n`;
    if (typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0)))
      return Object.is(value, -0) ? "-0" : `${value}`;
    if (!isNamed(value)) return value;
    const known = numbers.get(value);
    if (known !== undefined) return `#${known}`;
    numbers.set(value, numbers.size);
    return { ...value, name: `#${numbers.size - 1}` };
  });
}
