/** The conformance table of tests/conformance in headless Chromium: wasm, and WebGPU on its SwiftShader adapter. */
import { build } from "esbuild";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PageReport } from "../conformance/page.ts";
import { conformanceTable } from "../conformance/table.ts";
import { launchBrowser } from "./harness.ts";
import { servePages } from "./server.ts";

async function bundleTable(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [`${import.meta.dirname}/../conformance/page.ts`],
    bundle: true,
    write: false,
    format: "esm",
    platform: "browser",
    conditions: ["fluxion-source"],
    external: ["binaryen"],
  });
  return outputFiles[0].text;
}

describe("in a page the conformance table", () => {
  let browser: Browser;
  let bundle: string;
  beforeAll(async () => {
    [browser, bundle] = await Promise.all([launchBrowser({ webgpu: true }), bundleTable()]);
  });
  afterAll(() => browser?.close());

  it.each(["cpu", "gpu"] as const)(
    "holds on the %s",
    async (kind) => {
      const server = await servePages({ isolated: true });
      const page = await browser.newPage();
      try {
        await page.goto(server.url);
        await page.addScriptTag({ content: bundle, type: "module" });
        await page.waitForFunction("globalThis.conformance !== undefined");
        const report = (await page.evaluate(`conformance.run("${kind}")`)) as PageReport;
        expect(report.faults).toEqual([]);
        if (kind === "gpu") expect(report.device).toMatch(/swiftshader/i);
        expect(report.passed).toBeGreaterThan(kind === "cpu" ? 3500 : 2500);
        expect(report.passed).toBeLessThanOrEqual(conformanceTable().length);
      } finally {
        await page.close();
        await server.close();
      }
    },
    900_000,
  );
});
