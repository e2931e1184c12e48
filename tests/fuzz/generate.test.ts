/** The generated programs themselves: valid, reproducible, printable, and of every op and dtype. */

import {
  type Block,
  dtypes,
  formatDiagnostics,
  interpret,
  opcodes,
  parseModule,
  printDense,
  printModule,
  verify,
} from "@fluxion/ir";
import { describe, expect, test } from "vitest";
import { difference } from "./compare.ts";
import { randomProgram } from "./generate.ts";

const PROGRAMS = Number(process.env.FUZZ_ROUNDS ?? 300);
const seeds = Array.from({ length: PROGRAMS }, (_, seed) => seed);

function visit(block: Block, ops: Set<string>, types: Set<string>): void {
  for (const operation of block.operations) {
    ops.add(operation.opcode);
    for (const { type } of operation.results) types.add(type.dtype);
    for (const region of operation.regions) visit(region, ops, types);
  }
}

describe("random programs", () => {
  test("are valid, print as the identity and mean the same when they are read back", () => {
    for (const seed of seeds) {
      const program = randomProgram(seed, { ops: opcodes });
      expect(formatDiagnostics(verify(program.module)), `seed ${seed}`).toBe("");
      const text = printModule(program.module);
      const back = parseModule(text);
      expect(printModule(back), `seed ${seed}`).toBe(text);
      const generic = printModule(program.module, { form: "generic" });
      expect(printModule(parseModule(generic), { form: "generic" }), `seed ${seed}`).toBe(generic);
      const [expected, actual] = [program.module, back].map((module) => interpret(module, program.inputs));
      expect(actual.map(printDense), `seed ${seed}`).toEqual(expected.map(printDense));
      expect(difference(program, expected, actual)).toBeUndefined();
    }
  });

  test("depend on the seed alone", () => {
    for (const seed of seeds.slice(0, 20)) {
      const [a, b] = [randomProgram(seed), randomProgram(seed)];
      expect(printModule(a.module)).toBe(printModule(b.module));
      expect(a.inputs).toEqual(b.inputs);
      expect(a.outputs).toEqual(b.outputs);
    }
  });

  test("together use every op and dtype", () => {
    const [ops, types] = [new Set<string>(), new Set<string>()];
    for (const seed of seeds) {
      const { module } = randomProgram(seed, { ops: opcodes });
      for (const { body } of module.functions) visit(body, ops, types);
    }
    // What no random program holds: targets of other systems.
    expect(opcodes.filter((opcode) => !ops.has(opcode))).toEqual(["custom_call"]);
    expect(dtypes.filter((dtype) => !types.has(dtype))).toEqual([]);
  });

  test("keep to the ops, dtypes and sizes that the options name", () => {
    const allowed = ["add", "multiply", "reshape", "constant", "clamp", "return"] as const;
    for (const seed of seeds.slice(0, 50)) {
      const { module, inputs } = randomProgram(seed, {
        ops: allowed,
        dtypes: ["float32"],
        maxElements: 20,
        maxRank: 2,
      });
      const [ops, types] = [new Set<string>(), new Set<string>()];
      for (const { body } of module.functions) visit(body, ops, types);
      expect([...ops].filter((op) => !(allowed as readonly string[]).includes(op))).toEqual([]);
      expect([...types].filter((dtype) => dtype !== "float32")).toEqual([]);
      for (const { type } of inputs) expect(type.shape.length).toBeLessThanOrEqual(2);
    }
  });
});

describe("the comparison", () => {
  test("sees a difference", () => {
    // Some programs have nothing but empty results, in which no entry can differ.
    const filled = [1, 2, 3, 4, 5, 6, 7, 8]
      .map((seed) => ({ seed, program: randomProgram(seed) }))
      .map(({ seed, program }) => ({ seed, program, results: interpret(program.module, program.inputs) }))
      .filter(({ results }) => results.some(({ data }) => data.length > 0));
    expect(filled.length).toBeGreaterThan(3);
    for (const { seed, program, results } of filled) {
      expect(difference(program, results, results)).toBeUndefined();
      expect(difference(program, results, results.slice(1))).toContain(`seed ${seed}`);
      const changed = results.map((result) => ({
        ...result,
        data: result.data.map(
          (entry) => (typeof entry === "bigint" ? 77n : 77) as never,
        ) as typeof result.data,
      }));
      expect(difference(program, results, changed)).toContain("differs at entry");
    }
  });
});
