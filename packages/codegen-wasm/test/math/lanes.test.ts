/** A lane's result depends on that lane alone: scalar tails rely on it, and some functions branch for a whole vector. */
import { describe, expect, test } from "vitest";
import { type MathOpcode, mathTable } from "../../src/math/table.ts";
import { mapped, type Precision } from "./harness.ts";

const arities: Partial<Record<MathOpcode, number>> = {
  power: 2,
  atan2: 2,
  remainder: 2,
  "chlo.next_after": 2,
  "chlo.zeta": 2,
  "chlo.polygamma": 2,
};
const values = [
  0,
  -0,
  0.3,
  -0.7,
  1,
  -1,
  2.5,
  -3.25,
  40,
  -40,
  90,
  700,
  6001,
  1e6,
  2e6,
  -1e10,
  1e30,
  -1e38,
  1e-40,
  Infinity,
  -Infinity,
  NaN,
  17,
  8,
];

describe.each(["f32", "f64"] as const)("%s", (precision: Precision) => {
  const Type = precision === "f32" ? Float32Array : Float64Array;
  const lanes = precision === "f32" ? 4 : 2;
  test.each(Object.keys(mathTable) as MathOpcode[])("%s", (opcode) => {
    const arity = arities[opcode] ?? 1;
    // Second operands small, or zeta would sum a million terms.
    const second = values.map((_, i) => ((i * 7) % 11) - 2.5);
    const columns = [values, second].slice(0, arity);
    const emit = precision === "f32" ? mathTable[opcode].f32x4 : mathTable[opcode].f64x2;
    const map = mapped(emit, precision, arity, true);
    const mixed = map.run(...columns.map((xs) => Type.from(xs)));
    const splat = map.run(
      ...columns.map((xs) => Type.from(xs.flatMap((x) => new Array<number>(lanes).fill(x)))),
    );
    const alone = new Type(values.map((_, i) => splat[i * lanes]));
    expect(new Uint32Array(mixed.buffer)).toEqual(new Uint32Array(alone.buffer));
  });
});
