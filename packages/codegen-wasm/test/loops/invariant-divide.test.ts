import { kernel as k } from "@fluxion/ir";
import { describe, expect, test } from "vitest";
import { buffer, loops, prepare, programOf, variants } from "./harness.ts";

const f32 = Math.fround;
const COLUMNS = 256;

/** out[g, c] = (x[g, c] − m[g]) / y[g] */
function normalise(rows: number): k.Program {
  const [x, out] = [
    buffer("x", "float32", rows * COLUMNS),
    buffer("out", "float32", rows * COLUMNS, "write"),
  ];
  const [m, y] = [buffer("m", "float32", rows), buffer("y", "float32", rows)];
  const [g, c] = [new k.LoopVar("g"), new k.LoopVar("c")];
  const local = (name: string): k.Local => new k.Local(name, "float32");
  const [mean, deviation, element, difference] = ["mean", "deviation", "element", "difference"].map(local);
  const at = k.indexAdd(k.indexVar(g, COLUMNS), k.indexVar(c));
  const op = (opcode: k.ScalarOpcode, ...args: k.Local[]): k.Expr =>
    k.scalarOp(opcode, "float32", ...args.map((arg) => k.use(arg)));
  const body: k.Stmt[] = [
    k.letStmt(mean, k.load(m, k.indexVar(g))),
    k.letStmt(deviation, k.load(y, k.indexVar(g))),
    {
      kind: "for",
      var: c,
      extent: COLUMNS,
      mode: "simd",
      body: [
        k.letStmt(element, k.load(x, at)),
        k.letStmt(difference, op("subtract", element, mean)),
        k.store(out, at, op("divide", difference, deviation)),
      ],
    },
  ];
  const kernel = loops({
    buffers: [x, m, y, out],
    grid: { var: g, extent: rows, simd: false, grain: 1 },
    body,
  });
  return programOf({ inputs: [x, m, y], outputs: [out], kernels: [kernel] });
}

/** Numbers of every magnitude, from a linear congruential generator. */
function numbers(count: number, range: number): Float32Array {
  let seed = 12345;
  const next = (): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
  return Float32Array.from({ length: count }, () => (next() - 0.5) * 2 ** Math.round((next() - 0.5) * range));
}

const SPECIAL = [
  0,
  -0,
  1,
  -1,
  2 ** -149,
  2 ** -126,
  3e38,
  -3e38,
  Infinity,
  -Infinity,
  NaN,
  2 ** -100,
  1 + 2 ** -23,
];
const SUBTRAHENDS = [0, -0, 1, -1.5, 2 ** -60, 2 ** -61, 2 ** -149, 1e30, Infinity, NaN, 0.1];
const DIVISORS = [...SPECIAL, 3, -7, 0.3, 2 ** 40, 2 ** 41, 2 ** -40, 2 ** -41, 1e-5, 1e30, 2 - 2 ** -23];

describe.each(variants)("(x − m) / y, relaxed $relaxed, shared $shared", (options) => {
  const check = (x: Float32Array, m: Float32Array, y: Float32Array): void => {
    const [out] = prepare(normalise(m.length), options).run([x, m, y]);
    const expected = Float32Array.from(x, (value, i) => {
      const row = Math.floor(i / COLUMNS);
      return f32(f32(value - m[row]) / y[row]);
    });
    const bits = (values: ArrayLike<number | bigint>): string[] =>
      Array.from(values, (value) => (Object.is(value, -0) ? "-0" : String(value)));
    expect(bits(out)).toEqual(bits(expected));
  };

  test("is a difference and a division to the bit, at special numbers in every lane", () => {
    const pairs = SUBTRAHENDS.flatMap((m) => DIVISORS.map((y) => [m, y]));
    const [m, y] = [0, 1].map((i) => Float32Array.from(pairs, (pair) => pair[i]));
    const x = Float32Array.from({ length: pairs.length * COLUMNS }, (_, i) => {
      const nearby = f32(m[Math.floor(i / COLUMNS)] * (1 + ((i % 7) - 3) * 2 ** -23));
      // One special number in every group of lanes: a NaN would have its neighbours divided, too.
      return i % 3 === 0 ? nearby : SPECIAL[Math.floor(i / 16) % SPECIAL.length];
    });
    check(x, m, y);
  });

  test("is a difference and a division to the bit, at ordinary numbers", () => {
    const rows = 512;
    check(numbers(rows * COLUMNS, 24), numbers(rows, 12), numbers(rows, 20));
  });

  test("is a difference and a division to the bit, at numbers of every magnitude", () => {
    const rows = 512;
    check(numbers(rows * COLUMNS, 250), numbers(rows, 250), numbers(rows, 250));
  });
});
