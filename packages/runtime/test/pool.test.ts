import { abi } from "@fluxion/codegen-wasm";
import { afterEach, describe, expect, it } from "vitest";
import { type CpuInstance, CpuRuntime, type CpuRuntimeOptions } from "../src/cpu/cpu-runtime.ts";
import { build, FRAME, FRAME_BYTES, forkModule, KERNEL } from "./fork-module.ts";
import { generator } from "./random.ts";

type Fields = Partial<Record<keyof typeof FRAME, number>>;

const opened: CpuRuntime[] = [];
afterEach(() => {
  for (const runtime of opened.splice(0)) runtime.close();
});

/** A runtime with the test module, a frame and an array of `length` zeros. */
class Bench {
  readonly runtime: CpuRuntime;
  readonly instance: CpuInstance;
  readonly array: number;
  readonly frame: number;
  readonly length: number;

  constructor(options: CpuRuntimeOptions, length = 4096, module?: WebAssembly.Module) {
    this.runtime = new CpuRuntime(options);
    opened.push(this.runtime);
    this.instance = this.runtime.instantiate(module ?? forkModule(this.runtime.memory.shared));
    this.array = this.runtime.alloc(4 * length, "array");
    this.frame = this.runtime.alloc(FRAME_BYTES, "frame");
    this.length = length;
    this.clear();
    this.set({
      array: this.array,
      parameter: 0,
      kernel: KERNEL.increment,
      extent: length,
      grain: 1,
      repeat: 1,
    });
  }

  set(fields: Fields): this {
    for (const [name, value] of Object.entries(fields)) {
      this.runtime.memory.i32[(this.frame + FRAME[name as keyof typeof FRAME]) / 4] = value;
    }
    return this;
  }

  run(fields: Fields = {}): void {
    this.set(fields).instance.main(this.frame);
  }

  get counts(): Int32Array {
    return this.runtime.memory.i32.subarray(this.array / 4, this.array / 4 + this.length);
  }

  clear(): void {
    this.counts.fill(0);
  }

  control(address: number): number {
    return Atomics.load(this.runtime.memory.i32, address / 4);
  }
}

/** Together 1.2e5 forks of random extents. */
describe.each([1, 2, 3, 4])("fork and join on %i threads", (threads) => {
  it("runs every iteration exactly once, for 3e4 forks of random extents", async () => {
    const bench = new Bench({ threads });
    const random = generator(threads);
    await bench.runtime.ready();
    for (let round = 0; round < 300; round++) {
      const extent = Math.floor(random() ** 4 * bench.length);
      const grain = 1 + Math.floor(random() * 40);
      bench.clear();
      bench.run({ extent, grain, repeat: 100 });
      const { counts } = bench;
      for (let i = 0; i < bench.length; i++) {
        if (counts[i] !== (i < extent ? 100 : 0)) {
          expect({ round, extent, grain, i, count: counts[i] }).toBe("100 below the extent and 0 above");
        }
      }
      if (round % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 1)); // let workers fall asleep
    }
    expect(bench.runtime.problems).toEqual([]);
  });

  it("sees in each fork what the fork before wrote", () => {
    const bench = new Bench({ threads }, 512);
    bench.run({ grain: 3, repeat: 2000 });
    expect(bench.counts.every((count) => count === 2000)).toBe(true);
  });

  it("surfaces a trap as an error, finishes nothing twice, and goes on working", async () => {
    const bench = new Bench({ threads }, 1000);
    await bench.runtime.ready();
    for (const at of [0, 1, 500, 998, 999]) {
      bench.clear();
      expect(() => bench.run({ kernel: KERNEL.trap, parameter: at, grain: 1 })).toThrow(/unreachable/);
      expect(bench.counts[at]).toBe(0);
      expect(Math.max(...bench.counts)).toBeLessThanOrEqual(1);
      bench.clear();
      bench.run({ kernel: KERNEL.increment, grain: 7 });
      expect(bench.counts.every((count) => count === 1)).toBe(true);
    }
  });
});

