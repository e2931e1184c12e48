/** `random`: JAX's generator (threefry, partitionable) and samplers. */

export { bits, uniform } from "./bits.ts";
export { foldIn, key, keyData, PRNGKey, split, wrapKeyData } from "./keys.ts";
export {
  bernoulli,
  categorical,
  cauchy,
  exponential,
  gumbel,
  laplace,
  logistic,
  normal,
  rademacher,
  randint,
} from "./samplers.ts";
