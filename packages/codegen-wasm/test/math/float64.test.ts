import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { accuracy } from "../../src/math/accuracy.ts";
import { type MathOpcode, mathTable } from "../../src/math/table.ts";
import { mapped } from "./harness.ts";
import { ulpError } from "./ulp.ts";

interface Golden {
  readonly arguments: number[][];
  readonly high: number[];
  readonly low: number[];
}

const goldens: Partial<Record<MathOpcode, Golden>> = JSON.parse(
  readFileSync(new URL("goldens/float64.json", import.meta.url), "utf8"),
);
const exact = new Set<MathOpcode>([
  "remainder",
  "sign",
  "round_nearest_afz",
  "round_nearest_even",
  "chlo.next_after",
  "chlo.tan", // the same function as tan
]);

test("every function that rounds has golden values", () => {
  const missing = (Object.keys(mathTable) as MathOpcode[]).filter((op) => !exact.has(op) && !goldens[op]);
  expect(missing).toEqual([]);
});

/** The largest error in ulp, and where. Errors within the absolute bound count as none. */
function worst(opcode: MathOpcode, golden: Golden, relaxed: boolean): { ulp: number; at: number[] } {
  const columns = golden.arguments.map((xs) => Float64Array.from(xs));
  const got = mapped(mathTable[opcode].f64x2, "f64", columns.length, relaxed).run(...columns);
  const allowed = accuracy[opcode].absolute64 ?? 0;
  let found = { ulp: 0, at: [] as number[] };
  got.forEach((y, i) => {
    const [high, low] = [golden.high[i], golden.low[i]];
    if (Math.abs(y - high - low) <= allowed) return;
    const ulp = ulpError(y, high, low, "f64");
    if (ulp > found.ulp) found = { ulp, at: columns.map((xs) => xs[i]) };
  });
  return found;
}

describe.each([true, false])("float64, relaxed: %s", (relaxed) => {
  test.each(Object.entries(goldens) as [MathOpcode, Golden][])("%s", (opcode, golden) => {
    expect(golden.high.length).toBeGreaterThan(50);
    const { ulp, at } = worst(opcode, golden, relaxed);
    expect(ulp, `at ${at}`).toBeLessThanOrEqual(accuracy[opcode].f64);
    expect(ulp).toBeGreaterThan(0);
  });
});
