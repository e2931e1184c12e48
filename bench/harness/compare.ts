/** Whether an engine's result is the right one. */
import { argumentValues } from "./inputs.ts";
import { distributionProblem, normalReference } from "./normal.ts";
import { matmulRows, reference } from "./reference.ts";
import { elements, type Tolerance, type Workload } from "./workloads.ts";

/** `inaccurate` is the right function with more rounding error than the workload allows. */
export type Verdict = "right" | "inaccurate" | "wrong";

export interface Comparison {
  readonly verdict: Verdict;
  /** Largest error over what the tolerance allows there. */
  readonly worst: number;
  readonly text: string;
}

/**
 * Libraries that add a million float32 numbers one after the other lose digits by it: up to 47 times the
 * tolerance was seen. They are timed, and the report says so. C and Fluxion are held to the tolerance.
 */
const INACCURATE = 100;
const isStrict = (engine: string): boolean => engine.startsWith("fluxion") || /^c\b/.test(engine);

/** max |actual - expected| / (atol + rtol |expected|); NaN anywhere is infinitely wrong. */
export function worstError(actual: ArrayLike<number>, expected: Float64Array, tolerance: Tolerance): number {
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    const error =
      Math.abs(actual[i] - expected[i]) / (tolerance.atol + tolerance.rtol * Math.abs(expected[i]));
    if (Number.isNaN(error)) return Number.POSITIVE_INFINITY;
    worst = Math.max(worst, error);
  }
  return worst;
}

function judge(worst: number, what: string, engine: string): Comparison {
  const text = `${what}, error ${worst.toPrecision(2)} of what is allowed`;
  if (worst <= 1) return { verdict: "right", worst, text };
  return { verdict: worst <= INACCURATE && !isStrict(engine) ? "inaccurate" : "wrong", worst, text };
}

type Check = (actual: Float32Array, engine: string) => Comparison;

/** All columns of 24 rows spread over the matrix, the first and last included. */
function matmulCheck(workload: Workload): Check {
  const [a, b] = workload.args.map((argument) => argumentValues(workload, argument));
  const n = workload.out[0];
  const rows = Array.from({ length: 24 }, (_, i) => Math.round((i * (n - 1)) / 23));
  const expected = rows.map((row) => matmulRows(a, b, n, row, row + 1));
  const vector = Float64Array.from({ length: n }, (_, i) => ((i * 7919) % 13 < 6 ? 1 : -1));
  const projected = apply(a, n, apply(b, n, vector));
  return (actual, engine) => {
    const byRow = rows.map((row, i) =>
      worstError(actual.subarray(row * n, (row + 1) * n), expected[i], workload.tolerance),
    );
    // Freivalds' check covers the other rows: (AB)v = A(Bv), each side a sum of n entries.
    const sums = { rtol: workload.tolerance.rtol, atol: workload.tolerance.atol * Math.sqrt(n) * 4 };
    const whole = worstError(apply(actual, n, vector), projected, sums);
    return judge(Math.max(...byRow, whole), `${rows.length} rows and all rows times a vector`, engine);
  };
}

/** A matrix times a vector, in double precision. */
function apply(matrix: Float32Array, n: number, vector: Float64Array): Float64Array {
  return new Float64Array(n).map((_, i) => {
    let total = 0;
    for (let j = 0; j < n; j++) total += matrix[i * n + j] * vector[j];
    return total;
  });
}

/** These promise JAX's numbers; other engines only its distribution. */
const drawsAsJax = (engine: string): boolean => engine === "jax" || engine.startsWith("fluxion");

function normalCheck(workload: Workload): Check {
  const expected = normalReference(elements(workload.out));
  return (actual, engine) => {
    if (drawsAsJax(engine))
      return judge(worstError(actual, expected, workload.tolerance), "JAX's numbers", engine);
    const problem = distributionProblem(actual);
    const verdict = problem === null ? "right" : "wrong";
    return { verdict, worst: 0, text: problem ?? "another generator; four moments are right" };
  };
}

function fullCheck(workload: Workload): Check {
  const inputs = workload.args.map((argument) => argumentValues(workload, argument));
  const expected = reference(workload, inputs);
  return (actual, engine) => judge(worstError(actual, expected, workload.tolerance), "every element", engine);
}

const specialChecks: Partial<Record<Workload["kind"], (workload: Workload) => Check>> = {
  matmul: matmulCheck,
  normal: normalCheck,
};

/** Prepares the reference once; the function returned compares one engine's result with it. */
export function checkerOf(workload: Workload): Check {
  const check = (specialChecks[workload.kind] ?? fullCheck)(workload);
  return (actual, engine) => {
    const count = elements(workload.out);
    if (actual.length === count) return check(actual, engine);
    const text = `${actual.length} elements instead of ${count}`;
    return { verdict: "wrong", worst: Number.POSITIVE_INFINITY, text };
  };
}
