/** Elements as JavaScript sees them: typed arrays, and nests of numbers. */

import {
  bfloat16FromBits,
  type ComplexDType,
  type DType,
  float16FromBits,
  isComplex,
  type Shape,
  type TypedArray,
  type WideIntDType,
} from "@fluxion/ir";

/** A complex number read back from an array. */
export interface ComplexElement {
  readonly re: number;
  readonly im: number;
}

/** One element read back: bigint for 64-bit integers, boolean for bool. */
export type ElementOf<D extends DType> = D extends "bool"
  ? boolean
  : D extends WideIntDType
    ? bigint
    : D extends ComplexDType
      ? ComplexElement
      : number;

/** Nested arrays of a shape with E at the leaves. */
export type Nested<S extends Shape, E> = number extends S["length"]
  ? E | NestedList<E>
  : S extends readonly [number, ...infer Rest extends Shape]
    ? Nested<Rest, E>[]
    : E;

export type NestedList<E> = (E | NestedList<E>)[];

/**
 * The typed array of a dtype: its own where JavaScript has one. bool is a Uint8Array of 0 and 1, float16 a Float16Array
 * where the engine has it and a Float32Array elsewhere, bfloat16 a Float32Array, and complex numbers lie interleaved,
 * real part first.
 */
export type NaturalArray<D extends DType> = NaturalArrays[D];

interface NaturalArrays {
  readonly bool: Uint8Array;
  readonly int8: Int8Array;
  readonly int16: Int16Array;
  readonly int32: Int32Array;
  readonly int64: BigInt64Array;
  readonly uint8: Uint8Array;
  readonly uint16: Uint16Array;
  readonly uint32: Uint32Array;
  readonly uint64: BigUint64Array;
  readonly float16: Float16Array | Float32Array;
  readonly bfloat16: Float32Array;
  readonly float32: Float32Array;
  readonly float64: Float64Array;
  readonly complex64: Float32Array;
  readonly complex128: Float64Array;
}

const widen = (bits: TypedArray, fromBits: (bits: number) => number): Float32Array =>
  Float32Array.from(bits as Uint16Array, fromBits);

/** Storage as a natural typed array; shares the memory where the two are the same. */
export function naturalArray<D extends DType>(dtype: D, storage: TypedArray): NaturalArray<D> {
  const natural = (): unknown => {
    if (dtype === "bfloat16") return widen(storage, bfloat16FromBits);
    if (dtype !== "float16") return storage;
    return typeof Float16Array === "undefined"
      ? widen(storage, float16FromBits)
      : new Float16Array(storage.buffer as ArrayBuffer, storage.byteOffset, storage.length);
  };
  return natural() as NaturalArray<D>;
}

/** The element at a row-major offset of storage. */
export function elementAt<D extends DType>(dtype: D, storage: TypedArray, offset: number): ElementOf<D> {
  const read = (): unknown => {
    if (isComplex(dtype)) return { re: storage[2 * offset], im: storage[2 * offset + 1] };
    const entry = storage[offset];
    if (dtype === "bool") return entry !== 0;
    if (dtype === "float16") return float16FromBits(Number(entry));
    return dtype === "bfloat16" ? bfloat16FromBits(Number(entry)) : entry;
  };
  return read() as ElementOf<D>;
}

/** Nested arrays of a shape; a 0-d array gives its element. */
export function nest<S extends Shape, E>(shape: S, at: (offset: number) => E): Nested<S, E> {
  let next = 0;
  const build = (axis: number): unknown =>
    axis === shape.length ? at(next++) : Array.from({ length: shape[axis] }, () => build(axis + 1));
  return build(0) as Nested<S, E>;
}
