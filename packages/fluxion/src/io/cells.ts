/** Values read from text, collected in the storage of a dtype. */

import { bfloat16ToBits, dtypeTable, float16ToBits } from "@fluxion/ir";
import { allocate, type DType, type HostArray, lanes, type Storage } from "./host-array.ts";
import type { ComplexPair } from "./parse-number.ts";

/** One value: a number of any kind before it is stored. */
export type Cell = number | bigint | boolean | ComplexPair;

/** What a cell becomes in storage: one entry, or the two parts of a complex number. */
type Entry = number | bigint | ComplexPair;

/** A growing column (or matrix, row by row) of one dtype. */
export class CellBuffer {
  readonly dtype: DType;
  #data: Storage;
  #used = 0;

  constructor(dtype: DType) {
    this.dtype = dtype;
    this.#data = allocate(dtype, 64);
  }

  /** Appends a value; returns why it does not fit, if so. */
  push(cell: Cell): string | undefined {
    const entry = toEntry(cell, this.dtype);
    if (typeof entry === "string") return entry;
    if (this.#used === this.#data.length) this.#grow();
    if (typeof entry === "object") {
      this.#data[this.#used++] = entry[0];
      this.#data[this.#used++] = entry[1];
    } else {
      this.#data[this.#used++] = entry;
    }
    return undefined;
  }

  /** The values as an array of this shape, which must have as many elements as were pushed. */
  finish(shape: readonly number[]): HostArray {
    return { dtype: this.dtype, shape, data: this.#data.slice(0, this.#used) };
  }

  #grow(): void {
    const larger = allocate(this.dtype, (2 * this.#data.length) / lanes(this.dtype));
    (larger as Float64Array).set(this.#data as Float64Array);
    this.#data = larger;
  }
}

/** Casts as NumPy does when it stores Python numbers: floats truncate to integers, nothing wraps around. */
function toEntry(cell: Cell, dtype: DType): Entry | string {
  const { kind } = dtypeTable[dtype];
  if (kind === "complex") return typeof cell === "object" ? cell : [Number(cell), 0];
  if (typeof cell === "object") return `a complex number does not fit ${dtype}`;
  if (kind === "bool") return cell ? 1 : 0;
  if (kind === "float") return toFloatEntry(Number(cell), dtype);
  return toIntegerEntry(cell, dtype);
}

function toFloatEntry(value: number, dtype: DType): number {
  if (dtype === "float16") return float16ToBits(value);
  return dtype === "bfloat16" ? bfloat16ToBits(value) : value;
}

function toIntegerEntry(cell: number | bigint | boolean, dtype: DType): number | bigint | string {
  const { kind, bits } = dtypeTable[dtype];
  const wide = bits === 64;
  if (typeof cell === "number" && !Number.isFinite(cell)) return `${cell} does not fit ${dtype}`;
  const whole = typeof cell === "bigint" ? cell : Math.trunc(Number(cell));
  const low = kind === "uint" ? 0 : -(2 ** (bits - 1));
  const high = kind === "uint" ? 2 ** bits : 2 ** (bits - 1);
  // JavaScript compares bigints with numbers exactly, and these limits are powers of two.
  if (whole < low || whole >= high) return `${whole} is out of bounds for ${dtype}`;
  return wide ? BigInt(whole) : Number(whole);
}
