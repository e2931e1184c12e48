/** What calls on WebGPU consist of: dispatches, buffers made in the steady state, and the time that a call takes JavaScript. */
import { devicePut, devices, init, jit, jnp, type NDArray, nn } from "fluxion";

interface Counting {
  readonly counts: { readonly dispatches: number; readonly submissions: number };
  memory(): { readonly buffersMade: number };
  finished(): Promise<void>;
}

await init({ device: "webgpu" });
const gpu = devices("gpu")[0] as unknown as Counting & ReturnType<typeof devices>[number];

const on = (x: NDArray): NDArray => devicePut(x, gpu);
const square = on(jnp.linspace(-3, 3, 1_000_000).reshape([1000, 1000]));
const flat = on(jnp.linspace(-3, 3, 1_000_000));
const [column, row] = [
  on(jnp.linspace(0, 1, 1000).reshape([1000, 1])),
  on(jnp.linspace(0, 1, 1000).reshape([1, 1000])),
];

const layerNorm = (x: NDArray): NDArray => {
  const centred = x.sub(jnp.mean(x, -1, { keepdims: true }));
  return centred.div(jnp.sqrt(jnp.mean(jnp.square(centred), -1, { keepdims: true }).add(1e-5)));
};

/** Name, function, arguments, most dispatches. */
const programs: readonly [string, (...args: NDArray[]) => NDArray, readonly NDArray[], number][] = [
  ["SELU, 1e6", (x) => jnp.where(x.gt(0), x, jnp.exp(x).mul(1.67).sub(1.67)).mul(1.05), [flat], 1],
  ["3x + x, 1000×1000", (x) => x.mul(3).add(x), [square], 1],
  ["tanh of an outer sum, 1000×1000", (a, b) => jnp.tanh(a.add(b)), [column, row], 1],
  ["softmax over rows, 1000×1000", (x) => nn.softmax(x, -1), [square], 1],
  ["layer norm over rows, 1000×1000", layerNorm, [square], 1],
  ["sum(x²), 1e6", (x) => jnp.sum(jnp.square(x)), [flat], 2],
  ["matmul 1000", (a) => jnp.matmul(a, a), [square], 1],
];

let failed = false;
console.log(`\n${gpu.description}\n`);
console.log("| program | dispatches | submissions | buffers made in 20 calls |");
console.log("| --- | ---: | ---: | ---: |");
for (const [name, fn, args, most] of programs) {
  const compiled = jit(fn);
  const call = async (): Promise<void> => (await compiled(...args).blockUntilReady()).dispose();
  for (let i = 0; i < 3; i++) await call();
  const [before, { buffersMade }] = [{ ...gpu.counts }, gpu.memory()];
  const calls = 20;
  for (let i = 0; i < calls; i++) await call();
  const dispatches = (gpu.counts.dispatches - before.dispatches) / calls;
  const submissions = (gpu.counts.submissions - before.submissions) / calls;
  const made = gpu.memory().buffersMade - buffersMade;
  failed ||= dispatches > most || made > 0;
  console.log(`| ${name} | ${dispatches} (at most ${most}) | ${submissions} | ${made} |`);
}

interface Overhead {
  /** Processor time of the main thread, which other programs do not disturb. */
  readonly processor: number;
  readonly wall: number;
}

/** Microseconds of a jitted call of one kernel on 8 elements with a number as argument, submission included: medians of rounds. */
async function overhead(): Promise<Overhead> {
  const f = jit((x: NDArray, a: NDArray | number) => jnp.sin(x).mul(a));
  const x = on(jnp.arange(8).astype("float32"));
  const rounds: Overhead[] = [];
  const calls = 100;
  for (let round = 0; round < 40; round++) {
    const [start, before] = [performance.now(), process.threadCpuUsage()];
    for (let i = 0; i < calls; i++) f(x, 2).dispose();
    const { user, system } = process.threadCpuUsage(before);
    rounds.push({
      wall: ((performance.now() - start) / calls) * 1000,
      processor: (user + system) / calls,
    });
    await gpu.finished();
  }
  const middle = (pick: (round: Overhead) => number): number =>
    rounds.map(pick).sort((a, b) => a - b)[rounds.length >> 1];
  return { processor: middle(({ processor }) => processor), wall: middle(({ wall }) => wall) };
}

const most = 60;
const { processor, wall } = await overhead();
console.log(
  `\nA jitted call takes JavaScript ${processor.toFixed(1)} µs of processor time, submission included (at most ${most}); ` +
    `${wall.toFixed(1)} µs on the clock`,
);
if (failed) console.log("more dispatches or buffers than promised");
process.exitCode = failed ? 1 : 0;
