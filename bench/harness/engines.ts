/** The engines that the bench knows and how to start them. */
import { join } from "node:path";
import { buildNative } from "./native.ts";
import { isProgramKind, smallWorkloads, type Workload } from "./workloads.ts";

export interface Command {
  readonly file: string;
  readonly args: readonly string[]; // the data directory is put in front of the engine's own
  readonly env?: Readonly<Record<string, string>>;
  /** Said of the engine in the report, in front of what it says itself. */
  readonly description?: string;
}

export interface Engine {
  readonly id: string;
  readonly title: string;
  readonly peer: boolean; // one of the JavaScript libraries to beat
  /** How to start it with this data directory, or why that is impossible. */
  command(directory: string): Command | { readonly problem: string };
  runs(workload: Workload): boolean;
  /** Whether its time is a bound that no program can beat, and there is no result to compare. */
  computesNothing(workload: Workload): boolean;
}

export interface EngineOptions {
  readonly threads: number;
  /** Run Fluxion from its TypeScript sources instead of the built package. */
  readonly source: boolean;
}

const benchDirectory = join(import.meta.dirname, "..");
const isSmall = (workload: Workload): boolean => smallWorkloads.includes(workload);
const onlyFull = (workload: Workload): boolean => !isSmall(workload);
const onlyFunctions = (workload: Workload): boolean => onlyFull(workload) && !isProgramKind(workload.kind);
const never = (): boolean => false;

function nodeCommand(script: string, args: string[], flags: string[] = []): Command {
  const allFlags = ["--disable-warning=ExperimentalWarning", ...flags];
  return { file: process.execPath, args: [...allFlags, join(benchDirectory, script), ...args] };
}

function peer(
  id: string,
  title: string,
  script: string,
  options: Partial<Engine> & { args?: string[] } = {},
): Engine {
  const { args = [], runs = onlyFunctions } = options;
  const command = (directory: string) => nodeCommand(script, [directory, ...args]);
  return { id, title, peer: true, command, runs, computesNothing: never };
}

/** jax-js has derivatives and batching, but no loops. */
const withoutLoops = ({ kind }: Workload): boolean => !["scan", "fori", "rnn"].includes(kind);

function python(id: "numpy" | "jax", title: string): Engine {
  const command = (directory: string): Command => ({
    file: process.env.FLUXION_BENCH_PYTHON ?? "python3",
    args: [join(benchDirectory, "python/engine.py"), id, directory],
  });
  const runs = id === "jax" ? onlyFull : onlyFunctions;
  return { id, title, peer: false, command, runs, computesNothing: never };
}

function limit(id: string, title: string, threads: number): Engine {
  return {
    id,
    title,
    peer: false,
    command(directory) {
      const build = buildNative();
      if ("problem" in build) return build;
      const env = { OMP_NUM_THREADS: `${threads}` };
      return { file: build.program, args: [directory], env, description: build.description };
    },
    runs: (workload) =>
      workload.flops !== undefined ||
      (onlyFunctions(workload) && workload.kind !== "normal" && workload.kind !== "sin-twice"),
    computesNothing: ({ flops }) => flops !== undefined,
  };
}

interface FluxionOptions {
  readonly mode?: "jit" | "eager" | "hand";
  readonly device?: "cpu" | "interpreter" | "webgpu";
  readonly threads: number;
  readonly flags?: string[];
  readonly runs?: (workload: Workload) => boolean;
}

function fluxion(id: string, title: string, source: boolean, options: FluxionOptions): Engine {
  const { mode = "jit", device = "cpu", threads, flags = [], runs = () => true } = options;
  const condition = source ? ["--conditions=fluxion-source"] : [];
  const env = { FLUXION_DEVICE: device, FLUXION_THREADS: `${threads}` };
  return {
    id,
    title,
    peer: false,
    command: (directory) => ({
      ...nodeCommand("fluxion-child.ts", [directory, mode], [...condition, ...flags]),
      env,
    }),
    runs,
    computesNothing: never,
  };
}

/**
 * Fluxion and jax-js on the same WebGPU adapter. They run only when they are named: on a machine without a GPU the adapter is a
 * program on the CPU, and only the ratio of the two means anything.
 */
export function webgpuEngines({ source }: Pick<EngineOptions, "source">): readonly Engine[] {
  const runs = onlyFunctions;
  return [
    fluxion("fluxion-webgpu", "Fluxion, WebGPU", source, { device: "webgpu", threads: 1, runs }),
    peer("jax-js-webgpu", "jax-js, WebGPU", "peers/jax-js.ts", { args: ["--webgpu"], runs }),
  ];
}

/** In the order of the report's columns. */
export function allEngines({ threads, source }: EngineOptions): readonly Engine[] {
  return [
    limit("c", `C, ${threads} threads`, threads),
    limit("c-1t", "C, 1 thread", 1),
    fluxion("fluxion-2t", `Fluxion, ${threads} threads`, source, { threads }),
    fluxion("fluxion-1t", "Fluxion, 1 thread", source, { threads: 1 }),
    fluxion("fluxion-eager", "Fluxion, eager", source, { mode: "eager", threads, runs: onlyFunctions }),
    fluxion("fluxion-hand", "Fluxion, derivative by hand", source, {
      mode: "hand",
      threads,
      runs: ({ kind }) => kind === "vmap-grad",
    }),
    fluxion("fluxion-256", "Fluxion, V8 revectorised to 256 bits", source, {
      threads,
      flags: ["--experimental-wasm-revectorize"],
      runs: onlyFull,
    }),
    fluxion("fluxion-interpreter", "Fluxion, interpreter", source, {
      device: "interpreter",
      threads: 1,
      runs: isSmall,
    }),
    python("numpy", "NumPy"),
    python("jax", "JAX"),
    peer("jax-js", "jax-js", "peers/jax-js.ts", { runs: (w) => onlyFull(w) && withoutLoops(w) }),
    peer("jax-js-threads", "jax-js, workers", "peers/jax-js.ts", {
      args: ["--threads"],
      runs: (w) => onlyFull(w) && withoutLoops(w),
    }),
    peer("tfjs", "TensorFlow.js", "peers/tfjs.ts"),
    peer("ort", "onnxruntime-web", "peers/ort.ts"),
    peer("numpy-ts", "numpy-ts", "peers/numpy-ts.ts"),
  ];
}
