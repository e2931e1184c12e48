/** Functions of the library whose derivative is not that of the operations they are made of. */

import type { NDArray } from "../../core/ndarray.ts";
import { closedCustomJvp } from "./custom-jvp.ts";

type ArrayFunction = (...xs: NDArray[]) => NDArray;

/** `(tangent of an operand, result, …operands) → tangent of the result`. */
export type TangentRule = (tangent: NDArray, out: NDArray, ...xs: NDArray[]) => NDArray;

/** `fn` with a rule for each of its operands. Higher derivatives are derivatives of the rules. */
export function withRules<F extends ArrayFunction>(name: string, fn: F, ...rules: readonly TangentRule[]): F {
  Object.defineProperty(fn, "name", { value: name });
  const ruled = closedCustomJvp(fn);
  ruled.defjvps(...rules);
  return ruled;
}
