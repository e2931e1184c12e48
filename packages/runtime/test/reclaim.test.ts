import { setImmediate as yieldToEventLoop } from "node:timers/promises";
import { describe, expect, it, vi } from "vitest";
import { findCollector } from "../src/cpu/collector.ts";
import { CpuRuntime } from "../src/cpu/cpu-runtime.ts";
import type { Storage } from "../src/cpu/storage.ts";

const MB = 2 ** 20;

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("this test needs Node's collector");
  return value;
}

describe("the collector of Node", () => {
  it("empties weak references in the middle of a job, and runs none of the program's microtasks", async () => {
    const collector = required(findCollector());
    let ran = false;
    queueMicrotask(() => {
      ran = true;
    });
    const make = (n: number) => Array.from({ length: n }, (_, i) => new WeakRef({ i }));
    const refs = make(100);
    const kept = { kept: true };
    const keptRef = new WeakRef(kept);
    collector.collect();
    expect(refs.filter((ref) => ref.deref() !== undefined).length).toBe(0);
    expect(keptRef.deref()).toBe(kept);
    expect(ran).toBe(false);
    await null;
    expect(ran).toBe(true);
  });
});

describe("sweeping", () => {
  it.each([
    [16, 200_000],
    [2000, 150_000],
    [MB, 2000],
  ])("bounds a synchronous loop that drops arrays of %i bytes, and spares the live ones", (bytes, rounds) => {
    const runtime = new CpuRuntime({ shared: false });
    const kept: Storage[] = [];
    const content = new Uint8Array(bytes);
    for (let i = 0; i < rounds; i++) {
      const storage = runtime.newStorage(bytes, "x");
      if (i % (rounds / 20) !== 0) continue;
      runtime.write(storage, content.fill(kept.length));
      kept.push(storage);
    }
    const { highWaterBytes, liveArrays } = runtime.statistics();
    expect(highWaterBytes).toBeLessThan(600 * MB);
    if (bytes < 100_000) expect(highWaterBytes).toBeLessThan(200 * MB);
    expect(kept.every((storage, i) => runtime.read(storage).every((x) => x === i))).toBe(true);
    runtime.reclaimNow();
    // The engine may still hold a few dead ones in registers or on the stack.
    const resident = bytes > 512 ? kept.length : 0;
    expect(runtime.statistics().liveArrays).toBeGreaterThanOrEqual(resident);
    expect(runtime.statistics().liveArrays).toBeLessThanOrEqual(resident + 3);
    expect(liveArrays).toBeLessThan(50_000);
  });

  it("does not collect while almost everything is live", () => {
    const runtime = new CpuRuntime({ shared: false });
    const collector = required(findCollector());
    const collect = vi.spyOn(collector, "collect");
    const kept: Storage[] = [];
    for (let i = 0; i < 200_000; i++) kept.push(runtime.newStorage(600, "kept"));
    expect(collect.mock.calls.length).toBeLessThanOrEqual(6);
    collect.mockRestore();
    expect(runtime.statistics().liveArrays).toBe(kept.length);
  });

  it("disposes in any order", () => {
    const runtime = new CpuRuntime({ shared: false });
    const storages = Array.from({ length: 100 }, () => runtime.newStorage(1000, "x"));
    for (let i = 0; i < 100; i++) storages[(i * 37) % 100].dispose();
    expect(runtime.statistics().liveArrays).toBe(0);
    expect(runtime.reclaimNow()).toBe(false);
  });
});

describe("finalizing", () => {
  it("frees dropped arrays once the program yields, and never twice", async () => {
    const runtime = new CpuRuntime({ shared: false, reclaim: "finalize" });
    const collector = required(findCollector());
    const kept = runtime.newStorage(1000, "kept");
    (() => {
      for (let i = 0; i < 1000; i++) {
        const storage = runtime.newStorage(1000, "dropped");
        if (i % 3 === 0) storage.dispose();
        if (i % 3 === 1) runtime.free(storage.release());
      }
    })();
    expect(runtime.statistics().liveArrays).toBe(334);
    expect(runtime.reclaimNow()).toBe(false);
    await vi.waitFor(async () => {
      collector.collect();
      await yieldToEventLoop();
      expect(runtime.statistics().liveArrays).toBeLessThanOrEqual(3);
    });
    expect(kept.alive).toBe(true);
    runtime.write(kept, new Uint8Array(1000).fill(5));
    expect(runtime.read(kept)[999]).toBe(5);
  });

  it("makes the engine collect by itself in a loop that yields now and then", async () => {
    const runtime = new CpuRuntime({ shared: false, reclaim: "finalize" });
    for (let i = 0; i < 3000; i++) {
      runtime.newStorage(4 * MB, "dropped"); // 12 GB in all
      if (i % 20 === 0) await yieldToEventLoop();
    }
    expect(runtime.statistics().highWaterBytes).toBeLessThan(3000 * MB);
  });
});
