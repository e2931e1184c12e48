/** Exponentials of numbers less their maximum: the same bits as where the maximum is not known to be one. */
import { kernel as k } from "@fluxion/ir";
import { describe, expect, test } from "vitest";
import { absorbedExponentials } from "../../src/loops/absorbed.ts";
import { buffer, loops, prepare, programOf, variants } from "./harness.ts";

type Float = "float32" | "float64";

const COLUMNS = 40;

interface Spec {
  readonly dtype: Float;
  readonly rows: number;
  /** Where the maximum comes from: an input, or a fold over columns of x. */
  readonly given?: boolean;
  readonly monoid?: "maximum" | "minimum";
  /** Columns that take part in the fold. */
  readonly folded?: number;
  /** The fold's elements are those of the row plus this many columns. */
  readonly shift?: number;
  /** What the elements are multiplied by in the fold, and in the exponent. */
  readonly factors?: readonly [number, number];
  readonly access?: "read" | "readwrite";
  /** How often they are then multiplied by themselves. */
  readonly squarings?: number;
}

/** exp(a − max a) of each row, its statements, and the exponential among them. */
function rowExponentials(spec: Spec): { program: k.Program; body: readonly k.Stmt[]; e: k.Expr } {
  const { dtype, rows, monoid = "maximum", folded = COLUMNS, shift = 0, factors = [1, 1] } = spec;
  const x = buffer("x", dtype, rows * COLUMNS, spec.access ?? "read");
  const [maxima, y] = [buffer("m", dtype, rows), buffer("y", dtype, rows * COLUMNS, "write")];
  const [g, c, d] = ["g", "c", "d"].map((name) => new k.LoopVar(name));
  const local = (name: string): k.Local => new k.Local(name, dtype);
  const at = (column: k.LoopVar, by: number): k.Index => ({
    ...k.indexAdd(k.indexVar(g, COLUMNS), k.indexVar(column)),
    offset: by,
  });
  const scaled = (body: k.Stmt[], index: k.Index, factor: number): k.Expr => {
    const [element, product] = [local("x"), local("v")];
    body.push(k.letStmt(element, k.load(x, index)));
    body.push(k.letStmt(product, k.scalarOp("multiply", dtype, k.use(element), k.constant(dtype, factor))));
    let result = product;
    for (let i = 0; i < (spec.squarings ?? 0); i++) {
      const square = local("s");
      body.push(k.letStmt(square, k.scalarOp("multiply", dtype, k.use(result), k.use(result))));
      result = square;
    }
    return k.use(result);
  };
  const [m, left, right] = ["m", "a", "b"].map(local);
  const body: k.Stmt[] = [];
  if (spec.given) body.push(k.letStmt(m, k.load(maxima, k.indexVar(g))));
  else {
    const inner: k.Stmt[] = [];
    const element = scaled(inner, at(c, shift), factors[0]);
    body.push({
      kind: "reduce",
      loops: [{ var: c, extent: folded }],
      simd: true,
      body: inner,
      elements: [element],
      accumulators: [m],
      init: [k.constant(dtype, monoid === "maximum" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY)],
      combine: {
        lhs: [left],
        rhs: [right],
        body: [],
        results: [k.scalarOp(monoid, dtype, k.use(left), k.use(right))],
        monoid,
      },
    });
  }
  const inner: k.Stmt[] = [];
  const [difference, power] = [local("d"), local("e")];
  const minuend = scaled(inner, at(d, 0), factors[1]);
  const e = k.scalarOp("exponential", dtype, k.use(difference));
  inner.push(k.letStmt(difference, k.scalarOp("subtract", dtype, minuend, k.use(m))));
  inner.push(k.letStmt(power, e), k.store(y, at(d, 0), k.use(power)));
  body.push({ kind: "for", var: d, extent: COLUMNS, mode: "simd", body: inner });
  const grid = { var: g, extent: rows, simd: false, grain: 1 };
  const kernel = loops({ buffers: spec.given ? [x, maxima, y] : [x, y], grid, body });
  const inputs = spec.given ? [x, maxima] : [x];
  return { program: programOf({ inputs, outputs: [y], kernels: [kernel] }), body, e };
}

const absorbed = (spec: Partial<Spec>): string | undefined => {
  const { body, e } = rowExponentials({ dtype: "float32", rows: 2, ...spec });
  return absorbedExponentials(body).get(e);
};

describe("an exponent is known to be at most 0", () => {
  test("where the maximum was taken over what it is subtracted from", () => {
    expect(absorbed({})).toBe("large");
    expect(absorbed({ factors: [0.5, 0.5] })).toBe("large");
    expect(absorbed({ squarings: 60 })).toBe("large");
  });

  test.each<[string, Partial<Spec>]>([
    ["a number that came from outside", { given: true }],
    ["a minimum", { monoid: "minimum" }],
    ["some of the numbers", { folded: COLUMNS - 1 }],
    ["neighbours of the numbers", { shift: 1 }],
    ["multiples of the numbers", { factors: [1, 2] }],
    ["numbers that the kernel may write", { access: "readwrite" }],
  ])("but not where it is that of %s", (_, spec) => {
    expect(absorbed(spec)).toBeUndefined();
  });
});

describe.each(variants)("relaxed $relaxed, shared $shared", (options) => {
  test.each(["float32", "float64"] as const)("%s has the same bits either way", (dtype) => {
    const rows = 64;
    const size = dtype === "float32" ? 110 : 760;
    const values = Array.from({ length: rows * COLUMNS }, (_, i) => {
      const [row, column] = [Math.floor(i / COLUMNS), i % COLUMNS];
      if (row === 0) return column === 7 ? NaN : column;
      if (row === 1) return column % 3 === 0 ? -Infinity : column;
      if (row === 2) return column === 5 ? Infinity : column;
      if (row === 3) return -Infinity;
      return column === 0 ? row / 3 : row / 3 - ((i * 7919) % 10_007) * (size / 10_007);
    });
    const x = dtype === "float32" ? Float32Array.from(values) : Float64Array.from(values);
    const maxima = x.slice(0, rows).fill(0);
    for (let row = 0; row < rows; row++)
      maxima[row] = Math.max(...x.subarray(row * COLUMNS, (row + 1) * COLUMNS));
    const [fused] = prepare(rowExponentials({ dtype, rows }).program, options).run([x]);
    const [apart] = prepare(rowExponentials({ dtype, rows, given: true }).program, options).run([x, maxima]);
    expect(Array.from(fused, Number)).toEqual(Array.from(apart, Number));
    expect(
      Array.from(fused, Number).filter((value) => value > 0 && value < 2 ** -126).length,
    ).toBeGreaterThan(9);
  });
});
