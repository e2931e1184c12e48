/**
 * Long loops must run in bounded memory: at most 200 MB of resident growth. Each case has a process of its own.
 *
 *     node bench/soak.ts [--case NAME] [--quick] [--source]     (npm run soak -w bench)
 */
import { spawnSync } from "node:child_process";
import { setImmediate as yieldToLoop } from "node:timers/promises";
import { parseArgs } from "node:util";
import { buildPackage } from "./harness/build-package.ts";

const LIMIT_MB = 200;
const SIZE = 1024; // float32 elements of the array that a loop works on
const WARM_UP = 1000; // calls before the first reading: compilation, pools, caches

interface Case {
  readonly calls: number;
  readonly yieldEvery: number; // calls between two visits to the event loop; 0 is never
  /** Makes the state and the step; the step's argument is the last result. */
  prepare(): Promise<() => void>;
}

const step = (x: import("fluxion").NDArray) => x.mul(0.5).add(1) as typeof x;

async function loop(jitted: boolean, donate: boolean): Promise<() => void> {
  const { jit, jnp } = await import("fluxion");
  const run = jitted ? (jit(step, donate ? { donateArgnums: 0 } : {}) as typeof step) : step;
  let x = jnp.ones([SIZE]) as Parameters<typeof step>[0];
  return () => {
    x = run(x);
  };
}

const cases: Record<string, Case> = {
  jitted: { calls: 1_000_000, yieldEvery: 1000, prepare: () => loop(true, false) },
  // Finalisation callbacks never run inside a synchronous loop: the runtime must find another way, or be given
  // the buffers back by donation.
  "jitted-synchronous": { calls: 1_000_000, yieldEvery: 0, prepare: () => loop(true, false) },
  "jitted-donating": { calls: 1_000_000, yieldEvery: 0, prepare: () => loop(true, true) },
  eager: { calls: 100_000, yieldEvery: 100, prepare: () => loop(false, false) },
};

const residentMB = (): number => process.memoryUsage.rss() / 2 ** 20;

async function repeat(
  call: () => void,
  calls: number,
  yieldEvery: number,
  onYield: () => void,
): Promise<void> {
  for (let i = 1; i <= calls; i++) {
    call();
    if (yieldEvery > 0 && i % yieldEvery === 0) {
      await yieldToLoop();
      onYield();
    }
  }
}

/** Runs one case here; the exit code is 1 when it grew by more than the limit. */
async function soak(name: string, { calls, yieldEvery, prepare }: Case): Promise<void> {
  const call = await prepare();
  await repeat(call, WARM_UP, yieldEvery, () => {});
  const before = residentMB();
  let peak = before;
  const begin = performance.now();
  await repeat(call, calls, yieldEvery, () => {
    peak = Math.max(peak, residentMB());
  });
  const seconds = (performance.now() - begin) / 1000;
  const growth = Math.max(peak, residentMB()) - before;
  const speed = ((seconds / calls) * 1e6).toFixed(2);
  const mark = growth <= LIMIT_MB ? "✓" : "✗";
  const yields = yieldEvery > 0 ? `yielding every ${yieldEvery}` : "never yielding";
  console.log(
    `${mark} ${name}: ${calls} calls, ${yields}, ${speed} µs a call; resident ${before.toFixed(0)} MB, ` +
      `grew by at most ${growth.toFixed(0)} MB (limit ${LIMIT_MB})`,
  );
  process.exit(growth <= LIMIT_MB ? 0 : 1);
}

const { values } = parseArgs({
  options: {
    case: { type: "string" },
    quick: { type: "boolean", default: false },
    source: { type: "boolean", default: false },
  },
});

if (values.case !== undefined) {
  const chosen = cases[values.case];
  if (!chosen) throw new Error(`no case ${values.case}; there are ${Object.keys(cases).join(", ")}`);
  await soak(values.case, values.quick ? { ...chosen, calls: chosen.calls / 20 } : chosen);
} else {
  if (!values.source) buildPackage();
  const flags = [
    "--disable-warning=ExperimentalWarning",
    ...(values.source ? ["--conditions=fluxion-source"] : []),
  ];
  const options = values.quick ? ["--quick"] : [];
  for (const name of Object.keys(cases)) {
    const args = [...flags, import.meta.filename, "--case", name, ...options];
    const { status } = spawnSync(process.execPath, args, { stdio: "inherit" });
    if (status !== 0) process.exitCode = 1;
  }
}