describe("thread pool", () => {
  it("lets workers take part", async () => {
    const bench = new Bench({ threads: 3 }, 64);
    await bench.runtime.ready();
    expect(bench.control(abi.READY)).toBe(2);
    // The trap is at the last iteration of a slow job, and only the thread that runs it can report it.
    let onWorker = 0;
    for (let attempt = 0; attempt < 200 && onWorker === 0; attempt++) {
      bench.run({ kernel: KERNEL.slow, parameter: 20_000, grain: 1 }); // wakes the workers
      try {
        bench.run({ kernel: KERNEL.trap, parameter: attempt % 64 });
      } catch (error) {
        if (/kernel 1 failed on worker thread [01]: RuntimeError: unreachable/.test(String(error)))
          onWorker++;
        else expect(error).toBeInstanceOf(WebAssembly.RuntimeError);
      }
    }
    expect(onWorker).toBe(1);
  });

  it("works while workers are still starting and while a new module is on its way", () => {
    const bench = new Bench({ threads: 4 }, 100);
    bench.run({ grain: 1, repeat: 100 });
    for (let k = 0; k < 10; k++) {
      const other = bench.runtime.instantiate(build(true));
      other.main(bench.frame);
      bench.instance.main(bench.frame);
    }
    expect(bench.counts.every((count) => count === 2100)).toBe(true);
  });

  it("changes the number of threads at any time", async () => {
    const bench = new Bench({ threads: 1 }, 300);
    let expected = 0;
    for (const threads of [2, 4, 1, 3, 2, 1, 4]) {
      bench.runtime.threads = threads;
      expect(bench.runtime.threads).toBe(threads);
      expect(bench.control(abi.LIMIT)).toBe(threads - 1);
      bench.run({ grain: 1, repeat: 500 });
      await bench.runtime.ready();
      bench.run({ grain: 1, repeat: 500 });
      expected += 1000;
      expect(bench.counts.every((count) => count === expected)).toBe(true);
    }
    expect(bench.control(abi.READY)).toBe(3);
    for (const bad of [0, -1, 1.5, Number.NaN, 65]) {
      expect(() => {
        bench.runtime.threads = bad;
      }).toThrow(/number of threads must be an integer from 1 to 64/);
    }
  });

  it("lets idle workers sleep", async () => {
    const bench = new Bench({ threads: 3 });
    await bench.runtime.ready();
    bench.run();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(bench.control(abi.SLEEPERS)).toBe(2);
    const before = process.cpuUsage();
    await new Promise((resolve) => setTimeout(resolve, 400));
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(100); // ms of processor time in 400 ms
  });

  it("makes memory that was grown after the workers started visible to them, also to bulk operations", async () => {
    const bench = new Bench({ threads: 4 });
    await bench.runtime.ready();
    for (let k = 0; k < 20; k++) {
      const bytes = 20_000_000;
      const region = bench.runtime.alloc(bytes, "grown");
      bench.run({ array: region, kernel: KERNEL.fill, extent: bytes, grain: 4096 });
      const filled = bench.runtime.memory.u8.subarray(region, region + bytes);
      expect(filled.indexOf(0)).toBe(-1);
    }
  });

  it("runs on the main thread once it is closed, even at once", async () => {
    const bench = new Bench({ threads: 4 }, 200);
    await bench.runtime.ready();
    bench.run({ repeat: 100 });
    bench.runtime.close();
    bench.run({ repeat: 10_000 });
    await new Promise((resolve) => setTimeout(resolve, 50));
    bench.run({ repeat: 100 });
    expect(bench.counts.every((count) => count === 10_200)).toBe(true);
    expect(bench.runtime.threads).toBe(1);
  });

  it("forgets modules that are disposed of; they still run on the main thread", async () => {
    const bench = new Bench({ threads: 2 }, 100);
    bench.instance.dispose();
    bench.runtime.instantiate(build(true));
    await bench.runtime.ready();
    bench.run({ repeat: 100 });
    expect(bench.counts.every((count) => count === 100)).toBe(true);
    expect(bench.runtime.problems).toEqual([]);
  });
});

describe("unshared memory", () => {
  it("runs the plain build of the same module on one thread", () => {
    const bench = new Bench({ shared: false, threads: 4 }, 100);
    expect(bench.runtime.memory.shared).toBe(false);
    expect(bench.runtime.threads).toBe(1);
    bench.run({ repeat: 50 });
    expect(bench.counts.every((count) => count === 50)).toBe(true);
    expect(() => bench.run({ kernel: KERNEL.trap, parameter: 5 })).toThrow(WebAssembly.RuntimeError);
  });
});
