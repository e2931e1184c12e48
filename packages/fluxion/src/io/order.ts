/** Element order and byte order. */

import { elementCount, type Storage } from "./host-array.ts";

/** Rows and columns that one block of the transposition covers; 32 × 32 doubles fit the first-level cache twice. */
const tile = 32;

/**
 * Rearranges an array of this shape from Fortran order (first index fastest) to row-major order. Column-major data of
 * shape s is row-major data of the reversed shape, so `fortranToRowMajor(data, reversed s)` goes the other way.
 */
export function fortranToRowMajor<S extends Storage>(source: S, shape: readonly number[], lanes: 1 | 2): S {
  const dims = shape.filter((d) => d !== 1);
  const target = source.slice() as S;
  if (dims.length < 2 || elementCount(dims) === 0) return target;
  const sourceStrides = runningProducts(dims);
  const targetStrides = runningProducts(dims.toReversed()).toReversed();
  const middle = dims.slice(1, -1);
  const index = middle.map(() => 0);
  do {
    let from = 0;
    let to = 0;
    for (let k = 0; k < middle.length; k++) {
      from += index[k] * sourceStrides[k + 1];
      to += index[k] * targetStrides[k + 1];
    }
    transposePlane(source, from, sourceStrides[dims.length - 1], target, to, targetStrides[0], dims, lanes);
  } while (advance(index, middle));
  return target;
}

/** [1, d₀, d₀d₁, …]: the strides of column-major order. */
function runningProducts(dims: readonly number[]): number[] {
  let product = 1;
  return dims.map((d) => {
    const stride = product;
    product *= d;
    return stride;
  });
}

/** target[to + i·targetStride + j] = source[from + i + j·sourceStride] over the first and the last axis. */
function transposePlane(
  source: Storage,
  from: number,
  sourceStride: number,
  target: Storage,
  to: number,
  targetStride: number,
  dims: readonly number[],
  lanes: 1 | 2,
): void {
  const rows = dims[0];
  const columns = dims[dims.length - 1];
  for (let i0 = 0; i0 < rows; i0 += tile) {
    const i1 = Math.min(i0 + tile, rows);
    for (let j0 = 0; j0 < columns; j0 += tile) {
      const j1 = Math.min(j0 + tile, columns);
      for (let i = i0; i < i1; i++) {
        for (let j = j0; j < j1; j++) {
          const s = (from + i + j * sourceStride) * lanes;
          const t = (to + i * targetStride + j) * lanes;
          target[t] = source[s];
          if (lanes === 2) target[t + 1] = source[s + 1];
        }
      }
    }
  }
}

/** Counts the index up, last axis fastest; false once it wrapped around. */
function advance(index: number[], dims: readonly number[]): boolean {
  for (let k = dims.length - 1; k >= 0; k--) {
    index[k]++;
    if (index[k] < dims[k]) return true;
    index[k] = 0;
  }
  return false;
}

/** Reverses the bytes of every `width`-byte entry in place. */
export function swapBytes(bytes: Uint8Array, width: number): void {
  if (width === 1) return;
  for (let start = 0; start < bytes.length; start += width) {
    for (let low = start, high = start + width - 1; low < high; low++, high--) {
      const byte = bytes[low];
      bytes[low] = bytes[high];
      bytes[high] = byte;
    }
  }
}
