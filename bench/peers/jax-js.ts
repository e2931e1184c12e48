/**
 * jax-js on its wasm backend. It makes its workers from the page's `Worker`, which Node lacks, so out of the
 * box it runs on one thread; `--threads` gives it a Worker (web-worker.ts) and with that all cores, as in a page.
 */
import { packageVersion } from "../harness/packages.ts";
import { type EngineModule, type Prepared, serve } from "../harness/serve.ts";
import type { Kind, Workload } from "../harness/workloads.ts";
import { provideWorker } from "./web-worker.ts";

const threads = process.argv.includes("--threads");
if (threads) provideWorker();
const { defaultDevice, init, jit, nn, numpy: np, random } = await import("@jax-js/jax");
type Array = ReturnType<typeof np.array>;

const programs: Record<Kind, (...args: Array[]) => Array> = {
  selu: (x) => np.where(x.ref.greater(0), x.ref, np.exp(x).mul(1.67).sub(1.67)).mul(1.05),
  affine: (x) => x.ref.mul(3).add(x),
  "sum-squares": (x) => np.sum(x.ref.mul(x)),
  softmax: (x) => nn.softmax(x, -1),
  "layer-norm": (x) => {
    const centred = x.ref.sub(np.mean(x, -1, { keepdims: true }));
    const variance = np.mean(np.square(centred.ref), -1, { keepdims: true });
    return centred.div(np.sqrt(variance.add(1e-5)));
  },
  standardise: (d) => d.ref.sub(np.mean(d.ref, 0)).div(np.std(d, 0)),
  "tanh-outer": (a, b) => np.tanh(a.add(b)),
  matmul: (a, b) => np.matmul(a, b),
  normal: () => {
    throw new Error("needs a shape");
  },
  "sin-twice": (x) => np.sin(x).mul(2),
};

function prepare(workload: Workload, data: readonly Float32Array<ArrayBuffer>[]): Prepared<Array> {
  const args = data.map((values, i) => np.array(values).reshape([...workload.args[i].shape]));
  const release = (result: Array) => result.dispose();
  const read = async (result: Array) => new Float32Array(await result.ref.data());
  if (workload.kind === "normal") {
    const draw = jit((key: Array) => random.normal(key, [...workload.out]));
    const key = random.key(0);
    return { call: () => draw(key.ref).blockUntilReady(), release, read };
  }
  const compiled = jit(programs[workload.kind]);
  return { call: () => compiled(...args.map((x) => x.ref)).blockUntilReady(), release, read };
}

async function load(): Promise<EngineModule<Array>> {
  await init("wasm");
  defaultDevice("wasm");
  const workers = threads ? `${navigator.hardwareConcurrency} workers` : "1 thread";
  return { description: `jax-js ${packageVersion("@jax-js/jax")}, wasm, ${workers}`, prepare };
}

await serve(load);
