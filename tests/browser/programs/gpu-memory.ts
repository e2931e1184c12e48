/** Drops many arrays on the GPU without disposing of any, yielding now and then; reports what was in use at most. */
import { debug, devices, init, jit, jnp, type NDArray } from "fluxion";

export interface MemoryReport {
  readonly highWaterBytes: number;
  readonly buffersMade: number;
  readonly last: number;
}

/** @param rounds calls, each of which makes 4 MB */
export async function run(rounds: number): Promise<MemoryReport> {
  await init({ device: "webgpu" });
  const f = jit((x: NDArray | number) => jnp.ones([1_000_000], { dtype: "float32" }).mul(x));
  let last: NDArray = f(0);
  for (let i = 1; i < rounds; i++) {
    last = f(i);
    if (i % 10 === 0) await new Promise((resolve) => setTimeout(resolve));
  }
  const [value] = await last.get(0).reshape(1).data();
  const { highWaterBytes, buffersMade } = debug.memory(devices("gpu")[0]) as unknown as MemoryReport;
  return { highWaterBytes, buffersMade, last: Number(value) };
}
