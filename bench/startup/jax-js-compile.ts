/** jax-js's milliseconds; its first call compiles and runs. See ../compile-times.ts. */
import { mlp } from "../harness/workloads.ts";

const { defaultDevice, grad, init, jit, nn, numpy: np, valueAndGrad } = await import("@jax-js/jax");
type Array = ReturnType<typeof np.array>;
await init("wasm");
defaultDevice("wasm");

function loss(parameters: Array[], x: Array, y: Array): Array {
  let h = x;
  for (let i = 0; i < parameters.length; i += 2) {
    h = np.matmul(h, parameters[i]).add(parameters[i + 1]);
    if (i + 2 < parameters.length) h = nn.relu(h);
  }
  return np.mean(np.sum(nn.logSoftmax(h, -1).mul(y), -1)).neg();
}

function chain(x: Array): Array {
  let y = x.ref;
  for (let i = 0; i < 500; i++) y = np.sin(y).mul(1.01).add(0.1).mul(x.ref);
  x.dispose();
  return np.sum(y);
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await run();
  return performance.now() - begin;
}

await jit((v: Array) => v.add(1))(np.zeros([8])).blockUntilReady();
const { sizes, batch } = mlp;
const parameters = sizes.slice(1).flatMap((n, i) => [np.zeros([sizes[i], n]), np.zeros([n])]);
const step = jit((given: Array[], x: Array, y: Array): [Array[], Array] => {
  const kept = given.map((p) => p.ref);
  const [value, gradients] = valueAndGrad(loss)(given, x, y);
  return [kept.map((p, i) => p.sub(gradients[i].mul(mlp.rate))), value];
});
const ofStep = await timed(() =>
  step(parameters, np.zeros([batch, sizes[0]]), np.zeros([batch, sizes[3]]))[1].blockUntilReady(),
);
let ofChain = Number.NaN;
try {
  ofChain = await timed(() => jit(grad(chain))(np.ones([1000])).blockUntilReady());
} catch (error) {
  console.error(`the chain: ${error instanceof Error ? error.message.split("\n")[0] : error}`);
}
console.log(`${ofStep} ${ofChain}`);
process.exit(0);
