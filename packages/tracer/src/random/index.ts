/** `random`: JAX's generator (threefry, partitionable) and samplers. */

export { bits, uniform } from "./bits.ts";
export { clone, foldIn, key, keyData, keyImpl, PRNGKey, split, wrapKeyData } from "./keys.ts";
export { type ChoiceOptions, choice, permutation } from "./permute.ts";
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
export { lognormal, truncatedNormal } from "./truncated.ts";
