/** The state that a loop carries: its types must not change from step to step. */

import { type Aval, formatAval, sameType } from "../../core/aval.ts";
import { convert } from "../../core/emit.ts";
import { atLocation } from "../../core/errors.ts";
import { userLocation } from "../../core/location.ts";
import type { NDArray } from "../../core/ndarray.ts";
import { formatTreeDef, leafPaths, type TreeDef } from "../../core/tree.ts";
import { resultType } from "../../numpy/promotion.ts";

/**
 * Weakly typed values of the initial state as the dtype that the body gives them; the same list if none changes.
 */
export function promoteWeakCarry(init: readonly NDArray[], out: readonly Aval[]): readonly NDArray[] {
  let changed = false;
  const promoted = init.map((x, i) => {
    if (out[i] === undefined || !x.weakType || sameType(x.aval, out[i])) return x;
    const { dtype } = resultType([x, out[i]]);
    if (dtype === x.dtype) return x;
    changed = true;
    return convert(x, dtype);
  });
  return changed ? promoted : init;
}

/**
 * Checks what the body of a loop returned against the state that it got.
 * @throws TypeError with JAX's phrase; the text names the leaf, both types and what to do.
 */
export function checkCarry(
  what: string,
  init: readonly NDArray[],
  inDef: TreeDef,
  out: readonly Aval[],
  outDef: TreeDef,
): void {
  if (inDef.key !== outDef.key) {
    throw new TypeError(
      `${what} function carry input and carry output must have the same pytree structure, but they differ:\n\n` +
        `The input carry is ${formatTreeDef(inDef)}, the output carry is ${formatTreeDef(outDef)}.\n\n` +
        `Revise the function so that the carry output has the same pytree structure as the carry input.${atLocation(userLocation())}`,
    );
  }
  const paths = leafPaths(inDef);
  const differences = init.flatMap((x, i) => {
    if (sameType(x.aval, out[i])) return [];
    const part = x.aval.dtype === out[i].dtype && x.aval.key === out[i].key ? "shapes" : "dtypes";
    return [
      `The input carry${paths[i] === "" ? "" : ` component ${paths[i]}`} has type ${formatAval(x.aval)} but the ` +
        `corresponding output carry component has type ${formatAval(out[i])}, so the ${part} do not match.`,
    ];
  });
  if (differences.length === 0) return;
  throw new TypeError(
    `${what} function carry input and carry output must have equal types, but they differ:\n\n${differences.join("\n")}\n\n` +
      `Revise the function so that all output types match the corresponding input types.${atLocation(userLocation())}`,
  );
}
