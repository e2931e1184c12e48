import { describe, expect, it } from "vitest";
import { Allocator } from "../src/cpu/allocator.ts";
import { CpuMemory } from "../src/cpu/memory.ts";
import { generator } from "./random.ts";

const MB = 1 << 20;

function make(maximumBytes?: number) {
  const memory = new CpuMemory({ shared: false, maximumBytes });
  return { memory, allocator: new Allocator(memory) };
}

/** Every block starts where the last ends and knows its neighbour; free neighbours are merged; sums agree. */
function checkHeap(allocator: Allocator, live: Map<number, number>): void {
  let below = 0;
  let wasFree = false;
  let next = 0;
  let used = 0;
  for (const block of allocator.blocks()) {
    if (next !== 0) expect(block.address).toBe(next);
    expect(block.below).toBe(below);
    expect(block.size % 64).toBe(0);
    expect(block.free && wasFree).toBe(false);
    if (!block.free) {
      used++;
      expect(live.has(block.address)).toBe(true);
      expect(block.size - 16).toBeGreaterThanOrEqual(live.get(block.address) ?? 0);
    }
    below = block.address - 16;
    next = block.address + block.size;
    wasFree = block.free;
  }
  expect(used).toBe(live.size);
  expect(allocator.liveBlocks).toBe(live.size);
  expect(allocator.liveBytes).toBe([...live.values()].reduce((a, b) => a + b, 0));
}

function randomSize(random: () => number): number {
  const kind = random();
  if (kind < 0.5) return Math.floor(random() * 300);
  if (kind < 0.9) return Math.floor(random() * 20_000);
  return Math.floor(random() * 2 * MB);
}

