/**
 * Hands out blocks of the CPU device's memory.
 *
 * Two-level segregated fit (Masmano, Ripoll, Crespo, Real, "TLSF: a new dynamic memory allocator for real-time
 * systems", ECRTS 2004): free blocks hang in lists by size class, two bitmaps find the next non-empty class, and
 * neighbours merge the moment they are both free, so allocation and release take constant time and big
 * blocks come back whole. One deviation: before a class that surely fits, the class of the size itself is
 * searched for a few steps, because programs free and ask for the same odd size over and over.
 *
 * A block is a 16-byte header and its payload. Payloads start at multiples of 64, sizes are multiples of 64.
 *
 * ```
 *   word 0  address of the block just below (0 for the first)
 *   word 1  size in bytes including the header | 1 if free
 *   word 2  used: bytes asked for              free: next in list (0 ends it)
 *   word 3  used: the mark                     free: previous in list (0 if first)
 * ```
 *
 * The last block is a used one of size 0, which stops merging.
 */
import { abi } from "@fluxion/codegen-wasm";
import type { CpuMemory } from "./memory.ts";

const ALIGN = 64;
const HEADER = 16;
const FREE = 1;
/** In word 3 of a block that is in use; a pointer that does not have it was never allocated or is freed. */
const USED_MARK = 0x464c5558;

const LINEAR_CLASSES = 32;
const LINEAR_LIMIT = LINEAR_CLASSES * ALIGN; // sizes below have a class each
const SECOND_BITS = 5;
const FIRST_LEVELS = 32 - Math.log2(LINEAR_LIMIT) + 1;
const SEARCH_STEPS = 8;

/** First block: its payload is the first multiple of 64 above the reserved bytes that has room for a header. */
const FIRST_BLOCK = abi.RESERVED_BYTES + ALIGN - HEADER;

export class Allocator {
  readonly #memory: CpuMemory;
  readonly #heads = new Uint32Array(FIRST_LEVELS << SECOND_BITS);
  readonly #secondMaps = new Uint32Array(FIRST_LEVELS);
  #firstMap = 0;
  /** Address of the block of size 0 at the end. */
  #end: number;
  #liveBytes = 0;
  #liveBlocks = 0;
  #highWater = 0;

  constructor(memory: CpuMemory) {
    this.#memory = memory;
    this.#end = FIRST_BLOCK;
    this.#writeEnd(FIRST_BLOCK, 0);
    this.#absorbNewMemory();
  }

  /** Sum of the bytes asked for by blocks in use. */
  get liveBytes(): number {
    return this.#liveBytes;
  }

  get liveBlocks(): number {
    return this.#liveBlocks;
  }

  /** Largest value that `liveBytes` has had. */
  get highWater(): number {
    return this.#highWater;
  }

