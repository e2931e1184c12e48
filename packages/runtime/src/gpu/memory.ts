/**
 * The memory of an open device: buffers, pooled by size. What one array gives up the next one takes, so a program that repeats
 * itself makes no new buffers. Commands run in the order in which they are submitted, so a buffer can be handed on while the
 * GPU still reads what it held.
 */

import { findCollector } from "../cpu/collector.ts";
import type { Label } from "../cpu/cpu-runtime.ts";
import { OutOfMemoryError } from "../cpu/errors.ts";
import { type BlockMemory, FinalizingReclaimer, type Reclaimer, SweepingReclaimer } from "../cpu/reclaim.ts";
import { BufferUsage } from "./flags.ts";
import { sizeClass } from "./size-class.ts";

/** A piece of a buffer that a shader can bind. `id` is unique to it. */
export interface Resource {
  readonly id: number;
  readonly buffer: GPUBuffer;
  readonly offset: number;
  /** Bytes that are bound: a multiple of 16. */
  readonly bytes: number;
}

/** A buffer in use or in the pool. */
export interface Block extends Resource {
  /** Rejects if the GPU had no memory for it; absent once that is known. */
  check: Promise<void> | undefined;
  failed: boolean;
}

export interface GpuMemoryStatistics {
  readonly liveBytes: number;
  readonly liveArrays: number;
  readonly highWaterBytes: number;
  /** Bytes of buffers that wait to be used again. */
  readonly pooledBytes: number;
  /** Buffers made since the device was opened. */
  readonly buffersMade: number;
}

/** At least so many bytes of unused buffers are kept; more only if as many were live lately. */
const LEAST_POOLED = 256 * 2 ** 20;
/** How much of the most that was live counts still after so many buffers were given back. */
const DECAY = 0.9;
const DECAY_AFTER = 1000;

let lastId = 0;
export const freshId = (): number => ++lastId;

export class GpuMemory implements BlockMemory {
  readonly reclaimer: Reclaimer;
  readonly #device: GPUDevice;
  readonly #maximum: number;
  readonly #pool = new Map<number, Block[]>();
  readonly #used = new Map<number, Block>();
  #liveBytes = 0;
  #highWater = 0;
  #recentMost = 0;
  #freed = 0;
  #pooledBytes = 0;
  #made = 0;
  /** Whether there has been no memory for a buffer. */
  hasFailed = false;

  /** @param maximum bytes of the largest buffer */
  constructor(device: GPUDevice, maximum: number) {
    this.#device = device;
    this.#maximum = maximum;
    const collector = findCollector();
    this.reclaimer =
      collector === undefined ? new FinalizingReclaimer(this) : new SweepingReclaimer(this, collector);
  }

  get liveBytes(): number {
    return this.#liveBytes;
  }

  get statistics(): GpuMemoryStatistics {
    return {
      liveBytes: this.#liveBytes,
      liveArrays: this.#used.size,
      highWaterBytes: this.#highWater,
      pooledBytes: this.#pooledBytes,
      buffersMade: this.#made,
    };
  }

  /**
   * A buffer with room for `bytes`; its contents are undefined.
   * @throws OutOfMemoryError if no buffer may be so large. That the GPU is full is found out later, by `check`.
   */
  allocate(bytes: number, label: Label): Block {
    const size = this.#sizeFor(bytes, label);
    this.reclaimer.beforeAllocation(size);
    const block = this.#fromPool(size) ?? this.#make(size, label);
    this.#used.set(block.id, block);
    this.#liveBytes += size;
    if (this.#liveBytes > this.#highWater) this.#highWater = this.#liveBytes;
    if (this.#liveBytes > this.#recentMost) this.#recentMost = this.#liveBytes;
    return block;
  }

  /** Gives a buffer back to the pool; it may be in use by commands that were submitted before. */
  free(id: number): void {
    const block = this.#used.get(id);
    if (block === undefined) throw new Error(`block ${id} is not in use`);
    this.#used.delete(id);
    this.#liveBytes -= block.bytes;
    if (block.failed) {
      block.buffer.destroy();
      return;
    }
    const stack = this.#pool.get(block.bytes);
    if (stack === undefined) this.#pool.set(block.bytes, [block]);
    else stack.push(block);
    this.#pooledBytes += block.bytes;
    if (++this.#freed % DECAY_AFTER === 0)
      this.#recentMost = Math.max(this.#liveBytes, DECAY * this.#recentMost);
    // WebGPU frees a destroyed buffer some time later only, so what is soon made anew had better be kept.
    if (this.#pooledBytes > LEAST_POOLED) this.#trim(Math.max(LEAST_POOLED, this.#recentMost));
  }

  /** Frees what nothing uses: arrays that were dropped, and the pool. */
  clear(): void {
    this.reclaimer.reclaimNow();
    this.#trim(0);
  }

  /** @throws OutOfMemoryError if no buffer may have so many bytes */
  checkSize(bytes: number, label: Label): void {
    if (bytes > this.#maximum) throw this.#outOfMemory(bytes, label, this.#maximum);
  }

  #sizeFor(bytes: number, label: Label): number {
    this.checkSize(bytes, label);
    return Math.min(sizeClass(bytes), this.#maximum);
  }

  #fromPool(size: number): Block | undefined {
    const block = this.#pool.get(size)?.pop();
    if (block !== undefined) this.#pooledBytes -= size;
    return block;
  }

  #make(size: number, label: Label): Block {
    const usage = BufferUsage.storage | BufferUsage.copySource | BufferUsage.copyTarget;
    this.#device.pushErrorScope("out-of-memory");
    const buffer = this.#device.createBuffer({ size, usage });
    this.#made++;
    const block: Block = { id: freshId(), buffer, offset: 0, bytes: size, check: undefined, failed: false };
    block.check = this.#device.popErrorScope().then((error) => {
      block.check = undefined;
      if (error === null) return;
      block.failed = true;
      this.clear();
      throw this.lacking(size, label);
    });
    block.check.catch(() => {}); // whoever uses the block asks
    return block;
  }

  #trim(most: number): void {
    for (const stack of this.#pool.values()) {
      while (this.#pooledBytes > most) {
        const oldest = stack.shift();
        if (oldest === undefined) break;
        this.#pooledBytes -= oldest.bytes;
        oldest.buffer.destroy();
      }
    }
  }

  /** Notes that there was no memory for a buffer, and gives the error. */
  lacking(bytes: number, label: Label): OutOfMemoryError {
    this.hasFailed = true;
    return this.#outOfMemory(bytes, label, undefined);
  }

  #outOfMemory(bytes: number, label: Label, limit: number | undefined): OutOfMemoryError {
    return new OutOfMemoryError({
      label: typeof label === "string" ? label : label(),
      bytes,
      liveBytes: this.#liveBytes,
      liveArrays: this.#used.size,
      limit,
      device: "the GPU",
      droppedMayWait: !this.reclaimer.immediate,
    });
  }
}
