/** Modified Bessel function of order one, scaled: e^−|x| I₁(x) (Abramowitz and Stegun 9.6.10 and 9.7.1). */
export function besselI1e(x: number): number {
  const size = Math.abs(x);
  if (Number.isNaN(x)) return NaN;
  const value = size <= 25 ? powerSeries(size) : asymptotic(size);
  return x < 0 ? -value : Object.is(x, -0) ? -0 : value;
}

/** I₁(x) = Σ (x/2)^(2k+1) / (k! (k+1)!), all terms positive. */
function powerSeries(x: number): number {
  const quarter = (x * x) / 4;
  let term = x / 2;
  let sum = term;
  for (let k = 1; term > sum * 1e-18; k++) {
    term *= quarter / (k * (k + 1));
    sum += term;
  }
  return sum * Math.exp(-x);
}

/** (2πx)^(−1/2) (1 − 3/(8x) + (3·(−5))/(2!(8x)²) − …). */
function asymptotic(x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; k < 40; k++) {
    term *= -(4 - (2 * k - 1) ** 2) / (k * 8 * x);
    sum += term;
    if (Math.abs(term) < 1e-17) break;
  }
  return x === Infinity ? 0 : sum / Math.sqrt(2 * Math.PI * x);
}