  /** Address of a block of at least `bytes` bytes, a multiple of 64; 0 if there is none and memory cannot grow. */
  allocate(bytes: number): number {
    if (bytes > this.#memory.maximum) return 0;
    const size = blockSize(bytes);
    const block = this.#findFree(size) || this.#growFor(size);
    if (block === 0) return 0;
    this.#unlink(block);
    this.#splitOff(block, size);
    const { u32 } = this.#memory;
    const at = block >>> 2;
    u32[at + 1] &= ~FREE;
    u32[at + 2] = bytes;
    u32[at + 3] = USED_MARK;
    this.#liveBytes += bytes;
    this.#liveBlocks++;
    if (this.#liveBytes > this.#highWater) this.#highWater = this.#liveBytes;
    return block + HEADER;
  }

  /**
   * Gives a block back.
   *
   * @throws Error if `address` is not that of a block in use (for one, if it was freed before).
   */
  free(address: number): void {
    const { u32 } = this.#memory;
    let block = address - HEADER;
    this.#checkUsed(address);
    this.#liveBytes -= u32[(block >>> 2) + 2];
    this.#liveBlocks--;
    u32[(block >>> 2) + 3] = 0;
    let size = u32[(block >>> 2) + 1];
    const above = block + size;
    if (u32[(above >>> 2) + 1] & FREE) {
      this.#unlink(above);
      size += u32[(above >>> 2) + 1] - FREE;
    }
    const below = u32[block >>> 2];
    if (below !== 0 && u32[(below >>> 2) + 1] & FREE) {
      this.#unlink(below);
      size += u32[(below >>> 2) + 1] - FREE;
      block = below;
    }
    this.#link(block, size);
  }

  /** The bytes that were asked for at `address`. */
  bytesAt(address: number): number {
    this.#checkUsed(address);
    return this.#memory.u32[((address - HEADER) >>> 2) + 2];
  }

  /** Bytes of the largest array that fits without growing memory. */
  largestFree(): number {
    let largest = 0;
    for (const block of this.blocks()) if (block.free && block.size > largest) largest = block.size;
    return Math.max(0, largest - HEADER);
  }

  /** Bytes of the largest array that can be had now, growing memory to its limit. */
  largestAvailable(): number {
    const { u32, maximum } = this.#memory;
    const below = u32[this.#end >>> 2];
    const tail = below !== 0 && u32[(below >>> 2) + 1] & FREE ? below : this.#end;
    const size = Math.floor((usableEnd(maximum) - HEADER - tail) / ALIGN) * ALIGN;
    return Math.max(0, this.largestFree(), size - HEADER);
  }

  /** All blocks from low to high addresses; for statistics and tests. */
  *blocks(): Generator<{ address: number; size: number; free: boolean; below: number }> {
    const { u32 } = this.#memory;
    for (let block = FIRST_BLOCK; block !== this.#end; ) {
      const tag = u32[(block >>> 2) + 1];
      const size = tag - (tag & FREE);
      yield { address: block + HEADER, size, free: (tag & FREE) !== 0, below: u32[block >>> 2] };
      block += size;
    }
  }

  #checkUsed(address: number): void {
    const at = (address - HEADER) >>> 2;
    const inside = address % ALIGN === 0 && address >= FIRST_BLOCK + HEADER && address < this.#end;
    const { u32 } = this.#memory;
    if (!inside || u32[at + 3] !== USED_MARK || u32[at + 1] & FREE) {
      throw new Error(`address ${address} is not that of a block in use (freed twice?)`);
    }
  }

  /** A free block of at least `size` bytes, or 0. */
  #findFree(size: number): number {
    const { u32 } = this.#memory;
    const own = sizeClass(size);
    let block = this.#heads[own];
    for (let step = 0; block !== 0 && step < SEARCH_STEPS; step++) {
      if (u32[(block >>> 2) + 1] >= size) return block;
      block = u32[(block >>> 2) + 2];
    }
    const next = this.#nextClass(own);
    if (next >= 0) return this.#heads[next];
    while (block !== 0 && u32[(block >>> 2) + 1] < size) block = u32[(block >>> 2) + 2];
    return block;
  }

  /** The first non-empty class above `own`, whose every block is larger, or -1. */
  #nextClass(own: number): number {
    const first = own >>> SECOND_BITS;
    const second = own & (LINEAR_CLASSES - 1);
    // Shifting twice keeps the count below 32.
    const sameLevel = this.#secondMaps[first] & ((-1 << second) << 1);
    if (sameLevel !== 0) return (first << SECOND_BITS) | lowestBit(sameLevel);
    const levels = this.#firstMap & ((-1 << first) << 1);
    if (levels === 0) return -1;
    const level = lowestBit(levels);
    return (level << SECOND_BITS) | lowestBit(this.#secondMaps[level]);
  }

  /** Grows memory so that its last block, free, has at least `size` bytes; 0 if it cannot. */
  #growFor(size: number): number {
    const { u32 } = this.#memory;
    const below = u32[this.#end >>> 2];
    const lastIsFree = below !== 0 && (u32[(below >>> 2) + 1] & FREE) !== 0;
    const start = lastIsFree ? below : this.#end;
    const end = start + size + HEADER;
    if (end > usableEnd(this.#memory.maximum)) return 0;
    if (!this.#memory.growTo(end)) return 0;
    this.#absorbNewMemory();
    return this.#memory.u32[this.#end >>> 2];
  }

  /** Turns memory above the end block into a free block below a new end. */
  #absorbNewMemory(): void {
    const old = this.#end;
    const limit = Math.min(this.#memory.capacity, usableEnd(this.#memory.maximum)) - HEADER;
    const size = Math.floor((limit - old) / ALIGN) * ALIGN;
    if (size <= 0) return;
    const { u32 } = this.#memory;
    const below = u32[old >>> 2];
    const merge = below !== 0 && (u32[(below >>> 2) + 1] & FREE) !== 0;
    this.#end = old + size;
    if (merge) {
      const whole = u32[(below >>> 2) + 1] - FREE + size;
      this.#unlink(below);
      this.#writeEnd(this.#end, below);
      this.#link(below, whole);
    } else {
      this.#writeEnd(this.#end, old);
      this.#link(old, size);
    }
  }

  #writeEnd(block: number, below: number): void {
    const { u32 } = this.#memory;
    u32[block >>> 2] = below;
    u32[(block >>> 2) + 1] = 0;
    u32[(block >>> 2) + 2] = 0;
    u32[(block >>> 2) + 3] = 0;
  }

  /** Makes what `block` has beyond `size` a free block of its own. `block` is in no list. */
  #splitOff(block: number, size: number): void {
    const { u32 } = this.#memory;
    const tag = u32[(block >>> 2) + 1];
    const rest = tag - (tag & FREE) - size;
    if (rest === 0) return;
    u32[(block >>> 2) + 1] = size;
    u32[(block + size) >>> 2] = block;
    this.#link(block + size, rest);
  }

  /** Marks a block free, tells the block above where it starts, and puts it first in its list. */
  #link(block: number, size: number): void {
    const { u32 } = this.#memory;
    const own = sizeClass(size);
    const first = own >>> SECOND_BITS;
    const head = this.#heads[own];
    const at = block >>> 2;
    u32[at + 1] = size | FREE;
    u32[at + 2] = head;
    u32[at + 3] = 0;
    u32[(block + size) >>> 2] = block;
    if (head !== 0) u32[(head >>> 2) + 3] = block;
    this.#heads[own] = block;
    this.#secondMaps[first] |= 1 << (own & (LINEAR_CLASSES - 1));
    this.#firstMap |= 1 << first;
  }

  #unlink(block: number): void {
    const { u32 } = this.#memory;
    const at = block >>> 2;
    const next = u32[at + 2];
    const previous = u32[at + 3];
    if (next !== 0) u32[(next >>> 2) + 3] = previous;
    if (previous !== 0) {
      u32[(previous >>> 2) + 2] = next;
      return;
    }
    const own = sizeClass(u32[at + 1] - FREE);
    this.#heads[own] = next;
    if (next !== 0) return;
    const first = own >>> SECOND_BITS;
    this.#secondMaps[first] &= ~(1 << (own & (LINEAR_CLASSES - 1)));
    if (this.#secondMaps[first] === 0) this.#firstMap &= ~(1 << first);
  }
}

/** Size of the block that holds `bytes`: with its header, a multiple of 64. Exact above 2^31. */
function blockSize(bytes: number): number {
  const size = bytes + HEADER;
  return Math.ceil(size / ALIGN) * ALIGN;
}

/** The last page below 4 GiB stays unused, so that address arithmetic on array ends cannot wrap. */
function usableEnd(maximum: number): number {
  return Math.min(maximum, (abi.MAX_PAGES - 1) * abi.PAGE_BYTES);
}

/**
 * Index of the size class: one class per multiple of 64 up to 2 KiB, above that 32 per power of two. Every
 * size in a class is at least its lower bound, and blocks of a higher class are larger.
 */
function sizeClass(size: number): number {
  if (size < LINEAR_LIMIT) return size / ALIGN;
  const log = 31 - Math.clz32(size);
  const first = log - Math.log2(LINEAR_LIMIT) + 1;
  const second = (size >>> (log - SECOND_BITS)) & (LINEAR_CLASSES - 1);
  return (first << SECOND_BITS) | second;
}

function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}
