/** Loading what cannot be loaded in the middle of a computation. */

import { loadCodeGenerator } from "@fluxion/runtime";

/**
 * Loads the code generator (megabytes, a chunk of its own). A page has to await it once before it computes anything,
 * because a page's main thread cannot load it synchronously; in Node it is optional and only moves the wait.
 *
 * @throws TypeError if a page cannot fetch it.
 *
 * @example
 * import { init, jnp } from "fluxion";
 * await init();
 * jnp.arange(3).add(1);
 */
export async function init(): Promise<void> {
  await loadCodeGenerator();
}
