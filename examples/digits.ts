/**
 * Learning to read handwritten digits. Prints a line for each pass through the data while it trains.
 *
 *     node --conditions=fluxion-source examples/digits.ts [--device webgpu] [--epochs N]
 */
import { parseArgs } from "node:util";
import { devicePut, devices, init, jnp, type NDArray, random } from "fluxion";
import { loadDigits } from "./digits/data.ts";
import { accuracy, initialise, start, step } from "./digits/model.ts";

const { values: options } = parseArgs({
  options: { device: { type: "string", default: "cpu" }, epochs: { type: "string", default: "20" } },
});
await init();
const [device] = devices(options.device);

// One key for each use of chance, so that every run is the same.
const [forSplit, forWeights, forOrder] = random.split(random.key(0), 3);
const { train, test } = devicePut(loadDigits(forSplit), device);
let state = devicePut(start(initialise(forWeights, [64, 128, 64, 10])), device);

const batch = 32;
const steps = Math.floor(train.images.shape[0] / batch);
console.log(
  `${train.images.shape[0]} pictures to train with, ${test.images.shape[0]} to test with, on ${device}`,
);

for (let epoch = 1; epoch <= Number(options.epochs); epoch++) {
  // Another order in every epoch; each row of it is a batch.
  const order = random.permutation(random.foldIn(forOrder, epoch), train.images.shape[0]);
  const batches = devicePut(order.get(`:${steps * batch}`).reshape(steps, batch), device);
  const values: NDArray[] = [];
  for (const rows of batches) {
    const { state: next, value } = step(state, train, rows);
    state = next;
    values.push(value);
  }
  // Reading waits for the device, so do it once for all steps.
  const mean = Number(await jnp.stack(values).mean().data());
  const share = 100 * Number(await accuracy(state.layers, test).data());
  const bar = "█".repeat(Math.round(share / 5)).padEnd(20, "░");
  console.log(
    `epoch ${String(epoch).padStart(2)}  loss ${mean.toFixed(4)}  test ${bar} ${share.toFixed(1)} %`,
  );
}
