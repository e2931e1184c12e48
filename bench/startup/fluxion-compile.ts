/** Prints the milliseconds of compiling the step of an MLP, and the gradient of a long chain; see ../compile-times.ts. */
import { grad, jit, jnp, type NDArray } from "fluxion";
import { mlp } from "../harness/workloads.ts";
import { mlpStep } from "../programs.ts";

/** 2,000 elementwise operations. */
function chain(x: NDArray): NDArray {
  let y = x;
  for (let i = 0; i < 500; i++) y = jnp.sin(y).mul(1.01).add(0.1).mul(x);
  return jnp.sum(y);
}

function timed(compile: () => unknown): number {
  const begin = performance.now();
  compile();
  return performance.now() - begin;
}

// Loads the code generator.
jit((v: NDArray) => v.add(1))(jnp.zeros([8]));
const { sizes, batch } = mlp;
const parameters = sizes.slice(1).flatMap((n, i) => [jnp.zeros([sizes[i], n]), jnp.zeros([n])]) as NDArray[];
const [x, y] = [jnp.zeros([batch, sizes[0]]), jnp.zeros([batch, sizes[3]])] as NDArray[];
const step = jit(mlpStep, { donateArgnums: [0] });
const ofStep = timed(() => step.lower(parameters, x, y).compile());
const v = jnp.ones([1000]) as NDArray;
const ofChain = timed(() => jit(grad(chain)).lower(v).compile());
console.log(`${ofStep} ${ofChain}`);
process.exit(0);
