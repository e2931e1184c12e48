/** What dumps show of transformations. */

import { observeCompilation } from "@fluxion/runtime";
import { config, grad, jnp, jvp, linearTranspose, type NDArray, parseStages, vmap } from "@fluxion/tracer";
import { expect, test } from "vitest";

config.defaultDevice = "interpreter";

function stagesOf(run: () => void): Map<string, string> {
  const seen = new Map<string, string>();
  const stop = observeCompilation(({ stage, program, text }) => seen.set(`${program}: ${stage}`, text()));
  run();
  stop();
  return seen;
}

const square = (x: NDArray): NDArray => jnp.sin(x).mul(2);

test("linearize and transpose: the values with residuals, and the way back", () => {
  const seen = stagesOf(() => grad(square)(0.75));
  expect(seen.get("square: linearize")).toMatchInlineSnapshot(`
    "func.func private @square_fwd(%x: tensor<f32>) -> (tensor<f32>, tensor<f32>) {
      %0 = stablehlo.sine %x : tensor<f32>
      %1 = stablehlo.cosine %x : tensor<f32>
      %cst = stablehlo.constant dense<2.0> : tensor<f32>
      %2 = stablehlo.multiply %0, %cst : tensor<f32>
      return %2, %1 : tensor<f32>, tensor<f32>
    }
    "
  `);
  expect(seen.get("square: transpose")).toMatchInlineSnapshot(`
    "func.func private @square_bwd(%arg0: tensor<f32>, %arg1: tensor<f32>) -> tensor<f32> {
      %cst = stablehlo.constant dense<2.0> : tensor<f32>
      %0 = stablehlo.multiply %arg1, %cst : tensor<f32>
      %1 = stablehlo.multiply %0, %arg0 : tensor<f32>
      return %1 : tensor<f32>
    }
    "
  `);
});

test("jvp, batch and transpose of a linear function", () => {
  expect(stagesOf(() => jvp(square, [0.75], [1])).get("square: jvp")).toContain(
    "func.func private @square_jvp",
  );
  expect(stagesOf(() => vmap(square)(jnp.ones([3]))).get("square: batch")).toContain("tensor<3xf32>");
  const double = (x: NDArray): NDArray => x.mul(2);
  const seen = stagesOf(() => linearTranspose(double, 0.75)(1));
  expect(seen.get("double: transpose")).toContain("stablehlo.multiply");
});

test("the switches know their names", () => {
  expect([...parseStages("jvp,linearize,transpose,batch")]).toEqual([
    "jvp",
    "linearize",
    "transpose",
    "batch",
  ]);
});
