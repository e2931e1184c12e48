/** The programs that every engine runs, their inputs, and the speed that Fluxion owes on each. */

/** Programs with control flow or derivatives, which few libraries can express. */
export type ProgramKind =
  | "mlp-step" // value, gradient and update of an MLP, its parameters replaced at each call
  | "scan" // 1e5 times c = 1.0001 c + sin(c)
  | "fori" // 1e5 times c = 0.9999 c + 1
  | "rnn" // h = tanh(h w + x u) for each x of xs, every h kept
  | "vmap-grad"; // d/dx (x sin(x) + tanh(x)) at every x

/** The function that is computed; the engines' tables are keyed by it. */
export type FunctionKind =
  | "selu" // 1.05 where(x > 0, x, 1.67 exp(x) - 1.67)
  | "affine" // 3x + x
  | "sum-squares" // sum(x^2)
  | "softmax" // over rows
  | "layer-norm" // (x - mean) / sqrt(var + 1e-5) over rows
  | "standardise" // (d - mean(d, 0)) / std(d, 0)
  | "tanh-outer" // tanh(a + b), a (n, 1), b (1, m)
  | "matmul"
  | "normal" // random.normal(PRNGKey(0), (n,))
  | "sin-twice"; // sin(x) * 2

export type Kind = FunctionKind | ProgramKind;

const programKinds: readonly string[] = ["mlp-step", "scan", "fori", "rnn", "vmap-grad"];
export const isProgramKind = (kind: Kind): kind is ProgramKind => programKinds.includes(kind);

export interface Argument {
  readonly name: string;
  readonly shape: readonly number[];
  /** Standard deviation; 1 if absent. */
  readonly scale?: number;
}

/** Largest error that a result may have against double precision: atol + rtol * |reference|. */
export interface Tolerance {
  readonly rtol: number;
  readonly atol: number;
}

export interface Workload {
  readonly name: string;
  readonly title: string;
  readonly kind: Kind;
  readonly args: readonly Argument[]; // float32, standard normal
  readonly out: readonly number[];
  readonly tolerance: Tolerance;
  /** Calls timed together; more than one where a call is too short for the clock. */
  readonly inner: number;
  /**
   * Floating-point operations of a call. C then does so many multiplications and additions in registers and computes
   * nothing: no program with 128-bit vectors takes less time.
   */
  readonly flops?: number;
}

/** "Engine takes at most `atMost` times as long as `baseline`", or `atMost` microseconds without one. */
export interface Target {
  readonly workload: string;
  readonly engine: string;
  readonly baseline?: string;
  readonly atMost: number;
  /** Owed only where the engine was asked for. */
  readonly whenRun?: boolean;
}

const elementwise: Tolerance = { rtol: 2e-6, atol: 1e-6 };

function workload(
  name: string,
  title: string,
  kind: Kind,
  args: Record<string, number[]>,
  out: number[],
  tolerance: Tolerance = elementwise,
): Workload {
  const list = Object.entries(args).map(([argument, shape]) => ({ name: argument, shape }));
  return { name, title, kind, args: list, out, tolerance, inner: 1 };
}

/** Rounding of a sum of n products of standard normal numbers grows no faster than n eps / 2. */
function matmul(n: number, suffix = `${n}`): Workload {
  const tolerance = { rtol: 1e-5, atol: n * 1.2e-7 };
  return workload(`matmul-${suffix}`, `matmul ${n}`, "matmul", { a: [n, n], b: [n, n] }, [n, n], tolerance);
}

const normalTolerance: Tolerance = { rtol: 1e-5, atol: 1e-6 };
const sumTolerance: Tolerance = { rtol: 1e-5, atol: 0 };
const softmaxTolerance: Tolerance = { rtol: 1e-5, atol: 1e-9 };
const standardTolerance: Tolerance = { rtol: 1e-5, atol: 1e-5 };

