/**
 * TensorFlow.js on its wasm backend. In Node it runs on one thread: the library turns threads off there,
 * and its workers' scripts are addresses that Node's Worker does not take.
 */
import * as tf from "@tensorflow/tfjs";
import { getThreadsCount } from "@tensorflow/tfjs-backend-wasm";
import { packageVersion } from "../harness/packages.ts";
import { type EngineModule, type Prepared, serve, Unsupported } from "../harness/serve.ts";
import { type FunctionKind, isProgramKind, type Workload } from "../harness/workloads.ts";

type Program = (...args: tf.Tensor[]) => tf.Tensor;

function standardise(x: tf.Tensor, axis: number, epsilon: number): tf.Tensor {
  const { mean, variance } = tf.moments(x, axis, true);
  return x.sub(mean).div(variance.add(epsilon).sqrt());
}

const programs: Record<Exclude<FunctionKind, "normal">, Program> = {
  selu: (x) => tf.where(x.greater(0), x, x.exp().mul(1.67).sub(1.67)).mul(1.05),
  affine: (x) => x.mul(3).add(x),
  "sum-squares": (x) => x.square().sum(),
  softmax: (x) => tf.softmax(x, -1),
  "layer-norm": (x) => standardise(x, -1, 1e-5),
  standardise: (d) => standardise(d, 0, 0),
  "tanh-outer": (a, b) => a.add(b).tanh(),
  matmul: (a, b) => tf.matMul(a, b),
  "sin-twice": (x) => x.sin().mul(2),
};

function prepare(workload: Workload, data: readonly Float32Array[]): Prepared<tf.Tensor> {
  const args = data.map((values, i) => tf.tensor(values, [...workload.args[i].shape]));
  const { kind } = workload;
  if (isProgramKind(kind)) throw new Unsupported("the library has no such control flow or derivatives");
  const call =
    kind === "normal"
      ? () => tf.randomNormal([...workload.out], 0, 1, "float32", 0)
      : () => tf.tidy(() => programs[kind](...args));
  return {
    call,
    release: (result) => result.dispose(),
    read: (result) => result.data() as Promise<Float32Array>,
  };
}

async function load(): Promise<EngineModule<tf.Tensor>> {
  await tf.setBackend("wasm");
  await tf.ready();
  if (tf.getBackend() !== "wasm") throw new Error("the wasm backend did not start");
  const simd = (await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT")) ? "SIMD" : "no SIMD";
  const description = `TensorFlow.js ${packageVersion("@tensorflow/tfjs")}, wasm, ${simd}, ${getThreadsCount()} thread`;
  return { description, prepare };
}

await serve(load);
