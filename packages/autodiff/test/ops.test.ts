/** Every rule against central differences, forward and reverse, and those of the gradient. */

import { opcodes } from "@fluxion/ir";
import { describe, expect, test } from "vitest";
import { jvp } from "../src/index.ts";
import { deviations, gradientOf, sample, subject } from "./harness.ts";
import { type OpCase, opCases } from "./ops.ts";

/** Ops whose programs stand in control.test.ts. */
const structural = new Set(["while", "case", "if", "call"]);

const cases = opcodes.flatMap((opcode) =>
  opCases[opcode].map((opCase, i) => ({ name: `${opcode} ${i}`, opCase })),
);

const arguments_ = ({ shapes, range: [low, high] }: OpCase) =>
  shapes.map((shape, i) => sample({ dtype: "float64", shape }, i + 1, low, high));

describe("rules", () => {
  test.each(opcodes.filter((opcode) => !structural.has(opcode)))("%s has a program", (opcode) => {
    expect(opCases[opcode].length).toBeGreaterThan(0);
  });

  test.each(cases)("$name", ({ opCase }) => {
    const program = subject(opCase.text);
    const active = opCase.shapes.map(() => true);
    if (opCase.fails !== undefined) {
      expect(() => jvp(program.scope, program.func, active)).toThrow(opCase.fails);
      return;
    }
    if (opCase.still) {
      expect(jvp(program.scope, program.func, active).outputsActive).toEqual([false]);
      return;
    }
    for (const at of [program, gradientOf(program)]) {
      const { forward, reverse, linearized } = deviations(at, arguments_(opCase));
      expect(forward).toBeLessThan(2e-7);
      expect(reverse).toBeLessThan(1e-12);
      expect(linearized).toBeLessThan(1e-12);
    }
  });
});
