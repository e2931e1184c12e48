/** Exponentials of which not everything matters: what is made of them has the same bits as what is made of all of eˣ. */
import { kernel as k } from "@fluxion/ir";
import { describe, expect, test } from "vitest";
import { absorbedExponentials } from "../../src/loops/absorbed.ts";
import { buffer, flatGrid, loops, prepare, programOf, variants } from "./harness.ts";

type Float = "float32" | "float64";

const leastNormal: Record<Float, number> = { float32: 2 ** -126, float64: 2 ** -1022 };

/** What a case computes, on expressions or on numbers. */
interface Algebra<T> {
  /** The least normal number. */
  readonly least: number;
  constant(value: number): T;
  op(opcode: "add" | "subtract" | "multiply" | "negate", ...args: T[]): T;
  select(direction: "GT" | "GE" | "LT" | "LE", x: T, bound: T, onTrue: T, onFalse: T): T;
}

type Case = <T>(a: Algebra<T>, x: T, e: T) => T;

const scaled = <T>(a: Algebra<T>, e: T): T =>
  a.op("subtract", a.op("multiply", e, a.constant(1.67)), a.constant(1.67));

const cases: Record<string, { build: Case; absorbed: string | undefined }> = {
  "x > 0 ? x : 1.67 e − 1.67": {
    build: (a, x, e) => a.select("GT", x, a.constant(0), x, scaled(a, e)),
    absorbed: "tiny and large",
  },
  "x ≤ 0 ? 2 (e − 1) : x": {
    build: (a, x, e) =>
      a.select(
        "LE",
        x,
        a.constant(0),
        a.op("multiply", a.constant(2), a.op("subtract", e, a.constant(1))),
        x,
      ),
    absorbed: "tiny and large",
  },
  "1 + e": { build: (a, _, e) => a.op("add", a.constant(1), e), absorbed: "tiny" },
  "1 − (−e)": {
    build: (a, _, e) => a.op("subtract", a.constant(1), a.op("negate", e)),
    absorbed: "tiny",
  },
  "x < 0 ? x : e − 1": {
    build: (a, x, e) => a.select("LT", x, a.constant(0), x, a.op("subtract", e, a.constant(1))),
    absorbed: "tiny",
  },
  "x > 100 ? x : e − 1": {
    build: (a, x, e) => a.select("GT", x, a.constant(100), x, a.op("subtract", e, a.constant(1))),
    absorbed: "tiny",
  },
  "e + the least normal number": {
    build: (a, _, e) => a.op("add", e, a.constant(a.least)),
    absorbed: undefined,
  },
  "e / the least normal number + 1": {
    build: (a, _, e) => a.op("add", a.op("multiply", e, a.constant(1 / a.least)), a.constant(1)),
    absorbed: undefined,
  },
  "(e + 1) + e": { build: (a, _, e) => a.op("add", a.op("add", e, a.constant(1)), e), absorbed: undefined },
  "x > 0 ? x : e": { build: (a, x, e) => a.select("GT", x, a.constant(0), x, e), absorbed: "large" },
  "x ≥ 64 ? x : e": { build: (a, x, e) => a.select("GE", x, a.constant(64), x, e), absorbed: "large" },
  "x ≥ 65 ? x : e": { build: (a, x, e) => a.select("GE", x, a.constant(65), x, e), absorbed: undefined },
};

/** Statements that set a local for every op, as lowering does. */
function algebraOf(dtype: Float, body: k.Stmt[]): Algebra<k.Expr> & { let(value: k.Expr): k.Expr } {
  const named = (value: k.Expr): k.Expr => {
    const local = new k.Local("v", value.dtype);
    body.push(k.letStmt(local, value));
    return k.use(local);
  };
  return {
    least: leastNormal[dtype],
    let: named,
    constant: (value) => k.constant(dtype, value),
    op: (opcode, ...args) => named(k.scalarOp(opcode, dtype, ...args)),
    select: (direction, x, bound, onTrue, onFalse) =>
      named(k.select(named(k.compare(direction, x, bound)), onTrue, onFalse)),
  };
}

const tests = {
  GT: (x: number, y: number) => x > y,
  GE: (x: number, y: number) => x >= y,
  LT: (x: number, y: number) => x < y,
  LE: (x: number, y: number) => x <= y,
};

function numbersOf(dtype: Float): Algebra<number> {
  const round = dtype === "float32" ? Math.fround : (value: number) => value;
  return {
    least: leastNormal[dtype],
    constant: round,
    op: (opcode, x, y) =>
      round(opcode === "add" ? x + y : opcode === "subtract" ? x - y : opcode === "multiply" ? x * y : -x),
    select: (direction, x, bound, onTrue, onFalse) => (tests[direction](x, bound) ? onTrue : onFalse),
  };
}

