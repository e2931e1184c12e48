/** Buffers through which results come back, pooled by size. */

import { BufferUsage } from "./flags.ts";
import { sizeClass } from "./size-class.ts";

export class StagingPool {
  readonly #device: GPUDevice;
  readonly #free = new Map<number, GPUBuffer[]>();
  made = 0;

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  take(bytes: number): GPUBuffer {
    const size = sizeClass(bytes);
    const found = this.#free.get(size)?.pop();
    if (found !== undefined) return found;
    this.made++;
    return this.#device.createBuffer({ size, usage: BufferUsage.mapRead | BufferUsage.copyTarget });
  }

  /** Takes an unmapped buffer back. Of each size two are kept. */
  give(buffer: GPUBuffer): void {
    const stack = this.#free.get(buffer.size) ?? [];
    this.#free.set(buffer.size, stack);
    if (stack.length < 2) stack.push(buffer);
    else buffer.destroy();
  }
}
