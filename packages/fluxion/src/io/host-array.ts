/**
 * The arrays that files hold: dtype, shape and row-major data in JavaScript memory. Everything in this folder but
 * `index.ts` works on these, so that it needs no device and runs in a page.
 */

import { type DType, dtypeTable, isComplex, storageTable } from "@fluxion/ir";

export type { DType };

/**
 * How the elements of each dtype are stored: bool as 0 and 1, float16 and bfloat16 as their bits, complex numbers as
 * interleaved real and imaginary parts.
 */
export interface StorageByDType {
  bool: Uint8Array;
  int8: Int8Array;
  int16: Int16Array;
  int32: Int32Array;
  int64: BigInt64Array;
  uint8: Uint8Array;
  uint16: Uint16Array;
  uint32: Uint32Array;
  uint64: BigUint64Array;
  float16: Uint16Array;
  bfloat16: Uint16Array;
  float32: Float32Array;
  float64: Float64Array;
  complex64: Float32Array;
  complex128: Float64Array;
}

export type Storage = StorageByDType[DType];

/** A row-major array; `data.length` is the number of elements, times two for complex dtypes. */
export interface HostArray {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: Storage;
}

/** Columns of equal length with a name and a dtype each: what NumPy calls a structured array. */
export interface HostTable {
  readonly names: readonly string[];
  readonly columns: readonly HostArray[];
}

interface StorageConstructor {
  readonly BYTES_PER_ELEMENT: number;
  new (length: number): Storage;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): Storage;
}

const constructors: { readonly [D in DType]: StorageConstructor } = storageTable;

/** Entries of the storage that one element takes: 2 for complex numbers, else 1. */
export const lanes = (dtype: DType): 1 | 2 => (isComplex(dtype) ? 2 : 1);

/** Bytes that one element takes. */
export const itemBytes = (dtype: DType): number => dtypeTable[dtype].bytes;

/** Bytes of one storage entry: what byte order and alignment go by. */
export const laneBytes = (dtype: DType): number => constructors[dtype].BYTES_PER_ELEMENT;

/** Zeroed storage for `count` elements. */
export const allocate = (dtype: DType, count: number): Storage =>
  new constructors[dtype](count * lanes(dtype));

/** Storage of `count` elements over existing memory; `byteOffset` must be a multiple of `laneBytes`. */
export const viewStorage = (
  dtype: DType,
  buffer: ArrayBufferLike,
  byteOffset: number,
  count: number,
): Storage => new constructors[dtype](buffer, byteOffset, count * lanes(dtype));

export const bytesOf = (data: Storage): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

export const elementCount = (shape: readonly number[]): number => shape.reduce((n, d) => n * d, 1);

/** The shape as Python prints a tuple: `()`, `(3,)`, `(2, 3)`. */
export const shapeText = (shape: readonly (number | bigint)[]): string =>
  shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;

/** Throws `TypeError` unless the storage fits the dtype and the shape. */
export function checkHostArray({ dtype, shape, data }: HostArray): void {
  const expected = elementCount(shape) * lanes(dtype);
  if (!(data instanceof constructors[dtype]) || data.length !== expected) {
    throw new TypeError(
      `a ${dtype} array of shape ${shapeText(shape)} needs a ${constructors[dtype].name} of length ${expected}, ` +
        `got a ${data.constructor.name} of length ${data.length}`,
    );
  }
}
