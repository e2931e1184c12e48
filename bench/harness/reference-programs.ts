/** The programs with control flow or derivatives in double precision, straight from their definitions. */
import { mlp, type ProgramKind } from "./workloads.ts";

type Inputs = readonly ArrayLike<number>[];

/** Σₖ a[i, k] b[k, j] with the strides of each operand. */
function product(
  [m, n, depth]: readonly [number, number, number],
  a: { readonly data: ArrayLike<number>; readonly i: number; readonly k: number },
  b: { readonly data: ArrayLike<number>; readonly k: number; readonly j: number },
): Float64Array {
  const out = new Float64Array(m * n);
  for (let i = 0; i < m; i++)
    for (let k = 0; k < depth; k++) {
      const factor = a.data[i * a.i + k * a.k];
      if (factor === 0) continue;
      for (let j = 0; j < n; j++) out[i * n + j] += factor * b.data[k * b.k + j * b.j];
    }
  return out;
}

/** h[b, columns] = x[b, rows] w + bias */
function layer(
  x: ArrayLike<number>,
  w: ArrayLike<number>,
  bias: ArrayLike<number>,
  rows: number,
): Float64Array {
  const columns = bias.length;
  const shape = [mlp.batch, columns, rows] as const;
  const out = product(shape, { data: x, i: rows, k: 1 }, { data: w, k: columns, j: 1 });
  return out.map((value, i) => value + bias[i % columns]);
}

/** Loss −mean Σ y log softmax(z), and its derivative by z. */
function crossEntropy(z: Float64Array, y: ArrayLike<number>): { loss: number; slope: Float64Array } {
  const classes = z.length / mlp.batch;
  const slope = new Float64Array(z.length);
  let loss = 0;
  for (let row = 0; row < z.length; row += classes) {
    const values = z.subarray(row, row + classes);
    const max = values.reduce((a, b) => Math.max(a, b));
    const total = values.reduce((sum, value) => sum + Math.exp(value - max), 0);
    const logTotal = max + Math.log(total);
    let weight = 0;
    for (let c = 0; c < classes; c++) weight += y[row + c];
    for (let c = 0; c < classes; c++) {
      loss -= (y[row + c] * (values[c] - logTotal)) / mlp.batch;
      slope[row + c] = (weight * Math.exp(values[c] - logTotal) - y[row + c]) / mlp.batch;
    }
  }
  return { loss, slope };
}

/** The parameters after one step of gradient descent, then the loss before it. */
function mlpStep(inputs: Inputs): Float64Array {
  const parameters = inputs.slice(0, -2);
  const [x, y] = inputs.slice(-2);
  const layers = mlp.sizes.length - 1;
  const activations: ArrayLike<number>[] = [x];
  let z = new Float64Array();
  for (let l = 0; l < layers; l++) {
    z = layer(
      activations[l],
      parameters[2 * l],
      parameters[2 * l + 1],
      mlp.sizes[l],
    ) as Float64Array<ArrayBuffer>;
    activations.push(z.map((value) => Math.max(value, 0)));
  }
  let { loss, slope } = crossEntropy(z, y);
  const updated: Float64Array[] = [];
  for (let l = layers - 1; l >= 0; l--) {
    const [rows, columns] = [mlp.sizes[l], mlp.sizes[l + 1]];
    const input = activations[l];
    const w = parameters[2 * l];
    const ofWeights = product(
      [rows, columns, mlp.batch],
      { data: input, i: 1, k: rows },
      { data: slope, k: columns, j: 1 },
    );
    const ofBias = new Float64Array(columns);
    slope.forEach((value, i) => {
      ofBias[i % columns] += value;
    });
    updated.unshift(
      Float64Array.from(w, (value, i) => value - mlp.rate * ofWeights[i]),
      Float64Array.from(parameters[2 * l + 1], (value, i) => value - mlp.rate * ofBias[i]),
    );
    if (l === 0) break;
    const ofInput = product(
      [mlp.batch, rows, columns],
      { data: slope, i: columns, k: 1 },
      { data: w, k: 1, j: columns },
    );
    slope = ofInput.map((value, i) => (input[i] > 0 ? value : 0));
  }
  return Float64Array.from([...updated.flatMap((values) => [...values]), loss]);
}

function rnn([start, w, u, xs]: Inputs): Float64Array {
  const [batch, hidden, width] = [32, 128, 64];
  const out = new Float64Array(100 * batch * hidden);
  let h = Float64Array.from(start);
  for (let t = 0; t < 100; t++) {
    const x = Float64Array.from({ length: batch * width }, (_, i) => xs[t * batch * width + i]);
    const a = product([batch, hidden, hidden], { data: h, i: hidden, k: 1 }, { data: w, k: hidden, j: 1 });
    const b = product([batch, hidden, width], { data: x, i: width, k: 1 }, { data: u, k: hidden, j: 1 });
    h = a.map((value, i) => Math.tanh(value + b[i]));
    out.set(h, t * h.length);
  }
  return out;
}

const repeat =
  (times: number, f: (x: number) => number) =>
  (start: number): number => {
    let x = start;
    for (let i = 0; i < times; i++) x = f(x);
    return x;
  };

const references: Record<ProgramKind, (inputs: Inputs) => Float64Array> = {
  "mlp-step": mlpStep,
  scan: ([c]) =>
    Float64Array.from(
      c,
      repeat(100_000, (x) => x * 1.0001 + Math.sin(x)),
    ),
  fori: ([c]) =>
    Float64Array.from(
      c,
      repeat(100_000, (x) => x * 0.9999 + 1),
    ),
  rnn,
  "vmap-grad": ([x]) => Float64Array.from(x, (v) => v * Math.cos(v) + Math.sin(v) + 1 - Math.tanh(v) ** 2),
};

export const programReference = (kind: ProgramKind, inputs: Inputs): Float64Array => references[kind](inputs);
