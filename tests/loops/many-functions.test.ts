/** Kernels with so many elementary functions that they call them instead of holding copies. */

import { Builder, interpret, literal, type Module, Value } from "@fluxion/ir";
import { CpuDevice } from "@fluxion/runtime";
import { afterAll, describe, expect, it } from "vitest";

/** Defined and smooth between 0 and 1. */
const functions = [
  "sine",
  "cosine",
  "tan",
  "tanh",
  "exponential",
  "exponential_minus_one",
  "log_plus_one",
  "logistic",
  "cbrt",
  "chlo.asinh",
  "chlo.atan",
  "chlo.erf",
  "chlo.erfc",
  "chlo.sinh",
  "chlo.cosh",
  "chlo.lgamma",
] as const;

/** Σᵢ fᵢ(x) + x^(i/10), with every function three times. */
function sumOfFunctions(dtype: "float32" | "float64", size: number): Module {
  const type = { dtype, shape: [size] } as const;
  const x = new Value(type);
  const b = new Builder();
  let sum: Value = x;
  for (let i = 0; i < 3 * functions.length; i++) {
    const scaled = b.op("multiply", x, b.scalar(dtype, 1 - i / 100, [size]));
    const value = b.op(functions[i % functions.length], scaled);
    const power = b.op("power", x, b.scalar(dtype, i / 10, [size]));
    sum = b.op("add", sum, b.op("add", value, power));
  }
  const body = b.finish([x], [sum]);
  return { name: undefined, functions: [{ name: "main", visibility: "public", body, resultTypes: [type] }] };
}

const devices = [
  new CpuDevice({ threads: 1 }),
  new CpuDevice({ threads: 2 }),
  new CpuDevice({ threads: 1, shared: false, relaxed: false }),
];
afterAll(() => {
  for (const device of devices) device.runtime.close();
});

describe("kernels of many elementary functions", () => {
  it.each([
    ["float32", 1003, 1e-5],
    ["float64", 37, 1e-13],
  ] as const)("in %s", async (dtype, size, tolerance) => {
    const module = sumOfFunctions(dtype, size);
    const storage = dtype === "float32" ? Float32Array : Float64Array;
    const data = storage.from(Array.from({ length: size }, (_, i) => (i + 0.5) / size));
    const input = literal(dtype, [size], data);
    const expected = interpret(module, [input])[0].data as Float64Array;
    for (const device of devices) {
      await device.runtime.ready();
      const executable = device.compile(module);
      expect(executable.asText("wat")).toContain("(call $math.sine.f");
      const actual = executable.run([device.put(input)])[0].readSync() as Float64Array;
      expected.forEach((value, i) => {
        expect(Math.abs(actual[i] - value) / Math.abs(value)).toBeLessThan(tolerance);
      });
    }
  });
});
