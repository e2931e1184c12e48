/** A multilayer perceptron and one step of its training. */
import { jit, jnp, type NDArray, nn, random, tree, valueAndGrad } from "fluxion";
import type { Digits } from "./data.ts";

export interface Layer {
  readonly weights: NDArray;
  readonly bias: NDArray;
}
export type Parameters = readonly Layer[];

/** Layers between the given widths. He's initialisation keeps the scale of what passes through rectified layers. */
export function initialise(key: NDArray, widths: readonly number[]): Parameters {
  const draw = nn.initializers.heNormal();
  const keys = [...random.split(key, widths.length - 1)];
  return keys.map((own, i) => ({
    weights: draw(own, [widths[i], widths[i + 1]]),
    bias: jnp.zeros([widths[i + 1]]),
  }));
}

/** A score for each digit, of each picture: affine maps with a bend (`relu`) between them. */
export function scores(layers: Parameters, images: NDArray): NDArray {
  const affine = (x: NDArray, { weights, bias }: Layer): NDArray => x.matmul(weights).add(bias);
  const hidden = layers.slice(0, -1).reduce((x, layer) => nn.relu(affine(x, layer)), images);
  return affine(hidden, layers[layers.length - 1]);
}

/** Cross entropy: minus the log of the probability that the model gives to the right digit, on average. */
export function loss(layers: Parameters, { images, labels }: Digits): NDArray {
  const logProbabilities = nn.logSoftmax(scores(layers, images));
  return logProbabilities.mul(nn.oneHot(labels, 10)).sum(1).mean().neg();
}

/** The share of pictures whose digit has the highest score. */
export const accuracy = jit(
  (layers: Parameters, { images, labels }: Digits): NDArray =>
    scores(layers, images).argmax(1).eq(labels).mean(),
);

/** What training changes: the parameters, and where they are heading. */
export interface State {
  readonly layers: Parameters;
  readonly velocity: Parameters;
}

export const start = (layers: Parameters): State => ({ layers, velocity: tree.map(jnp.zerosLike, layers) });

/**
 * One step of gradient descent with momentum, on the pictures in `rows`. Everything from picking them to the new parameters is
 * one compiled program, and so is the gradient in it.
 */
export const step = jit((state: State, { images, labels }: Digits, rows: NDArray) => {
  const batch = { images: images.get(rows), labels: labels.get(rows) };
  const [value, gradient] = valueAndGrad(loss)(state.layers, batch);
  const velocity = tree.map((v, g) => v.mul(0.9).sub(g.mul(0.05)), state.velocity, gradient);
  const layers = tree.map((p, v) => p.add(v), state.layers, velocity);
  return { state: { layers, velocity }, value };
});
