/** What `npm start` runs: one function from source to timings, with the program at each stage; then data, and learning. */
import { tmpdir } from "node:os";
import { join } from "node:path";
import { devicePut, devices, init, io, jit, jnp, type NDArray } from "fluxion";
import { progressLine, train } from "./digits/train.ts";
import { selu } from "./tour/selu.ts";
import { stagesOf } from "./tour/stages.ts";
import { compare, medianOf, milliseconds, numpy } from "./tour/timing.ts";

const size = 1_000_000;

const heading = (text: string): void =>
  console.log(`\n── ${text} ${"─".repeat(Math.max(0, 76 - text.length))}\n`);
const timeLine = (what: string, time: number): void =>
  console.log(`  ${what.padEnd(34)}${time.toFixed(3).padStart(10)} ms`);
const row = (values: NDArray): string =>
  [...values.dataSync()].map((value) => Number(value).toFixed(2).padStart(7)).join("");

// The first compilation of a process loads the assembler; do that before the clock starts.
const loading = milliseconds(() => jit((x: NDArray) => x.add(1))(jnp.zeros([1])).dispose());

// Timed before anything else has compiled SELU.
const x = jnp.linspace(-5, 5, size);
const compiled = jit(selu);
const first = milliseconds(() => compiled(x).dispose());

const stages = stagesOf(size);
heading("The source: SELU, an activation function");
console.log(stages.source);
heading("Traced: StableHLO, recorded by calling it once with a placeholder");
console.log(stages.traced);
heading("Fused: one loop instead of an array for each operation");
console.log(stages.fused);
heading("Kernels: buffers, launches, loops");
console.log(stages.kernels);
heading("WebAssembly");
const vectorised = stages.wat.match(/f32x4\.\w+/g)?.length ?? 0;
console.log(`  ${stages.wat.length} characters of text, ${vectorised} instructions on four floats at once`);

heading(`Running it on ${size.toLocaleString("en")} float32 numbers (${devices()[0]})`);
const eager = selu(x);
const jitted = compiled(x);
const same = jnp.allclose(eager, jitted, { rtol: 1e-5, atol: 1e-6 }).item();
console.log(`  eager and jitted agree: ${same}\n`);
const run = (y: NDArray): void => {
  y.blockUntilReady();
  y.dispose();
};
const [eagerTime, jitTime] = compare([() => run(selu(x)), () => run(compiled(x))], 31);
timeLine("loading the compiler, once", loading);
timeLine("first call: trace, compile, run", first);
timeLine("later calls, jitted", jitTime);
timeLine("later calls, eager", eagerTime);
const other = numpy(size);
if (other === undefined) console.log("  NumPy: absent (no python3 that can import numpy)");
else {
  timeLine(`NumPy ${other.version}, same formula`, other.time);
  console.log(`\n  jitted: ${(other.time / jitTime).toFixed(1)} times as fast as NumPy`);
}
console.log(`  jitted: ${(eagerTime / jitTime).toFixed(1)} times as fast as eager`);

heading("The same on a GPU: WGSL, through WebGPU");
await init(); // finds out whether there is one
const gpu = devices().find(({ kind }) => kind === "gpu");
let agree = true;
if (gpu === undefined) console.log("  absent (no WebGPU adapter)");
else {
  const onGpu = devicePut(x, gpu);
  console.log(compiled.lower(onGpu).asText("wgsl").trim());
  const few = jnp.linspace(-2, 2, 6);
  const there = await compiled(devicePut(few, gpu)).copyToHostAsync();
  console.log(`\n  on ${devices("cpu")[0]}  ${row(compiled(few))}`);
  console.log(`  on ${gpu}  ${row(there)}`);
  const back = devicePut(await compiled(onGpu).copyToHostAsync(), "cpu");
  agree = jnp.allclose(back, jitted, { rtol: 1e-5, atol: 1e-6 }).item() === true;
  console.log(`\n  CPU and GPU agree on all numbers: ${agree}`);
  const gpuTime = await medianOf(15, async () => (await compiled(onGpu).blockUntilReady()).dispose());
  timeLine(`later calls, jitted, ${gpu}`, gpuTime);
  console.log(`  (${gpu.description})`);
}

heading("A data set: mtcars, standardised");
const data = join(import.meta.dirname, "data", "mtcars.csv");
const cars = io.genfromtxt(data, { delimiter: ";", skipHeader: 1, dtype: "float32" });
const standardise = jit((d: NDArray) => d.sub(d.mean(0)).div(d.std(0)));
const z = standardise(cars);
console.log(`  ${cars.shape[0]} cars, ${cars.shape[1]} columns`);
console.log(`             cyl   disp     hp   drat     wt   qsec     vs     am   gear   carb    mpg`);
console.log(`  means  ${row(cars.mean(0))}`);
console.log(`  first  ${row(cars.get(0))}`);
console.log(`  → z    ${row(z.get(0))}`);
const path = join(tmpdir(), "mtcars-standardised.npy");
io.save(path, z);
const back = io.load(path as `${string}.npy`);
console.log(`\n  saved to ${path}; read back equal: ${jnp.arrayEqual(back, z).item()}`);

heading("Learning: handwritten digits, gradient and update in one compiled step");
const begin = performance.now();
let accuracy = 0;
for await (const epoch of train(devices("cpu")[0], 10)) {
  console.log(`  ${progressLine(epoch)}`);
  accuracy = epoch.accuracy;
}
const seconds = (performance.now() - begin) / 1000;
console.log(
  `\n  read correctly: ${(100 * accuracy).toFixed(1)} % of 360 unseen digits, after ${seconds.toFixed(1)} s`,
);

console.log("\nIn prose: docs/tour.md, docs/derivatives.md. More programs: examples/.");
if (same !== true || !agree || jnp.arrayEqual(back, z).item() !== true || accuracy < 0.95)
  process.exitCode = 1;
