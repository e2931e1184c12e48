/** The report of a run as JSON and Markdown. */
import { availableParallelism, cpus, loadavg, platform, release } from "node:os";
import type { Engine } from "./engines.ts";
import { type Cell, type Row, ratio, type TargetResult } from "./results.ts";

export interface EngineReport {
  readonly id: string;
  readonly title: string;
  readonly peer: boolean;
  readonly description: string;
  readonly notes: readonly string[];
}

export interface Absent {
  readonly engine: Engine;
  readonly reason: string;
}

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly system: string;
  readonly node: string;
  /** Programs running or waiting to run, averaged over a minute; the engines account for up to `cores`. */
  readonly load: number;
}

export interface Report {
  readonly date: string;
  readonly machine: Machine;
  readonly rounds: number;
  readonly engines: readonly EngineReport[];
  readonly absent: readonly { readonly id: string; readonly title: string; readonly reason: string }[];
  readonly rows: readonly Row[];
  readonly targets: readonly TargetResult[];
}

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model ?? "unknown processor",
    cores: availableParallelism(),
    system: `${platform()} ${release()}`,
    node: process.version,
    load: loadavg()[0],
  };
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = header.map((_, i) => (i === 0 ? "---" : "---:"));
  return [line(header), line(rule), ...rows.map(line)].join("\n");
}

/** Three significant digits, without an exponent. */
function digits(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return "–";
  const decimals = value > 0 ? Math.max(0, 2 - Math.floor(Math.log10(value))) : 0;
  return value.toFixed(Math.min(decimals, 6));
}

const isMicro = (row: Row): boolean => row.workload.inner > 1;

function timeText(row: Row, cell: Cell | undefined): string {
  if (!cell) return "";
  if (cell.median === undefined) return cell.problem?.startsWith("wrong") ? "wrong" : "–";
  return isMicro(row) ? `${digits(cell.median * 1e3)} µs` : digits(cell.median);
}

function timesTable({ rows, engines }: Report): string {
  const shown = engines.filter(({ id }) => rows.some(({ cells }) => cells[id]));
  const body = rows.map((row) => [
    row.workload.title,
    ...shown.map(({ id }) => timeText(row, row.cells[id])),
  ]);
  return table(["milliseconds a call", ...shown.map(({ title }) => title)], body);
}

function targetRow(target: TargetResult): string[] {
  const { title, engine, baseline, atMost, measured, fastest, met, problem } = target;
  const unit = baseline ? "×" : " µs";
  const show = (value: number | undefined) => (value === undefined ? "–" : `${digits(value)}${unit}`);
  const mark = met === undefined ? `not judged (${problem})` : met ? "✓" : "✗";
  const what = baseline ? `${engine} / ${baseline}` : engine;
  return [title, what, `≤ ${atMost}${unit}`, show(measured), show(fastest), mark];
}

/** The fastest JavaScript peer of each workload beside Fluxion. */
function peerRows({ rows, engines }: Report): string[][] {
  const peers = engines.filter(({ peer }) => peer).map(({ id }) => id);
  return rows.flatMap(({ workload, cells }) => {
    const times = peers.flatMap((id) =>
      cells[id]?.median === undefined ? [] : [{ id, time: cells[id].median }],
    );
    if (times.length === 0) return [];
    const best = times.reduce((a, b) => (a.time <= b.time ? a : b));
    const own = cells["fluxion-2t"]?.median;
    const speedup = own === undefined ? "–" : `${digits(best.time / own)}×`;
    return [[workload.title, best.id, digits(best.time), digits(own), speedup]];
  });
}

/** One thread against one thread: the comparison that a busy machine disturbs least. */
function singleRows({ rows }: Report): string[][] {
  return rows.flatMap(({ workload, cells }) => {
    const { "fluxion-1t": own, "c-1t": limit } = cells;
    if (own?.median === undefined || limit?.median === undefined) return [];
    const fastest = own.best && limit.best ? own.best / limit.best : undefined;
    return [[workload.title, `${digits(ratio(own, limit))}×`, `${digits(fastest)}×`]];
  });
}

function problems({ rows }: Report): string[] {
  return rows.flatMap(({ workload, cells }) =>
    Object.values(cells)
      .filter((cell) => cell.problem)
      .map((cell) => `- ${workload.title}, ${cell.engine}: ${cell.problem}`),
  );
}

function inaccuracies({ rows }: Report): string[] {
  return rows.flatMap(({ workload, cells }) =>
    Object.values(cells)
      .filter((cell) => cell.comparison?.verdict === "inaccurate")
      .map((cell) => `- ${workload.title}, ${cell.engine}: ${cell.comparison?.text}`),
  );
}

function section(title: string, body: string): string {
  return body ? `## ${title}\n\n${body}\n` : "";
}

export function toMarkdown(report: Report): string {
  const { machine, targets, engines, absent } = report;
  const met = targets.filter((t) => t.met).length;
  const open = targets.filter((t) => t.met === undefined).length;
  const peers = peerRows(report);
  const singles = singleRows(report);
  const engineLines = engines.map(({ id, description, notes }) =>
    [`- ${id}: ${description}`, ...notes.map((n) => `  - ${n}`)].join("\n"),
  );
  return [
    `# Fluxion's bench, ${report.date}\n`,
    `${machine.cpu}, ${machine.cores} cores, ${machine.system}, Node ${machine.node}; load ${machine.load.toFixed(2)}`,
    `at the start. ${report.rounds} interleaved rounds; medians; every result compared with double precision first.\n`,
    section(
      `Targets: ${met} of ${targets.length} met${open > 0 ? `, ${open} not judged` : ""}`,
      targets.length > 0
        ? table(
            ["workload", "measured", "target", "median ratio", "ratio of fastest calls", ""],
            targets.map(targetRow),
          )
        : "",
    ),
    section("Times", timesTable(report)),
    section(
      "Against the fastest JavaScript peer",
      peers.length > 0
        ? table(["workload", "peer", "its ms", "Fluxion's ms", "Fluxion is faster by"], peers)
        : "",
    ),
    section(
      "One thread, against one thread of C",
      singles.length > 0 ? table(["workload", "median ratio", "ratio of fastest calls"], singles) : "",
    ),
    section("Engines", engineLines.join("\n")),
    section(
      `Absent engines: ${absent.length}`,
      absent.map(({ id, reason }) => `- ${id}: ${reason}`).join("\n"),
    ),
    section("Less accurate than the workload allows (timed all the same)", inaccuracies(report).join("\n")),
    section("Not measured", problems(report).join("\n")),
  ]
    .filter(Boolean)
    .join("\n");
}
