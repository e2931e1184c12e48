/** Sums and products of doubles with their rounding errors, for expressions that would cancel. */

/** The error of the rounded product `a * b` (Dekker's splitting); 0 where it would overflow. */
export function productError(a: number, b: number, product: number): number {
  const [ah, al] = splitDouble(a);
  const [bh, bl] = splitDouble(b);
  const error = al * bl - (product - ah * bh - al * bh - ah * bl);
  return Number.isFinite(error) ? error : 0;
}

/** High 26 bits and the rest. */
export function splitDouble(x: number): readonly [number, number] {
  const scaled = 134217729 * x;
  if (!Number.isFinite(scaled)) return [x, 0];
  const high = scaled - (scaled - x);
  return [high, x - high];
}

/** Sum of doubles with one rounding error in all (Neumaier's compensation). */
export function sumExactly(terms: readonly number[]): number {
  let sum = 0;
  let lost = 0;
  for (const term of terms) {
    const next = sum + term;
    lost += Math.abs(sum) >= Math.abs(term) ? sum - next + term : term - next + sum;
    sum = next;
  }
  return Number.isFinite(lost) ? sum + lost : sum;
}

/** x·x + y·y − 1 without cancellation near the unit circle. */
export function squaredNormMinusOne(x: number, y: number): number {
  const xx = x * x;
  const yy = y * y;
  return sumExactly([-1, xx, yy, productError(x, x, xx), productError(y, y, yy)]);
}
