/**
 * Random programs on the CPU device against the interpreter: with and without threads, relaxed SIMD and shared memory,
 * and with each pass left out. FUZZ_SEED and FUZZ_ROUNDS choose other and more programs.
 */
import { interpret, opcodes, printModule } from "@fluxion/ir";
import { tensorPasses } from "@fluxion/passes";
import { CpuDevice, type CpuDeviceOptions } from "@fluxion/runtime";
import { afterAll, describe, expect, it } from "vitest";
import { difference } from "./fuzz/compare.ts";
import { type Program, randomProgram } from "./fuzz/generate.ts";

const first = Number(process.env.FUZZ_SEED ?? 0);
const count = Number(process.env.FUZZ_ROUNDS ?? 300);
const seedsText = (number: number): string => `seeds ${first} to ${first + number - 1}`;

/** Every third program may slide windows; every fifth is large enough for loops to be split among threads. */
function programOf(seed: number): Program {
  return randomProgram(seed, {
    ...(seed % 3 === 0 ? { ops: opcodes } : {}),
    ...(seed % 5 === 0 ? { maxElements: 40_000, sizes: [3, 67, 130], steps: 6 } : {}),
  });
}

/** What the device does otherwise than the interpreter, with all that it takes to see it again. */
async function fault(device: CpuDevice, program: Program): Promise<string | undefined> {
  const problem = await differenceOn(device, program).catch(
    (error: unknown) => `seed ${program.seed}: ${error instanceof Error ? error.stack : error}`,
  );
  return problem && `${problem}\n${printModule(program.module)}`;
}

async function differenceOn(device: CpuDevice, program: Program): Promise<string | undefined> {
  const expected = interpret(program.module, program.inputs);
  const executable = device.compile(program.module);
  const inputs = program.inputs.map((input) => device.put(input));
  // Twice: what the first call leaves in memory must not show in the second.
  const calls = [executable.run(inputs), executable.run(inputs)];
  const problems = calls.map((results) => {
    const actual = results.map((result) => ({ type: result.type, data: result.readSync(), splat: false }));
    return difference(program, expected, actual);
  });
  for (const buffer of [...inputs, ...calls.flat()]) buffer.dispose();
  executable.dispose();
  return problems.find((problem) => problem !== undefined);
}

const devices: CpuDevice[] = [];
async function deviceOf(options: CpuDeviceOptions): Promise<CpuDevice> {
  const device = new CpuDevice(options);
  devices.push(device);
  await device.runtime.ready();
  return device;
}
afterAll(() => {
  for (const device of devices) device.runtime.close();
});

async function faultsOf(device: CpuDevice, number: number): Promise<string[]> {
  const faults: string[] = [];
  for (let seed = first; seed < first + number; seed++) {
    const found = await fault(device, programOf(seed));
    if (found !== undefined) faults.push(found);
  }
  return faults;
}

const patience = 60_000 + 1000 * count;

describe("random programs mean the same as on the interpreter", () => {
  it.each<[string, CpuDeviceOptions]>([
    ["on one thread", { threads: 1 }],
    ["on two threads", { threads: 2 }],
    ["without relaxed SIMD and shared memory", { shared: false, relaxed: false }],
  ])(
    `%s (${seedsText(count)})`,
    async (_, options) => {
      expect(await faultsOf(await deviceOf(options), count)).toEqual([]);
    },
    patience,
  );

  const some = Math.max(30, Math.ceil(count / 10));
  it.each(tensorPasses.map(({ name, removes }) => ({ name, removes })))(
    `without the pass $name (${seedsText(some)})`,
    async ({ name, removes }) => {
      const faults = await faultsOf(await deviceOf({ threads: 2, withoutPasses: [name] }), some);
      const refusal = `Error: ${removes} cannot be lowered\n`;
      expect(faults.filter((fault) => !fault.includes(refusal))).toEqual([]);
      // The other programs were refused, all of them for the op that only this pass takes away.
      expect(faults.length).toBeLessThan(some);
    },
    patience,
  );
});
