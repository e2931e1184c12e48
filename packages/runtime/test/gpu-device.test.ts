/** The GPU device on a real adapter: what it computes, how it waits, and what it keeps. */
import { type Literal, literal, type Module, parseModule } from "@fluxion/ir";
import { describe, expect, it } from "vitest";
import { openGpu } from "../src/gpu/open.ts";
import { hasSubgroupRuns } from "../src/gpu/subgroups.ts";
import { GpuDevice } from "../src/index.ts";

const device = new GpuDevice();

const floats = (values: readonly number[], shape = [values.length]): Literal =>
  literal("float32", shape, Float32Array.from(values));

const addScaled: Module = parseModule(`func.func @main(%x: tensor<4xf32>, %s: tensor<f32>) -> tensor<4xf32> {
  %0 = stablehlo.broadcast_in_dim %s, dims = [] : (tensor<f32>) -> tensor<4xf32>
  %1 = stablehlo.multiply %x, %0 : tensor<4xf32>
  %2 = stablehlo.add %1, %x : tensor<4xf32>
  return %2 : tensor<4xf32>
}`);

/** Counts up to a number that only the argument knows, and adds what it counted. */
const dynamicSum: Module =
  parseModule(`func.func @main(%n: tensor<i32>, %x: tensor<8xf32>) -> (tensor<i32>, tensor<8xf32>) {
  %zero = stablehlo.constant dense<0> : tensor<i32>
  %one = stablehlo.constant dense<1> : tensor<i32>
  %0:2 = stablehlo.while(%i = %zero, %a = %x) : tensor<i32>, tensor<8xf32>
   cond {
    %c = stablehlo.compare LT, %i, %n : (tensor<i32>, tensor<i32>) -> tensor<i1>
    stablehlo.return %c : tensor<i1>
  } do {
    %d = stablehlo.add %a, %a : tensor<8xf32>
    %j = stablehlo.add %i, %one : tensor<i32>
    stablehlo.return %j, %d : tensor<i32>, tensor<8xf32>
  }
  return %0#0, %0#1 : tensor<i32>, tensor<8xf32>
}`);

describe("the GPU device", () => {
  it("takes work before it is open, and gives the results in the order of the program", async () => {
    const executable = device.compile(addScaled, { name: "addScaled" });
    const x = device.put(floats([1, 2, 3, 4]));
    const [y] = executable.run([x, device.put(floats([2], []))]);
    const [z] = executable.run([y, device.put(floats([0.5], []))]);
    y.dispose(); // while the call that reads it may still wait
    expect([...((await z.read()) as Float32Array)]).toEqual([4.5, 9, 13.5, 18]);
    expect(() => executable.run([y, x])).toThrow(/disposed of/);
  });

  it("reads several arrays back at once, as they were when asked for", async () => {
    const arrays = [1, 2, 3].map((k) => device.put(floats(Array.from({ length: 200 }, (_, i) => k * i))));
    const reads = arrays.map((x) => x.read());
    for (const x of arrays) x.dispose();
    device.put(floats(new Array(200).fill(-1))); // takes the memory of one of them
    const values = await Promise.all(reads);
    expect(values.map((v) => v[100])).toEqual([100, 200, 300]);
  });

  it("runs loops whose end only the elements know", async () => {
    const executable = device.compile(dynamicSum);
    for (const n of [0, 1, 5]) {
      const start = device.put(floats([1, 2, 3, 4, 5, 6, 7, 8]));
      const [count, sum] = executable.run([device.put(literal("int32", [], Int32Array.of(n))), start]);
      const [c, s] = await Promise.all([count.read(), sum.read()]);
      expect([c[0], s[7]]).toEqual([n, 8 * 2 ** n]);
    }
  });

  it("makes no buffers once it has those that a program needs", async () => {
    const executable = device.compile(addScaled);
    const x = device.put(floats([1, 2, 3, 4]));
    const step = (): void => executable.run([x, device.put(floats([3], []))])[0].dispose();
    for (let i = 0; i < 10; i++) step();
    await device.finished();
    const { buffersMade } = device.memory();
    for (let i = 0; i < 100; i++) step();
    await device.finished();
    expect(device.memory().buffersMade).toBe(buffersMade);
  });
});

describe("subgroups of the adapter", () => {
  it("are found to be runs of neighbours", async () => {
    const { device: opened, limits } = await openGpu();
    expect(limits.subgroups).toBe(true);
    expect(await hasSubgroupRuns(opened)).toBe(true);
    opened.destroy();
  });
});
