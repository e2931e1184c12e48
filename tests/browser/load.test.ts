import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchBrowser, runProgram } from "./harness.ts";
import type { LoadReport } from "./programs/load.ts";

const nodeBuild = join(import.meta.dirname, "../../packages/fluxion/dist/node/index.js");

describe("the browser build", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());

  it.each([
    { isolated: true, kind: "a cross-origin isolated page" },
    { isolated: false, kind: "an ordinary page" },
  ])("loads in $kind with the exports of the Node build", async ({ isolated }) => {
    const { value, requests } = await runProgram<LoadReport>(browser, "load.ts", { isolated });
    const names = Object.keys(await import(nodeBuild)).sort();
    expect(value).toEqual({ exports: names, isolated, sharedMemory: isolated });
    expect(requests).toContain("/fluxion/index.js");
    expect(requests.filter((path) => path.includes("binaryen"))).toEqual([]);
  });

  it("reports what a program threw", async () => {
    const missing = runProgram(browser, "no-such-program.ts", { isolated: false });
    await expect(missing).rejects.toThrow(/no-such-program/);
  });
});
