/** Worker threads that end while they hold a chunk: nothing may hang. */
import { abi } from "@fluxion/codegen-wasm";
import { expect, it, vi } from "vitest";
import { CpuRuntime } from "../src/cpu/cpu-runtime.ts";
import { FRAME, FRAME_BYTES, forkModule, KERNEL } from "./fork-module.ts";

/** Instead of running a chunk, the worker takes all that is left and then exits. */
const TAKE_AND_DIE = `(seq) => {
  const rest = takeRest(seq);
  if (rest === 0) return;
  i32[slotWord] = rest;
  process.exit(3);
}`;

vi.mock("../src/cpu/spawn.ts", async (importOriginal) => {
  const original = await importOriginal<typeof import("../src/cpu/spawn.ts")>();
  const spawnWorker: typeof original.spawnWorker = (source, name, events) => {
    const patched = source.replace("works[id] = instance.exports.work", `works[id] = ${TAKE_AND_DIE}`);
    if (patched === source) throw new Error("the worker's source has changed");
    return original.spawnWorker(patched, name, events);
  };
  return { ...original, spawnWorker };
});

it("a worker that exits in the middle of a chunk fails the job and leaves the rest usable", async () => {
  const runtime = new CpuRuntime({ threads: 2 });
  const instance = runtime.instantiate(forkModule(true));
  const length = 4096;
  const array = runtime.alloc(4 * length, "array");
  const frame = runtime.alloc(FRAME_BYTES, "frame");
  const { i32 } = runtime.memory;
  const set = (offset: number, value: number) => {
    i32[(frame + offset) / 4] = value;
  };
  set(FRAME.array, array);
  set(FRAME.kernel, KERNEL.slow);
  set(FRAME.parameter, 100_000);
  set(FRAME.extent, length);
  set(FRAME.grain, 1);
  set(FRAME.repeat, 1);
  await runtime.ready();
  expect(() => instance.main(frame)).toThrow(/kernel 2 failed on worker thread 0: the worker thread exited/);

  await vi.waitFor(() => expect(runtime.problems).toEqual(["worker 0 ended: exit code 3"]));
  expect(i32[abi.READY / 4]).toBe(0);
  i32.fill(0, array / 4, array / 4 + length);
  set(FRAME.kernel, KERNEL.increment);
  instance.main(frame);
  expect(i32.subarray(array / 4, array / 4 + length).every((count) => count === 1)).toBe(true);
  runtime.close();
});
