/**
 * Learning to read handwritten digits: a perceptron with two hidden layers, which prints a line for each pass through the data while
 * it trains. What it is is in digits/model.ts, how it is trained in digits/train.ts.
 *
 *     node --conditions=fluxion-source examples/digits.ts [--device webgpu] [--epochs N]
 */
import { parseArgs } from "node:util";
import { devices, init } from "fluxion";
import { progressLine, train } from "./digits/train.ts";

const { values: options } = parseArgs({
  options: { device: { type: "string", default: "cpu" }, epochs: { type: "string", default: "20" } },
});
await init();
const [device] = devices(options.device);

console.log(`64-128-64-10 perceptron, 1437 pictures to train with, 360 to test with, on ${device}`);
for await (const epoch of train(device, Number(options.epochs))) console.log(progressLine(epoch));
