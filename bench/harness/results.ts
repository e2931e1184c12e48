/** From measured turns to numbers: medians, ratios within the run, targets. */
import type { Comparison } from "./compare.ts";
import type { Measurement } from "./measure.ts";
import { median } from "./statistics.ts";
import { type Target, targets, type Workload } from "./workloads.ts";

/** One engine's numbers on one workload. Times are milliseconds of one call. */
export interface Cell {
  readonly engine: string;
  readonly median?: number;
  readonly best?: number;
  readonly problem?: string;
  readonly comparison?: Comparison;
  readonly reps: number;
  readonly roundMedians: readonly (number | null)[];
}

export interface Row {
  readonly workload: Workload;
  readonly cells: Readonly<Record<string, Cell>>;
}

export interface TargetResult extends Target {
  readonly title: string;
  /** Median over rounds of the quotient of the two engines' medians; microseconds without a baseline. */
  readonly measured?: number;
  /** The same from each engine's fastest call, which other programs on the machine disturb least. */
  readonly fastest?: number;
  readonly met?: boolean;
  readonly problem?: string;
}

function toCell(measurement: Measurement): Cell {
  const { engine, reps, problem, comparison, rounds } = measurement;
  const roundMedians = rounds.map((times) => (times.length > 0 ? median(times) : null));
  const all = rounds.flat();
  const base = { engine, reps, comparison, roundMedians };
  if (problem || all.length === 0) return { ...base, problem: problem ?? "not measured" };
  return { ...base, median: median(all), best: all.reduce((a, b) => Math.min(a, b)) };
}

export function toRows(measurements: readonly Measurement[]): Row[] {
  const rows = new Map<Workload, Record<string, Cell>>();
  for (const measurement of measurements) {
    const cells = rows.get(measurement.workload) ?? {};
    cells[measurement.engine] = toCell(measurement);
    rows.set(measurement.workload, cells);
  }
  return [...rows].map(([workload, cells]) => ({ workload, cells }));
}

/** Median over the rounds in which both had a turn. */
export function ratio(engine: Cell, baseline: Cell): number | undefined {
  const quotients: number[] = [];
  engine.roundMedians.forEach((time, round) => {
    const other = baseline.roundMedians[round];
    if (time !== null && other) quotients.push(time / other);
  });
  return quotients.length > 0 ? median(quotients) : undefined;
}

function againstBaseline(engine: Cell, baseline: Cell): Partial<TargetResult> {
  const measured = ratio(engine, baseline);
  const fastest = engine.best && baseline.best ? engine.best / baseline.best : undefined;
  return { measured, fastest };
}

const inMicroseconds = ({ median: middle = Number.NaN, best = Number.NaN }: Cell): Partial<TargetResult> => ({
  measured: middle * 1e3,
  fastest: best * 1e3,
});

/**
 * Why this row says nothing about C as a limit, if so: where two threads of C are no faster than one, other
 * programs hold the processors, and a threaded engine is measured by luck.
 */
function disturbance({ cells }: Row): string | undefined {
  const threaded = cells.c?.median;
  const single = cells["c-1t"]?.median;
  if (threaded === undefined || single === undefined || threaded < 0.9 * single) return undefined;
  return `disturbed: C took ${threaded.toPrecision(3)} ms with threads, ${single.toPrecision(3)} without`;
}

function judge(target: Target, row: Row): TargetResult {
  const { workload, cells } = row;
  const result = { ...target, title: workload.title };
  const engines = target.baseline ? [target.engine, target.baseline] : [target.engine];
  const missing = engines.find((id) => cells[id]?.median === undefined);
  if (missing) return { ...result, problem: `${missing}: ${cells[missing]?.problem ?? "absent"}` };
  const engine = cells[target.engine];
  const numbers = target.baseline ? againstBaseline(engine, cells[target.baseline]) : inMicroseconds(engine);
  const { measured } = numbers;
  const problem = target.baseline === "c" ? disturbance(row) : undefined;
  if (problem) return { ...result, ...numbers, problem };
  return { ...result, ...numbers, met: measured !== undefined && measured <= target.atMost };
}

/** The targets of the workloads that were run. */
export function judgeTargets(rows: readonly Row[]): TargetResult[] {
  return targets.flatMap((target) => {
    const row = rows.find(({ workload }) => workload.name === target.workload);
    const owed = row !== undefined && (target.whenRun !== true || target.engine in row.cells);
    return owed ? [judge(target, row)] : [];
  });
}
