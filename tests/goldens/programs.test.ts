/** StableHLO text that JAX wrote, with the results that JAX computed from it. */

import { literal } from "@fluxion/ir";
import { describe, expect, test } from "vitest";
import type { ProgramCase } from "./format.ts";
import { compareResult, runProgram } from "./programs.ts";
import { loadFamily } from "./run.ts";

const { cases } = loadFamily<{ readonly cases: readonly ProgramCase[] }>("stablehlo");

describe("programs of JAX on the reference interpreter", () => {
  test.each(cases)("$id", (program) => {
    expect(runProgram(program)).toEqual([]);
  });
});

describe("a wrong result is found", () => {
  const f32 = (...values: number[]) => literal("float32", [values.length], Float32Array.from(values));
  const expected = { dtype: "float32", shape: [2], data: [1, 0.5] };
  test("values beyond the bound, of the largest magnitude", () => {
    expect(compareResult(expected, f32(1, 0.5), 0)).toEqual([]);
    expect(compareResult(expected, f32(1, 0.5 + 2 ** -24), 0)).not.toEqual([]);
    expect(compareResult(expected, f32(1, 0.5 + 2 ** -24), 1)).toEqual([]);
    expect(compareResult(expected, f32(1, 0.5 + 2 ** -22), 2)).not.toEqual([]);
    expect(compareResult(expected, f32(1, Number.NaN), 8)).not.toEqual([]);
  });
  test("shape and dtype", () => {
    expect(compareResult({ ...expected, shape: [2, 1] }, f32(1, 0.5), 0)).not.toEqual([]);
    expect(compareResult({ ...expected, dtype: "float64" }, f32(1, 0.5), 0)).not.toEqual([]);
  });
  test("integers have no bound", () => {
    const ints = literal("int32", [2], Int32Array.of(1, 3));
    expect(compareResult({ dtype: "int32", shape: [2], data: [1, 2] }, ints, 1e9)).not.toEqual([]);
  });
});
