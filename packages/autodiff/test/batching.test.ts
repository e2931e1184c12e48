/** Every op batched along each axis and in each mix of operands, against a loop over the examples. */

import { type Opcode, opcodes } from "@fluxion/ir";
import { describe, expect, test } from "vitest";
import { type BatchAxis, batch } from "../src/index.ts";
import { axisChoices, batchDeviation, examples, typeOfMany } from "./batch-harness.ts";
import { batchCases } from "./batch-ops.ts";
import { sample, subject } from "./harness.ts";
import { type OpCase, opCases } from "./ops.ts";

const casesOf = (opcode: Opcode): readonly OpCase[] => [...opCases[opcode], ...(batchCases[opcode] ?? [])];

const cases = opcodes.flatMap((opcode) =>
  casesOf(opcode).map((opCase, i) => ({ name: `${opcode} ${i}`, opCase })),
);

const parameters = ({ shapes }: OpCase) => shapes.map((shape) => ({ dtype: "float64" as const, shape }));

/** Pairs of axes, inside and outside: all parameters with both, and each with one of them alone. */
function mixes(count: number): readonly (readonly [BatchAxis[], BatchAxis[]])[] {
  const all = new Array<BatchAxis>(count).fill(0);
  const only = (at: number): BatchAxis[] => all.map((_, i) => (i === at ? 0 : null));
  return [
    [all, all],
    [all, only(0)],
    [only(0), only(count - 1)],
    [only(count - 1), all],
  ];
}

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

  test.each(cases)("$name twice", ({ opCase }) => {
    if (opCase.unbatched !== undefined) return;
    const { range } = opCase;
    const types = parameters(opCase);
    for (const [inner, outer] of mixes(types.length)) {
      const { scope, func } = subject(opCase.text);
      const once = batch(scope, func, examples, inner).func;
      const args = once.body.arguments.map(({ type }, i) =>
        sample(typeOfMany(type, outer[i], 2), i + 1, ...range),
      );
      const deviation = batchDeviation({ scope, func: once }, args, outer, {}, 2);
      expect(deviation, `${inner.join()} then ${outer.join()}`).toBeLessThan(1e-13);
    }
  });
});
