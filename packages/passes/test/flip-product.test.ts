import { interpret, literal, parseModule, printModule } from "@fluxion/ir";
import { lowerModule, wasmTarget } from "@fluxion/passes";
import { describe, expect, it } from "vitest";
import { dce } from "../src/tensor/dce.ts";
import { simplify } from "../src/tensor/simplify.ts";

const gradient = (
  rest: string,
): string => `func.func public @main(%w: tensor<3x2xf32>, %x: tensor<4x3xf32>, %ct: tensor<4x2xf32>) -> tensor<3x2xf32> {
  %0 = stablehlo.dot_general %ct, %x, contracting_dims = [0] x [0] : (tensor<4x2xf32>, tensor<4x3xf32>) -> tensor<2x3xf32>
  %1 = stablehlo.transpose %0, dims = [1, 0] : (tensor<2x3xf32>) -> tensor<3x2xf32>
${rest}
}`;

const plain = parseModule(gradient("  return %1 : tensor<3x2xf32>"));
const update = parseModule(
  gradient("  %2 = stablehlo.subtract %w, %1 : tensor<3x2xf32>\n  return %2 : tensor<3x2xf32>"),
);
const inputs = [6, 12, 8].map((n, i) =>
  literal(
    "float32",
    [
      [3, 2],
      [4, 3],
      [4, 2],
    ][i],
    Float32Array.from({ length: n }, (_, j) => ((i + 2) * j) % 5),
  ),
);

describe("the transpose of a product", () => {
  it("is the product of the operands the other way round", () => {
    expect(printModule(dce(simplify(plain)))).toMatchInlineSnapshot(`
      "module {
        func.func public @main(%w: tensor<3x2xf32>, %x: tensor<4x3xf32>, %ct: tensor<4x2xf32>) -> tensor<3x2xf32> {
          %0 = stablehlo.dot_general %x, %ct, contracting_dims = [0] x [0] : (tensor<4x3xf32>, tensor<4x2xf32>) -> tensor<3x2xf32>
          return %0 : tensor<3x2xf32>
        }
      }
      "
    `);
  });

  it("has the same value", () => {
    expect(interpret(simplify(update), inputs)).toEqual(interpret(update, inputs));
  });

  it("takes an update of the weights as its epilogue, over the donated weights", () => {
    const program = lowerModule(dce(simplify(update)), wasmTarget(2), { donated: [0] });
    expect(program.kernels.map(({ kind }) => kind)).toEqual(["gemm"]);
    expect(program.donations).toEqual([{ result: 0, parameter: 0 }]);
  });

  it("stays where the product has another use, or dimensions are exchanged within an operand", () => {
    const used =
      parseModule(`func.func public @main(%a: tensor<2x4xf32>, %b: tensor<4x3xf32>) -> (tensor<2x3xf32>, tensor<3x2xf32>) {
  %0 = stablehlo.dot_general %a, %b, contracting_dims = [1] x [0] : (tensor<2x4xf32>, tensor<4x3xf32>) -> tensor<2x3xf32>
  %1 = stablehlo.transpose %0, dims = [1, 0] : (tensor<2x3xf32>) -> tensor<3x2xf32>
  return %0, %1 : tensor<2x3xf32>, tensor<3x2xf32>
}`);
    const within =
      parseModule(`func.func public @main(%a: tensor<2x3x4xf32>, %b: tensor<4x5xf32>) -> tensor<3x2x5xf32> {
  %0 = stablehlo.dot_general %a, %b, contracting_dims = [2] x [0] : (tensor<2x3x4xf32>, tensor<4x5xf32>) -> tensor<2x3x5xf32>
  %1 = stablehlo.transpose %0, dims = [1, 0, 2] : (tensor<2x3x5xf32>) -> tensor<3x2x5xf32>
  return %1 : tensor<3x2x5xf32>
}`);
    for (const module of [used, within]) expect(printModule(simplify(module))).toBe(printModule(module));
  });

  it("keeps its batch dimensions first", () => {
    const module =
      parseModule(`func.func public @main(%a: tensor<2x3x4xf32>, %b: tensor<2x5x4xf32>) -> tensor<2x5x3xf32> {
  %0 = stablehlo.dot_general %a, %b, batching_dims = [0] x [0], contracting_dims = [2] x [2] : (tensor<2x3x4xf32>, tensor<2x5x4xf32>) -> tensor<2x3x5xf32>
  %1 = stablehlo.transpose %0, dims = [0, 2, 1] : (tensor<2x3x5xf32>) -> tensor<2x5x3xf32>
  return %1 : tensor<2x5x3xf32>
}`);
    const args = [24, 40].map((n, i) =>
      literal(
        "float32",
        [2, [3, 5][i], 4],
        Float32Array.from({ length: n }, (_, j) => ((i + 2) * j) % 7),
      ),
    );
    const flipped = dce(simplify(module));
    expect(flipped.functions[0].body.operations.map(({ opcode }) => opcode)).toEqual([
      "dot_general",
      "return",
    ]);
    expect(interpret(flipped, args)).toEqual(interpret(module, args));
  });
});
