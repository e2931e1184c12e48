/**
 * The bytes of one array.
 *
 * Small arrays live in JavaScript memory and are copied into the wasm memory for a call (tens of nanoseconds):
 * the collector then sees all there is, and a loop over scalars or short vectors needs no finalisers. Larger
 * ones are blocks of the wasm memory, freed by the `Reclaimer` or by `dispose`.
 */
import type { CpuMemory } from "./memory.ts";
import type { Reclaimer, TrackedBlock } from "./reclaim.ts";

/** Arrays of up to this many bytes live in JavaScript memory. */
export const SMALL_BYTES = 512;

/** V8 keeps typed arrays of up to 64 bytes inside the object; larger ones share buffers of `SLAB_BYTES`. */
const INLINE_WORDS = 16;
const SLAB_BYTES = 8192;

export class Storage {
  readonly bytes: number;
  /** Where the bytes are in wasm memory; 0 if they are in `words`, or gone. */
  address: number;
  /** The bytes of a small array, padded to whole words; undefined if they are at `address`, or gone. */
  words: Int32Array | undefined;
  /** Keeps a JavaScript buffer of similar size alive, where the collector needs to see one. */
  token: ArrayBuffer | undefined = undefined;
  readonly #owner: Reclaimer;
  #block: TrackedBlock | undefined = undefined;

  constructor(owner: Reclaimer, bytes: number, address: number, words: Int32Array | undefined) {
    this.#owner = owner;
    this.bytes = bytes;
    this.address = address;
    this.words = words;
    if (words === undefined) this.#block = owner.track(this, address, bytes);
  }

  /** False once the array was disposed of or its memory given away. */
  get alive(): boolean {
    return this.address !== 0 || this.words !== undefined;
  }

  /** Frees the memory now; harmless when repeated. */
  dispose(): void {
    const block = this.#block;
    this.#die();
    if (block !== undefined) this.#owner.free(block);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /**
   * Gives the block away, for donation: the caller now owns the memory, this storage is dead. Returns the address,
   * or 0 for a small array.
   */
  release(): number {
    const { address } = this;
    const block = this.#block;
    this.#die();
    if (block !== undefined) this.#owner.untrack(block);
    return address;
  }

  #die(): void {
    this.address = 0;
    this.words = undefined;
    this.token = undefined;
    this.#block = undefined;
  }
}

let slab = new ArrayBuffer(0);
let slabUsed = 0;

/** Zeroed words for `bytes` bytes of a small array. */
export function smallWords(bytes: number): Int32Array {
  const words = (bytes + 3) >>> 2;
  if (words <= INLINE_WORDS) return new Int32Array(words);
  const size = ((words + 3) >>> 2) << 4; // multiples of 16, so that views of any element type fit
  if (slabUsed + size > slab.byteLength) {
    slab = new ArrayBuffer(SLAB_BYTES);
    slabUsed = 0;
  }
  const view = new Int32Array(slab, slabUsed, words);
  slabUsed += size;
  return view;
}

/** Copies a small array from wasm memory. */
export function readWords(memory: CpuMemory, address: number, bytes: number): Int32Array {
  const words = smallWords(bytes);
  const { i32 } = memory;
  const from = address >>> 2;
  if (words.length <= INLINE_WORDS) {
    for (let i = 0; i < words.length; i++) words[i] = i32[from + i];
  } else {
    words.set(i32.subarray(from, from + words.length));
  }
  return words;
}

/** Copies a small array into wasm memory, whole words: up to 3 bytes more than it has. */
export function writeWords(memory: CpuMemory, address: number, words: Int32Array): void {
  const { i32 } = memory;
  const to = address >>> 2;
  if (words.length <= INLINE_WORDS) for (let i = 0; i < words.length; i++) i32[to + i] = words[i];
  else i32.set(words, to);
}
