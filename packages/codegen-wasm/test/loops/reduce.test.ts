/** Reductions along and across vectors, of plain ops and of arbitrary ones, against the interpreter. */
import { dtypeTable, kernel as k, type RealDType, type TypedArray } from "@fluxion/ir";
import { describe, expect, test } from "vitest";
import { buffer, check, loops, prepare, programOf, realDTypes, storage, variants } from "./harness.ts";

type Monoid = NonNullable<k.Combine["monoid"]>;

function combineOf(monoid: Monoid, dtype: RealDType, asMonoid: boolean): k.Combine {
  const [a, b] = [new k.Local("a", dtype), new k.Local("b", dtype)];
  const results = [k.scalarOp(monoid, dtype, k.use(a), k.use(b))];
  return { lhs: [a], rhs: [b], body: [], results, ...(asMonoid ? { monoid } : {}) };
}

function initialOf(monoid: Monoid, dtype: RealDType): k.Expr {
  const value = { add: 3, multiply: 2, maximum: -5, minimum: 9, and: 1, or: 0, xor: 1 }[monoid];
  const { kind } = dtypeTable[dtype];
  if (kind === "bool") return k.constant(dtype, value > 0 ? 1 : 0);
  return k.constant(dtype, kind === "uint" ? Math.max(value, 0) : value);
}

/** y[r] = reduce over c of x[r, c]. */
function rowsProgram(
  monoid: Monoid,
  dtype: RealDType,
  rows: number,
  columns: number,
  options: { simd: boolean; asMonoid: boolean },
): k.Program {
  const [x, y] = [buffer("x", dtype, rows * columns), buffer("y", dtype, rows, "write")];
  const [r, c] = [new k.LoopVar("r"), new k.LoopVar("c")];
  const total = new k.Local("total", dtype);
  const reduce: k.Stmt = {
    kind: "reduce",
    loops: [{ var: c, extent: columns }],
    simd: options.simd,
    body: [],
    elements: [k.load(x, k.indexAdd(k.indexVar(r, columns), k.indexVar(c)))],
    accumulators: [total],
    init: [initialOf(monoid, dtype)],
    combine: combineOf(monoid, dtype, options.asMonoid),
  };
  const body = [reduce, k.store(y, k.indexVar(r), k.use(total))];
  const grid = { var: r, extent: rows, simd: false, grain: 2 };
  return programOf({ inputs: [x], outputs: [y], kernels: [loops({ buffers: [x, y], grid, body })] });
}

/** Small whole numbers, so that sums are exact in any order, and few enough that products are. */
function exactData(dtype: RealDType, monoid: Monoid, length: number): TypedArray {
  if (dtype === "bool")
    return storage(
      dtype,
      Array.from({ length }, (_, n) => (n % 7 === 2 ? 0 : 1)),
    );
  const small = monoid === "multiply" ? (n: number) => (n % 11 === 4 ? 2 : 1) : (n: number) => (n * 7) % 5;
  return storage(
    dtype,
    Array.from({ length }, (_, n) => small(n)),
  );
}

const opsOf = (dtype: RealDType): readonly Monoid[] =>
  dtypeTable[dtype].kind === "float"
    ? ["add", "multiply", "maximum", "minimum"]
    : ["add", "multiply", "maximum", "minimum", "and", "or", "xor"];

const cases = realDTypes.flatMap((dtype) => opsOf(dtype).map((monoid) => ({ dtype, monoid })));

test.each(cases)("$monoid of $dtype along rows", ({ dtype, monoid }) => {
  for (const columns of [1, 5, 8, 13, 16, 35, 64]) {
    const x = exactData(dtype, monoid, 3 * columns);
    for (const asMonoid of [true, false])
      for (const simd of [true, false])
        check(rowsProgram(monoid, dtype, 3, columns, { simd, asMonoid }), [x], 0);
  }
});

