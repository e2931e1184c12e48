/** Timing for the tour. */
import { spawnSync } from "node:child_process";

/** Milliseconds that one run takes. */
export function milliseconds(run: () => void): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

/** The median of runs that take turns, so that a busy moment of the machine hits all alike; warmed up before. */
export function compare(runs: readonly (() => void)[], rounds: number): number[] {
  for (let i = 0; i < 5; i++) for (const run of runs) run();
  const times = runs.map(() => [] as number[]);
  for (let i = 0; i < rounds; i++) {
    runs.forEach((run, which) => {
      times[which].push(milliseconds(run));
    });
  }
  return times.map((list) => list.sort((a, b) => a - b)[list.length >> 1]);
}

/** The median of runs that are awaited, in milliseconds; warmed up before. */
export async function medianOf(rounds: number, run: () => Promise<void>): Promise<number> {
  for (let i = 0; i < 5; i++) await run();
  const times: number[] = [];
  for (let i = 0; i < rounds; i++) {
    const start = performance.now();
    await run();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[rounds >> 1];
}

const program = `
import time, sys, numpy as np
x = np.linspace(-5, 5, int(sys.argv[1]), dtype=np.float32)
def selu(x):
    return np.float32(1.05) * np.where(x > 0, x, np.float32(1.67) * np.exp(x) - np.float32(1.67))
times = []
for i in range(35):
    start = time.perf_counter()
    selu(x)
    times.append(time.perf_counter() - start)
print(np.__version__, sorted(times[5:])[15] * 1e3)
`;

/** NumPy's version and its median for SELU of so many float32 numbers, if python3 has NumPy. */
export function numpy(size: number): { version: string; time: number } | undefined {
  const { status, stdout } = spawnSync("python3", ["-c", program, String(size)], { encoding: "utf8" });
  if (status !== 0) return undefined;
  const [version, time] = stdout.trim().split(" ");
  return { version, time: Number(time) };
}
