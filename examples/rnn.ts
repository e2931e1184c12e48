/**
 * A recurrent network learns to remember: it reads bits one after another, and is to say at each step which one it read eight steps
 * before. `lax.scan` is the loop over time, and its carry is what the network remembers.
 */
import { jit, jnp, lax, type NDArray, nn, random, tree, valueAndGrad } from "fluxion";

const [delay, length, batch, size] = [8, 24, 64, 32];

interface Network {
  readonly fromInput: NDArray;
  readonly fromMemory: NDArray;
  readonly bias: NDArray;
  readonly readOut: NDArray;
}

function initialise(key: NDArray): Network {
  const [a, b, c] = random.split(key, 3);
  return {
    fromInput: random.normal(a, [size]),
    fromMemory: nn.initializers.glorotNormal()(b, [size, size]),
    bias: jnp.zeros([size]),
    readOut: nn.initializers.normal(0.1)(c, [size]),
  };
}

/** From inputs of shape (time, batch) scores of the same shape: positive says 1. */
function run({ fromInput, fromMemory, bias, readOut }: Network, inputs: NDArray): NDArray {
  const step = (memory: NDArray, x: NDArray): [NDArray, NDArray] => {
    const next = jnp.tanh(jnp.outer(x, fromInput).add(memory.matmul(fromMemory)).add(bias));
    return [next, next.matmul(readOut)];
  };
  const [, scores] = lax.scan(step, jnp.zeros([batch, size]), inputs);
  return scores;
}

/** Scores where there is something to remember, and what they should say: +1 or −1. */
function answers(network: Network, bits: NDArray): { scores: NDArray; wanted: NDArray } {
  const inputs = bits.mul(2).sub(1).astype("float32");
  return { scores: run(network, inputs).get(`${delay}:`), wanted: inputs.get(`:-${delay}`) };
}

/** −log of the probability of the right answer, on average. */
function loss(network: Network, bits: NDArray): NDArray {
  const { scores, wanted } = answers(network, bits);
  return nn.softplus(scores.mul(wanted).neg()).mean();
}

interface State {
  readonly network: Network;
  readonly mean: Network;
  readonly square: Network;
  readonly count: NDArray;
}

/** A step of Adam (Kingma & Ba 2015): moving averages of the gradient and its square give each parameter its own rate. */
const step = jit((state: State, key: NDArray) => {
  const bits = random.bernoulli(key, 0.5, [length, batch]);
  const [value, gradient] = valueAndGrad(loss)(state.network, bits);
  const count = state.count.add(1);
  const average = (rate: number) => (old: NDArray, now: NDArray) => old.mul(rate).add(now.mul(1 - rate));
  const mean = tree.map(average(0.9), state.mean, gradient);
  const square = tree.map(average(0.99), state.square, tree.map(jnp.square, gradient));
  const unbiased = (a: NDArray, rate: number): NDArray => a.div(jnp.power(rate, count).neg().add(1));
  const network = tree.map(
    (p, m, s) =>
      p.sub(
        unbiased(m, 0.9)
          .div(jnp.sqrt(unbiased(s, 0.99)).add(1e-8))
          .mul(0.01),
      ),
    state.network,
    mean,
    square,
  );
  return { state: { network, mean, square, count }, value };
});

const accuracy = jit((network: Network, bits: NDArray) => {
  const { scores, wanted } = answers(network, bits);
  return scores.mul(wanted).gt(0).mean();
});

const [forWeights, forTraining, forTest] = random.split(random.key(0), 3);
const network = initialise(forWeights);
const zeros = tree.map(jnp.zerosLike, network);
let state: State = { network, mean: zeros, square: zeros, count: jnp.array(0) };
const unseen = random.bernoulli(forTest, 0.5, [length, batch]);

for (let i = 0; i <= 150; i++) {
  if (i % 25 === 0) {
    const share = 100 * Number(accuracy(state.network, unseen));
    console.log(`step ${String(i).padStart(3)}: ${share.toFixed(0).padStart(3)} % of unseen bits remembered`);
  }
  ({ state } = step(state, random.foldIn(forTraining, i)));
}
