/** The bottom of the CPU device in a page: workers from a Blob, a main thread that must not block, and no workers. */
import { build } from "esbuild";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type * as Runtime from "../../packages/runtime/src/cpu/cpu-runtime.ts";
import { buildBytes, FRAME, FRAME_BYTES, KERNEL } from "../../packages/runtime/test/fork-module.ts";
import { launchBrowser } from "./harness.ts";
import { servePages } from "./server.ts";

interface PageArguments {
  readonly module: number[];
  readonly threads: number;
  readonly frameFields: typeof FRAME;
  readonly frameBytes: number;
  readonly kernels: typeof KERNEL;
}

/** Runs inside the page, so it can use nothing but its argument and the global that the bundle defines. */
async function inPage({ module, threads, frameFields, frameBytes, kernels }: PageArguments) {
  const { CpuRuntime } = (globalThis as unknown as { runtime: typeof Runtime }).runtime;
  const runtime = new CpuRuntime({ threads });
  const instance = runtime.instantiate(new WebAssembly.Module(Uint8Array.from(module)));
  const length = 3000;
  const array = runtime.alloc(4 * length, "array");
  const frame = runtime.alloc(frameBytes, "frame");
  const { i32 } = runtime.memory;
  const run = (fields: Partial<Record<keyof typeof FRAME, number>>) => {
    const all = { array, parameter: 0, kernel: 0, extent: length, grain: 1, repeat: 1, ...fields };
    for (const [name, value] of Object.entries(all)) {
      i32[(frame + frameFields[name as keyof typeof FRAME]) / 4] = value;
    }
    instance.main(frame);
  };
  const wrong = (expected: number) =>
    i32.subarray(array / 4, array / 4 + length).reduce((sum, x) => sum + (x === expected ? 0 : 1), 0);

  i32.fill(0, array / 4, array / 4 + length);
  run({ repeat: 50 }); // workers are still starting
  await runtime.ready();
  run({ repeat: 5000, grain: 7 });
  const wrongCounts = wrong(5050);

  // Traps until one happens on a worker thread.
  let workerFailure = "";
  for (let attempt = 0; attempt < 500 && workerFailure === ""; attempt++) {
    run({ kernel: kernels.slow, parameter: 2000 });
    try {
      run({ kernel: kernels.trap, parameter: (attempt * 31) % length });
    } catch (error) {
      if (error instanceof Error && error.message.includes("worker thread")) workerFailure = error.message;
    }
    if (threads === 1) break;
  }
  i32.fill(0, array / 4, array / 4 + length);
  run({});
  const wrongAfterTrap = wrong(1);

  // Dropped arrays are freed while the loop yields, though nobody disposes of any.
  for (let i = 0; i < 2000; i++) {
    runtime.newStorage(4_000_000, "dropped");
    if (i % 20 === 0) await new Promise((resolve) => setTimeout(resolve));
  }
  const { highWaterBytes } = runtime.statistics();
  const report = {
    shared: runtime.memory.shared,
    threads: runtime.threads,
    problems: [...runtime.problems],
    wrongCounts,
    wrongAfterTrap,
    workerFailure,
    highWaterBytes,
  };
  runtime.close();
  return report;
}

async function bundleRuntime(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [`${import.meta.dirname}/../../packages/runtime/src/cpu/cpu-runtime.ts`],
    bundle: true,
    write: false,
    format: "iife",
    globalName: "runtime",
    platform: "browser",
    conditions: ["fluxion-source"],
    external: ["binaryen"],
    logLevel: "silent", // import.meta is empty in this format; only the binaryen loader's Node half uses it
  });
  return outputFiles[0].text;
}

describe("the CPU runtime in a page", () => {
  let browser: Browser;
  let bundle: string;
  beforeAll(async () => {
    [browser, bundle] = await Promise.all([launchBrowser(), bundleRuntime()]);
  });
  afterAll(() => browser?.close());

  async function runInPage(isolated: boolean, threads: number) {
    const server = await servePages({ isolated });
    const page = await browser.newPage();
    try {
      await page.goto(server.url);
      await page.addScriptTag({ content: bundle });
      const module = [...buildBytes(isolated)];
      return await page.evaluate(inPage, {
        module,
        threads,
        frameFields: FRAME,
        frameBytes: FRAME_BYTES,
        kernels: KERNEL,
      });
    } finally {
      await page.close();
      await server.close();
    }
  }

  it.each([2, 3])("forks and joins on %i threads when cross-origin isolated", async (threads) => {
    const { highWaterBytes, workerFailure, ...rest } = await runInPage(true, threads);
    expect(rest).toEqual({ shared: true, threads, problems: [], wrongCounts: 0, wrongAfterTrap: 0 });
    expect(workerFailure).toMatch(/^kernel 1 failed on worker thread [01]: RuntimeError: unreachable/);
    expect(highWaterBytes).toBeLessThan(3e9); // of 8e9 allocated
  });

  it("runs on one thread without isolation, whatever is asked for", async () => {
    const { highWaterBytes, ...rest } = await runInPage(false, 4);
    expect(rest).toEqual({
      shared: false,
      threads: 1,
      problems: [],
      wrongCounts: 0,
      wrongAfterTrap: 0,
      workerFailure: "",
    });
    expect(highWaterBytes).toBeLessThan(3e9);
  });
});