/** e^x (or what `build` makes of it) of n numbers, and the exponential among the statements. */
function program(dtype: Float, n: number, build?: Case): { program: k.Program; body: k.Stmt[]; e: k.Expr } {
  const [x, y] = [buffer("x", dtype, n), buffer("y", dtype, n, "write")];
  const i = new k.LoopVar("i");
  const body: k.Stmt[] = [];
  const a = algebraOf(dtype, body);
  const element = a.let(k.load(x, k.indexVar(i)));
  const exponential = k.scalarOp("exponential", dtype, element);
  const e = a.let(exponential);
  body.push(k.store(y, k.indexVar(i), build === undefined ? e : build(a, element, e)));
  const kernel = loops({ buffers: [x, y], grid: flatGrid(i, n), body });
  return { program: programOf({ inputs: [x], outputs: [y], kernels: [kernel] }), body, e: exponential };
}

/** Arguments all along the range, dense where results turn denormal, vanish or overflow. */
function argumentsOf(dtype: Float): number[] {
  const edges =
    dtype === "float32" ? [-103.98, -87.34, -86.6, 88.38, 88.73] : [-745.2, -708.4, -707.5, 709.1, 709.79];
  const around = [...edges, -87, -708, 89, 710, 0, 64, 100].flatMap((edge) =>
    Array.from({ length: 401 }, (_, i) => edge + (i - 200) / 400),
  );
  const sweep = Array.from({ length: 4000 }, (_, i) => (i - 2000) / 2.5);
  return [...sweep, ...around, 0, -0, 1e30, -1e30, Infinity, -Infinity, NaN, 2 ** -149, -(2 ** -149)];
}

test("values that are used twice, over and over, are looked at once", () => {
  const { body, e } = program("float32", 64, (a, x, power) => {
    let value = power;
    for (let i = 0; i < 60; i++) value = a.op("multiply", value, value);
    return a.select("GT", x, a.constant(0), x, value);
  });
  expect(absorbedExponentials(body).get(e)).toBe("large");
});

describe.each(variants)("relaxed $relaxed, shared $shared", (options) => {
  describe.each(["float32", "float64"] as const)("%s", (dtype) => {
    const values = argumentsOf(dtype);
    const x = dtype === "float32" ? Float32Array.from(values) : Float64Array.from(values);
    const [exponentials] = prepare(program(dtype, x.length).program, options).run([x]);

    test.each(Object.entries(cases))("%s", (_, { build, absorbed }) => {
      const fused = program(dtype, x.length, build);
      expect(absorbedExponentials(fused.body).get(fused.e)).toBe(absorbed);
      const [y] = prepare(fused.program, options).run([x]);
      const algebra = numbersOf(dtype);
      x.forEach((value, i) => {
        const expected = build(algebra, value, Number(exponentials[i]));
        if (!Object.is(Number(y[i]), expected)) expect.fail(`at ${value}: ${y[i]} where ${expected} is due`);
      });
    });
  });
});

/** Folds two values made by `element`, by what `combine` makes of two and two. */
function fold(
  element: (body: k.Stmt[]) => readonly [k.Expr, k.Expr],
  combine: (lhs: k.Expr, rhs: k.Expr, body: k.Stmt[]) => readonly [k.Expr, k.Expr],
): k.Stmt {
  const locals = (name: string): k.Local[] => [0, 1].map(() => new k.Local(name, "float32"));
  const [lhs, rhs] = [locals("a"), locals("b")];
  const [body, inner]: k.Stmt[][] = [[], []];
  return {
    kind: "reduce",
    loops: [{ var: new k.LoopVar("i"), extent: 8 }],
    simd: true,
    elements: element(body),
    body,
    accumulators: locals("total"),
    init: [k.constant("float32", 0), k.constant("float32", 0)],
    combine: { lhs, rhs, results: combine(k.use(lhs[0]), k.use(rhs[0]), inner), body: inner },
  };
}

/** eˣ and a number in which tiny ones vanish, as locals or as an expression. */
function pairOf(body: k.Stmt[], x: k.Expr, isNested: boolean): readonly [k.Expr, k.Expr] {
  const a = algebraOf("float32", body);
  const e = a.let(k.scalarOp("exponential", "float32", x));
  const sum = k.scalarOp("add", "float32", e, a.constant(1));
  return isNested ? [k.scalarOp("multiply", "float32", e, e), a.let(sum)] : [e, a.let(sum)];
}

describe.each([false, true])("a fold that yields what its body defines, nested %s", (isNested) => {
  const plain = [k.constant("float32", 2), k.constant("float32", 3)] as const;

  test("of elements", () => {
    const stmt = fold(
      (body) => pairOf(body, k.constant("float32", -100), isNested),
      (lhs, rhs) => [lhs, rhs],
    );
    expect(absorbedExponentials([stmt]).size).toBe(0);
  });

  test("of two into one", () => {
    const stmt = fold(
      () => plain,
      (lhs, _, body) => pairOf(body, lhs, isNested),
    );
    expect(absorbedExponentials([stmt]).size).toBe(0);
  });
});
