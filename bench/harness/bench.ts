/** A whole run: inputs, engines, measurement, report files. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildPackage } from "./build-package.ts";
import { toSvg } from "./chart.ts";
import { EngineError, EngineProcess } from "./engine-process.ts";
import type { Engine } from "./engines.ts";
import { writeInputs } from "./inputs.ts";
import { measure } from "./measure.ts";
import { type Absent, describeMachine, type Machine, type Report, toMarkdown } from "./report.ts";
import { judgeTargets, toRows } from "./results.ts";
import type { Workload } from "./workloads.ts";

export interface BenchOptions {
  readonly workloads: readonly Workload[];
  readonly engines: readonly Engine[];
  readonly rounds: number;
  readonly turnMs: number;
  readonly quietSeconds: number;
  readonly name: string; // of the report files
  readonly source: boolean; // Fluxion from its sources, so nothing needs to be built
}

const resultsDirectory = join(import.meta.dirname, "../results");
const log = (text: string): void => console.error(text);

interface Started {
  readonly processes: EngineProcess[];
  readonly absent: Absent[];
}

async function startAll(engines: readonly Engine[], directory: string): Promise<Started> {
  const processes: EngineProcess[] = [];
  const absent: Absent[] = [];
  for (const engine of engines) {
    try {
      const process = await EngineProcess.start(engine, directory);
      log(`${engine.id}: ${process.description}`);
      processes.push(process);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      log(`${engine.id}: absent (${error.message})`);
      absent.push({ engine, reason: error.message });
    }
  }
  return { processes, absent };
}

async function measureAll(options: BenchOptions, directory: string, machine: Machine): Promise<Report> {
  const { workloads, engines, rounds, turnMs, quietSeconds } = options;
  const used = engines.filter((engine) => workloads.some((workload) => engine.runs(workload)));
  writeInputs(directory, workloads);
  const { processes, absent } = await startAll(used, directory);
  try {
    const measurements = await measure(processes, workloads, {
      directory,
      rounds,
      turnMs,
      quietSeconds,
      log,
    });
    const rows = toRows(measurements);
    return {
      date: new Date().toISOString(),
      machine,
      rounds,
      engines: processes.map(({ engine: { id, title, peer }, description, notes }) => ({
        id,
        title,
        peer,
        description,
        notes,
      })),
      absent: absent.map(({ engine: { id, title }, reason }) => ({ id, title, reason })),
      rows,
      targets: judgeTargets(rows),
    };
  } finally {
    for (const process of processes) process.stop();
  }
}

async function write(report: Report, name: string): Promise<void> {
  mkdirSync(resultsDirectory, { recursive: true });
  const file = (extension: string) => join(resultsDirectory, `${name}.${extension}`);
  writeFileSync(file("json"), `${JSON.stringify(report, null, 1)}\n`);
  writeFileSync(file("md"), toMarkdown(report));
  writeFileSync(file("svg"), await toSvg(report));
  log(`wrote ${file("json")}, .md and .svg`);
}

/** Runs the bench, prints the Markdown report and writes it with the JSON and the chart. */
export async function runBench(options: BenchOptions): Promise<Report> {
  const machine = describeMachine();
  const needsPackage = options.engines.some(({ id }) => id.startsWith("fluxion"));
  if (needsPackage && !options.source) buildPackage();
  const directory = mkdtempSync(join(tmpdir(), "fluxion-bench-"));
  try {
    const report = await measureAll(options, directory, machine);
    console.log(toMarkdown(report));
    await write(report, options.name);
    return report;
  } finally {
    rmSync(directory, { recursive: true });
  }
}
