/** Every op batched along each axis and in each mix of operands, against a loop over the examples. */

import { type Opcode, opcodes } from "@fluxion/ir";
import { describe, expect, test } from "vitest";
import { axisChoices, batchDeviation, typeOfMany } from "./batch-harness.ts";
import { batchCases } from "./batch-ops.ts";
import { sample, subject } from "./harness.ts";
import { type OpCase, opCases } from "./ops.ts";

const casesOf = (opcode: Opcode): readonly OpCase[] => [...opCases[opcode], ...(batchCases[opcode] ?? [])];

const cases = opcodes.flatMap((opcode) =>
  casesOf(opcode).map((opCase, i) => ({ name: `${opcode} ${i}`, opCase })),
);

const parameters = ({ shapes }: OpCase) => shapes.map((shape) => ({ dtype: "float64" as const, shape }));

describe("batching", () => {
  test.each(opcodes)("%s has a program", (opcode) => {
    expect(casesOf(opcode).length).toBeGreaterThan(0);
  });

  test.each(cases)("$name", ({ opCase }) => {
    const { range } = opCase;
    const types = parameters(opCase);
    for (const axes of axisChoices(types)) {
      const args = types.map((type, i) => sample(typeOfMany(type, axes[i]), i + 1, ...range));
      const deviation = () => batchDeviation(subject(opCase.text), args, axes);
      if (opCase.unbatched !== undefined) expect(deviation).toThrow(opCase.unbatched);
      else expect(deviation(), `axes ${axes.join()}`).toBeLessThan(1e-13);
    }
  });
});
