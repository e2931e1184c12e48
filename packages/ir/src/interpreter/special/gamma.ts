/** Gamma, polygamma and Hurwitz zeta functions (Abramowitz and Stegun, chapters 6 and 23). */

/** Bernoulli numbers B₂, B₄, … */
const bernoulli = [
  1 / 6,
  -1 / 30,
  1 / 42,
  -1 / 30,
  5 / 66,
  -691 / 2730,
  7 / 6,
  -3617 / 510,
  43867 / 798,
  -174611 / 330,
  854513 / 138,
  -236364091 / 2730,
];
const EULER = 0.5772156649015329;
const HALF_LOG_TWO_PI = Math.log(2 * Math.PI) / 2;
/** From here on the asymptotic series reach full precision. */
const ASYMPTOTIC = 12;

/** ζ(k) − 1 for k = 2, 3, … */
const zetaMinusOne = Array.from({ length: 54 }, (_, index) => {
  let sum = 0;
  for (let n = 60; n >= 2; n--) sum += n ** -(index + 2);
  return sum + eulerMaclaurinTail(index + 2, 61);
});

/** Σ_{n ≥ q} n^−s = q^(1−s)/(s−1) + q^−s/2 + Σ B₂ⱼ/(2j)! · s(s+1)···(s+2j−2) · q^(−s−2j+1). */
function eulerMaclaurinTail(s: number, q: number): number {
  let sum = q ** (1 - s) / (s - 1) + q ** -s / 2;
  let factor = s * q ** (-s - 1);
  for (let j = 0; j < bernoulli.length; j++) {
    const term = (factor * bernoulli[j]) / factorial(2 * j + 2);
    sum += term;
    if (Math.abs(term) < Math.abs(sum) * 1e-17) break;
    factor *= ((s + 2 * j + 1) * (s + 2 * j + 2)) / (q * q);
  }
  return sum;
}

function factorial(n: number): number {
  let product = 1;
  for (let k = 2; k <= n; k++) product *= k;
  return product;
}

/** sin(πx) with the argument reduced first. */
export function sinPi(x: number): number {
  const r = x - 2 * Math.round(x / 2);
  if (Math.abs(r) <= 0.25) return Math.sin(Math.PI * r);
  if (Math.abs(r) <= 0.75) return Math.sign(r) * Math.cos(Math.PI * (Math.abs(r) - 0.5));
  return Math.sign(r) * Math.sin(Math.PI * (1 - Math.abs(r)));
}

/** log|Γ(x)|. */
export function lgamma(x: number): number {
  if (Number.isNaN(x)) return NaN;
  if (!Number.isFinite(x)) return Infinity;
  if (x <= 0 && Number.isInteger(x)) return Infinity;
  if (x < 0.5) {
    // Γ(x) Γ(1 − x) = π / sin πx; close to 0 the pole is split off instead.
    if (x > -0.5) return lgamma(1 + x) - Math.log(Math.abs(x));
    return Math.log(Math.PI / Math.abs(sinPi(x))) - lgamma(1 - x);
  }
  return x < ASYMPTOTIC ? nearTwo(x) : stirling(x);
}

/**
 * log Γ(2 + z) = (1 − γ) z + Σ (−1)ᵏ (ζ(k) − 1) zᵏ / k for |z| ≤ ½; other points are moved there by
 * Γ(x + 1) = x Γ(x).
 */
function nearTwo(x: number): number {
  if (x < 1.5) return nearTwo(x + 1) - Math.log1p(x - 1);
  let factor = 1;
  let at = x;
  while (at > 2.5) factor *= --at;
  const z = at - 2;
  let sum = 0;
  for (let k = zetaMinusOne.length + 1; k >= 2; k--) sum = sum * -z + zetaMinusOne[k - 2] / k;
  return z * (1 - EULER + z * sum) + Math.log(factor);
}

function stirling(x: number): number {
  const inverse = 1 / x;
  const square = inverse * inverse;
  let sum = 0;
  for (let j = 7; j >= 0; j--) sum = sum * square + bernoulli[j] / ((2 * j + 2) * (2 * j + 1));
  const value = (x - 0.5) * Math.log(x) - x + HALF_LOG_TWO_PI + sum * inverse;
  return Number.isNaN(value) ? Infinity : value;
}

/** ψ(x) = d/dx log Γ(x). NaN at the poles, as in JAX. */
export function digamma(x: number): number {
  if (x === -Infinity || (x <= 0 && Number.isInteger(x))) return NaN;
  if (x < 0) {
    const r = x - Math.round(x);
    return digamma(1 - x) - Math.PI / Math.tan(Math.PI * r);
  }
  let sum = 0;
  let at = x;
  while (at < ASYMPTOTIC) sum -= 1 / at++;
  const square = 1 / (at * at);
  let series = 0;
  for (let j = 7; j >= 0; j--) series = (series + bernoulli[j] / (2 * j + 2)) * square;
  return sum + Math.log(at) - 0.5 / at - series;
}

/**
 * Hurwitz zeta function ζ(s, q) = Σ (q + n)^−s. As in JAX it is infinite for s = 1, at the poles
 * q = 0, −1, … infinite for even s and NaN for others, and NaN where an argument is infinite.
 */
export function zeta(s: number, q: number): number {
  if (s === 1) return Infinity;
  if (q === -Infinity || (q <= 0 && Number.isInteger(q))) return s % 2 === 0 ? Infinity : NaN;
  if (!Number.isFinite(s) || !Number.isFinite(q) || s < 1 || (q <= 0 && !Number.isInteger(s))) return NaN;
  let sum = 0;
  let at = q;
  for (let steps = 0; at < ASYMPTOTIC || steps < ASYMPTOTIC; steps++) {
    const term = at ** -s;
    sum += term;
    at++;
    if (at > 1 && Math.abs(term) < Math.abs(sum) * 1e-18) return sum;
    if (!Number.isFinite(sum)) return sum;
  }
  return sum + eulerMaclaurinTail(s, at);
}

/** ψ⁽ⁿ⁾(x) = (−1)ⁿ⁺¹ n! ζ(n + 1, x); n = 0 is digamma, other n that are no natural number give NaN. */
export function polygamma(n: number, x: number): number {
  if (n === 0) return digamma(x);
  if (!(n > 0 && Number.isInteger(n))) return NaN;
  const sign = n % 2 === 1 ? 1 : -1;
  const gamma = n < 170 ? factorial(n) : Math.exp(lgamma(n + 1));
  return sign * gamma * zeta(n + 1, x);
}
