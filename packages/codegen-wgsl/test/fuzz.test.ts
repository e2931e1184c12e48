/** Random programs on the adapter against the interpreter. FUZZ_SEED and FUZZ_ROUNDS choose other and more programs. */

import { type DType, interpret, opcodes, printModule } from "@fluxion/ir";
import { describe, expect, it } from "vitest";
import { difference } from "../../../tests/fuzz/compare.ts";
import { type Program, randomProgram } from "../../../tests/fuzz/generate.ts";
import type { WgslLimits } from "../src/index.ts";
import { runModule } from "./compare.ts";

const first = Number(process.env.FUZZ_SEED ?? 0);
const count = Number(process.env.FUZZ_ROUNDS ?? 60);

/** Everything that WebGPU holds. */
const held: readonly DType[] = [
  "bool",
  "int8",
  "int16",
  "int32",
  "uint8",
  "uint16",
  "uint32",
  "float16",
  "bfloat16",
  "float32",
  "complex64",
];

/** Every third program may slide windows, gather, scatter and sort; every fifth is large. */
const programOf = (seed: number): Program =>
  randomProgram(seed, {
    dtypes: held,
    ...(seed % 3 === 0 ? { ops: opcodes } : {}),
    ...(seed % 5 === 0 ? { maxElements: 40_000, sizes: [3, 67, 130], steps: 6 } : {}),
  });

async function fault(program: Program, limits: Partial<WgslLimits>): Promise<string | undefined> {
  try {
    const expected = interpret(program.module, program.inputs);
    for (const actual of await runModule(program.module, program.inputs, limits)) {
      const problem = difference(program, expected, actual);
      if (problem !== undefined) return `${problem}\n${printModule(program.module)}`;
    }
    return undefined;
  } catch (error) {
    return `seed ${program.seed}: ${error instanceof Error ? error.stack : error}\n${printModule(program.module)}`;
  }
}

describe(`random programs mean the same as on the interpreter (seeds ${first} to ${first + count - 1})`, () => {
  it.each<[string, Partial<WgslLimits>]>([
    ["on the adapter as it is", {}],
    ["with barriers as cheap as on hardware, and without subgroups", { software: false, subgroups: false }],
    ["with barriers as cheap as on hardware, and subgroups", { software: false, longestSubgroupRun: 4 }],
  ])(
    "%s",
    async (_, limits) => {
      const faults: string[] = [];
      for (let seed = first; seed < first + count; seed++) {
        const found = await fault(programOf(seed), limits);
        if (found !== undefined) faults.push(found);
      }
      expect(faults).toEqual([]);
    },
    60_000 + 2000 * count,
  );
});