/** Layer sizes and batch of the MLP, and its parameters in order. */
export const mlp = { sizes: [784, 512, 512, 10], batch: 128, rate: 0.01 } as const;
const mlpArguments: readonly Argument[] = [
  ...mlp.sizes.slice(1).flatMap((columns, i) => [
    { name: `w${i}`, shape: [mlp.sizes[i], columns], scale: mlp.sizes[i] ** -0.5 },
    { name: `b${i}`, shape: [columns], scale: 0.1 },
  ]),
  { name: "x", shape: [mlp.batch, mlp.sizes[0]] },
  { name: "y", shape: [mlp.batch, mlp.sizes[3]] },
];
const weights = mlp.sizes.slice(1).map((columns, i) => mlp.sizes[i] * columns);
/** Forward and the gradients of weights each take all products, gradients of layers' inputs all but the first. */
const mlpFlops = 2 * mlp.batch * (3 * weights.reduce((a, b) => a + b) - weights[0]);
/** The parameters after a step, then the loss. */
const mlpResults = mlpArguments.slice(0, -2).reduce((sum, { shape }) => sum + elements(shape), 1);

const programs: readonly Workload[] = [
  {
    ...workload("mlp-step", "MLP 784-512-512-10, batch 128, one step", "mlp-step", {}, [mlpResults]),
    args: mlpArguments,
    tolerance: { rtol: 1e-4, atol: 1e-5 },
    flops: mlpFlops,
  },
  workload("scan", "scan, 1e5 steps over 64", "scan", { c: [64] }, [64], { rtol: 1e-4, atol: 1e-4 }),
  workload("fori", "foriLoop, 1e5 steps on a scalar", "fori", { c: [] }, [], { rtol: 1e-3, atol: 0 }),
  {
    ...workload("rnn", "RNN, 100 steps, 32×128", "rnn", {}, [100, 32, 128], { rtol: 1e-4, atol: 1e-4 }),
    args: [
      { name: "h", shape: [32, 128] },
      { name: "w", shape: [128, 128], scale: 0.08 },
      { name: "u", shape: [64, 128], scale: 0.1 },
      { name: "xs", shape: [100, 32, 64] },
    ],
  },
  workload("vmap-grad", "vmap(grad) over 1e6 points", "vmap-grad", { x: [1_000_000] }, [1_000_000]),
];

export const workloads: readonly Workload[] = [
  workload("selu", "SELU, 1e6", "selu", { x: [1_000_000] }, [1_000_000]),
  workload("affine", "3x + x, 1000×1000", "affine", { x: [1000, 1000] }, [1000, 1000]),
  workload("sum-squares", "sum(x²), 1e6", "sum-squares", { x: [1_000_000] }, [], sumTolerance),
  workload(
    "softmax",
    "softmax over rows, 1000×1000",
    "softmax",
    { x: [1000, 1000] },
    [1000, 1000],
    softmaxTolerance,
  ),
  workload(
    "layer-norm",
    "layer norm over rows, 1000×1024",
    "layer-norm",
    { x: [1000, 1024] },
    [1000, 1024],
    standardTolerance,
  ),
  workload(
    "standardise",
    "(d − mean₀) / std₀, 1e6×3",
    "standardise",
    { d: [1_000_000, 3] },
    [1_000_000, 3],
    standardTolerance,
  ),
  workload(
    "tanh-outer",
    "tanh((1000,1) + (1,1000))",
    "tanh-outer",
    { a: [1000, 1], b: [1, 1000] },
    [1000, 1000],
  ),
  matmul(256),
  matmul(1000),
  matmul(2048),
  workload("normal", "random.normal, 1e6", "normal", {}, [1_000_000], normalTolerance),
  { ...workload("sin-8", "sin(x)·2 on 8 elements", "sin-twice", { x: [8] }, [8]), inner: 1000 },
  ...programs,
];

