/** Reductions are split through reshapes; the positions in the array must come out as plain sums again. */

import { buildFunction, interpret, kernel, literal, type Module } from "@fluxion/ir";
import { lowerModule, optimize, wasmTarget } from "@fluxion/passes";
import { describe, expect, it } from "vitest";

function sumOf(shape: readonly number[]): Module {
  const func = buildFunction("main", [{ dtype: "float32", shape }], (b, [x]) => [
    b.reduceWith(
      "add",
      x,
      b.scalar("float32", 0),
      shape.map((_, axis) => axis),
    ),
  ]);
  return { name: undefined, functions: [func] };
}

describe("the sum of an array of several dimensions", () => {
  it.each([[[320, 256]], [[40, 16, 128]], [[10, 8, 8, 128]], [[16, 3, 5, 7, 49]], [[64, 3, 427]]])(
    "of shape %j reads neighbours",
    (shape) => {
      const module = sumOf(shape);
      const program = lowerModule(optimize(module, wasmTarget(2)), wasmTarget(2));
      expect(program.kernels.length).toBe(2);
      expect(kernel.printProgram(program)).not.toMatch(/\[[^\]]*[%/]/);
      const size = shape.reduce((product, dim) => product * dim, 1);
      const x = literal(
        "float32",
        shape,
        Float32Array.from({ length: size }, (_, i) => (i * 7) % 16),
      );
      expect(kernel.runProgram(program, [x])).toEqual(interpret(module, [x]));
    },
  );
});
