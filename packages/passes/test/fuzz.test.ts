import { interpret, kernel, opcodes } from "@fluxion/ir";
import { lowerModule, optimize, tensorPasses, wasmTarget } from "@fluxion/passes";
import { describe, expect, it } from "vitest";
import { difference } from "../../../tests/fuzz/compare.ts";
import { randomProgram } from "../../../tests/fuzz/generate.ts";

const first = Number(process.env.FUZZ_SEED ?? 0);
const count = Number(process.env.FUZZ_ROUNDS ?? 120);
const seeds = Array.from({ length: count }, (_, i) => first + i);

/** Every third program holds windows, gathers, scatters and sorts too. */
const programOf = (seed: number) => randomProgram(seed, seed % 3 === 0 ? { ops: opcodes } : {});

describe("random programs", () => {
  it(`mean the same after every pass (seeds ${first} to ${first + count - 1})`, () => {
    for (const seed of seeds) {
      const program = programOf(seed);
      const expected = interpret(program.module, program.inputs);
      let module = program.module;
      for (const pass of tensorPasses) {
        module = pass.run(module, wasmTarget(2));
        expect(difference(program, expected, interpret(module, program.inputs)), pass.name).toBeUndefined();
      }
    }
  });

  it(`mean the same as kernels (seeds ${first} to ${first + count - 1})`, () => {
    for (const seed of seeds) {
      const program = programOf(seed);
      const expected = interpret(program.module, program.inputs);
      const lowered = lowerModule(optimize(program.module, wasmTarget(2)), wasmTarget(2));
      expect(difference(program, expected, kernel.runProgram(lowered, program.inputs))).toBeUndefined();
    }
  });
});
