/**
 * jax-js on its wasm backend. It makes its workers from the page's `Worker`, which Node lacks, so out of the
 * box it runs on one thread; `--threads` gives it a Worker (web-worker.ts) and with that all cores, as in a page. `--webgpu`
 * runs its WebGPU backend instead (page-gpu.ts).
 */
import { packageVersion } from "../harness/packages.ts";
import { type EngineModule, type Prepared, serve, Unsupported } from "../harness/serve.ts";
import { type FunctionKind, isProgramKind, mlp, type Workload } from "../harness/workloads.ts";
import { providePageGpu } from "./page-gpu.ts";
import { provideWorker } from "./web-worker.ts";

const threads = process.argv.includes("--threads");
const webgpu = process.argv.includes("--webgpu");
if (threads) provideWorker();
const adapter = webgpu ? await providePageGpu() : "";
const {
  defaultDevice,
  grad,
  init,
  jit,
  nn,
  numpy: np,
  random,
  valueAndGrad,
  vmap,
} = await import("@jax-js/jax");
type Array = ReturnType<typeof np.array>;

const programs: Record<FunctionKind | "vmap-grad", (...args: Array[]) => Array> = {
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
  "vmap-grad": (x) => vmap(grad((v: Array) => np.sin(v.ref).mul(v.ref).add(np.tanh(v))))(x),
};

/** Every use of an array gives it away; `ref` keeps it. */
function mlpLoss(parameters: Array[], x: Array, y: Array): Array {
  let h = x;
  for (let i = 0; i < parameters.length; i += 2) {
    h = np.matmul(h, parameters[i]).add(parameters[i + 1]);
    if (i + 2 < parameters.length) h = nn.relu(h);
  }
  return np.mean(np.sum(nn.logSoftmax(h, -1).mul(y), -1)).neg();
}

function prepareMlp(args: Array[]): Prepared<Array> {
  const step = jit((parameters: Array[], x: Array, y: Array): [Array[], Array] => {
    const kept = parameters.map((p) => p.ref);
    const [value, gradients] = valueAndGrad(mlpLoss)(parameters, x, y);
    return [kept.map((p, i) => p.sub(gradients[i].mul(mlp.rate))), value];
  });
  const [x, y] = args.slice(-2);
  let parameters = args.slice(0, -2);
  return {
    call: async () => {
      const [next, loss] = step(parameters, x.ref, y.ref);
      parameters = next;
      return loss.blockUntilReady();
    },
    release: (loss) => loss.dispose(),
    read: async (loss) => {
      const all = await Promise.all([...parameters, loss].map((a) => a.ref.data()));
      return Float32Array.from(all.flatMap((part) => Array.from(part as Float32Array)));
    },
  };
}

function prepare(workload: Workload, data: readonly Float32Array<ArrayBuffer>[]): Prepared<Array> {
  const args = data.map((values, i) => np.array(values).reshape([...workload.args[i].shape]));
  const release = (result: Array) => result.dispose();
  const read = async (result: Array) => new Float32Array(await result.ref.data());
  if (workload.kind === "normal") {
    const draw = jit((key: Array) => random.normal(key, [...workload.out]));
    const key = random.key(0);
    return { call: () => draw(key.ref).blockUntilReady(), release, read };
  }
  const { kind } = workload;
  if (kind === "mlp-step") return prepareMlp(args);
  if (isProgramKind(kind) && kind !== "vmap-grad") throw new Unsupported("jax-js has no loops");
  const compiled = jit(programs[kind]);
  return { call: () => compiled(...args.map((x) => x.ref)).blockUntilReady(), release, read };
}

async function load(): Promise<EngineModule<Array>> {
  const device = webgpu ? "webgpu" : "wasm";
  const available = await init(device);
  if (!available.includes(device)) throw new Error(`no ${device}`);
  defaultDevice(device);
  const workers = threads ? `${navigator.hardwareConcurrency} workers` : "1 thread";
  const how = webgpu ? `webgpu, ${adapter}` : `wasm, ${workers}`;
  return { description: `jax-js ${packageVersion("@jax-js/jax")}, ${how}`, prepare };
}

await serve(load);
