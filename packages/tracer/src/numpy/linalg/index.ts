/** `jnp.linalg`: what needs no matrix decomposition. */

export { matrixTranspose } from "../axes.ts";
export { cross } from "../cross.ts";
export { matmul, outer, tensordot, vecdot } from "../dot.ts";
export * from "./norm.ts";
export * from "./product.ts";
