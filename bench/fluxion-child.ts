/**
 * Fluxion as an engine of the bench: `fluxion-child.ts DATA_DIRECTORY jit|eager|hand`. Threads and device come from
 * FLUXION_THREADS and FLUXION_DEVICE. A call is over when it returns: on the CPU the result is then complete.
 */
import { config, devices, init, jit, jnp, type NDArray, nn, random } from "fluxion";
import { packageVersion } from "./harness/packages.ts";
import { type EngineModule, type Prepared, serve } from "./harness/serve.ts";
import { type FunctionKind, isProgramKind, type Workload } from "./harness/workloads.ts";
import { prepareProgram } from "./programs.ts";

type Program = (...args: NDArray[]) => NDArray;

const { FLUXION_DEVICE: device = "cpu", FLUXION_THREADS: threads } = process.env;
const mode = (process.argv[3] ?? "jit") as "jit" | "eager" | "hand";

const programs: Record<Exclude<FunctionKind, "normal">, Program> = {
  selu: (x) => jnp.where(x.gt(0), x, jnp.exp(x).mul(1.67).sub(1.67)).mul(1.05),
  affine: (x) => x.mul(3).add(x),
  "sum-squares": (x) => jnp.sum(jnp.square(x)),
  softmax: (x) => nn.softmax(x, -1),
  "layer-norm": (x) => {
    const centred = x.sub(jnp.mean(x, -1, { keepdims: true }));
    const variance = jnp.mean(jnp.square(centred), -1, { keepdims: true });
    return centred.div(jnp.sqrt(variance.add(1e-5)));
  },
  standardise: (d) => d.sub(jnp.mean(d, 0)).div(jnp.std(d, 0)),
  "tanh-outer": (a, b) => jnp.tanh(a.add(b)),
  matmul: (a, b) => jnp.matmul(a, b),
  "sin-twice": (x) => jnp.sin(x).mul(2),
};

function programOf(kind: FunctionKind, workload: Workload): Program {
  if (kind !== "normal") return programs[kind];
  return (key) => random.normal(key, [...workload.out]);
}

/** On a GPU a call is over when the result is awaited. */
const isAsynchronous = device === "webgpu";

const awaitedCall =
  (program: Program, args: readonly NDArray[]): (() => Promise<NDArray>) =>
  () =>
    program(...args).blockUntilReady();

const callOf =
  (compiled: Program, args: readonly NDArray[]): (() => NDArray) =>
  () =>
    compiled(...args);

/** Eager results may wait until they are asked for; on the CPU device the wait is over when this returns. */
const eagerCall =
  (program: Program, args: readonly NDArray[]): (() => NDArray) =>
  () => {
    const result = program(...args);
    result.blockUntilReady();
    return result;
  };

function prepare(workload: Workload, data: readonly Float32Array[]): Prepared<NDArray> {
  const inputs = data.map((values, i) => jnp.array(values).reshape(workload.args[i].shape) as NDArray);
  if (isProgramKind(workload.kind)) return prepareProgram(workload.kind, inputs, mode);
  const args = workload.kind === "normal" ? [random.PRNGKey(0) as NDArray] : inputs;
  const program = programOf(workload.kind, workload);
  if (isAsynchronous) {
    return {
      call: awaitedCall(mode === "jit" ? (jit(program) as Program) : program, args),
      release: (result) => result.dispose(),
      read: async (result) => Float32Array.from((await result.data()) as Float32Array),
    };
  }
  return {
    call: mode === "jit" ? callOf(jit(program) as Program, args) : eagerCall(program, args),
    release: (result) => result.dispose(),
    read: (result) => Float32Array.from(result.dataSync() as Float32Array),
  };
}

interface Threaded {
  readonly runtime: { threads: number };
}

/** Makes sure that the CPU device has as many threads as the report will say. */
function setThreads(count: number): void {
  const [cpu] = devices("cpu") as readonly Partial<Threaded>[];
  if (cpu?.runtime?.threads === undefined) throw new Error("the CPU device does not tell its threads");
  cpu.runtime.threads = count;
  if (cpu.runtime.threads !== count) throw new Error(`the CPU device cannot run on ${count} threads`);
}

async function load(): Promise<EngineModule<NDArray>> {
  if (isAsynchronous) await init({ device });
  else if (device !== "cpu") config.update("defaultDevice", device);
  else if (threads) setThreads(Number(threads));
  const how = [
    device,
    mode,
    isAsynchronous && devices("gpu")[0].description,
    !isAsynchronous && threads && `${threads} threads`,
    ...process.execArgv.filter((f) => f.includes("wasm")),
  ];
  return { description: `Fluxion ${packageVersion("fluxion")}, ${how.filter(Boolean).join(", ")}`, prepare };
}

await serve(load);
