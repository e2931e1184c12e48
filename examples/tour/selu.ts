import { jnp, type NDArray } from "fluxion";

export function selu(x: NDArray): NDArray {
  const alpha = 1.67;
  const lambda = 1.05;
  const negative = jnp.exp(x).mul(alpha).sub(alpha);
  return jnp.where(x.gt(0), x, negative).mul(lambda);
}
