/** Prints sums of products and of an elementwise function, for `wide-vectors.test.ts`. */

import { config, jit, jnp, type NDArray } from "fluxion";

const grid = (rows: number, columns: number): NDArray =>
  jnp.sin(jnp.arange(rows * columns).mul(0.37)).reshape(rows, columns);

const f = jit((a: NDArray, b: NDArray) => {
  const product = a.matmul(b as never) as NDArray;
  return { product, act: jnp.where(product.gt(0), product, jnp.exp(product).sub(1)) };
});
const results = [
  [96, 160, 128],
  [7, 33, 19],
].map(([m, k, n]) => f(grid(m, k), grid(k, n)));
const elements = results.flatMap(({ product, act }) => [...product.dataSync(), ...act.dataSync()]);
console.log(JSON.stringify({ wide: config.wideVectors, elements }));
