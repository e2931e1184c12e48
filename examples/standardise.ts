/** Standardisation: bring every column of a data matrix to mean 0 and standard deviation 1. */
import { jit, jnp, type NDArray, random } from "fluxion";

// Three columns with very different centres and scales.
const key = random.PRNGKey(0);
const data = random
  .normal(key, [1000, 3])
  .mul(jnp.array([1, 10, 0.1]))
  .add(jnp.array([5, -20, 0]));

// Reducing axis 0 leaves one number a column, which lines up with the columns of the matrix: here broadcasting
// from the right is what is wanted.
const standardise = jit((d: NDArray) => d.sub(d.mean(0)).div(d.std(0)));

const place = (x: NDArray): string => [...x.dataSync()].map((v) => Number(v).toFixed(2)).join(" ");
console.log(`means before: ${place(data.mean(0))}`);
console.log(`stds before:  ${place(data.std(0))}`);
const z = standardise(data);
console.log(`shape: (${z.shape}), dtype: ${z.dtype}`);
console.log(`means are 0: ${jnp.allclose(z.mean(0), jnp.zeros([3]), { atol: 1e-5 }).item()}`);
console.log(`stds are 1:  ${jnp.allclose(z.std(0), jnp.ones([3]), { atol: 1e-5 }).item()}`);
