/**
 * Dense constant data as it lies in memory: row-major, little-endian, complex numbers interleaved, bool one byte an
 * element, float16 and bfloat16 as their 16 bits.
 */

import { type DType, dtypeTable } from "./dtype.ts";
import { type Shape, sizeOf, type TensorType } from "./tensor-type.ts";

export type TypedArray =
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

/** How each dtype is stored. Complex arrays have two entries for each element. */
export const storageTable = {
  bool: Uint8Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  float32: Float32Array,
  float64: Float64Array,
  complex64: Float32Array,
  complex128: Float64Array,
} as const satisfies Record<DType, unknown>;

export type Storage<D extends DType = DType> = InstanceType<(typeof storageTable)[D]>;

/** Array entries that one element of the dtype takes (2 for complex). */
export const entriesPerElement = (dtype: DType): 1 | 2 =>
  dtype === "complex64" || dtype === "complex128" ? 2 : 1;

/** Zero-filled storage for `elements` elements. */
export const allocateStorage = <D extends DType>(dtype: D, elements: number): Storage<D> =>
  new storageTable[dtype](elements * entriesPerElement(dtype)) as Storage<D>;

/** Typed view of raw bytes; copies only when the bytes are not aligned for the dtype. */
export const storageFromBytes = <D extends DType>(dtype: D, bytes: Uint8Array): Storage<D> => {
  const Ctor = storageTable[dtype];
  const aligned = bytes.byteOffset % Ctor.BYTES_PER_ELEMENT === 0 ? bytes : bytes.slice();
  const length = bytes.byteLength / Ctor.BYTES_PER_ELEMENT;
  return new Ctor(aligned.buffer as ArrayBuffer, aligned.byteOffset, length) as Storage<D>;
};

export const bytesOfStorage = (data: TypedArray): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/**
 * The value of a `constant`. A splat stores one element for all of them, however many there are.
 */
export interface Literal {
  readonly type: TensorType;
  readonly data: TypedArray;
  readonly splat: boolean;
}

export const literal = (dtype: DType, shape: Shape, data: TypedArray): Literal => ({
  type: { dtype, shape },
  data,
  splat: sizeOf(shape) !== 1 && data.length === entriesPerElement(dtype) && sizeOf(shape) > 0,
});

/** A list of sizes as the dtype of indices; a size that it cannot hold becomes its largest number, which no index exceeds. */
export function indexLiteral(dtype: DType, sizes: readonly number[]): Literal {
  const { kind, bits } = dtypeTable[dtype];
  const largest = 2 ** (kind === "int" ? bits - 1 : bits) - 1;
  const wide = dtype === "int64" || dtype === "uint64";
  const data = new storageTable[dtype](
    sizes.map((size) => (wide ? BigInt(size) : Math.min(size, largest))) as never,
  );
  return literal(dtype, [sizes.length], data);
}
