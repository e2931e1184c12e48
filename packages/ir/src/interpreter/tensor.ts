/** Arrays as the interpreter holds them: a type and all of its elements in the storage of `literal.ts`. */

import { type DType, dtypeTable, isComplex, isWideInt } from "../dtype.ts";
import { allocateStorage, entriesPerElement, type Literal, literal, type TypedArray } from "../literal.ts";
import {
  bfloat16FromBits,
  bfloat16ToBits,
  type Complex,
  float16FromBits,
  float16ToBits,
  roundToBfloat16,
  roundToFloat16,
} from "../scalar.ts";
import { bytesOf, formatType, sizeOf, type TensorType } from "../tensor-type.ts";
import { InterpreterError } from "./error.ts";

export interface Tensor {
  readonly type: TensorType;
  readonly data: TypedArray;
}

/** One element: bool is 0 or 1, 64-bit integers are bigint. */
export type Scalar = number | bigint | Complex;

/** Arrays beyond this many bytes are refused. */
const MOST_BYTES = 2 ** 32;

export function allocate(type: TensorType): Tensor {
  const bytes = bytesOf(type);
  if (bytes > MOST_BYTES)
    throw new InterpreterError(`${formatType(type)} takes ${bytes} bytes, the interpreter has ${MOST_BYTES}`);
  return { type, data: allocateStorage(type.dtype, sizeOf(type.shape)) };
}

/** All elements of a literal; a splat is written out. */
export function fromLiteral(value: Literal): Tensor {
  if (!value.splat) return { type: value.type, data: value.data };
  const { data } = allocate(value.type);
  const entries = entriesPerElement(value.type.dtype);
  if (entries === 1) data.fill(value.data[0] as never);
  else for (let i = 0; i < data.length; i++) data[i] = value.data[i % entries];
  return { type: value.type, data };
}

export const toLiteral = ({ type, data }: Tensor): Literal => literal(type.dtype, type.shape, data);

/** Reads element i. */
export function reader(dtype: DType, data: TypedArray): (index: number) => Scalar {
  if (dtype === "float16") return (i) => float16FromBits(data[i] as number);
  if (dtype === "bfloat16") return (i) => bfloat16FromBits(data[i] as number);
  if (isComplex(dtype)) return (i) => ({ re: data[2 * i] as number, im: data[2 * i + 1] as number });
  return (i) => data[i];
}

/** Writes element i, rounding it to the dtype. */
export function writer(dtype: DType, data: TypedArray): (index: number, value: Scalar) => void {
  const entries = data as { [index: number]: number | bigint };
  if (dtype === "float16")
    return (i, value) => {
      entries[i] = float16ToBits(value as number);
    };
  if (dtype === "bfloat16")
    return (i, value) => {
      entries[i] = bfloat16ToBits(value as number);
    };
  if (isComplex(dtype))
    return (i, value) => {
      entries[2 * i] = (value as Complex).re;
      entries[2 * i + 1] = (value as Complex).im;
    };
  return (i, value) => {
    entries[i] = value as number;
  };
}

let halfTable: Float32Array | undefined;

/** The value of each of the 65,536 float16 bit patterns. */
function float16Values(): Float32Array {
  halfTable ??= Float32Array.from({ length: 0x10000 }, (_, bits) => float16FromBits(bits));
  return halfTable;
}

/** Real elements as numbers, for loops over arrays: the storage itself but for the 16-bit floats. */
export function decode({ type, data }: Tensor): TypedArray {
  if (type.dtype === "float16") {
    const table = float16Values();
    return Float32Array.from(data as Uint16Array, (bits) => table[bits]);
  }
  if (type.dtype !== "bfloat16") return data;
  const bits = Uint32Array.from(data as Uint16Array, (half) => half << 16);
  return new Float32Array(bits.buffer);
}

/**
 * An array that a loop writes numbers of the dtype into, and the tensor once it is full. Stores round to the dtype
 * (16-bit floats are rounded once from double at the end).
 */
export function sink(type: TensorType): { readonly out: TypedArray; finish(): Tensor } {
  if (type.dtype !== "float16" && type.dtype !== "bfloat16") {
    const { data } = allocate(type);
    return { out: data, finish: () => ({ type, data }) };
  }
  const out = new Float64Array(sizeOf(type.shape));
  const encode = type.dtype === "float16" ? float16ToBits : bfloat16ToBits;
  return { out, finish: () => ({ type, data: Uint16Array.from(out, encode) }) };
}

type Round = (x: Scalar) => Scalar;

const intRound = (bits: number, signed: boolean) => {
  const shift = 32 - bits;
  return signed ? (x: number) => (x << shift) >> shift : (x: number) => (x << shift) >>> shift;
};

const complexRound = (round: (x: number) => number) => (x: Complex) => ({ re: round(x.re), im: round(x.im) });

/** Rounds a computed scalar to what the dtype can hold; integers wrap. */
export function rounder(dtype: DType): Round {
  const { kind, bits } = dtypeTable[dtype];
  if (dtype === "float16") return roundToFloat16 as Round;
  if (dtype === "bfloat16") return roundToBfloat16 as Round;
  if (dtype === "float32") return Math.fround as Round;
  if (dtype === "complex64") return complexRound(Math.fround) as Round;
  if (isWideInt(dtype))
    return ((x: bigint) => (kind === "int" ? BigInt.asIntN(64, x) : BigInt.asUintN(64, x))) as Round;
  if (kind === "int" || kind === "uint") return intRound(bits, kind === "int") as Round;
  return (x) => x;
}
