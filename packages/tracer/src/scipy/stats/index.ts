/** `scipy.stats`: distributions. */

export * as norm from "./norm.ts";
