/**
 * The switches of the command line as environment variables, for library users in Node:
 *
 * - `FLUXION_DUMP_IR`: `all`, or stage names separated by commas: every program that is compiled prints these stages;
 * - `FLUXION_DUMP_DIR`: a folder; each stage goes into a file of its own there instead of the error stream;
 * - `FLUXION_TIMING`: any value: the time of each stage, and of each kernel of a GPU that has clocks;
 * - `FLUXION_DEVICE`: `cpu`, `webgpu` or `interpreter`;
 * - `FLUXION_THREADS`: threads of the CPU device;
 * - `FLUXION_WIDE`: 1 for `config.wideVectors`.
 */

import {
  type CompileObserver,
  cpuStages,
  gpuStages,
  observeCompilation,
  observeRuns,
} from "@fluxion/runtime";
import { config } from "./config.ts";
import { transformStages } from "./transform-stages.ts";

type Variables = Readonly<Record<string, string | undefined>>;

const variables = (): Variables => (typeof process === "object" ? (process.env as Variables) : {});

/** Threads that the environment asks for. @throws RangeError unless it is a positive integer. */
export function environmentThreads(): number | undefined {
  const text = variables().FLUXION_THREADS;
  if (text === undefined || text === "") return undefined;
  const threads = Number(text);
  if (!Number.isInteger(threads) || threads < 1)
    throw new RangeError(`FLUXION_THREADS must be a positive integer, got ${text}`);
  return threads;
}

/** Those of the CPU, the GPU's shaders, and what transformations derive before a program is compiled. */
const allStages: readonly string[] = [...new Set([...cpuStages, ...gpuStages, ...transformStages])];

/**
 * Stages named in a list; `all` is every one.
 * @throws Error on an unknown stage; the text lists those that exist.
 */
export function parseStages(list: string): ReadonlySet<string> {
  const names = list
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  const unknown = names.find((name) => name !== "all" && !allStages.includes(name));
  if (unknown !== undefined)
    throw new Error(`unknown stage ${unknown}; the stages are: ${allStages.join(", ")}`);
  return new Set(names.length === 0 || names.includes("all") ? allStages : names);
}

/** Writes the stages of every compilation; a stage that changed nothing says so. */
function dumper(stages: ReadonlySet<string>, folder: string | undefined): CompileObserver {
  let count = 0;
  let last = "";
  return ({ program, stage, text }) => {
    if (stage === "traced") count++;
    if (!stages.has(stage)) return;
    const content = text();
    if (folder === undefined) {
      const shown = content === last ? "(unchanged)" : content;
      process.stderr.write(`// ---- ${program}: ${stage} ----\n${shown}\n`);
    } else writeStage(folder, `${String(count).padStart(3, "0")}-${program}-${stage}`, stage, content);
    last = content;
  };
}

function writeStage(folder: string, name: string, stage: string, content: string): void {
  const { mkdirSync, writeFileSync } = process.getBuiltinModule("node:fs");
  const ending =
    stage === "wat" || stage === "wgsl" ? stage : stage === "kernels" || stage === "fused" ? "txt" : "mlir";
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/${name.replace(/[^\w.-]/g, "_")}.${ending}`, `${content}\n`);
}

const timer: CompileObserver = ({ program, stage, milliseconds }) => {
  process.stderr.write(
    `${program.padEnd(16)} ${stage.padEnd(18)} ${milliseconds.toFixed(2).padStart(8)} ms\n`,
  );
};

/** Adds up the times of GPU kernels, and prints them when the program ends. */
function timeKernels(): void {
  const totals = new Map<string, { dispatches: number; milliseconds: number }>();
  observeRuns(({ program, kernels }) => {
    for (const { name, milliseconds } of kernels) {
      const key = `${program.padEnd(16)} ${name.padEnd(24)}`;
      const total = totals.get(key) ?? { dispatches: 0, milliseconds: 0 };
      totals.set(key, total);
      total.dispatches++;
      total.milliseconds += milliseconds;
    }
  });
  process.on("exit", () => {
    for (const [key, { dispatches, milliseconds }] of totals) {
      const mean = ((1000 * milliseconds) / dispatches).toFixed(1);
      process.stderr.write(
        `${key} ${String(dispatches).padStart(6)} dispatches ${milliseconds.toFixed(2).padStart(9)} ms on the GPU, ${mean} µs each\n`,
      );
    }
  });
}

/** @throws RangeError unless the text is 0 or 1. */
function readSwitch(name: string, text: string): boolean {
  if (text !== "0" && text !== "1") throw new RangeError(`${name} must be 0 or 1, got ${text}`);
  return text === "1";
}

/** Applies the variables. Called once, when Fluxion is loaded. */
export function applyEnvironment(): void {
  const {
    FLUXION_DUMP_IR: dump,
    FLUXION_DUMP_DIR: folder,
    FLUXION_TIMING: timing,
    FLUXION_DEVICE: device,
    FLUXION_WIDE: wide,
  } = variables();
  if (device) config.defaultDevice = device;
  if (wide) config.wideVectors = readSwitch("FLUXION_WIDE", wide);
  if (dump) observeCompilation(dumper(parseStages(dump), folder || undefined));
  if (timing) {
    observeCompilation(timer);
    timeKernels();
  }
}
