/** numpy-ts: NumPy's functions, one wasm kernel each, on one thread. */
import * as np from "numpy-ts";
import { packageVersion } from "../harness/packages.ts";
import { type EngineModule, type Prepared, serve, Unsupported } from "../harness/serve.ts";
import { type FunctionKind, isProgramKind, type Workload } from "../harness/workloads.ts";

type Array = np.NDArrayCore;
type Result = Array | number;

/** Functions of numpy-ts may return scalars; those called here with keepdims do not. */
function array(value: unknown): Array {
  if (value instanceof np.NDArrayCore) return value;
  throw new Error(`expected an array, got ${typeof value}`);
}

function scalar(value: unknown): number {
  if (typeof value === "number") return value;
  throw new Error(`expected a number, got ${typeof value}`);
}

const mean = (x: Array, axis: number): Array => array(np.mean(x, axis, true));

/** (x - mean) / sqrt(var + epsilon); `np.std` would give float64. Every temporary is freed at once. */
function standardise(x: Array, axis: number, epsilon: number): Array {
  using centre = mean(x, axis);
  using centred = np.subtract(x, centre);
  using squares = np.square(centred);
  using variance = mean(squares, axis);
  using shifted = np.add(variance, epsilon);
  using deviation = np.sqrt(shifted);
  return np.divide(centred, deviation);
}

function softmax(x: Array): Array {
  using max = array(np.max(x, -1, true));
  using centred = np.subtract(x, max);
  using e = np.exp(centred);
  using sum = array(np.sum(e, -1, true));
  return np.divide(e, sum);
}

function selu(x: Array): Array {
  using e = np.exp(x);
  using scaled = np.multiply(e, 1.67);
  using negative = np.subtract(scaled, 1.67);
  using positive = np.greater(x, 0);
  using either = array(np.where(positive, x, negative));
  return np.multiply(either, 1.05);
}

const programs: Record<Exclude<FunctionKind, "normal">, (...args: Array[]) => Result> = {
  selu,
  affine: (x) => {
    using thrice = np.multiply(x, 3);
    return np.add(thrice, x);
  },
  "sum-squares": (x) => {
    using squares = np.square(x);
    return scalar(np.sum(squares));
  },
  softmax,
  "layer-norm": (x) => standardise(x, -1, 1e-5),
  standardise: (d) => standardise(d, 0, 0),
  "tanh-outer": (a, b) => {
    using sum = np.add(a, b);
    return np.tanh(sum);
  },
  matmul: (a, b) => np.matmul(a, b),
  "sin-twice": (x) => {
    using sine = np.sin(x);
    return np.multiply(sine, 2);
  },
};

function prepare(workload: Workload, data: readonly Float32Array[]): Prepared<Result> {
  const args = data.map((values, i) => np.array(values).reshape([...workload.args[i].shape]));
  const { kind } = workload;
  if (isProgramKind(kind)) throw new Unsupported("the library has no such control flow or derivatives");
  const call =
    kind === "normal"
      ? () => array(np.random.standard_normal([...workload.out])) // float64, the only dtype that it draws
      : () => programs[kind](...args);
  return {
    call,
    release: (result) => typeof result !== "number" && result.dispose(),
    read: (result) =>
      typeof result === "number"
        ? Float32Array.of(result)
        : Float32Array.from(result.data as Float32Array | Float64Array),
  };
}

async function load(): Promise<EngineModule<Result>> {
  np.configureWasm({ maxMemory: 2 ** 30 });
  np.random.seed(0);
  return { description: `numpy-ts ${packageVersion("numpy-ts")}, wasm, 1 thread, eager`, prepare };
}

await serve(load);
