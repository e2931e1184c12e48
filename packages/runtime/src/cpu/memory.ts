/**
 * The one WebAssembly memory of the CPU device: it holds every array, and all modules and workers share it.
 *
 * A wasm memory only ever grows. Growing replaces `memory.buffer`, so typed arrays over it are made anew;
 * nobody may keep a view across an allocation.
 */
import { abi } from "@fluxion/codegen-wasm";

/** Growth steps: at least this much, and at least an eighth of what is there. Untouched pages cost nothing. */
const LEAST_GROWTH_PAGES = 256;

export interface CpuMemoryOptions {
  /** Whether worker threads are to share the memory. */
  readonly shared: boolean;
  /** Most bytes that the memory may grow to; at most 4 GiB. */
  readonly maximumBytes?: number;
}

export class CpuMemory {
  readonly wasm: WebAssembly.Memory;
  readonly shared: boolean;
  /** Most bytes this memory can reach. */
  readonly maximum: number;
  /** Views over all of memory, valid until the next growth. */
  u8!: Uint8Array;
  i32!: Int32Array;
  u32!: Uint32Array;
  f64!: Float64Array;

  constructor(options: CpuMemoryOptions) {
    const pages = Math.ceil((options.maximumBytes ?? abi.MAX_PAGES * abi.PAGE_BYTES) / abi.PAGE_BYTES);
    if (!(pages >= 1 && pages <= abi.MAX_PAGES)) {
      throw new RangeError(
        `the memory limit must be between 64 KiB and 4 GiB, got ${options.maximumBytes} bytes`,
      );
    }
    const { memory, maximum } = reserve(options.shared, pages);
    this.wasm = memory;
    this.shared = options.shared;
    this.maximum = maximum * abi.PAGE_BYTES;
    this.#makeViews();
  }

  /** Bytes that exist now. */
  get capacity(): number {
    return this.u8.length;
  }

  /** Grows to at least `bytes`, if the limit and the system allow it; returns whether they did. */
  growTo(bytes: number): boolean {
    const now = this.capacity / abi.PAGE_BYTES;
    const limit = this.maximum / abi.PAGE_BYTES;
    const needed = Math.ceil(bytes / abi.PAGE_BYTES);
    if (needed <= now) return true;
    if (needed > limit) return false;
    const generous = Math.min(limit, Math.max(needed, now + LEAST_GROWTH_PAGES, now + (now >>> 3)));
    return this.#grow(generous - now) || this.#grow(needed - now);
  }

  #grow(pages: number): boolean {
    try {
      this.wasm.grow(pages);
    } catch (error) {
      if (error instanceof RangeError) return false;
      throw error;
    }
    this.#makeViews();
    return true;
  }

  #makeViews(): void {
    const { buffer } = this.wasm;
    this.u8 = new Uint8Array(buffer);
    this.i32 = new Int32Array(buffer);
    this.u32 = new Uint32Array(buffer);
    this.f64 = new Float64Array(buffer);
  }
}

/** Address space for the maximum is reserved at once; where that much is refused, half of it may do. */
function reserve(shared: boolean, maximum: number): { memory: WebAssembly.Memory; maximum: number } {
  const initial = Math.min(maximum, LEAST_GROWTH_PAGES);
  for (let pages = maximum; ; pages = Math.ceil(pages / 2)) {
    try {
      return { memory: new WebAssembly.Memory({ initial, maximum: pages, shared }), maximum: pages };
    } catch (error) {
      if (!(error instanceof RangeError) || pages / 2 < initial) throw error;
    }
  }
}
