import { interpret, kernel, literal, parseModule } from "@fluxion/ir";
import { lowerModule, optimize, wasmTarget } from "@fluxion/passes";
import { expect, it } from "vitest";

/** Layers hᵢ₊₁ = tanh(max(hᵢ·w, cᵢ)). */
const network = (
  constants: readonly string[],
): string => `func.func public @main(%x: tensor<8x8xf32>, %w: tensor<8x8xf32>) -> tensor<8x8xf32> {
${constants
  .map(
    (
      constant,
      i,
    ) => `  %p${i} = stablehlo.dot_general ${i === 0 ? "%x" : `%h${i}`}, %w, contracting_dims = [1] x [0] : (tensor<8x8xf32>, tensor<8x8xf32>) -> tensor<8x8xf32>
  %c${i} = stablehlo.constant dense<${constant}> : tensor<8x8xf32>
  %m${i} = stablehlo.maximum %p${i}, %c${i} : tensor<8x8xf32>
  %h${i + 1} = stablehlo.tanh %m${i} : tensor<8x8xf32>`,
  )
  .join("\n")}
  return %h${constants.length} : tensor<8x8xf32>
}`;

const inputs = [1, 2].map((k) =>
  literal(
    "float32",
    [8, 8],
    Float32Array.from({ length: 64 }, (_, i) => ((i * k) % 7) / 8 - 0.4),
  ),
);

it.each([
  ["layers alike are one kernel", ["0.1", "0.1", "0.1", "0.1"], 1],
  ["a layer with another constant is its own", ["0.1", "0.1", "0.2", "0.1"], 2],
  [
    "zeros of either sign, infinity and NaN are different constants",
    ["0.0", "-0.0", "0xFF800000", "0x7FC00000"],
    4,
  ],
])("%s", (_, constants, count) => {
  const module = parseModule(network(constants));
  const program = lowerModule(optimize(module, wasmTarget(2)), wasmTarget(2));
  const products = program.kernels.filter(({ kind }) => kind === "gemm");
  expect(products.length).toBe(count);
  const [expected] = interpret(module, inputs);
  const [actual] = kernel.runProgram(program, inputs);
  (expected.data as Float32Array).forEach((value, i) => {
    const other = (actual.data as Float32Array)[i];
    expect(Object.is(value, other) || Math.abs(value - other) < 1e-5).toBe(true);
  });
});