/** y[c] = reduce over r of x[r, c], vectors along c. */
test.each(cases)("$monoid of $dtype down columns", ({ dtype, monoid }) => {
  for (const columns of [1, 3, 16, 21]) {
    const rows = 9;
    const [x, y] = [buffer("x", dtype, rows * columns), buffer("y", dtype, columns, "write")];
    const [r, c] = [new k.LoopVar("r"), new k.LoopVar("c")];
    const total = new k.Local("total", dtype);
    const reduce: k.Stmt = {
      kind: "reduce",
      loops: [{ var: r, extent: rows }],
      simd: false,
      body: [],
      elements: [k.load(x, k.indexAdd(k.indexVar(r, columns), k.indexVar(c)))],
      accumulators: [total],
      init: [initialOf(monoid, dtype)],
      combine: combineOf(monoid, dtype, true),
    };
    const body = [reduce, k.store(y, k.indexVar(c), k.use(total))];
    const grid = { var: c, extent: columns, simd: true, grain: 1 << 20 };
    const program = programOf({
      inputs: [x],
      outputs: [y],
      kernels: [loops({ buffers: [x, y], grid, body })],
    });
    check(program, [exactData(dtype, monoid, rows * columns)], 0);
  }
});

describe("several operands", () => {
  /** The largest value and where it first stands. */
  function argmax(dtype: RealDType, outer: number, columns: number): k.Program {
    const x = buffer("x", dtype, outer * columns);
    const [best, where] = [buffer("best", dtype, 1, "write"), buffer("where", "int32", 1, "write")];
    const [o, c] = [new k.LoopVar("o"), new k.LoopVar("c")];
    const [av, bv] = [new k.Local("av", dtype), new k.Local("bv", dtype)];
    const [ai, bi] = [new k.Local("ai", "int32"), new k.Local("bi", "int32")];
    const [value, index] = [new k.Local("value", dtype), new k.Local("index", "int32")];
    const left = new k.Local("left", "bool");
    const earlier = k.scalarOp(
      "and",
      "bool",
      k.compare("EQ", k.use(av), k.use(bv)),
      k.compare("LT", k.use(ai), k.use(bi)),
    );
    const isNan = k.compare("NE", k.use(av), k.use(av));
    const first = k.scalarOp("or", "bool", k.compare("GT", k.use(av), k.use(bv)), isNan);
    const position = k.indexAdd(k.indexVar(o, columns), k.indexVar(c));
    const reduce: k.Stmt = {
      kind: "reduce",
      loops: [
        { var: o, extent: outer },
        { var: c, extent: columns },
      ],
      simd: true,
      body: [],
      elements: [k.load(x, position), k.indexValueOf(position)],
      accumulators: [value, index],
      init: [k.constant(dtype, -Infinity), k.constant("int32", 0)],
      combine: {
        lhs: [av, ai],
        rhs: [bv, bi],
        body: [k.letStmt(left, k.scalarOp("or", "bool", first, earlier))],
        results: [k.select(k.use(left), k.use(av), k.use(bv)), k.select(k.use(left), k.use(ai), k.use(bi))],
      },
    };
    const body = [
      reduce,
      k.store(best, k.indexConst(0), k.use(value)),
      k.store(where, k.indexConst(0), k.use(index)),
    ];
    return programOf({
      inputs: [x],
      outputs: [best, where],
      kernels: [loops({ buffers: [x, best, where], body })],
    });
  }

  test.each(["float32", "float64", "float16"] as const)("argmax of %s", (dtype) => {
    for (const [outer, columns] of [
      [1, 3],
      [1, 40],
      [3, 19],
      [4, 8],
    ]) {
      const x = Array.from({ length: outer * columns }, (_, n) => ((n * 29) % 37) - 20);
      check(argmax(dtype, outer, columns), [storage(dtype, x)], 0);
      const empty = storage(dtype, new Array<number>(x.length).fill(-Infinity));
      const [, where] = check(argmax(dtype, outer, columns), [empty], 0);
      expect(where[0]).toBe(0);
      // Of several NaNs the first one counts.
      const nans = x.map((value, n) => (n % 5 === 2 || n % 7 === 1 ? Number.NaN : value));
      const [, first] = check(argmax(dtype, outer, columns), [storage(dtype, nans)], 0);
      expect(first[0]).toBe(1);
    }
  });
});

