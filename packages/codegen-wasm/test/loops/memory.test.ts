/** Loads and stores at every stride, in vectors with a rest, on every dtype; tiles and prologues. */
import { kernel as k, type RealDType, type TypedArray } from "@fluxion/ir";
import { describe, expect, test } from "vitest";
import { buffer, check, flatGrid, loops, programOf, realDTypes, samples, storage } from "./harness.ts";

const i = new k.LoopVar("i");

/** y[to(i)] = x[from(i)] for i < extent, as one flat grid. */
function copyProgram(dtype: RealDType, extent: number, from: k.Index, to: k.Index, size: number): k.Program {
  const [x, y] = [buffer("x", dtype, size), buffer("y", dtype, size, "write")];
  const body = [k.store(y, to, k.load(x, from))];
  // Elements that the loop does not write are written first.
  const j = new k.LoopVar("j");
  const clear = [k.store(y, k.indexVar(j), k.constant(dtype, 1))];
  return programOf({
    inputs: [x],
    outputs: [y],
    kernels: [
      loops({ buffers: [y], grid: flatGrid(j, size), body: clear }),
      loops({ buffers: [x, y], grid: flatGrid(i, extent), body }),
    ],
  });
}

const at = (stride: number, offset: number): k.Index =>
  k.indexAdd(k.indexVar(i, stride), k.indexConst(offset));
const size = 140;
const places: Readonly<Record<string, k.Index>> = {
  "one after the other": at(1, 0),
  "from the third on": at(1, 3),
  backwards: at(-1, 60),
  "every second": at(2, 0),
  "every second, odd": at(2, 1),
  "every third backwards": at(-3, 139),
};

describe.each(realDTypes)("%s", (dtype) => {
  const x = samples(dtype, 3, size);
  test.each(Object.keys(places))("loads %s", (name) => {
    for (const extent of [1, 2, 3, 5, 12, 35])
      check(copyProgram(dtype, extent, places[name], at(1, 0), size), [x]);
  });
  test.each(Object.keys(places))("stores %s", (name) => {
    for (const extent of [1, 7, 16, 35]) check(copyProgram(dtype, extent, at(1, 2), places[name], size), [x]);
  });
  test("loads one element for all", () => {
    check(copyProgram(dtype, 35, k.indexConst(5), at(1, 0), size), [x]);
  });
});

/** y = conj(x)·w on complex numbers that are pairs of reals. */
test.each(["float32", "float64", "int64"] as const)("pairs of %s", (dtype) => {
  for (const n of [1, 3, 8, 21, 40]) {
    const [x, w] = [buffer("x", dtype, 2 * n), buffer("w", dtype, 2 * n + 1)];
    const y = buffer("y", dtype, 2 * n, "write");
    const [re, im] = [k.indexVar(i, 2), at(2, 1)];
    const op = (opcode: k.ScalarOpcode, a: k.Expr, b: k.Expr): k.Expr => k.scalarOp(opcode, dtype, a, b);
    const [a, b, c, d] = ["a", "b", "c", "d"].map((name) => new k.Local(name, dtype));
    const real = op("add", op("multiply", k.use(a), k.use(c)), op("multiply", k.use(b), k.use(d)));
    const imaginary = op("subtract", op("multiply", k.use(a), k.use(d)), op("multiply", k.use(b), k.use(c)));
    const body = [
      k.letStmt(a, k.load(x, re)),
      k.letStmt(b, k.load(x, im)),
      k.letStmt(c, k.load(w, im)),
      k.letStmt(d, k.load(w, k.indexAdd(re, k.indexConst(2)))),
      ...(n % 2 === 0
        ? [k.store(y, re, real), k.store(y, im, imaginary)]
        : [k.store(y, im, imaginary), k.store(y, re, real)]),
    ];
    const program = programOf({
      inputs: [x, w],
      outputs: [y],
      kernels: [loops({ buffers: [x, w, y], grid: flatGrid(i, n), body })],
    });
    const whole = (length: number): TypedArray =>
      storage(
        dtype,
        Array.from({ length }, (_, m) => ((m * 5) % 9) - 4),
      );
    check(program, [whole(2 * n), whole(2 * n + 1)]);
  }
});

