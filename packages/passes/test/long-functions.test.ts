/** Functions of thousands of operations: few kernels, none of them huge, and no recursion as deep as the function is long. */

import { Builder, interpret, kernel, literal, type Module, Value } from "@fluxion/ir";
import { lowerModule, optimize, wasmTarget } from "@fluxion/passes";
import { describe, expect, it } from "vitest";

const type = { dtype: "float32", shape: [8] } as const;
const x = literal(
  "float32",
  type.shape,
  Float32Array.from({ length: 8 }, (_, i) => 0.1 * i - 0.3),
);

function moduleOf(build: (b: Builder, x: Value) => Value): Module {
  const parameter = new Value(type);
  const b = new Builder();
  const result = build(b, parameter);
  const body = b.finish([parameter], [result]);
  return { name: undefined, functions: [{ name: "main", visibility: "public", body, resultTypes: [type] }] };
}

function check(module: Module): kernel.Program {
  const target = wasmTarget(2);
  const program = lowerModule(optimize(module, target), target);
  const [expected] = interpret(module, [x]);
  const [actual] = kernel.runProgram(program, [x]);
  const values = actual.data as Float32Array;
  (expected.data as Float32Array).forEach((value, i) => {
    expect(values[i]).toBeCloseTo(value, 5);
  });
  return program;
}

/** xᵢ₊₁ = sin(xᵢ) + x */
function chain(b: Builder, start: Value, length: number): Value[] {
  const values = [start];
  for (let i = 0; i < length / 2; i++) values.push(b.op("add", b.op("sine", values[i]), start));
  return values;
}

describe("functions of thousands of operations", () => {
  it("a chain becomes kernels of some hundred operations", () => {
    const { kernels, commands } = check(moduleOf((b, start) => chain(b, start, 4000)[2000]));
    expect(commands.length).toBeGreaterThan(10);
    expect(commands.length).toBeLessThan(20);
    for (const { origin } of kernels) expect(origin.length).toBeLessThan(300);
  });

  it("so does its derivative, which reads every step's value backwards", () => {
    const program = check(
      moduleOf((b, start) => {
        const values = chain(b, start, 2000);
        return values.reduceRight((ct, value) => b.op("multiply", ct, b.op("cosine", value)), start);
      }),
    );
    expect(program.commands.length).toBeLessThan(24);
  });

  it("a chain of ops that only move elements is no recursion without end", () => {
    const program = check(
      moduleOf((b, start) => {
        let value = start;
        for (let i = 0; i < 5001; i++) value = b.one("reverse", [value], { dimensions: [0] });
        return value;
      }),
    );
    expect(program.commands.length).toBeLessThan(24);
  });

  it("a long scalar recurrence is computed once, not as a tree inside the product that it scales", () => {
    const program = check(
      moduleOf((b, start) => {
        const sum = b.reduceWith("add", start, b.scalar("float32", 0), [0]);
        let [before, now] = [sum, b.op("sine", sum)];
        for (let i = 0; i < 60; i++) {
          const next = b.op("subtract", b.op("multiply", b.scalar("float32", 0.5), now), before);
          [before, now] = [now, next];
        }
        const scale = b.op("add", now, before);
        const left = b.op("multiply", b.reshape(start, [8, 1]), b.broadcast(sum, [8, 1], []));
        const product = b.one(
          "dot_general",
          [left, b.reshape(scale, [1, 1])],
          {
            dot_dimension_numbers: {
              lhsBatching: [],
              rhsBatching: [],
              lhsContracting: [1],
              rhsContracting: [0],
            },
          },
          { types: [{ dtype: "float32", shape: [8, 1] }] },
        );
        return b.reshape(product, [8]);
      }),
    );
    expect(
      JSON.stringify(program, (key, value) => (key === "origin" ? undefined : value)).length,
    ).toBeLessThan(200_000);
  });

  it("a tree of slices and pads does not grow with every level", () => {
    const program = check(
      moduleOf((b, start) => {
        let value = start;
        for (let level = 0; level < 24; level++) {
          const half = (from: number): Value =>
            b.one("slice", [value], { start_indices: [from], limit_indices: [from + 4], strides: [1] });
          const placed = (x: Value, low: number): Value =>
            b.one("pad", [x, b.scalar("float32", 0)], {
              edge_padding_low: [low],
              edge_padding_high: [4 - low],
              interior_padding: [0],
            });
          value = b.op("add", placed(half(4), 0), placed(b.op("sine", half(0)), 4));
        }
        return value;
      }),
    );
    expect(program.kernels.length).toBeLessThan(48);
  });

  it("copies as many functions as there are reductions in time that is not their product", () => {
    const module = moduleOf((b, start) => {
      let value = start;
      for (let i = 0; i < 500; i++) {
        const sum = b.reduceWith("add", value, b.scalar("float32", 0), [0]);
        value = b.op("tanh", b.op("add", b.broadcast(sum, type.shape, []), start));
      }
      return value;
    });
    check(module);
  });
});