describe("order", () => {
  /** Reduces pairs of integers. */
  function pairs(n: number, results: (a: k.Expr[], b: k.Expr[]) => k.Expr[]): k.Program {
    const [x, y] = [buffer("x", "int32", n), buffer("y", "int32", n)];
    const [first, second] = [buffer("first", "int32", 1, "write"), buffer("second", "int32", 1, "write")];
    const c = new k.LoopVar("c");
    const locals = (name: string): k.Local[] => [0, 1].map((i) => new k.Local(`${name}${i}`, "int32"));
    const [lhs, rhs, accumulators] = [locals("a"), locals("b"), locals("total")];
    const reduce: k.Stmt = {
      kind: "reduce",
      loops: [{ var: c, extent: n }],
      simd: true,
      body: [],
      elements: [k.load(x, k.indexVar(c)), k.load(y, k.indexVar(c))],
      accumulators,
      init: [k.constant("int32", 1), k.constant("int32", 0)],
      combine: { lhs, rhs, body: [], results: results(lhs.map(k.use), rhs.map(k.use)) },
    };
    const body = [
      reduce,
      k.store(first, k.indexConst(0), k.use(accumulators[0])),
      k.store(second, k.indexConst(0), k.use(accumulators[1])),
    ];
    return programOf({
      inputs: [x, y],
      outputs: [first, second],
      kernels: [loops({ buffers: [x, y, first, second], body })],
    });
  }
  const i32 = (opcode: k.ScalarOpcode, a: k.Expr, b: k.Expr): k.Expr => k.scalarOp(opcode, "int32", a, b);
  const data = (n: number): TypedArray[] => [
    storage(
      "int32",
      Array.from({ length: n }, (_, i) => (i % 3) + 1),
    ),
    storage(
      "int32",
      Array.from({ length: n }, (_, i) => i - 7),
    ),
  ];

  test("what is not commutative is folded from left to right", () => {
    // Composition of the maps t ↦ a·t + b, and the last pair.
    const compose = (a: k.Expr[], b: k.Expr[]): k.Expr[] => [
      i32("multiply", a[0], b[0]),
      i32("add", i32("multiply", a[1], b[0]), b[1]),
    ];
    for (const n of [1, 9, 40]) {
      check(pairs(n, compose), data(n), 0);
      const [, last] = check(
        pairs(n, (_, b) => b),
        data(n),
        0,
      );
      expect(last[0]).toBe(n - 8);
    }
  });

  test("totals may change places", () => {
    const turn = (a: k.Expr[]): k.Expr[] => [a[1], a[0]];
    for (const n of [8, 33]) check(pairs(n, turn), data(n), 0);
  });

  test("several folds at once", () => {
    const both = (a: k.Expr[], b: k.Expr[]): k.Expr[] => [i32("add", a[0], b[0]), i32("maximum", b[1], a[1])];
    for (const n of [8, 35]) check(pairs(n, both), data(n), 0);
  });
});

