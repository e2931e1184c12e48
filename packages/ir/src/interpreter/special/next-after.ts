/** Neighbours of floating-point numbers. */

import type { FloatDType } from "../../dtype.ts";
import { bfloat16FromBits, bfloat16ToBits, float16FromBits, float16ToBits } from "../../scalar.ts";

interface Format {
  toBits(x: number): bigint;
  fromBits(bits: bigint): number;
  readonly signBit: bigint;
}

const doubles = new Float64Array(1);
const doubleBits = new BigUint64Array(doubles.buffer);
const singles = new Float32Array(1);
const singleBits = new Uint32Array(singles.buffer);

/** How each float dtype is stored. */
export const floatFormats: Readonly<Record<FloatDType, Format>> = {
  float16: {
    toBits: (x) => BigInt(float16ToBits(x)),
    fromBits: (bits) => float16FromBits(Number(bits)),
    signBit: 1n << 15n,
  },
  bfloat16: {
    toBits: (x) => BigInt(bfloat16ToBits(x)),
    fromBits: (bits) => bfloat16FromBits(Number(bits)),
    signBit: 1n << 15n,
  },
  float32: {
    toBits: (x) => {
      singles[0] = x;
      return BigInt(singleBits[0]);
    },
    fromBits: (bits) => {
      singleBits[0] = Number(bits);
      return singles[0];
    },
    signBit: 1n << 31n,
  },
  float64: {
    toBits: (x) => {
      doubles[0] = x;
      return doubleBits[0];
    },
    fromBits: (bits) => {
      doubleBits[0] = bits;
      return doubles[0];
    },
    signBit: 1n << 63n,
  },
};

/** The next number of the format after x in the direction of y; y itself if they are equal. */
export function nextAfter(dtype: FloatDType, x: number, y: number): number {
  if (Number.isNaN(x) || Number.isNaN(y)) return NaN;
  if (x === y) return y;
  const format = floatFormats[dtype];
  if (x === 0) return format.fromBits(y < 0 ? format.signBit | 1n : 1n);
  const bits = format.toBits(x);
  // Magnitudes of one sign are ordered as their bits.
  const away = x > 0 === y > x;
  return format.fromBits(away ? bits + 1n : bits - 1n);
}
