/**
 * Rounding floats to fewer exponent and mantissa bits, as XLA does it: the mantissa first, ties to even; then what is
 * too large becomes infinite, and what is below the smallest normal number of the format zero.
 */
import type { Local } from "../emit/function-builder.ts";
import type { Lanes } from "../math/emitter.ts";
import type { Vector, Vectors } from "./vector.ts";
import { floatLanes } from "./vector-float.ts";

/** Stored mantissa and exponent bits of each float type. */
const FORMATS: Readonly<Record<string, readonly [fraction: number, exponent: number]>> = {
  float16: [10, 5],
  bfloat16: [7, 8],
  float32: [23, 8],
  float64: [52, 11],
};

export function reducePrecision(v: Vectors, x: Vector, exponentBits: number, mantissaBits: number): Vector {
  const lanes = floatLanes(v, x.form);
  const [fraction, exponent] = FORMATS[x.dtype];
  return v.mapLocals(x.dtype, x.form, [x], (value) => {
    let rounded = lanes.abs(value);
    if (mantissaBits < fraction) rounded = roundMantissa(lanes, rounded, mantissaBits, x.dtype === "float16");
    if (exponentBits < exponent) {
      const bias = 2 ** (exponentBits - 1) - 1;
      const most = (2 - 2 ** -Math.min(mantissaBits, fraction)) * 2 ** bias;
      rounded = lanes.keep(lanes.ge(rounded, 2 ** (1 - bias)), rounded);
      rounded = lanes.select(lanes.gt(rounded, most), Number.POSITIVE_INFINITY, rounded);
    }
    const signed = lanes.withSign(rounded, value);
    return lanes.select(lanes.eq(value, value), signed, value);
  });
}

/** Rounds positive numbers; a float16's subnormals, which are normal as float32, to the multiples that all of them share. */
function roundMantissa(lanes: Lanes, magnitude: Local, mantissaBits: number, isFloat16: boolean): Local {
  const cut = (lanes.width === 32 ? 23 : 52) - mantissaBits;
  // Adding just under half a unit, and the unit's own lowest bit, carries exactly where rounding goes up.
  const odd = lanes.and(lanes.shrU(magnitude, cut), 1);
  const up = lanes.iadd(lanes.iadd(magnitude, (1n << BigInt(cut - 1)) - 1n), odd);
  const rounded = lanes.andnot(up, (1n << BigInt(cut)) - 1n);
  if (!isFloat16) return rounded;
  const shift = 2 ** (23 - 14 - mantissaBits);
  const small = lanes.sub(lanes.add(magnitude, shift), shift);
  return lanes.select(lanes.lt(magnitude, 2 ** -14), small, rounded);
}