/** y[r, c] = exp(x[r, c] − max) / Σ: the elements of the sum are kept in a tile while they are added. */
function softmax(rows: number, columns: number): k.Program {
  const [x, y] = [buffer("x", "float32", rows * columns), buffer("y", "float32", rows * columns, "write")];
  const tile = new k.Tile("e", "float32", columns);
  const [r, c, d, e] = ["r", "c", "d", "e"].map((name) => new k.LoopVar(name));
  const [largest, sum, term] = ["largest", "sum", "term"].map((name) => new k.Local(name, "float32"));
  const at = (column: k.LoopVar): k.Index => k.indexAdd(k.indexVar(r, columns), k.indexVar(column));
  const body: k.Stmt[] = [
    {
      kind: "reduce",
      loops: [{ var: c, extent: columns }],
      simd: true,
      body: [],
      elements: [k.load(x, at(c))],
      accumulators: [largest],
      init: [k.constant("float32", -Infinity)],
      combine: combineOf("maximum", "float32", true),
    },
    {
      kind: "reduce",
      loops: [{ var: d, extent: columns }],
      simd: true,
      body: [
        k.letStmt(
          term,
          k.scalarOp(
            "exponential",
            "float32",
            k.scalarOp("subtract", "float32", k.load(x, at(d)), k.use(largest)),
          ),
        ),
        k.store(tile, k.indexVar(d), k.use(term)),
      ],
      elements: [k.use(term)],
      accumulators: [sum],
      init: [k.constant("float32", 0)],
      combine: combineOf("add", "float32", true),
    },
    {
      kind: "for",
      var: e,
      extent: columns,
      mode: "simd",
      body: [k.store(y, at(e), k.scalarOp("divide", "float32", k.load(tile, k.indexVar(e)), k.use(sum)))],
    },
  ];
  const grid = { var: r, extent: rows, simd: false, grain: 4 };
  return programOf({
    inputs: [x],
    outputs: [y],
    kernels: [loops({ buffers: [x, y], tiles: [tile], grid, body })],
  });
}

test.each([1, 6, 8, 27, 64])("softmax of rows of %i", (columns) => {
  const x = storage(
    "float32",
    Array.from({ length: 5 * columns }, (_, n) => Math.sin(n) * 4),
  );
  check(softmax(5, columns), [x], 8);
});

test("nothing to fold gives the initial value", () => {
  const y = buffer("y", "float32", 1, "write");
  const total = new k.Local("total", "float32");
  const reduce: k.Stmt = {
    kind: "reduce",
    loops: [
      { var: new k.LoopVar("a"), extent: 4 },
      { var: new k.LoopVar("b"), extent: 0 },
    ],
    simd: true,
    body: [],
    elements: [k.constant("float32", 1)],
    accumulators: [total],
    init: [k.constant("float32", 7)],
    combine: combineOf("add", "float32", true),
  };
  const body = [reduce, k.store(y, k.indexConst(0), k.use(total))];
  const [result] = check(
    programOf({ inputs: [], outputs: [y], kernels: [loops({ buffers: [y], body })] }),
    [],
    0,
  );
  expect(result[0]).toBe(7);
});

test("a sum of a million float32 keeps six digits", () => {
  const n = 1_000_000;
  const program = rowsProgram("add", "float32", 1, n, { simd: true, asMonoid: true });
  const x = Float32Array.from({ length: n }, (_, i) => 1 + Math.sin(i) / 3);
  const exact = x.reduce((sum, value) => sum + value, 3);
  const [y] = prepare(program, variants[0]).run([x]);
  expect(Math.abs(Number(y[0]) - exact) / exact).toBeLessThan(1e-6);
});

test("maxima and minima of NaN, infinities and zeros of either sign", () => {
  const rows = [
    [0, -0, 0, -0],
    [-0, -0, -0, -0],
    [-1, -2, -0.5, -Infinity],
    [1, 3, 2, Infinity],
    [-1, Number.NaN, 2, 3],
    [-1, Number.NaN, -2, -3],
    [5, Number.NaN, Infinity, 3],
    [1e-45, -1e-45, 0, 2],
  ];
  const columns = 19;
  for (const dtype of ["float32", "float64", "float16", "bfloat16"] as const)
    for (const monoid of ["maximum", "minimum"] as const) {
      const fill = rows.flatMap((row) => Array.from({ length: columns }, (_, n) => row[(n * n) % 4]));
      const x = storage(dtype, fill);
      // JavaScript may turn any NaN into the usual one: every second gets its sign here.
      const bits = dtype === "float32" ? new Uint32Array(x.buffer) : new Uint32Array(0);
      bits.forEach((word, n) => {
        if ((word & 0x7fffffff) > 0x7f800000 && n % 2 === 1) bits[n] = 0xffc00001;
      });
      check(rowsProgram(monoid, dtype, rows.length, columns, { simd: true, asMonoid: true }), [x], 0);
    }
});
