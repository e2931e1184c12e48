import { interpret, literal, parseModule } from "@fluxion/ir";
import { describe, expect, it } from "vitest";
import { cse } from "../src/tensor/cse.ts";

/** Two folds of `%x` and `%y`; how many are left. */
function foldsLeft(first: string, second: string, between = ""): number {
  const module =
    parseModule(`func.func public @main(%x: tensor<4x3xf32>, %y: tensor<4x3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
    %zero = stablehlo.constant dense<0.0> : tensor<f32>
    %one = stablehlo.constant dense<1.0> : tensor<f32>
    ${between}
    %0 = ${first}
    %1 = ${second}
    return %0, %1 : tensor<3xf32>, tensor<3xf32>
  }`);
  const after = cse(module);
  const inputs = [1, 2].map((k) =>
    literal(
      "float32",
      [4, 3],
      Float32Array.from({ length: 12 }, (_, i) => (i * k) % 5),
    ),
  );
  expect(interpret(after, inputs)).toEqual(interpret(module, inputs));
  return after.functions[0].body.operations.filter(({ opcode }) => opcode === "reduce").length;
}

const fold = (op: string, x = "%x", init = "%zero"): string =>
  `stablehlo.reduce(${x} init: ${init}) applies stablehlo.${op} across dimensions = [0] : (tensor<4x3xf32>, tensor<f32>) -> tensor<3xf32>`;

/** A fold with a body that reads a value from outside. */
const weighted = (
  weight: string,
): string => `stablehlo.reduce(%x init: %zero) across dimensions = [0] : (tensor<4x3xf32>, tensor<f32>) -> tensor<3xf32>
     reducer(%a: tensor<f32>, %b: tensor<f32>) {
      %p = stablehlo.add %a, %b : tensor<f32>
      %q = stablehlo.maximum %p, ${weight} : tensor<f32>
      stablehlo.return %q : tensor<f32>
    }`;

describe("common folds", () => {
  it("are computed once", () => {
    expect(foldsLeft(fold("add"), fold("add"))).toBe(1);
    expect(foldsLeft(weighted("%one"), weighted("%one"))).toBe(1);
  });

  it("are kept apart by their body, operand, start and what the body reads", () => {
    expect(foldsLeft(fold("add"), fold("maximum"))).toBe(2);
    expect(foldsLeft(fold("add"), fold("add", "%y"))).toBe(2);
    expect(foldsLeft(fold("add"), fold("add", "%x", "%one"))).toBe(2);
    expect(foldsLeft(weighted("%one"), weighted("%zero"))).toBe(2);
  });
});
