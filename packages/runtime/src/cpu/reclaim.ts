/**
 * Frees blocks of wasm or GPU memory whose arrays the program has dropped, without anybody calling `dispose`.
 *
 * The garbage collector sees neither, so two questions need an answer: who learns that an array is
 * dead, and who makes the collector run.
 *
 * - In Node, `SweepingReclaimer`: when enough has been allocated it runs the collector itself and then asks a weak
 *   reference per block (`collector.ts` says why that works inside a synchronous loop).
 * - Elsewhere, `FinalizingReclaimer`: a `FinalizationRegistry`, whose callbacks come only when the program yields to
 *   the event loop, and JavaScript buffers that nobody touches, hung onto arrays so that the collector feels their weight.
 */
import type { Collector } from "./collector.ts";

/** The memory that blocks belong to. */
export interface BlockMemory {
  readonly liveBytes: number;
  free(address: number): void;
}

/** What owns a block: when it becomes unreachable, the block is freed. */
export interface BlockOwner {
  /** Keeps a JavaScript buffer of similar size alive, where the collector needs to see one. */
  token: ArrayBuffer | undefined;
}

/** A block in use and what is needed to find out that it no longer is. */
export interface TrackedBlock {
  address: number;
  index: number;
  readonly array: WeakRef<BlockOwner> | undefined;
}

export interface Reclaimer {
  /** Whether `reclaimNow` finds everything unreachable. */
  readonly immediate: boolean;
  /** From now on the block is freed some time after `owner` becomes unreachable. */
  track(owner: BlockOwner, address: number, bytes: number): TrackedBlock;
  /** Stops watching; the caller owns the memory. */
  untrack(block: TrackedBlock): void;
  /** Stops watching and frees at once. */
  free(block: TrackedBlock): void;
  /** To be called before memory is taken: may free what is unreachable. */
  beforeAllocation(bytes: number): void;
  /** Frees everything unreachable, if that can be found out now; returns whether anything was freed. */
  reclaimNow(): boolean;
}

/**
 * When to collect, in bytes and blocks taken since the last time. A collection costs some milliseconds and so has to
 * be spread over much work, while memory has to stay bounded: below `LEAST` never; above it once the
 * collector took at most one part in `TIME_SHARE` of the running time; above `MOST` in any case. Blocks cost
 * JavaScript memory too, and many small ones are quickly filled again, so they count by number.
 */
const LEAST_BYTES = 64 * 2 ** 20;
const MOST_BYTES = 512 * 2 ** 20;
const MOST_BYTES_IN_MANY = 96 * 2 ** 20;
const MANY_BLOCKS = 256;
const MOST_BLOCKS = 40_000;
const TIME_SHARE = 5;
/** Weak references hold on to their targets until the end of the job; let go after this many. */
const FORGET_EVERY = 1024;

export class SweepingReclaimer implements Reclaimer {
  readonly immediate = true;
  readonly #memory: BlockMemory;
  readonly #collector: Collector;
  readonly #blocks: TrackedBlock[] = [];
  /** Tells that the engine itself has collected: then sweeping alone may free something. */
  readonly #watch = new FinalizationRegistry<undefined>(() => this.#afterCollection());
  #sinceForget = 0;
  #allocated = 0;
  #trackedSinceSweep = 0;
  #collectionTime = 0;
  #collectionEnd = 0;
  #liveAfter = 0;

  constructor(memory: BlockMemory, collector: Collector) {
    this.#memory = memory;
    this.#collector = collector;
    this.#watch.register({}, undefined);
  }

  track(owner: BlockOwner, address: number): TrackedBlock {
    const block: TrackedBlock = { address, index: this.#blocks.length, array: new WeakRef(owner) };
    this.#blocks.push(block);
    this.#trackedSinceSweep++;
    if (++this.#sinceForget >= FORGET_EVERY) {
      this.#sinceForget = 0;
      this.#collector.forgetKept();
    }
    return block;
  }

  untrack(block: TrackedBlock): void {
    const last = this.#blocks.pop();
    if (last === undefined || last === block) return;
    this.#blocks[block.index] = last;
    last.index = block.index;
  }

  free(block: TrackedBlock): void {
    this.untrack(block);
    this.#memory.free(block.address);
  }

  beforeAllocation(bytes: number): void {
    this.#allocated += bytes;
    if (this.#allocated < LEAST_BYTES && this.#trackedSinceSweep < MOST_BLOCKS) return;
    if (this.#isDue(this.#allocated, this.#trackedSinceSweep)) this.reclaimNow();
  }

  #isDue(bytes: number, blocks: number): boolean {
    // What is live takes time to look through and would not be freed, so the share of new memory has to be large.
    if (blocks > MOST_BLOCKS && 3 * blocks > this.#blocks.length) return true;
    if (bytes < LEAST_BYTES || 2 * bytes < this.#liveAfter) return false;
    if (bytes > MOST_BYTES || (bytes > MOST_BYTES_IN_MANY && blocks > MANY_BLOCKS)) return true;
    return performance.now() - this.#collectionEnd > TIME_SHARE * this.#collectionTime;
  }

  reclaimNow(): boolean {
    const start = performance.now();
    this.#collector.collect();
    const freed = this.#sweep();
    this.#collectionEnd = performance.now();
    this.#collectionTime = this.#collectionEnd - start;
    this.#allocated = 0;
    this.#liveAfter = this.#memory.liveBytes;
    return freed;
  }

  #sweep(): boolean {
    const before = this.#blocks.length;
    for (let i = before - 1; i >= 0; i--) {
      const block = this.#blocks[i];
      if (block.array?.deref() === undefined) this.free(block);
    }
    this.#trackedSinceSweep = 0;
    this.#collector.forgetKept();
    return this.#blocks.length < before;
  }

  #afterCollection(): void {
    // A sweep looks at every block, so it has to be earned by new ones.
    if (4 * this.#trackedSinceSweep > this.#blocks.length) this.#sweep();
    this.#watch.register({}, undefined);
  }
}

/** Blocks share tokens of this size: large ones are mapped, not cleared, and so cost little. */
const TOKEN_BYTES = 32 * 2 ** 20;

export class FinalizingReclaimer implements Reclaimer {
  readonly immediate = false;
  readonly #memory: BlockMemory;
  readonly #registry = new FinalizationRegistry<TrackedBlock>((block) => {
    if (block.address !== 0) this.free(block);
  });
  #withoutToken = 0;

  constructor(memory: BlockMemory) {
    this.#memory = memory;
  }

  track(owner: BlockOwner, address: number, bytes: number): TrackedBlock {
    const block: TrackedBlock = { address, index: 0, array: undefined };
    this.#registry.register(owner, block);
    this.#withoutToken += bytes;
    if (this.#withoutToken >= TOKEN_BYTES) {
      owner.token = makeToken(TOKEN_BYTES);
      this.#withoutToken = 0;
    }
    return block;
  }

  /** The registry keeps its entry: taking it out would cost more than the empty callback. */
  untrack(block: TrackedBlock): void {
    block.address = 0;
  }

  free(block: TrackedBlock): void {
    this.#memory.free(block.address);
    block.address = 0;
  }

  beforeAllocation(): void {}

  reclaimNow(): boolean {
    return false;
  }
}

function makeToken(bytes: number): ArrayBuffer | undefined {
  try {
    return new ArrayBuffer(bytes);
  } catch {
    return undefined; // the page is short of address space; arrays are then freed later
  }
}
