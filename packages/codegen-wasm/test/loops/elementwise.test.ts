import { kernel as k } from "@fluxion/ir";
import { describe, expect, test } from "vitest";
import { buffer, flatGrid, loops, prepare, programOf, variants } from "./harness.ts";

const f32 = Math.fround;

/** 1.05 · (x > 0 ? x : 1.67 eˣ − 1.67) */
function selu(n: number): k.Program {
  const [x, y] = [buffer("x", "float32", n), buffer("y", "float32", n, "write")];
  const i = new k.LoopVar("i");
  const value = new k.Local("v", "float32");
  const c = (value: number): k.Expr => k.constant("float32", value);
  const op = (opcode: k.ScalarOpcode, ...args: k.Expr[]): k.Expr => k.scalarOp(opcode, "float32", ...args);
  const negative = op("subtract", op("multiply", c(1.67), op("exponential", k.use(value))), c(1.67));
  const body = [
    k.letStmt(value, k.load(x, k.indexVar(i))),
    k.store(
      y,
      k.indexVar(i),
      op("multiply", c(1.05), k.select(k.compare("GT", k.use(value), c(0)), k.use(value), negative)),
    ),
  ];
  return programOf({
    inputs: [x],
    outputs: [y],
    kernels: [loops({ buffers: [x, y], grid: flatGrid(i, n), body })],
  });
}

describe.each(variants)("relaxed $relaxed, shared $shared", (options) => {
  test.each([1, 3, 8, 15, 1000, 5003])("SELU of %i elements", (n) => {
    const x = Float32Array.from({ length: n }, (_, i) => Math.sin(i) * 3);
    const [y] = prepare(selu(n), options).run([x]);
    x.forEach((value, i) => {
      const expected = 1.05 * (value > 0 ? value : 1.67 * Math.exp(value) - 1.67);
      expect(Math.abs(Number(y[i]) - expected)).toBeLessThan(1e-6);
    });
  });

  test("an element has the same bits in the vectors and in the rest", () => {
    const x = new Float32Array(1003).fill(f32(-0.7));
    const [y] = prepare(selu(1003), options).run([x]);
    expect(new Set(y as Float32Array).size).toBe(1);
  });
});
