/**
 * The protocol between the harness and an engine, and the engine's side of it for those that run in Node.
 *
 * An engine is a long-lived process, `ENGINE DATA_DIRECTORY`, that reads commands from standard input and
 * answers on standard output, one line each:
 *
 *     (start)              ready DESCRIPTION | absent REASON
 *     run WORKLOAD REPS    times MS MS ...            one per repetition, of one call
 *     check WORKLOAD FILE  checked                    FILE holds the result's raw float32
 *     quit                 (ends)
 *
 * Any command may be answered by `unsupported REASON` (this engine cannot express it) or `error TEXT`, and any
 * answer may be preceded by `note TEXT` lines, which the report repeats.
 * Inputs are read from DATA_DIRECTORY the first time that a workload is named, outside the timing.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { setImmediate as yieldToLoop } from "node:timers/promises";
import { findWorkload, inputFile, type Workload } from "./workloads.ts";

/** A workload with its inputs in the engine's own arrays. */
export interface Prepared<R> {
  /** One call; done when the result is complete (a promise is awaited). */
  call(): R | Promise<R>;
  /** Gives the result's memory back; not timed. */
  release?(result: R): void;
  read(result: R): Float32Array | Promise<Float32Array>;
}

export interface EngineModule<R> {
  /** Versions, threads, flags: what a reader of the numbers must know. */
  readonly description: string;
  /** Throws Unsupported where the engine cannot express the workload. */
  prepare(workload: Workload, args: readonly Float32Array<ArrayBuffer>[]): Prepared<R> | Promise<Prepared<R>>;
}

export class Unsupported extends Error {}

function reply(line: string): void {
  process.stdout.write(`${line.replaceAll("\n", " ")}\n`);
}

export function note(text: string): void {
  reply(`note ${text}`);
}

function readArgument(path: string): Float32Array<ArrayBuffer> {
  const bytes = readFileSync(path);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

/** Milliseconds of `inner` calls one after the other. Results are released after the clock is read. */
async function timeOnce<R>(prepared: Prepared<R>, inner: number): Promise<number> {
  const results: R[] = [];
  const begin = performance.now();
  for (let i = 0; i < inner; i++) {
    const result = prepared.call();
    results.push(result instanceof Promise ? await result : result);
  }
  const elapsed = performance.now() - begin;
  if (prepared.release) for (const result of results) prepared.release(result);
  return elapsed;
}

/** Two calls that are not counted wake threads and warm caches; one, where a call is long. */
async function warm<R>(prepared: Prepared<R>, inner: number): Promise<void> {
  const first = await timeOnce(prepared, inner);
  if (first < 50) await timeOnce(prepared, inner);
}

class Server<R> {
  readonly #engine: EngineModule<R>;
  readonly #directory: string;
  readonly #prepared = new Map<string, Prepared<R>>();

  constructor(engine: EngineModule<R>, directory: string) {
    this.#engine = engine;
    this.#directory = directory;
  }

  async #prepare(workload: Workload): Promise<Prepared<R>> {
    const known = this.#prepared.get(workload.name);
    if (known) return known;
    const args = workload.args.map((argument) =>
      readArgument(inputFile(this.#directory, workload, argument)),
    );
    const prepared = await this.#engine.prepare(workload, args);
    this.#prepared.set(workload.name, prepared);
    return prepared;
  }

  async #run(workload: Workload, reps: number): Promise<string> {
    const prepared = await this.#prepare(workload);
    await warm(prepared, workload.inner);
    const times: number[] = [];
    for (let i = 0; i < reps; i++) {
      times.push((await timeOnce(prepared, workload.inner)) / workload.inner);
      await yieldToLoop(); // collectors that hang on finalisation callbacks get their turn, untimed
    }
    return `times ${times.map((t) => t.toFixed(6)).join(" ")}`;
  }

  async #check(workload: Workload, file: string): Promise<string> {
    const prepared = await this.#prepare(workload);
    const result = await prepared.call();
    writeFileSync(file, await prepared.read(result));
    prepared.release?.(result);
    return "checked";
  }

  async answer(line: string): Promise<string> {
    const [verb, name, ...rest] = line.split(" ");
    const workload = findWorkload(name);
    if (!workload) return `error no workload named ${name}`;
    try {
      if (verb === "run") return await this.#run(workload, Number(rest[0]));
      if (verb === "check") return await this.#check(workload, rest.join(" "));
      return `error unknown command ${verb}`;
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      return error instanceof Unsupported ? `unsupported ${text}` : `error ${text}`;
    }
  }
}

/** Runs the protocol until `quit` or the end of input. `load` failing means that the engine is absent. */
export async function serve<R>(load: () => EngineModule<R> | Promise<EngineModule<R>>): Promise<void> {
  console.log = console.info = console.error; // standard output belongs to the protocol
  let server: Server<R>;
  try {
    const engine = await load();
    server = new Server(engine, process.argv[2]);
    reply(`ready ${engine.description}`);
  } catch (error) {
    reply(`absent ${error instanceof Error ? error.message : String(error)}`);
    process.exit(0);
  }
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === "quit") break;
    reply(await server.answer(line));
  }
  process.exit(0); // worker threads of the engine may still be alive
}
