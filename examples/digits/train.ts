/** The loop that trains: epochs of batches in random order. */
import { type Device, devicePut, jnp, type NDArray, random } from "fluxion";
import { loadDigits } from "./data.ts";
import { accuracy, initialise, start, step } from "./model.ts";

export interface Epoch {
  readonly epoch: number;
  /** The mean of the loss over the steps. */
  readonly loss: number;
  /** The share of the test pictures that are read correctly. */
  readonly accuracy: number;
}

const batch = 32;

/** Trains on a device and reports after every pass through the data. */
export async function* train(device: Device, epochs: number): AsyncGenerator<Epoch> {
  // One key for each use of chance, so that every run is the same.
  const [forSplit, forWeights, forOrder] = random.split(random.key(0), 3);
  const { train, test } = devicePut(loadDigits(forSplit), device);
  let state = devicePut(start(initialise(forWeights, [64, 128, 64, 10])), device);
  const pictures = train.images.shape[0];
  const steps = Math.floor(pictures / batch);

  for (let epoch = 1; epoch <= epochs; epoch++) {
    // Another order in every epoch; each row of it is a batch.
    const order = random.permutation(random.foldIn(forOrder, epoch), pictures);
    const batches = devicePut(order.get(`:${steps * batch}`).reshape(steps, batch), device);
    const losses: NDArray[] = [];
    for (const rows of batches) {
      const { state: next, value } = step(state, train, rows);
      state = next;
      losses.push(value);
    }
    // Reading waits for the device, so it is done once for all steps.
    const [loss] = await jnp.stack(losses).mean().ravel().data();
    const [share] = await accuracy(state.layers, test).ravel().data();
    yield { epoch, loss: Number(loss), accuracy: Number(share) };
  }
}

/** `epoch  1  loss 1.0463  test ██████████████████░░ 90.8 %` */
export function progressLine({ epoch, loss, accuracy: share }: Epoch): string {
  const bar = "█".repeat(Math.round(20 * share)).padEnd(20, "░");
  return `epoch ${String(epoch).padStart(2)}  loss ${loss.toFixed(4)}  test ${bar} ${(100 * share).toFixed(1)} %`;
}
