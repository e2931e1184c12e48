/** `convert`: one element from one dtype to another, as XLA on the CPU does it. */

import { type DType, dtypeTable, isComplex, isFloat, isWideInt } from "../dtype.ts";
import type { Complex } from "../scalar.ts";
import { rounder, type Scalar } from "./tensor.ts";

/** The function that converts a scalar and rounds it to the target. */
export function converter(from: DType, to: DType): (x: Scalar) => Scalar {
  if (isComplex(from)) {
    if (isComplex(to)) return rounder(to);
    const part = converter(from === "complex64" ? "float32" : "float64", to);
    return (x) => part((x as Complex).re);
  }
  if (isComplex(to)) {
    const part = converter(from, to === "complex64" ? "float32" : "float64");
    return (x) => ({ re: part(x) as number, im: 0 });
  }
  if (to === "bool") return (x) => (x === 0 || x === 0n ? 0 : 1);
  return isFloat(to) ? toFloat(from, to) : toInteger(from, to);
}

function toFloat(from: DType, to: DType): (x: Scalar) => Scalar {
  const round = rounder(to);
  if (!isWideInt(from)) return round;
  return to === "float64" ? (x) => Number(x as bigint) : (x) => round(nearestOdd(x as bigint));
}

/**
 * A double that rounds to every narrower format as the integer would: bits beyond the 53rd become one sticky bit, so
 * that rounding twice is rounding once. Up to 53 bits are exact.
 */
function nearestOdd(x: bigint): number {
  const size = x < 0n ? -x : x;
  if (size < 1n << 53n) return Number(x);
  const kept = size >> 10n;
  const sticky = (size & 1023n) === 0n ? kept : kept | 1n;
  return Number(x < 0n ? -sticky : sticky) * 1024;
}

/** Floats saturate, NaN becomes 0; integers wrap. */
function toInteger(from: DType, to: DType): (x: Scalar) => Scalar {
  const wrap = rounder(to);
  if (isFloat(from)) return isWideInt(to) ? saturateWide(to === "int64") : saturate(to);
  if (isWideInt(to)) return (x) => wrap(BigInt(x as number | bigint));
  if (isWideInt(from)) return (x) => wrap(Number(BigInt.asIntN(32, x as bigint)));
  return wrap;
}

function saturate(to: DType): (x: Scalar) => Scalar {
  const { kind, bits } = dtypeTable[to];
  const low = kind === "int" ? -(2 ** (bits - 1)) : 0;
  const high = kind === "int" ? 2 ** (bits - 1) - 1 : 2 ** bits - 1;
  return (x) => (Number.isNaN(x) ? 0 : Math.min(Math.max(Math.trunc(x as number), low), high) + 0);
}

function saturateWide(signed: boolean): (x: Scalar) => Scalar {
  const low = signed ? -(1n << 63n) : 0n;
  const high = signed ? (1n << 63n) - 1n : (1n << 64n) - 1n;
  return (x) => {
    const value = x as number;
    if (Number.isNaN(value)) return 0n;
    if (value <= Number(low)) return low;
    return value >= Number(high) ? high : BigInt(Math.trunc(value));
  };
}
