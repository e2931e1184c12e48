/** A chart of a run: each engine's time as a multiple of the limit, one row per workload. */
import * as vega from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import type { Report } from "./report.ts";
import { type Cell, type Row, ratio } from "./results.ts";

interface Point {
  readonly workload: string;
  readonly engine: string;
  readonly ratio: number;
}

const BASELINES = ["c", "jax"];

/** What a row's times are divided by: C, or JAX where there is no C program, or the fastest engine. */
function baselineOf({ cells }: Row): Cell | undefined {
  const measured = Object.values(cells).filter((cell) => cell.median !== undefined);
  const preferred = BASELINES.flatMap((id) => measured.filter((cell) => cell.engine === id));
  return preferred[0] ?? measured.sort((a, b) => (a.median ?? 0) - (b.median ?? 0))[0];
}

function points({ rows, engines }: Report): Point[] {
  const titles = new Map(engines.map(({ id, title }) => [id, title]));
  return rows.flatMap((row) => {
    const baseline = baselineOf(row);
    if (!baseline) return [];
    const label = BASELINES[0] === baseline.engine ? "" : ` (÷ ${titles.get(baseline.engine)})`;
    return Object.values(row.cells).flatMap((cell) => {
      const value = cell.median === undefined ? undefined : ratio(cell, baseline);
      const engine = titles.get(cell.engine) ?? cell.engine;
      return value === undefined ? [] : [{ workload: row.workload.title + label, engine, ratio: value }];
    });
  });
}

function specification(values: Point[], order: string[]): TopLevelSpec {
  return {
    title: "Time of a call, as a multiple of plain C's on the same machine (log scale; left is faster)",
    data: { values },
    width: 640,
    height: { step: 26 },
    background: "white",
    layer: [
      { mark: { type: "rule", strokeDash: [4, 3], color: "#888" }, encoding: { x: { datum: 1 } } },
      {
        mark: { type: "point", filled: true, size: 70, opacity: 0.85 },
        encoding: {
          x: { field: "ratio", type: "quantitative", scale: { type: "log" }, title: "× limit" },
          y: { field: "workload", type: "nominal", sort: null, title: null, axis: { labelLimit: 400 } },
          color: { field: "engine", type: "nominal", sort: order, scale: { scheme: "tableau20" } },
          shape: { field: "engine", type: "nominal", sort: order },
        },
      },
    ],
  };
}

export async function toSvg(report: Report): Promise<string> {
  const order = report.engines.map(({ title }) => title);
  const { spec } = compile(specification(points(report), order));
  return new vega.View(vega.parse(spec), { renderer: "none" }).toSVG();
}
