/** `scipy`: the parts of SciPy that JAX has. */

export * as special from "../namespaces/scipy-special.ts";
export * as stats from "./stats/index.ts";
