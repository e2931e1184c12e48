/** Arrays that a function of ours holds, as the pullback of `vjp` holds residuals. */

import type { NDArray } from "./ndarray.ts";

const held = new WeakMap<object, readonly NDArray[]>();

/** Notes what a function holds, and gives it back. Who keeps the function keeps these arrays. */
export function holding<F extends object>(fn: F, arrays: readonly NDArray[]): F {
  held.set(fn, arrays);
  return fn;
}

/** The arrays that a function was noted to hold. */
export const heldArrays = (fn: object): readonly NDArray[] => held.get(fn) ?? [];