/** The same programs small enough for the reference interpreter. */
export const smallWorkloads: readonly Workload[] = [
  workload("selu-small", "SELU, 1e4", "selu", { x: [10_000] }, [10_000]),
  workload("affine-small", "3x + x, 100×100", "affine", { x: [100, 100] }, [100, 100]),
  workload("sum-squares-small", "sum(x²), 1e4", "sum-squares", { x: [10_000] }, [], sumTolerance),
  workload(
    "softmax-small",
    "softmax over rows, 100×100",
    "softmax",
    { x: [100, 100] },
    [100, 100],
    softmaxTolerance,
  ),
  workload(
    "layer-norm-small",
    "layer norm over rows, 100×128",
    "layer-norm",
    { x: [100, 128] },
    [100, 128],
    standardTolerance,
  ),
  workload(
    "standardise-small",
    "(d − mean₀) / std₀, 1e4×3",
    "standardise",
    { d: [10_000, 3] },
    [10_000, 3],
    standardTolerance,
  ),
  workload(
    "tanh-outer-small",
    "tanh((100,1) + (1,100))",
    "tanh-outer",
    { a: [100, 1], b: [1, 100] },
    [100, 100],
  ),
  matmul(64, "small"),
  workload("normal-small", "random.normal, 1e4", "normal", {}, [10_000], normalTolerance),
];

const onWebGpu = (name: string, atMost: number): Target => ({
  workload: name,
  engine: "fluxion-webgpu",
  baseline: "jax-js-webgpu",
  atMost,
  whenRun: true,
});

export const targets: readonly Target[] = [
  { workload: "selu", engine: "fluxion-2t", baseline: "c", atMost: 1.4 },
  { workload: "affine", engine: "fluxion-2t", baseline: "c", atMost: 1.6 },
  { workload: "sum-squares", engine: "fluxion-2t", baseline: "c", atMost: 2 },
  { workload: "softmax", engine: "fluxion-2t", baseline: "c", atMost: 1.5 },
  { workload: "layer-norm", engine: "fluxion-2t", baseline: "c", atMost: 1.8 },
  { workload: "standardise", engine: "fluxion-2t", baseline: "c", atMost: 1.6 },
  { workload: "tanh-outer", engine: "fluxion-2t", baseline: "c", atMost: 1.4 },
  { workload: "matmul-256", engine: "fluxion-2t", baseline: "c", atMost: 1.15 },
  { workload: "matmul-1000", engine: "fluxion-2t", baseline: "c", atMost: 1.15 },
  { workload: "matmul-2048", engine: "fluxion-2t", baseline: "c", atMost: 1.15 },
  { workload: "matmul-1000", engine: "fluxion-256", baseline: "c", atMost: 0.75 },
  { workload: "normal", engine: "fluxion-2t", baseline: "jax", atMost: 1.3 },
  { workload: "selu", engine: "fluxion-eager", baseline: "fluxion-2t", atMost: 3 },
  { workload: "sin-8", engine: "fluxion-2t", atMost: 3.5 },
  { workload: "mlp-step", engine: "fluxion-2t", baseline: "c", atMost: 1.4 },
  { workload: "scan", engine: "fluxion-2t", atMost: 12_000 },
  { workload: "fori", engine: "fluxion-2t", atMost: 400 },
  { workload: "vmap-grad", engine: "fluxion-2t", baseline: "fluxion-hand", atMost: 1.5 },
  ...["selu", "affine", "sum-squares"].map((name) => onWebGpu(name, 1)),
  ...["matmul-256", "matmul-1000", "softmax", "layer-norm"].map((name) => onWebGpu(name, 0.5)),
];

export function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

export function findWorkload(name: string): Workload | undefined {
  return [...workloads, ...smallWorkloads].find((w) => w.name === name);
}

/** Where the harness puts an argument: raw little-endian float32. */
export function inputFile(directory: string, workload: Workload, argument: Argument): string {
  return `${directory}/${workload.name}.${argument.name}.f32`;
}
