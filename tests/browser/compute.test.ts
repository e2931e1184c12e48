/** The built library computes in a page, with and without shared memory. */
import { availableParallelism } from "node:os";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchBrowser, runProgram } from "./harness.ts";
import type { BothReport } from "./programs/both-devices.ts";
import type { ComputeReport } from "./programs/compute.ts";
import type { MemoryReport } from "./programs/gpu-memory.ts";

const [rows, inner, columns] = [70, 50, 90];
const wave = (length: number, frequency: number) =>
  Array.from({ length }, (_, i) => Math.fround(3 * Math.sin(frequency * i)));
const x = wave(1000, 0.7);
const lhs = wave(rows * inner, 0.3);
const rhs = wave(inner * columns, 1.1);

const expectedSelu = x.map((v) => 1.0507009873554805 * (v > 0 ? v : 1.6732632423543772 * Math.expm1(v)));
const expectedProduct = Array.from({ length: rows * columns }, (_, at) => {
  const [row, column] = [Math.floor(at / columns), at % columns];
  let sum = 0;
  for (let k = 0; k < inner; k++) sum += lhs[row * inner + k] * rhs[k * columns + column];
  return sum;
});

/** Largest difference; NaN if any element is. */
function distance(actual: readonly number[], expected: readonly number[]): number {
  expect(actual.length).toBe(expected.length);
  return actual.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i])), 0);
}

const EPSILON = 2 ** -24;

describe("a page with WebGPU", () => {
  it("runs the same functions on both devices, and shows the shaders", async () => {
    const browser = await launchBrowser({ webgpu: true });
    try {
      const args = [x, lhs, rhs, [rows, inner, columns]];
      const { value } = await runProgram<BothReport>(browser, "both-devices.ts", { isolated: true, args });
      expect(value.before).toEqual(["CpuDevice(id=0)"]);
      expect(value.devices.map(({ device }) => device)).toEqual(["CpuDevice(id=0)", "GpuDevice(id=0)"]);
      for (const { selu, product } of value.devices) {
        expect(distance(selu, expectedSelu)).toBeLessThan(8 * 6 * EPSILON);
        expect(distance(product, expectedProduct)).toBeLessThan(inner * inner * 9 * EPSILON);
      }
      expect(value.shaders.match(/@compute/g)?.length).toBe(2);
      expect(value.shaders).toMatch(/^\/\/ fused:\n(\/\/ {3}.*\n)*\/\/ {3}exponential/m);
      expect(value.complaints[0]).toMatch(/SynchronousReadError: x\.dataSync\(\) .* await x\.data\(\)/);
      expect(value.complaints[1]).toMatch(/argument 0, float32\[1000\], is on GpuDevice\(id=0\)\n/);
      expect(value.complaints[2]).toMatch(/UnsupportedOnWebGpuError: .*float64\[100\] .*both-devices\.ts/s);
    } finally {
      await browser.close();
    }
  });

  it("takes the memory of dropped arrays back", async () => {
    const browser = await launchBrowser({ webgpu: true });
    try {
      const { value } = await runProgram<MemoryReport>(browser, "gpu-memory.ts", {
        isolated: true,
        args: [600],
      });
      expect(value.last).toBe(599);
      expect(value.highWaterBytes).toBeLessThan(1.6e9); // of 2.4e9 that were allocated
      expect(value.buffersMade).toBeLessThan(400);
    } finally {
      await browser.close();
    }
  });
});

describe("a page", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());

  it.each([
    { isolated: true, kind: "in shared memory when cross-origin isolated" },
    { isolated: false, kind: "in memory of its own otherwise" },
  ])("computes $kind", async ({ isolated }) => {
    const args = [x, lhs, rhs, [rows, inner, columns]];
    const { value, requests } = await runProgram<ComputeReport>(browser, "compute.ts", { isolated, args });
    expect(value.early).toMatch(/await init\(\)/);
    // Values up to 6, sums of `inner` products up to 9.
    expect(distance(value.selu, expectedSelu)).toBeLessThan(8 * 6 * EPSILON);
    expect(distance(value.product, expectedProduct)).toBeLessThan(inner * inner * 9 * EPSILON);
    expect(value.shared).toBe(isolated);
    if (isolated) expect(value.threads).toBe(Math.min(availableParallelism(), 16));
    else expect(value.threads).toBe(1);
    expect(value.liveBytes).toBeGreaterThanOrEqual(4 * (x.length + lhs.length + rhs.length));
    expect(requests.filter((path) => path.includes("binaryen")).length).toBe(1);
  });
});
