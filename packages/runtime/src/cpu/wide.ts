/**
 * 256-bit arithmetic: V8 can join pairs of adjacent 128-bit operations of optimised WebAssembly into AVX2 ones. The flag is
 * experimental and off by default; it counts for whatever is optimised afterwards, in the whole process.
 */

const FLAG = "--experimental-wasm-revectorize";

/** First V8 with which it was found to work: that of Node 24. */
const FIRST_V8 = 13;

let enabled = false;

/** What decides whether the flag can be had; nothing in pages. */
export interface Platform {
  readonly arch: string;
  readonly versions: Readonly<Record<string, string | undefined>>;
}

const thisPlatform = (): Platform | undefined =>
  typeof process === "object" && typeof process.getBuiltinModule === "function" ? process : undefined;

/** Why the engine cannot do it; nothing if it can. */
export function wideObstacle(platform: Platform | undefined = thisPlatform()): string | undefined {
  if (platform === undefined)
    return `a page cannot switch it on: start Chromium with --js-flags=${FLAG} and leave this setting off`;
  const { arch, versions } = platform;
  if (versions.bun !== undefined || versions.deno !== undefined) return "only Node can switch it on";
  if (arch !== "x64") return `it joins operations on x64 processors only, and this is ${arch}`;
  const tooOld = Number.parseInt(versions.v8 ?? "0", 10) < FIRST_V8;
  return tooOld ? `Node ${versions.node} is too old for it: use Node 24 or later` : undefined;
}

/**
 * Asks V8 for 256-bit arithmetic from now on. A processor without AVX2 runs the same programs with 128 bits.
 * @throws Error if the engine has no such flag; the text says why.
 */
export function enableWideVectors(): void {
  if (enabled) return;
  const reason = wideObstacle();
  if (reason !== undefined)
    throw new Error(
      `256-bit vectors (config.wideVectors, FLUXION_WIDE, --wide) are not available: ${reason}.`,
    );
  process.getBuiltinModule("node:v8").setFlagsFromString(FLAG);
  enabled = true;
}
