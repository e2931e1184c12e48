/** What a traced function returns, and what it is called. */

import { asArrayOrKey } from "./as-array.ts";
import type { NDArray } from "./ndarray.ts";
import { typeError } from "./user-error.ts";

/** @throws TypeError if a traced function returned a Promise: it is async. `what` says which function. */
export function refusePromise(output: unknown, what: string): void {
  if (!(output instanceof Promise)) return;
  output.catch(() => {}); // what it was rejected with has no one else to go to
  throw typeError(
    `${what} is async and cannot be traced: it returned a Promise. Read elements back (await x.data()) outside of traced ` +
      "functions.",
  );
}

/**
 * A leaf of what a traced function returned.
 * @param how What was to be done with the function, in an error message.
 * @throws TypeError if it is no array or scalar; a Promise says that the function is async.
 */
export function asOutput(output: unknown, name: string, how = "jitted"): NDArray {
  refusePromise(output, `function ${name}`);
  try {
    return asArrayOrKey(output, name);
  } catch {
    const what = typeof output === "object" ? output?.constructor?.name || "object" : typeof output;
    throw typeError(
      `function ${name} to be ${how} returned a value of type ${what}, which is not a valid JAX type: return arrays, ` +
        "scalars, or pytrees of them.",
    );
  }
}

/** A name that MLIR accepts. */
export const moduleName = (name: string): string =>
  name.replace(/[^A-Za-z0-9_]/g, "_").replace(/^(\d)/, "_$1");
