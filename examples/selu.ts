/** SELU, an activation function of neural networks: called as it is, and compiled ahead into one loop. */
import { jit, jnp, type NDArray } from "fluxion";

const selu = (x: NDArray, alpha = 1.67, lambda = 1.05): NDArray =>
  jnp.where(x.gt(0), x, jnp.exp(x).mul(alpha).sub(alpha)).mul(lambda);

// Called as it is, each operation on so small an array is a kernel of its own. On large arrays a chain of them waits until
// the result is asked for, and runs as one.
const x = jnp.arange(5, { dtype: "float32" });
console.log(`eager:  ${selu(x)}`);

// jit traces the function once with a placeholder, compiles what was recorded, and keeps the result by
// shape and dtype: the second call with five float32 numbers traces nothing.
let traces = 0;
const compiled = jit((v: NDArray) => {
  traces += 1;
  return selu(v);
});
console.log(`jitted: ${compiled(x)}`);
compiled(x.add(1));
console.log(`traced ${traces} time(s) for one shape`);
compiled(jnp.ones([2, 3]));
console.log(`traced ${traces} time(s) for two shapes`);

// Both agree on a larger range, negative numbers included.
const wide = jnp.linspace(-5, 5, 1001);
console.log(`agree: ${jnp.allclose(selu(wide), compiled(wide), { rtol: 1e-6, atol: 1e-6 }).item()}`);
console.log(`selu(-1) = ${Number(compiled(jnp.asarray(-1))).toFixed(5)}`);
