/** Size explosion: two small vectors broadcast to a large matrix, and how fusion keeps it out of memory. */
import { jit, jnp, type NDArray } from "fluxion";

const n = 2000;
const a = jnp.linspace(0, 1, n);
const b = jnp.linspace(1, 2, n);
console.log(`inputs: ${a.nbytes} bytes each`);

// A column against a row is every pair: n numbers became n * n.
const pairs = a.reshape(n, 1).sub(b);
console.log(
  `all differences: shape (${pairs.shape}), ${pairs.nbytes} bytes, ${pairs.nbytes / a.nbytes} times as many`,
);

// If only a sum over the pairs is wanted, the matrix is a detour. Compiled, subtraction and square run inside the
// loop of the sum, and the n * n numbers are never stored.
const meanSquare = (u: NDArray, v: NDArray): NDArray => {
  const difference = u.reshape(n, 1).sub(v);
  return difference.mul(difference).mean();
};
const compiled = jit(meanSquare);
console.log(`mean squared difference: ${Number(compiled(a, b)).toFixed(3)}`);
const scratch = Number(/arena (\d+) bytes/.exec(compiled.lower(a, b).asText("kernels"))?.[1]);
console.log(`its scratch memory is below a hundredth of that matrix: ${scratch < pairs.nbytes / 100}`);

// Better still is algebra: mean((a - b)^2) = mean(a^2) - 2 mean(a) mean(b) + mean(b^2), with n steps instead of n * n.
const short = a.mul(a).mean().sub(a.mean().mul(b.mean()).mul(2)).add(b.mul(b).mean());
console.log(`by algebra: ${Number(short).toFixed(3)}`);