describe("indices that are not linear", () => {
  const x = samples("float32", 1, size);
  test.each([3, 4, 8, 16, 20])("quotient and remainder by %i", (by) => {
    const quotient = k.indexFloorDiv(k.indexVar(i), by);
    const rest = k.indexMod(k.indexVar(i), by);
    check(copyProgram("float32", 135, quotient, at(1, 0), size), [x]);
    check(copyProgram("float32", 135, rest, at(1, 0), size), [x]);
    check(
      copyProgram(
        "float32",
        40,
        at(1, 0),
        k.indexAdd(k.indexScale(quotient, 1), k.indexScale(rest, 6)),
        size,
      ),
      [x],
    );
    check(copyProgram("float32", 100, k.indexMod(at(1, 5), by), at(1, 0), size), [x]);
  });

  test("clamped", () => {
    check(copyProgram("float32", 60, k.indexClamp(at(1, -9), 0, 30), at(1, 0), size), [x]);
    const rows = k.indexClamp(k.indexFloorDiv(k.indexVar(i), 16), 1, 3);
    const columns = k.indexClamp(k.indexAdd(k.indexMod(k.indexVar(i), 16), k.indexConst(-2)), 0, 12);
    const both = k.indexAdd(k.indexScale(rows, 20), columns);
    check(copyProgram("float32", 96, both, at(1, 0), size), [x]);
    for (const dtype of ["int64", "bool", "float16"] as const)
      check(copyProgram(dtype, 90, k.indexClamp(at(1, -9), 0, 50), at(1, 0), size), [
        samples(dtype, 2, size),
      ]);
  });

  test("run-time positions, the same for all and one for each", () => {
    const [data, where, y] = [
      buffer("x", "float32", size),
      buffer("where", "int32", 50),
      buffer("y", "float32", 50, "write"),
    ];
    const start = new k.Local("start", "int32");
    const each = new k.Local("each", "int32");
    const body = [
      k.letStmt(each, k.load(where, k.indexVar(i))),
      k.store(
        y,
        k.indexVar(i),
        k.scalarOp(
          "add",
          "float32",
          k.load(data, k.indexAdd(k.indexVar(i), k.indexValue(k.use(start)))),
          k.load(data, k.indexValue(k.use(each), 2)),
        ),
      ),
    ];
    const program = programOf({
      inputs: [data, where],
      outputs: [y],
      kernels: [
        loops({
          buffers: [data, where, y],
          grid: flatGrid(i, 50),
          prologue: [k.letStmt(start, k.load(where, k.indexConst(4)))],
          body,
        }),
      ],
    });
    check(program, [
      storage(
        "float32",
        Array.from({ length: size }, (_, n) => n / 4),
      ),
      storage(
        "int32",
        Array.from({ length: 50 }, (_, n) => (n * 7) % 66),
      ),
    ]);
  });
});

/** y[r, c] = x[r, c] · w[c mod 3] with w spread over a tile of 12 by the prologue. */
test("tiles that the prologue fills", () => {
  const [rows, columns] = [37, 24];
  const [x, w] = [buffer("x", "float32", rows * columns), buffer("w", "float32", 3)];
  const y = buffer("y", "float32", rows * columns, "write");
  const tile = new k.Tile("wide", "float32", 24);
  const [r, c, t] = [new k.LoopVar("r"), new k.LoopVar("c"), new k.LoopVar("t")];
  const index = k.indexAdd(k.indexVar(r, columns), k.indexVar(c));
  const program = programOf({
    inputs: [x, w],
    outputs: [y],
    kernels: [
      loops({
        buffers: [x, w, y],
        tiles: [new k.Tile("other", "float64", 5), tile],
        grid: { var: r, extent: rows, simd: false, grain: 1 },
        prologue: [
          {
            kind: "for",
            var: t,
            extent: 24,
            mode: "simd",
            body: [k.store(tile, k.indexVar(t), k.load(w, k.indexMod(k.indexVar(t), 3)))],
          },
        ],
        body: [
          {
            kind: "for",
            var: c,
            extent: columns,
            mode: "simd",
            body: [
              k.store(
                y,
                index,
                k.scalarOp("multiply", "float32", k.load(x, index), k.load(tile, k.indexVar(c))),
              ),
            ],
          },
        ],
      }),
    ],
  });
  const [result] = check(program, [
    storage(
      "float32",
      Array.from({ length: rows * columns }, (_, n) => n),
    ),
    storage("float32", [1, 10, 100]),
  ]);
  expect(Array.from(result.slice(0, 4), Number)).toEqual([0, 10, 200, 3]);
});

test("a loop in place: every iteration reads before it writes", () => {
  const x = buffer("x", "int32", 50);
  const y = buffer("y", "int32", 50, "readwrite");
  const j = new k.LoopVar("j");
  const program = programOf({
    inputs: [x],
    outputs: [y],
    kernels: [
      loops({
        buffers: [x, y],
        grid: flatGrid(j, 50),
        body: [k.store(y, k.indexVar(j), k.load(x, k.indexVar(j)))],
      }),
      loops({
        buffers: [y],
        grid: flatGrid(i, 50),
        body: [
          k.store(
            y,
            k.indexVar(i),
            k.scalarOp("add", "int32", k.load(y, k.indexVar(i)), k.constant("int32", 1)),
          ),
          k.store(
            y,
            k.indexVar(i),
            k.scalarOp("multiply", "int32", k.load(y, k.indexVar(i)), k.constant("int32", 3)),
          ),
        ],
      }),
    ],
  });
  const [result] = check(program, [
    storage(
      "int32",
      Array.from({ length: 50 }, (_, n) => n),
    ),
  ]);
  expect(result[7]).toBe(24);
});
