/** Tracing, lowering and compiling ahead of time. */

import { printModule } from "@fluxion/ir";
import { config, evalShape, jit, jnp, type NDArray, ShapeDtypeStruct } from "@fluxion/tracer";
import { describe, expect, test } from "vitest";

config.defaultDevice = "interpreter";

const struct = new ShapeDtypeStruct([3], "float32");
const scaled = (x: NDArray, p: { k: NDArray }): NDArray[] => [x.mul(p.k), x.add(1)];

describe("lower", () => {
  const lowered = jit(scaled).lower(struct, { k: 2 });
  test("shows StableHLO", () => {
    expect(lowered.asText()).toBe(
      `module @jit_scaled {
  func.func public @main(%x: tensor<3xf32>, %p_k: tensor<i32>) -> (tensor<3xf32>, tensor<3xf32>) {
    %0 = stablehlo.convert %p_k : (tensor<i32>) -> tensor<f32>
    %1 = stablehlo.broadcast_in_dim %0, dims = [] : (tensor<f32>) -> tensor<3xf32>
    %2 = stablehlo.multiply %x, %1 : tensor<3xf32>
    %cst = stablehlo.constant dense<1.0> : tensor<f32>
    %3 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<3xf32>
    %4 = stablehlo.add %x, %3 : tensor<3xf32>
    return %2, %4 : tensor<3xf32>, tensor<3xf32>
  }
}
`,
    );
    expect(printModule(lowered.module)).toBe(lowered.asText("stablehlo"));
    expect(() => lowered.asText("nonsense")).toThrow("no stage nonsense");
  });
  test("tells the results", () => {
    expect(String(lowered.outInfo)).toBe(
      "ShapeDtypeStruct(shape=(3,), dtype=float32),ShapeDtypeStruct(shape=(3,), dtype=float32)",
    );
  });
  test("compiles to a function of one signature", () => {
    const compiled = lowered.compile();
    expect(lowered.compile()).toBe(compiled);
    const [a, b] = compiled(jnp.array([1, 2, 3], { dtype: "float32" }), { k: 2 }) as NDArray[];
    expect([a.toArraySync(), b.toArraySync()]).toEqual([
      [2, 4, 6],
      [2, 3, 4],
    ]);
    expect(() => compiled(jnp.ones([4]), { k: 2 })).toThrow(
      "scaled was compiled for (float32[3], int32[]) and called with (float32[4], int32[])",
    );
    expect(compiled.asText()).toContain("stablehlo.multiply");
  });
  test("a placeholder is no argument of a call", () => {
    expect(() => jit((x: NDArray) => x)(struct as never)).toThrow(
      "Cannot interpret value of type ShapeDtypeStruct",
    );
  });
  test("static arguments stay as they are", () => {
    const power = jit((x: NDArray, n: number) => (n > 1 ? x.mul(x) : x), { staticArgnums: 1 });
    expect(power.lower(struct, 2).asText()).toContain("stablehlo.multiply");
    expect(power.lower(struct, 1).asText()).not.toContain("stablehlo.multiply");
  });
});

test("evalShape computes nothing", () => {
  let ran = 0;
  const shapes = evalShape(
    (x: NDArray, n: NDArray) => {
      ran++;
      return { sum: x.add(n), pair: [n, x.gt(0)] };
    },
    new ShapeDtypeStruct([100000, 100000], "float32"),
    1,
  ) as { sum: ShapeDtypeStruct; pair: ShapeDtypeStruct[] };
  expect(ran).toBe(1);
  expect(String(shapes.sum)).toBe("ShapeDtypeStruct(shape=(100000, 100000), dtype=float32)");
  expect(String(shapes.pair[0])).toBe("ShapeDtypeStruct(shape=(), dtype=int32, weak_type=True)");
  expect(String(shapes.pair[1])).toBe("ShapeDtypeStruct(shape=(100000, 100000), dtype=bool)");
  expect(shapes.sum.size).toBe(1e10);
});

test("a structure needs a dtype that exists", () => {
  expect(() => new ShapeDtypeStruct([3], "float31" as never)).toThrow('data type "float31" not understood');
  expect(() => new ShapeDtypeStruct([1.5], "float32")).toThrow(
    "Shapes must be 1D sequences of concrete values",
  );
});
