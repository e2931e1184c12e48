/** The examples that train: their loss falls, and what they learned holds for data that they have not seen. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "..");

/** What an example prints, as lines. */
async function linesOf(example: string, ...args: string[]): Promise<string[]> {
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ["--conditions=fluxion-source", join(root, "examples", `${example}.ts`), ...args],
    { cwd: root },
  );
  expect(stderr).toBe("");
  return stdout.trimEnd().split("\n");
}

describe("digits", () => {
  interface Progress {
    readonly first: string;
    readonly losses: readonly number[];
    readonly accuracies: readonly number[];
  }

  async function train(...args: string[]): Promise<Progress> {
    const [first, ...epochs] = await linesOf("digits", ...args);
    const rows = epochs.map((line, i) => {
      const match = /^epoch +(\d+) {2}loss (\d\.\d{4}) {2}test [█░]{20} (\d+\.\d) %$/.exec(line);
      expect(match?.[1]).toBe(String(i + 1));
      return [Number(match?.[2]), Number(match?.[3])];
    });
    return { first, losses: rows.map(([loss]) => loss), accuracies: rows.map(([, share]) => share) };
  }

  test("on the CPU: at least 97 % after 20 epochs", async () => {
    const { first, losses, accuracies } = await train();
    expect(first).toBe(
      "64-128-64-10 perceptron, 1437 pictures to train with, 360 to test with, on CpuDevice(id=0)",
    );
    expect(losses).toHaveLength(20);
    expect(losses[0]).toBeGreaterThan(0.5);
    expect(losses[19]).toBeLessThan(0.01);
    expect(accuracies[19]).toBeGreaterThanOrEqual(97);
  });

  test("on the GPU: the same course", async () => {
    const [gpu, cpu] = [await train("--device", "webgpu", "--epochs", "10"), await train("--epochs", "2")];
    expect(gpu.first).toContain("on GpuDevice(id=0)");
    // Chance is the same on both; rounding is not, and its effect grows from step to step.
    expect(Math.abs(gpu.losses[0] - cpu.losses[0])).toBeLessThan(1e-3);
    expect(gpu.accuracies[9]).toBeGreaterThanOrEqual(97);
  }, 300_000);
});

test("rnn: from chance to every bit", async () => {
  const lines = await linesOf("rnn");
  const shares = lines.map((line, i) => {
    const match = /^step +(\d+): +(\d+) % of unseen bits remembered$/.exec(line);
    expect(match?.[1]).toBe(String(25 * i));
    return Number(match?.[2]);
  });
  expect(shares).toHaveLength(7);
  expect(Math.abs(shares[0] - 50)).toBeLessThan(10);
  expect(shares[6]).toBe(100);
});
