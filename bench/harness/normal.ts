/**
 * JAX's `random.normal(PRNGKey(0), (n,))` in double precision, and a test of the distribution for the engines
 * whose generators are others.
 */

const rotate = (x: number, by: number): number => (x << by) | (x >>> (32 - by));
const ROTATIONS = [
  [13, 15, 26, 6],
  [17, 29, 16, 24],
];

/** Threefry-2x32 with 20 rounds (Salmon et al., 2011), both words of the result combined by exclusive or. */
function threefryBits(key: readonly [number, number], high: number, low: number): number {
  const schedule = [key[0], key[1], key[0] ^ key[1] ^ 0x1bd11bda];
  let x = (high + schedule[0]) | 0;
  let y = (low + schedule[1]) | 0;
  for (let group = 0; group < 5; group++) {
    for (const by of ROTATIONS[group % 2]) {
      x = (x + y) | 0;
      y = rotate(y, by) ^ x;
    }
    x = (x + schedule[(group + 1) % 3]) | 0;
    y = (y + schedule[(group + 2) % 3] + group + 1) | 0;
  }
  return (x ^ y) >>> 0;
}

const CENTRE = [
  2.81022636e-8, 3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 2.1858087e-4, -1.25372503e-3, -4.17768164e-3,
  0.246640727, 1.50140941,
];
const TAIL = [
  -2.00214257e-4, 1.00950558e-4, 1.34934322e-3, -3.67342844e-3, 5.73950773e-3, -7.6224613e-3, 9.43887047e-3,
  1.00167406, 2.83297682,
];

/** Giles, "Approximating the erfinv function" (2012), the single-precision polynomials. */
function inverseErf(x: number): number {
  const w = -Math.log1p(-x * x);
  const [coefficients, t] = w < 5 ? [CENTRE, w - 2.5] : [TAIL, Math.sqrt(w) - 3];
  return x * coefficients.reduce((p, c) => p * t + c, 0);
}

/** Uniform on (-1, 1) as JAX draws it: 23 random bits, scaled in float32. */
function uniform(bits: number): number {
  const unit = (bits >>> 9) * 2 ** -23;
  const low = -1 + 2 ** -24; // the float32 after -1
  return Math.max(low, Math.fround(Math.fround(unit * Math.fround(1 - low)) + low));
}

export function normalReference(count: number): Float64Array {
  return new Float64Array(count).map((_, i) => Math.SQRT2 * inverseErf(uniform(threefryBits([0, 0], 0, i))));
}

/**
 * What is wrong with a sample as one from the standard normal distribution, or null: its first four moments
 * are each within five standard errors of their expectations.
 */
export function distributionProblem(sample: Float32Array): string | null {
  const n = sample.length;
  const moments = [0, 0, 0, 0];
  for (const value of sample) for (let p = 0; p < 4; p++) moments[p] += value ** (p + 1) / n;
  const expected = [0, 1, 0, 3];
  const deviation = [1, 2, 15, 96].map((variance) => Math.sqrt(variance / n)); // of the mean of x^p
  const wrong = moments.findIndex((m, p) => !(Math.abs(m - expected[p]) <= 5 * deviation[p]));
  return wrong < 0 ? null : `moment ${wrong + 1} is ${moments[wrong]}, expected ${expected[wrong]}`;
}
