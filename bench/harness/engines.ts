/** The engines that the bench knows and how to start them. */
import { join } from "node:path";
import { buildNative } from "./native.ts";
import { smallWorkloads, type Workload } from "./workloads.ts";

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
}

export interface EngineOptions {
  readonly threads: number;
  /** Run Fluxion from its TypeScript sources instead of the built package. */
  readonly source: boolean;
}

const benchDirectory = join(import.meta.dirname, "..");
const isSmall = (workload: Workload): boolean => smallWorkloads.includes(workload);
const onlyFull = (workload: Workload): boolean => !isSmall(workload);

function nodeCommand(script: string, args: string[], flags: string[] = []): Command {
  const allFlags = ["--disable-warning=ExperimentalWarning", ...flags];
  return { file: process.execPath, args: [...allFlags, join(benchDirectory, script), ...args] };
}

function peer(id: string, title: string, script: string, args: string[] = []): Engine {
  const command = (directory: string) => nodeCommand(script, [directory, ...args]);
  return { id, title, peer: true, command, runs: onlyFull };
}

function python(id: "numpy" | "jax", title: string): Engine {
  const command = (directory: string): Command => ({
    file: process.env.FLUXION_BENCH_PYTHON ?? "python3",
    args: [join(benchDirectory, "python/engine.py"), id, directory],
  });
  return { id, title, peer: false, command, runs: onlyFull };
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
    runs: (workload) => onlyFull(workload) && workload.kind !== "normal" && workload.kind !== "sin-twice",
  };
}

interface FluxionOptions {
  readonly mode?: "jit" | "eager";
  readonly device?: "cpu" | "interpreter";
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
  };
}

/** In the order of the report's columns. */
export function allEngines({ threads, source }: EngineOptions): readonly Engine[] {
  return [
    limit("c", `C, ${threads} threads`, threads),
    limit("c-1t", "C, 1 thread", 1),
    fluxion("fluxion-2t", `Fluxion, ${threads} threads`, source, { threads }),
    fluxion("fluxion-1t", "Fluxion, 1 thread", source, { threads: 1 }),
    fluxion("fluxion-eager", "Fluxion, eager", source, { mode: "eager", threads, runs: onlyFull }),
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
    peer("jax-js", "jax-js", "peers/jax-js.ts"),
    peer("jax-js-threads", "jax-js, workers", "peers/jax-js.ts", ["--threads"]),
    peer("tfjs", "TensorFlow.js", "peers/tfjs.ts"),
    peer("ort", "onnxruntime-web", "peers/ort.ts"),
    peer("numpy-ts", "numpy-ts", "peers/numpy-ts.ts"),
  ];
}
