/** Waiting for a moment at which other programs leave the machine alone. */
import { cpus } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

const SAMPLE_MS = 100;
const BUSY = 0.1; // share of the processors' time

function busyAndTotal(): [busy: number, total: number] {
  let busy = 0;
  let total = 0;
  for (const { times } of cpus()) {
    const all = times.user + times.nice + times.sys + times.irq + times.idle;
    busy += all - times.idle;
    total += all;
  }
  return [busy, total];
}

/** Share of all processors' time that was not idle while this process slept. */
async function busyShare(): Promise<number> {
  const [busyBefore, totalBefore] = busyAndTotal();
  await sleep(SAMPLE_MS);
  const [busy, total] = busyAndTotal();
  return total > totalBefore ? (busy - busyBefore) / (total - totalBefore) : 0;
}

/** Returns once the machine was idle for a tenth of a second, or after `seconds`; says whether it became idle. */
export async function waitForQuiet(seconds: number): Promise<boolean> {
  const deadline = performance.now() + seconds * 1000;
  do {
    if ((await busyShare()) < BUSY) return true;
  } while (performance.now() < deadline);
  return false;
}
