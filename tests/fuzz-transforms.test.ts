/**
 * Random programs under random stacks of transforms, three deep: derivatives against finite differences, reverse against forward
 * mode, batches against loops, compiled code against the interpreter. FUZZ_SEED and FUZZ_ROUNDS choose other and more programs.
 */

import type { Func, Literal } from "@fluxion/ir";
import { CpuDevice } from "@fluxion/runtime";
import { afterAll, beforeAll, expect, it } from "vitest";
import { differentiableProgram } from "./fuzz/differentiable.ts";
import { check } from "./fuzz/identities.ts";
import { Random } from "./fuzz/random.ts";
import { randomStack, type Subject } from "./fuzz/stacks.ts";

const first = Number(process.env.FUZZ_SEED ?? 0);
const count = Number(process.env.FUZZ_ROUNDS ?? 150);

const device = new CpuDevice({ threads: 1 });
beforeAll(() => device.runtime.ready());
afterAll(() => device.runtime.close());

function runCompiled({ derived }: Subject, func: Func, inputs: readonly Literal[]): Literal[] {
  const executable = device.compile(derived.moduleOf(func));
  const buffers = inputs.map((input) => device.put(input));
  const results = executable.run(buffers);
  const values = results.map((result) => ({ type: result.type, data: result.readSync(), splat: false }));
  for (const buffer of [...buffers, ...results]) buffer.dispose();
  executable.dispose();
  return values;
}

it(
  `transforms of random programs keep their identities (seeds ${first} to ${first + count - 1})`,
  () => {
    const problems: string[] = [];
    let [programs, judged, rough] = [0, 0, 0];
    for (let seed = first; seed < first + count; seed++) {
      const random = new Random(seed);
      try {
        const report = check(random, randomStack(random, differentiableProgram(seed)), runCompiled);
        problems.push(...report.problems);
        programs += report.judged > 0 ? 1 : 0;
        judged += report.judged;
        rough += report.rough;
      } catch (error) {
        problems.push(`seed ${seed}: ${error instanceof Error ? error.stack : error}`);
      }
    }
    expect(problems).toEqual([]);
    // Most programs have finite derivatives, and few of their entries lie on corners.
    expect(programs).toBeGreaterThan(0.6 * count);
    expect(rough).toBeLessThan(0.02 * judged);
  },
  60_000 + 1000 * count,
);
