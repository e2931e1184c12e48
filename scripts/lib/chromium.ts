/** Finds the Chromium that browser tests drive and that brings a Vulkan driver, and installs Debian's where that is allowed. */
import { existsSync } from "node:fs";
import { runQuietly } from "./run.ts";

const CANDIDATES = [
  process.env.FLUXION_CHROMIUM,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

export const chromiumAdvice =
  "tests of pages, and of WebGPU without a GPU, need Chromium: install it (Debian: apt-get install chromium) or name it in FLUXION_CHROMIUM";

export function findChromium(): string | undefined {
  return CANDIDATES.find((path) => path !== undefined && existsSync(path));
}

/** Makes sure that there is a Chromium; returns false, with a line of advice, when there is none to be had. */
export function ensureChromium(): boolean {
  if (findChromium()) return true;
  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    console.log("setup: installing Debian's chromium for the browser tests (apt-get)");
    const env = { DEBIAN_FRONTEND: "noninteractive" };
    if (runQuietly("apt-get", ["update", "-qq"], env) === 0) {
      runQuietly("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium"], env);
    }
  }
  if (findChromium()) return true;
  console.error(chromiumAdvice);
  return false;
}
