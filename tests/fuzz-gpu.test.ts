/** Random programs on the GPU device against the interpreter. FUZZ_SEED and FUZZ_ROUNDS choose other and more programs. */
import { type DType, interpret, type Literal, literal, type Module, opcodes, printModule } from "@fluxion/ir";
import { GpuDevice } from "@fluxion/runtime";
import { beforeAll, describe, expect, it } from "vitest";
import { difference } from "./fuzz/compare.ts";
import { type Program, randomProgram } from "./fuzz/generate.ts";

const first = Number(process.env.FUZZ_SEED ?? 0);
const count = Number(process.env.FUZZ_ROUNDS ?? 100);

const device = new GpuDevice();
beforeAll(async () => {
  await device.open();
});

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

/** Every third program may slide windows; every fifth is large. */
function programOf(seed: number): Program {
  return randomProgram(seed, {
    dtypes: held,
    ...(seed % 3 === 0 ? { ops: opcodes } : {}),
    ...(seed % 5 === 0 ? { maxElements: 40_000, sizes: [3, 67, 130], steps: 6 } : {}),
  });
}

/** What the device does otherwise than the interpreter. */
async function faultOf(program: Program): Promise<string | undefined> {
  const { module, inputs } = program;
  try {
    const [once, again] = await runTwice(module, inputs);
    const expected = interpret(module, inputs);
    return difference(program, expected, once) ?? difference(program, expected, again);
  } catch (error) {
    return `seed ${program.seed}: ${error instanceof Error ? error.stack : error}`;
  }
}

/** Twice: what the first call leaves in memory must not show in the second. */
async function runTwice(module: Module, inputs: readonly Literal[]): Promise<Literal[][]> {
  const executable = device.compile(module);
  const args = inputs.map((input) => device.put(input));
  const calls = [executable.run(args), executable.run(args)];
  const results = calls.map((buffers) =>
    Promise.all(
      buffers.map(async (buffer): Promise<Literal> => {
        const { dtype, shape } = buffer.type;
        return { ...literal(dtype, shape, await buffer.read()), splat: false };
      }),
    ),
  );
  const all = await Promise.all(results);
  for (const buffer of [...args, ...calls.flat()]) buffer.dispose();
  executable.dispose();
  return all;
}

describe("random programs mean the same as on the interpreter", () => {
  it(
    `on the GPU device (seeds ${first} to ${first + count - 1})`,
    async () => {
      const faults: string[] = [];
      for (let seed = first; seed < first + count; seed++) {
        const program = programOf(seed);
        const fault = await faultOf(program);
        if (fault !== undefined) faults.push(`${fault}\n${printModule(program.module)}`);
      }
      expect(faults).toEqual([]);
    },
    60_000 + 2000 * count,
  );
});
