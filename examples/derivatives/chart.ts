/** Curves beside each other, drawn by Vega-Lite. */
import * as vega from "vega";
import { compile, type TopLevelSpec } from "vega-lite";

export interface Panel {
  readonly title: string;
  readonly x: readonly number[];
  /** The heights of each curve, by its name. */
  readonly curves: Readonly<Record<string, readonly number[]>>;
}

const specification = (panels: readonly Panel[]): TopLevelSpec => ({
  background: "white",
  hconcat: panels.map(({ title, x, curves }) => ({
    title,
    width: 320,
    height: 220,
    data: {
      values: Object.entries(curves).flatMap(([curve, heights]) =>
        heights.map((y, i) => ({ x: x[i], y, curve })),
      ),
    },
    mark: { type: "line" as const },
    encoding: {
      x: { field: "x", type: "quantitative" as const },
      y: { field: "y", type: "quantitative" as const, title: null },
      color: { field: "curve", type: "nominal" as const, title: null, sort: null },
    },
  })),
  resolve: { scale: { color: "independent" } },
});

/** The panels as SVG. */
export const toSvg = (panels: readonly Panel[]): Promise<string> =>
  new vega.View(vega.parse(compile(specification(panels)).spec), { renderer: "none" }).toSVG();
