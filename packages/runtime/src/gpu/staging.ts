/** Buffers through which results come back, pooled by size. */

import { BufferUsage } from "./flags.ts";
import { sizeClass } from "./size-class.ts";

export class StagingPool {
  readonly #device: GPUDevice;
  readonly #free = new Map<number, GPUBuffer[]>();
  /** What WebGPU says of the memory for a buffer. */
  readonly #said = new WeakMap<GPUBuffer, Promise<GPUError | null>>();
  made = 0;

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  take(bytes: number): GPUBuffer {
    const size = sizeClass(bytes);
    const found = this.#free.get(size)?.pop();
    if (found !== undefined) return found;
    this.made++;
    this.#device.pushErrorScope("out-of-memory");
    const made = this.#device.createBuffer({ size, usage: BufferUsage.mapRead | BufferUsage.copyTarget });
    const said = this.#device.popErrorScope();
    said.catch(() => {}); // a lost device is told where results are read
    this.#said.set(made, said);
    return made;
  }

  /** Whether there was no memory for a buffer. */
  async lacksMemory(buffer: GPUBuffer): Promise<boolean> {
    const error = await this.#said.get(buffer)?.catch(() => null);
    return error !== null && error !== undefined;
  }

  /** Takes an unmapped buffer back. Of each size two are kept. */
  give(buffer: GPUBuffer): void {
    const stack = this.#free.get(buffer.size) ?? [];
    this.#free.set(buffer.size, stack);
    if (stack.length < 2) stack.push(buffer);
    else buffer.destroy();
  }
}
