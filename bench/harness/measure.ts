/**
 * Measures engines against each other: every round gives each engine a turn at each workload, so that whatever
 * slows the machine down for a while slows all of them, and ratios are taken within a round.
 *
 * benny runs the rounds (one suite a round, one case an engine's turn). The times are the engines' own: what
 * benny sees of a turn includes a pipe to another process.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import benny from "benny";
import { type Comparison, checkerOf } from "./compare.ts";
import { EngineError, type EngineProcess } from "./engine-process.ts";
import { waitForQuiet } from "./quiet.ts";
import { median } from "./statistics.ts";
import type { Workload } from "./workloads.ts";

export interface MeasureOptions {
  readonly directory: string; // holds the inputs
  readonly rounds: number;
  readonly turnMs: number; // about how long a turn of repeated calls is
  readonly quietSeconds: number; // how long each turn may wait for other programs to pause
  log(text: string): void;
}

/** One engine's part in one workload. */
export interface Measurement {
  readonly workload: Workload;
  readonly engine: string;
  /** Why there are no times. */
  problem?: string;
  comparison?: Comparison;
  /** Calls in a turn. */
  reps: number;
  /** Milliseconds of single calls, by round; empty where the engine had no turn. */
  readonly rounds: number[][];
}

const MAX_REPS = 200;
const SLOW_MS = 1000; // calls longer than this have turns only in the first rounds
const SLOW_ROUNDS = 2;

function message(error: unknown): string {
  if (error instanceof EngineError) return error.message;
  throw error;
}

function readResult(file: string): Float32Array {
  const bytes = readFileSync(file);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

/** Compares the engine's result and finds out how many calls make a turn. */
async function prepare(
  process: EngineProcess,
  workload: Workload,
  check: ReturnType<typeof checkerOf>,
  options: MeasureOptions,
): Promise<Measurement> {
  const measurement: Measurement = { workload, engine: process.engine.id, reps: 1, rounds: [] };
  const file = join(options.directory, `${workload.name}.${process.engine.id}.out`);
  try {
    if (!process.engine.computesNothing(workload)) {
      await process.check(workload.name, file);
      measurement.comparison = check(readResult(file), process.engine.id);
      if (measurement.comparison.verdict === "wrong")
        measurement.problem = `wrong result: ${measurement.comparison.text}`;
    }
    const call = median(await process.run(workload.name, 3)) * workload.inner;
    measurement.reps = Math.max(1, Math.min(MAX_REPS, Math.round(options.turnMs / call)));
  } catch (error) {
    measurement.problem = message(error);
  }
  return measurement;
}

/** A benny case that takes one turn. benny calls the function twice to see what it returns before it runs it. */
function turnCase(name: string, turn: () => Promise<void>) {
  let probes = 2;
  return benny.add(name, () => (probes-- > 0 ? Promise.resolve() : turn()));
}

async function takeTurn(
  process: EngineProcess,
  measurement: Measurement,
  round: number,
  quietSeconds: number,
): Promise<void> {
  measurement.rounds[round] = [];
  const slow = median(measurement.rounds.flat()) * measurement.workload.inner > SLOW_MS;
  if (measurement.problem || (slow && round >= SLOW_ROUNDS)) return;
  if (quietSeconds > 0) await waitForQuiet(quietSeconds);
  try {
    measurement.rounds[round] = await process.run(measurement.workload.name, measurement.reps);
  } catch (error) {
    measurement.problem = message(error);
  }
}

/** One turn a case; 5 ms between turns let the last engine's spinning threads go to sleep. */
const oneTurn = benny.configure({ cases: { minSamples: 1, minTime: 1e-9, maxTime: 1e-9, delay: 0.005 } });

/** Checks every result, then measures. A wrong result is reported and has no times. */
export async function measure(
  processes: readonly EngineProcess[],
  workloads: readonly Workload[],
  options: MeasureOptions,
): Promise<Measurement[]> {
  const turns: { process: EngineProcess; measurement: Measurement }[] = [];
  for (const workload of workloads) {
    options.log(`checking ${workload.name}`);
    const check = checkerOf(workload);
    for (const process of processes.filter(({ engine }) => engine.runs(workload))) {
      const measurement = await prepare(process, workload, check, options);
      if (measurement.problem) options.log(`  ${process.engine.id}: ${measurement.problem}`);
      turns.push({ process, measurement });
    }
  }
  for (let round = 0; round < options.rounds; round++) {
    const cases = turns.map(({ process, measurement }) =>
      turnCase(`${measurement.workload.name} ${measurement.engine}`, () =>
        takeTurn(process, measurement, round, options.quietSeconds),
      ),
    );
    await benny.suite(`round ${round + 1} of ${options.rounds}`, oneTurn, ...cases);
  }
  return turns.map(({ measurement }) => measurement);
}
