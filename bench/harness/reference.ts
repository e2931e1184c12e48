/** Every workload in double precision, straight from its definition, to compare the engines' results with. */
import { programReference } from "./reference-programs.ts";
import { elements, type FunctionKind, isProgramKind, type Workload } from "./workloads.ts";

type Inputs = readonly Float32Array[];
type Reference = (inputs: Inputs, workload: Workload) => Float64Array;

/** Applies f to each row of x, `cols` long. */
function byRow(x: Float32Array, cols: number, f: (row: Float64Array) => Float64Array): Float64Array {
  const out = new Float64Array(x.length);
  for (let i = 0; i < x.length; i += cols) out.set(f(Float64Array.from(x.subarray(i, i + cols))), i);
  return out;
}

const sum = (x: Float64Array): number => x.reduce((total, value) => total + value, 0);

function softmaxRow(row: Float64Array): Float64Array {
  const max = row.reduce((a, b) => Math.max(a, b));
  const e = row.map((value) => Math.exp(value - max));
  const total = sum(e);
  return e.map((value) => value / total);
}

function standardScore(x: Float64Array, epsilon: number): Float64Array {
  const mean = sum(x) / x.length;
  const variance = sum(x.map((value) => (value - mean) ** 2)) / x.length;
  return x.map((value) => (value - mean) / Math.sqrt(variance + epsilon));
}

function standardiseColumns(d: Float32Array, cols: number): Float64Array {
  const out = new Float64Array(d.length);
  for (let c = 0; c < cols; c++) {
    const column = new Float64Array(d.length / cols).map((_, r) => d[r * cols + c]);
    standardScore(column, 0).forEach((value, r) => {
      out[r * cols + c] = value;
    });
  }
  return out;
}

/** Rows [begin, end) of a b, for n x n matrices. */
export function matmulRows(
  a: Float32Array,
  b: Float32Array,
  n: number,
  begin: number,
  end: number,
): Float64Array {
  const out = new Float64Array((end - begin) * n);
  for (let i = begin; i < end; i++) {
    const row = out.subarray((i - begin) * n, (i - begin + 1) * n);
    for (let k = 0; k < n; k++) {
      const factor = a[i * n + k];
      const other = b.subarray(k * n, (k + 1) * n);
      for (let j = 0; j < n; j++) row[j] += factor * other[j];
    }
  }
  return out;
}

const lastSize = (workload: Workload): number => workload.args[0].shape.at(-1) ?? 1;

/** `matmul` is compared differently (compare.ts), `normal` in normal.ts. */
const references: Record<Exclude<FunctionKind, "matmul" | "normal">, Reference> = {
  selu: ([x]) => Float64Array.from(x, (v) => 1.05 * (v > 0 ? v : 1.67 * Math.expm1(v))),
  affine: ([x]) => Float64Array.from(x, (v) => 3 * v + v),
  "sum-squares": ([x]) => Float64Array.of(sum(Float64Array.from(x, (v) => v * v))),
  softmax: ([x], workload) => byRow(x, lastSize(workload), softmaxRow),
  "layer-norm": ([x], workload) => byRow(x, lastSize(workload), (row) => standardScore(row, 1e-5)),
  standardise: ([d], workload) => standardiseColumns(d, lastSize(workload)),
  "tanh-outer": ([a, b], workload) =>
    new Float64Array(elements(workload.out)).map((_, i) =>
      Math.tanh(a[Math.floor(i / b.length)] + b[i % b.length]),
    ),
  "sin-twice": ([x]) => Float64Array.from(x, (v) => 2 * Math.sin(v)),
};

export function reference(workload: Workload, inputs: Inputs): Float64Array {
  if (workload.kind === "matmul" || workload.kind === "normal")
    throw new Error(`${workload.kind} has no full reference`);
  return isProgramKind(workload.kind)
    ? programReference(workload.kind, inputs)
    : references[workload.kind](inputs, workload);
}
