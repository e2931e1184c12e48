/** Reading and writing elements of every dtype through a DataView, and matrices with strides in memory. */
import { dtypeTable, type RealDType } from "@fluxion/ir";
import type { MatrixStrides } from "../../src/gemm/index.ts";

export type Scalar = number | bigint;

export interface Element {
  read(view: DataView, address: number): Scalar;
  write(view: DataView, address: number, value: Scalar): void;
}

export const elements: Record<RealDType, Element> = {
  bool: {
    read: (v, a) => v.getUint8(a),
    write: (v, a, x) => v.setUint8(a, Number(x) === 0 ? 0 : 1),
  },
  int8: { read: (v, a) => v.getInt8(a), write: (v, a, x) => v.setInt8(a, Number(x)) },
  uint8: { read: (v, a) => v.getUint8(a), write: (v, a, x) => v.setUint8(a, Number(x)) },
  int16: { read: (v, a) => v.getInt16(a, true), write: (v, a, x) => v.setInt16(a, Number(x), true) },
  uint16: { read: (v, a) => v.getUint16(a, true), write: (v, a, x) => v.setUint16(a, Number(x), true) },
  int32: { read: (v, a) => v.getInt32(a, true), write: (v, a, x) => v.setInt32(a, Number(x), true) },
  uint32: { read: (v, a) => v.getUint32(a, true), write: (v, a, x) => v.setUint32(a, Number(x), true) },
  int64: { read: (v, a) => v.getBigInt64(a, true), write: (v, a, x) => v.setBigInt64(a, BigInt(x), true) },
  uint64: { read: (v, a) => v.getBigUint64(a, true), write: (v, a, x) => v.setBigUint64(a, BigInt(x), true) },
  float16: {
    read: (v, a) => v.getFloat16(a, true),
    write: (v, a, x) => v.setFloat16(a, Number(x), true),
  },
  bfloat16: { read: readBfloat16, write: (v, a, x) => writeBfloat16(v, a, Number(x)) },
  float32: { read: (v, a) => v.getFloat32(a, true), write: (v, a, x) => v.setFloat32(a, Number(x), true) },
  float64: { read: (v, a) => v.getFloat64(a, true), write: (v, a, x) => v.setFloat64(a, Number(x), true) },
};

function bfloat16Value(bits: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint16(2, bits, true);
  return view.getFloat32(0, true);
}

function readBfloat16(view: DataView, at: number): number {
  return bfloat16Value(view.getUint16(at, true));
}

/** Rounds to nearest, ties to even, by comparing the two neighbours in double precision. Finite values only. */
function writeBfloat16(view: DataView, at: number, value: number): void {
  const bits = new DataView(new ArrayBuffer(4));
  bits.setFloat32(0, value, true);
  // A float32 that was rounded up in magnitude past the value has the value between its neighbours all the same.
  const below = bits.getUint16(2, true);
  const [low, high] = [below, below + 1].map((candidate) => Math.abs(bfloat16Value(candidate) - value));
  view.setUint16(at, high < low || (high === low && below % 2 === 1) ? below + 1 : below, true);
}

/** Row-major strides of batch × rows × columns. */
export function dense(batch: readonly number[], rows: number, columns: number): MatrixStrides {
  const strides: number[] = [];
  let size = rows * columns;
  for (const extent of [...batch].reverse()) {
    strides.unshift(size);
    size *= extent;
  }
  return { batch: strides, row: columns, column: 1 };
}

/** The strides of the transposed matrix in the same memory. */
export const turned = ({ batch, row, column }: MatrixStrides): MatrixStrides => ({
  batch,
  row: column,
  column: row,
});

/** Element index of (batch…, row, column). */
export function flatten(
  strides: MatrixStrides,
  batch: readonly number[],
  row: number,
  column: number,
): number {
  return batch.reduce(
    (sum, index, d) => sum + index * strides.batch[d],
    row * strides.row + column * strides.column,
  );
}

/** The lowest and highest element index of a matrix. */
export function span(
  strides: MatrixStrides,
  batch: readonly number[],
  rows: number,
  columns: number,
): { low: number; high: number } {
  let [low, high] = [0, 0];
  const sizes = [...batch, rows, columns];
  [...strides.batch, strides.row, strides.column].forEach((stride, d) => {
    const reach = stride * Math.max(0, sizes[d] - 1);
    if (reach < 0) low += reach;
    else high += reach;
  });
  return { low, high };
}

/** Every index of a shape, row-major. */
export function* indices(shape: readonly number[]): Generator<number[]> {
  const [first, ...rest] = shape;
  if (first === undefined) yield [];
  else for (let i = 0; i < first; i++) for (const tail of indices(rest)) yield [i, ...tail];
}

/** A matrix in memory. */
export interface Placed {
  readonly dtype: RealDType;
  readonly strides: MatrixStrides;
  /** Of the element at index 0. */
  readonly address: number;
  /** Lowest index and number of elements. */
  readonly low: number;
  readonly count: number;
}

export function readAt(
  view: DataView,
  matrix: Placed,
  batch: readonly number[],
  row: number,
  column: number,
): Scalar {
  const index = flatten(matrix.strides, batch, row, column);
  return elements[matrix.dtype].read(view, matrix.address + index * dtypeTable[matrix.dtype].bytes);
}

const cell = new DataView(new ArrayBuffer(8));

/** The value as an element of this dtype. */
export function rounded(dtype: RealDType, value: Scalar): Scalar {
  elements[dtype].write(cell, 0, value);
  return elements[dtype].read(cell, 0);
}

export type Values = (index: number) => Scalar;

/** A deterministic stream of integers in [low, high]. */
export function integers(seed: number, low: number, high: number): Values {
  return (index) => {
    let x = (index + 1) * 0x9e3779b1 + seed * 0x85ebca6b;
    x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d);
    x = Math.imul(x ^ (x >>> 12), 0x297a2d39);
    return low + (((x ^ (x >>> 15)) >>> 0) % (high - low + 1));
  };
}
