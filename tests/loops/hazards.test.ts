/** Loops whose carries lie in memory that is written over: each against the interpreter, with and without the passes. */

import { interpret, kernel, type Literal, literal, parseModule, sizeOf, type TensorType } from "@fluxion/ir";
import { lowerModule, optimize, tensorPasses, wasmTarget } from "@fluxion/passes";
import { CpuDevice } from "@fluxion/runtime";
import { afterAll, describe, expect, it } from "vitest";
import { hazards, sizes, textOf } from "./programs.ts";

/** Numbers of which no two near each other are alike, below 1/√side so that products stay small. */
function sample({ dtype, shape }: TensorType, seed: number): Literal {
  if (dtype !== "float32") throw new Error(`samples are float32, not ${dtype}`);
  const at = (_: unknown, i: number): number =>
    (((i + 1) * 0.6180339887 + seed * 0.7548776662) % 1) * 0.16 - 0.08;
  return literal(dtype, shape, Float32Array.from({ length: sizeOf(shape) }, at));
}

/** The largest difference, relative to the larger of 1 and the value. */
function deviation(expected: readonly Literal[], actual: readonly ArrayLike<number>[]): number {
  let worst = 0;
  expected.forEach(({ data }, r) => {
    const values = data as Float32Array;
    expect(actual[r].length).toBe(values.length);
    values.forEach((value, i) => {
      const distance = Math.abs(value - actual[r][i]) / Math.max(1, Math.abs(value));
      worst = Number.isNaN(distance) ? Number.POSITIVE_INFINITY : Math.max(worst, distance);
    });
  });
  return worst;
}

const names = tensorPasses.map(({ name }) => name);
const devices: readonly (readonly [string, CpuDevice])[] = [
  ["one thread", new CpuDevice({ threads: 1 })],
  ["two threads", new CpuDevice({ threads: 2 })],
  ["no passes", new CpuDevice({ threads: 2, withoutPasses: names })],
];
afterAll(() => {
  for (const [, device] of devices) device.runtime.close();
});

/** Every set of donated parameters. */
const donations: readonly (readonly number[])[] = [[], [0], [1], [0, 1]];

for (const size of sizes) {
  describe(`loops over ${size.name} arrays`, () => {
    for (const program of hazards) {
      const module = parseModule(textOf(program, size));
      const types = module.functions[0].body.arguments.map(({ type }) => type);
      const inputs = types.map((type, i) => sample(type, i + 1));

      it(`${program.name}`, async () => {
        const expected = interpret(module, inputs);
        const optimized = optimize(module, wasmTarget(2));
        const lowered = kernel.runProgram(lowerModule(optimized, wasmTarget(2)), inputs);
        expect(
          deviation(
            expected,
            lowered.map(({ data }) => data as Float32Array),
          ),
        ).toBeLessThan(1e-5);
        for (const [how, device] of devices) {
          await device.runtime.ready();
          for (const donated of donations) {
            const executable = device.compile(module, { donated });
            // Twice: what the first call leaves in memory must not show in the second.
            for (let call = 0; call < 2; call++) {
              const buffers = inputs.map((input) => device.put(input));
              const outputs = executable.run(buffers);
              const data = outputs.map((buffer) => buffer.readSync() as Float32Array);
              expect(deviation(expected, data), `${how}, donated ${donated.join()}`).toBeLessThan(1e-5);
              for (const buffer of [...buffers, ...outputs]) if (buffer.alive) buffer.dispose();
            }
            executable.dispose();
          }
        }
      });
    }
  });
}