describe("allocator", () => {
  it.each([1, 2, 3, 4])("keeps its heap consistent under random use (seed %i)", (seed) => {
    const random = generator(seed);
    const { memory, allocator } = make();
    const live = new Map<number, number>();
    for (let step = 0; step < 4000; step++) {
      if (random() < 0.55) {
        const bytes = randomSize(random);
        const address = allocator.allocate(bytes);
        expect(address % 64).toBe(0);
        expect(address).toBeGreaterThanOrEqual(4096);
        expect(address + bytes).toBeLessThanOrEqual(memory.capacity);
        expect(live.has(address)).toBe(false);
        expect(allocator.bytesAt(address)).toBe(bytes);
        live.set(address, bytes);
        memory.u8.fill(step, address, address + bytes);
      } else if (live.size > 0) {
        const addresses = [...live.keys()];
        const address = addresses[Math.floor(random() * addresses.length)];
        allocator.free(address);
        live.delete(address);
      }
      if (step % 200 === 0) checkHeap(allocator, live);
    }
    checkHeap(allocator, live);
    for (const address of live.keys()) allocator.free(address);
    expect([...allocator.blocks()].map((block) => block.free)).toEqual([true]);
    expect(allocator.liveBytes).toBe(0);
  });

  it("does not let blocks overlap", () => {
    const random = generator(9);
    const { memory, allocator } = make();
    const live: { address: number; bytes: number; fill: number }[] = [];
    for (let i = 0; i < 600; i++) {
      const bytes = 1 + randomSize(random);
      const address = allocator.allocate(bytes);
      const fill = i & 255;
      memory.u8.fill(fill, address, address + bytes);
      live.push({ address, bytes, fill });
      if (random() < 0.4) {
        const [gone] = live.splice(Math.floor(random() * live.length), 1);
        allocator.free(gone.address);
      }
    }
    for (const { address, bytes, fill } of live) {
      expect(memory.u8.subarray(address, address + bytes).every((x) => x === fill)).toBe(true);
    }
  });

  it("gives a freed big block of an odd size to the next request of that size", () => {
    const { memory, allocator } = make();
    const odd = 12_345_679;
    const keep = allocator.allocate(odd);
    let last = allocator.allocate(odd);
    allocator.allocate(100);
    const capacity = memory.capacity;
    for (let i = 0; i < 100; i++) {
      allocator.free(last);
      last = allocator.allocate(odd);
    }
    expect(memory.capacity).toBe(capacity);
    expect(last).not.toBe(keep);
  });

  it("merges neighbours, so that many small blocks come back as a big one", () => {
    const { memory, allocator } = make(32 * MB);
    const addresses = Array.from({ length: 20 }, () => allocator.allocate(MB));
    for (const i of [1, 3, 5, 7, 9, 0, 2, 4, 6, 8]) allocator.free(addresses[i]);
    const capacity = memory.capacity;
    expect(allocator.allocate(10 * MB)).toBe(addresses[0]);
    expect(memory.capacity).toBe(capacity);
  });

  it("keeps fragmentation low when sizes are mixed", () => {
    const random = generator(5);
    const { memory, allocator } = make();
    const live: { address: number; bytes: number }[] = [];
    let bytes = 0;
    let peak = 0;
    for (let i = 0; i < 30_000; i++) {
      const size = randomSize(random);
      live.push({ address: allocator.allocate(size), bytes: size });
      bytes += size;
      while (bytes > 64 * MB) {
        const at = Math.floor(random() * live.length);
        const gone = live[at];
        live[at] = live[live.length - 1];
        live.pop();
        allocator.free(gone.address);
        bytes -= gone.bytes;
      }
      peak = Math.max(peak, bytes);
    }
    expect(memory.capacity).toBeLessThan(1.6 * peak);
  });

  it("returns 0 at the limit, says what would fit, and goes on working", () => {
    const { allocator } = make(24 * MB);
    const first = allocator.allocate(10 * MB);
    expect(allocator.allocate(20 * MB)).toBe(0);
    const available = allocator.largestAvailable();
    expect(available).toBeGreaterThan(13 * MB);
    const second = allocator.allocate(available);
    expect(second).not.toBe(0);
    expect(allocator.allocate(1)).toBe(0);
    allocator.free(first);
    expect(allocator.largestFree()).toBeGreaterThanOrEqual(10 * MB);
    expect(allocator.allocate(10 * MB)).toBe(first);
  });

  it("refuses addresses that are not in use", () => {
    const { allocator } = make();
    const address = allocator.allocate(1000);
    allocator.allocate(1000);
    expect(() => allocator.free(address + 64)).toThrow(/not that of a block in use/);
    allocator.free(address);
    expect(() => allocator.free(address)).toThrow(/freed twice/);
    expect(() => allocator.free(0)).toThrow(/not that of a block in use/);
  });

  it("tracks the high-water mark", () => {
    const { allocator } = make();
    const a = allocator.allocate(1000);
    const b = allocator.allocate(500);
    allocator.free(a);
    allocator.free(b);
    expect([allocator.liveBytes, allocator.liveBlocks, allocator.highWater]).toEqual([0, 0, 1500]);
  });

  it("addresses all of 4 GiB but its last page", () => {
    const { memory, allocator } = make();
    const gib = 2 ** 30;
    const addresses = [gib, gib, gib, gib - 2 * MB].map((bytes) => allocator.allocate(bytes));
    expect(addresses.every((address) => address > 0)).toBe(true);
    expect(addresses[3]).toBeGreaterThan(3 * gib);
    memory.u8[addresses[3] + gib - 2 * MB - 1] = 7;
    expect(memory.u8[addresses[3] + gib - 2 * MB - 1]).toBe(7);
    expect(allocator.allocate(4 * MB)).toBe(0);
    for (const address of addresses) allocator.free(address);
    expect([...allocator.blocks()].length).toBe(1);
    expect(allocator.allocate(2 ** 32)).toBe(0);
    const rest = allocator.largestAvailable();
    expect(rest).toBeGreaterThan(2 ** 32 - MB);
    expect(allocator.allocate(rest)).toBe(addresses[0]);
  });
});
