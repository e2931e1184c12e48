/**
 * Headless Chromium for tests. A program in tests/browser/programs exports `run`; `runProgram` imports it in a
 * fresh page and returns what `run` resolved to (JSON values), or throws with whatever the page reported.
 */
import { type Browser, chromium, type Page } from "playwright-core";
import { chromiumAdvice, findChromium } from "../../scripts/lib/chromium.ts";
import { type PageServer, servePages } from "./server.ts";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** WebGPU without a GPU: Dawn on SwiftShader. */
const WEBGPU_FLAGS = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];

/** Starts Chromium with a fresh profile. `webgpu` gives pages a software WebGPU adapter. */
export async function launchBrowser(options: { webgpu?: boolean } = {}): Promise<Browser> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error(chromiumAdvice);
  const args = options.webgpu ? [...FLAGS, ...WEBGPU_FLAGS] : FLAGS;
  return await chromium.launch({ executablePath, headless: true, args });
}

export interface ProgramRun<T> {
  readonly value: T;
  /** Paths that the page asked the server for. */
  readonly requests: readonly string[];
}

/** What a page said went wrong, in order. */
function watch(page: Page): { complaints: string[]; requests: string[] } {
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on("pageerror", (error) => complaints.push(`error: ${error.stack ?? error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(`console: ${message.text()}`);
  });
  page.on("requestfailed", (request) => complaints.push(`request failed: ${request.url()}`));
  page.on("request", (request) => requests.push(new URL(request.url()).pathname));
  return { complaints, requests };
}

/**
 * Runs a program in a new page.
 *
 * @param isolated whether the page is cross-origin isolated (has shared memory)
 * @param args passed to the program's `run`; JSON values
 * @throws when the program throws, or the page logs an error or fails to load something
 */
export async function runProgram<T>(
  browser: Browser,
  program: string,
  options: { isolated: boolean; args?: readonly unknown[] },
): Promise<ProgramRun<T>> {
  const server: PageServer = await servePages(options);
  const page = await browser.newPage();
  const { complaints, requests } = watch(page);
  try {
    await page.goto(server.url);
    const args = JSON.stringify(options.args ?? []);
    const value = (await page.evaluate(`import("/programs/${program}").then((m) => m.run(...${args}))`)) as T;
    if (complaints.length > 0) throw new Error("the page reported errors");
    return { value, requests };
  } catch (error) {
    if (error instanceof Error) error.message += complaints.map((line) => `\n  ${line}`).join("");
    throw error;
  } finally {
    await page.close();
    await server.close();
  }
}
