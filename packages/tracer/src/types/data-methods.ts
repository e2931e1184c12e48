/** Reading arrays back, where they live, printing, and indexing. */

import type { DType, Shape } from "@fluxion/ir";
import type { Device } from "@fluxion/runtime";
import type { PrintOptions } from "../array/format/array-text.ts";
import type { IndexUpdate } from "../array/indexing/at.ts";
import type { IndexEntry } from "../array/indexing/entries.ts";
import type { ElementOf, NaturalArray, Nested } from "../array/natural.ts";
import type { SingleDeviceSharding } from "../array/placement.ts";
import type { NDArray } from "../core/ndarray.ts";
import type { AbsOf } from "./dtype.ts";
import type { Reverse, SwapLast } from "./shape.ts";

/** The shape without its first axis. */
type RowShape<S extends Shape> = number extends S["length"]
  ? Shape
  : S extends readonly [number, ...infer Rest extends Shape]
    ? Rest
    : never;

export interface ReadingMethods {
  /**
   * The elements in row-major order as a typed array: each dtype's own where JavaScript has one. bool gives a Uint8Array
   * of 0 and 1, float16 a Float16Array where the engine has it and a Float32Array elsewhere, bfloat16 a Float32Array,
   * int64 a BigInt64Array; complex numbers lie interleaved, real part first.
   *
   * @throws TracerArrayConversionError on a traced array, DeletedArrayError on a disposed one.
   */
  data<A extends NDArray>(this: A): Promise<NaturalArray<A["dtype"]>>;
  /** As `data`, at once. @throws SynchronousReadError on a GPU, unless `copyToHostAsync` was awaited; it names `data`. */
  dataSync<A extends NDArray>(this: A): NaturalArray<A["dtype"]>;
  /** Nested JavaScript arrays; a 0-d array gives its element. int64 gives bigints, bool booleans, complex `{ re, im }`. */
  toArray<A extends NDArray>(this: A): Promise<Nested<A["shape"], ElementOf<A["dtype"]>>>;
  toArraySync<A extends NDArray>(this: A): Nested<A["shape"], ElementOf<A["dtype"]>>;
  /** NumPy's name of `toArraySync`. */
  tolist<A extends NDArray>(this: A): Nested<A["shape"], ElementOf<A["dtype"]>>;
  /** The only element, or the one at an index (one number counts through all elements). */
  item<A extends NDArray>(this: A, ...index: readonly number[]): ElementOf<A["dtype"]>;
  /** Nested arrays, for `JSON.stringify`. */
  toJSON(): unknown;
}

export interface TextMethods {
  /** As JAX prints arrays: `Array([0., 1., 2.], dtype=float32)`. */
  toString(): string;
  /** `toString` with NumPy's print options. */
  repr(options?: PrintOptions): string;
  /** As Python's `str`: `[0. 1. 2.]`. */
  str(options?: PrintOptions): string;
}

export interface IndexingMethods {
  /**
   * A selection, one entry for each axis: a number, a range (`"1:5"`, `"::2"`, `slice(1, 5)`), null for a new axis,
   * `"..."`. One string may hold several: `x.get("0:2, :, -1")`. An index outside reads the nearest element.
   */
  get<A extends NDArray>(this: A, ...index: readonly IndexEntry[]): NDArray<Shape, A["dtype"]>;
  /** Changed copies: `x.at(0).set(1)`, `x.at("1:").add(y)`. An index outside changes nothing. */
  at<A extends NDArray>(this: A, ...index: readonly IndexEntry[]): IndexUpdate<A>;
}

export interface PlacementMethods {
  /** The devices that hold the array. */
  devices(): Set<Device>;
  readonly device: Device;
  /**
   * Keeps a copy of the elements where they can be read at once, and resolves to the array when it is there: needed on a GPU
   * before `dataSync`, `item`, printing, or `devicePut` to the CPU.
   */
  copyToHostAsync<A extends NDArray>(this: A): Promise<A>;
  readonly sharding: SingleDeviceSharding;
  /** A copy on a device; the array itself if it is there already. */
  toDevice<A extends NDArray>(this: A, device: Device): A;
  /** A copy with memory of its own. */
  copy<A extends NDArray>(this: A): A;
  /** The elements as another dtype, by value. Complex to real drops the imaginary part. */
  astype<A extends NDArray, const D extends DType>(this: A, dtype: D): NDArray<A["shape"], D>;
  /** Frees the memory now; every later use is an error. */
  dispose(): void;
  [Symbol.dispose](): void;
  /** JAX's name of `dispose`. */
  delete(): void;
  isDeleted(): boolean;
  /** Waits until the elements are computed. */
  blockUntilReady<A extends NDArray>(this: A): Promise<A>;
}

/** Attributes; declared with `S` and `D`, which they hold covariantly. */
export interface Attributes<S extends Shape, D extends DType> {
  /** Number of elements. */
  readonly size: number;
  /** Bytes of one element, and of all of them. */
  readonly itemsize: number;
  readonly nbytes: number;
  /** Size of the first axis. @throws TypeError if there is none. */
  readonly length: number;
  /** The axes in reverse order. */
  readonly T: NDArray<Reverse<S>, D>;
  /** The last two axes exchanged. */
  readonly mT: NDArray<SwapLast<S>, D>;
  /** The subarrays along the first axis. @throws TypeError if the array has no axis. */
  [Symbol.iterator](): Generator<NDArray<RowShape<S>, D>>;
  readonly real: NDArray<S, AbsOf<D>>;
  readonly imag: NDArray<S, AbsOf<D>>;
}
