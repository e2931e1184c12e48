/** Facts about the two float formats that the bit-level algorithms need. */
import type { Local } from "../emit/function-builder.ts";
import type { Lanes } from "./emitter.ts";

interface Format {
  /** Bits of the fraction field. */
  readonly fraction: number;
  readonly bias: number;
  /** The bits of 1, of √½ and of the fraction field. */
  readonly one: bigint;
  readonly sqrtHalf: bigint;
  readonly fractionMask: bigint;
  /** 1.5·2^fraction: adding it rounds to an integer, which then stands in the low bits. */
  readonly round: number;
  readonly minNormal: number;
  readonly max: number;
  readonly maxBits: bigint;
  /** Half the distance from 1 to the next number. */
  readonly epsilon: number;
  /** ln 2 cut so that its product with an exponent is exact, and the rest. */
  readonly ln2Hi: number;
  readonly ln2Lo: number;
}

const F32: Format = {
  fraction: 23,
  bias: 127,
  one: 0x3f800000n,
  sqrtHalf: 0x3f3504f3n,
  fractionMask: 0x7fffffn,
  round: 12582912,
  minNormal: 2 ** -126,
  max: 3.4028234663852886e38,
  maxBits: 0x7f7fffffn,
  epsilon: 2 ** -24,
  ln2Hi: 0.693145751953125,
  ln2Lo: 0.0000014286068203094173,
};

const F64: Format = {
  fraction: 52,
  bias: 1023,
  one: 0x3ff0000000000000n,
  sqrtHalf: 0x3fe6a09e667f3bcdn,
  fractionMask: 0xfffffffffffffn,
  round: 6755399441055744,
  minNormal: 2 ** -1022,
  max: Number.MAX_VALUE,
  maxBits: 0x7fefffffffffffffn,
  epsilon: 2 ** -53,
  ln2Hi: 0.6931471803691238,
  ln2Lo: 1.9082149292705877e-10,
};

export function format(v: Lanes): Format {
  return v.width === 32 ? F32 : F64;
}

/** `a` on float32 lanes, `b` on float64 lanes. */
export function pick<T>(v: Lanes, a: T, b: T): T {
  return v.width === 32 ? a : b;
}

/** 2^(the integer in the low bits of t), for exponents of normal numbers. */
export function power2(v: Lanes, t: Local): Local {
  const { fraction, one } = format(v);
  return v.iadd(v.shl(t, fraction), one);
}

/** x = 2ⁿ·m with √½ ≤ m < √2, for positive normal x: n as a float, m, and n's bits in the exponent field. */
export interface Decoded {
  readonly n: Local;
  readonly m: Local;
  readonly field: Local;
}

/** `raised` is what was added to the exponent field of x beforehand, if anything. */
export function decode(v: Lanes, x: Local, raised?: Local): Decoded {
  const { fraction, sqrtHalf, fractionMask } = format(v);
  const i = v.isub(x, sqrtHalf);
  const field = v.andnot(i, fractionMask);
  const m = v.iadd(v.and(i, fractionMask), sqrtHalf);
  const exponent = raised === undefined ? i : v.isub(i, raised);
  if (v.width === 32) return { n: v.fromInt(v.shrS(exponent, fraction)), m, field };
  // Without a 64-bit conversion: put n + 2¹¹ into the fraction of a number of exponent 52.
  const biased = v.shrU(v.iadd(exponent, 2048n << 52n), fraction);
  const n = v.sub(v.or(biased, 0x4330000000000000n), 2 ** 52 + 2048);
  return { n, m, field };
}
