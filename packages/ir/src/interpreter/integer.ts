/**
 * Integer arithmetic as XLA defines it where mathematics does not: x / 0 = −1, x % 0 = x, MIN / −1 = MIN, shifts by at
 * least the width, powers. Narrow integers (up to 32 bits) are numbers, 64-bit ones bigint; callers wrap the results.
 */

export interface IntegerType {
  readonly bits: number;
  readonly signed: boolean;
}

// Narrow

export const divide = (a: number, b: number): number => (b === 0 ? -1 : Math.trunc(a / b));
export const remainder = (a: number, b: number): number => (b === 0 ? a : (a % b) | 0);
export const remainderUnsigned = (a: number, b: number): number => (b === 0 ? a : (a % b) >>> 0);

/** A shift amount is read as unsigned, so negative ones exceed the width too. */
const tooFar = (amount: number, { bits }: IntegerType): boolean => amount < 0 || amount >= bits;
const unsigned = (a: number, { bits }: IntegerType): number =>
  bits === 32 ? a >>> 0 : a & ((1 << bits) - 1);

export const shiftLeft = (a: number, n: number, t: IntegerType): number => (tooFar(n, t) ? 0 : a << n);
export const shiftRightLogical = (a: number, n: number, t: IntegerType): number =>
  tooFar(n, t) ? 0 : unsigned(a, t) >>> n;
export const shiftRightArithmetic = (a: number, n: number, t: IntegerType): number => {
  const shift = 32 - t.bits;
  const extended = (a << shift) >> shift;
  return extended >> (tooFar(n, t) ? 31 : n);
};

export function popcount(a: number, t: IntegerType): number {
  let count = 0;
  for (let bits = unsigned(a, t); bits !== 0; bits &= bits - 1) count++;
  return count;
}

export const leadingZeros = (a: number, t: IntegerType): number => Math.clz32(unsigned(a, t)) - (32 - t.bits);

export const multiplyHigh = (a: number, b: number, t: IntegerType): number =>
  Number((BigInt(a) * BigInt(b)) >> BigInt(t.bits));

/** Powers wrap; a negative exponent gives the integer part of the reciprocal. */
export function power(base: number, exponent: number): number {
  if (exponent < 0) return negativePower(base, exponent % 2 !== 0);
  let result = 1;
  for (let factor = base, n = exponent; n > 0; n = Math.floor(n / 2)) {
    if (n % 2 === 1) result = Math.imul(result, factor);
    factor = Math.imul(factor, factor);
  }
  return result;
}

const negativePower = (base: number, odd: boolean): number =>
  base === 1 ? 1 : base === -1 ? (odd ? -1 : 1) : 0;

// Wide

const tooFarWide = (amount: bigint): boolean => amount < 0n || amount >= 64n;

export const divideWide = (a: bigint, b: bigint): bigint => (b === 0n ? -1n : a / b);
export const remainderWide = (a: bigint, b: bigint): bigint => (b === 0n ? a : a % b);
export const shiftLeftWide = (a: bigint, n: bigint): bigint => (tooFarWide(n) ? 0n : a << n);
export const shiftRightLogicalWide = (a: bigint, n: bigint): bigint =>
  tooFarWide(n) ? 0n : BigInt.asUintN(64, a) >> n;
export const shiftRightArithmeticWide = (a: bigint, n: bigint): bigint =>
  BigInt.asIntN(64, a) >> (tooFarWide(n) ? 63n : n);
export const multiplyHighWide = (a: bigint, b: bigint): bigint => (a * b) >> 64n;

const half = { bits: 32, signed: false };
const high = (a: bigint): number => Number(BigInt.asUintN(64, a) >> 32n);
const low = (a: bigint): number => Number(BigInt.asUintN(32, a));

export const popcountWide = (a: bigint): bigint => BigInt(popcount(high(a), half) + popcount(low(a), half));
export const leadingZerosWide = (a: bigint): bigint =>
  BigInt(high(a) !== 0 ? Math.clz32(high(a)) : 32 + Math.clz32(low(a)));

export function powerWide(base: bigint, exponent: bigint): bigint {
  if (exponent < 0n) return base === 1n ? 1n : base === -1n ? (exponent % 2n !== 0n ? -1n : 1n) : 0n;
  let result = 1n;
  for (let factor = base, n = exponent; n > 0n; n >>= 1n) {
    if (n & 1n) result = BigInt.asUintN(64, result * factor);
    factor = BigInt.asUintN(64, factor * factor);
  }
  return result;
}
