/** What the rules of a `customVjp` function return, and what is checked of it. */

import { type Aval, formatAval, sameType } from "../../core/aval.ts";
import { NDArray } from "../../core/ndarray.ts";
import { formatTreeDef, type TreeDef, treeFlatten } from "../../core/tree.ts";
import { rangeError, typeError } from "../../core/user-error.ts";
import { type FlatTree, flattenArrays } from "../arrays.ts";
import { asTangent, carriesTangent, tangentAval, zeroTangent } from "../tangents.ts";
import type { SplitArguments } from "./arguments.ts";
import type { Output } from "./ruled-function.ts";

const shown = (aval: Aval): string => formatAval({ ...aval, weakType: false });
const listOf = (avals: readonly Aval[]): string => `[${avals.map(shown).join(", ")}]`;

/** What the way forward returns, as leaves. @throws TypeError with JAX's phrase if it does not fit the function. */
export function readForwardOutput(
  rule: string,
  fn: string,
  pair: unknown,
  out: Output,
): readonly [outputs: readonly NDArray[], residuals: FlatTree] {
  const phrase =
    `Custom VJP fwd rule ${rule} for function ${fn} must produce a pair (list or tuple of length two) where the first element ` +
    `represents the primal output (equal to the output of the custom_vjp-decorated function ${fn}) and the second element ` +
    "represents residuals (i.e. values stored from the forward pass for use on the backward pass), but instead ";
  if (!Array.isArray(pair) || pair.length !== 2)
    throw typeError(
      `${phrase}of a pair the fwd rule ${rule} produced ${pair instanceof NDArray ? formatAval(pair.aval) : String(pair)}.`,
    );
  const [primals, residuals] = pair.map((part) => flattenArrays(part, rule));
  if (primals.treedef.key !== out.treedef.key)
    throw typeError(
      `${phrase}the fwd rule output's first element had container/pytree structure ${formatTreeDef(primals.treedef)} while ` +
        `the custom_vjp-decorated function ${fn} had output container/pytree structure ${formatTreeDef(out.treedef)}.`,
    );
  const avals = primals.leaves.map(({ aval }) => aval);
  if (!avals.every((aval, i) => sameType(aval, out.avals[i])))
    throw typeError(
      `${phrase}the fwd rule output's first element had shapes/dtypes of ${listOf(avals)} while the custom_vjp-decorated ` +
        `function ${fn} had output shapes/dtypes of ${listOf(out.avals)}.`,
    );
  return [primals.leaves, residuals];
}

/**
 * Cotangents of the float leaves of the arguments. In place of a subtree there may be null, which is zero.
 * @throws TypeError or RangeError with JAX's phrase if they do not have the structure and types of the arguments.
 */
export function readBackwardOutput(given: unknown, { treedef, leaves }: SplitArguments): NDArray[] {
  if (!Array.isArray(given) || given.length !== treedef.children.length) throw wrongStructure(given, treedef);
  const cotangents = treedef.children.flatMap((child, i) => {
    if (given[i] === null || given[i] === undefined)
      return new Array<undefined>(child.leaves).fill(undefined);
    const flat = flattenArrays(given[i], "the bwd rule's output");
    if (flat.treedef.key !== child.key) throw wrongStructure(given, treedef);
    return flat.leaves.map((leaf, k) => ({ leaf, value: flat.given[k] }));
  });
  return leaves.flatMap(({ aval }, i) => {
    if (!carriesTangent(aval)) return [];
    const cotangent = cotangents[i];
    if (cotangent === undefined) return [zeroTangent(aval)];
    const array = asTangent(cotangent.leaf, cotangent.value, aval);
    if (sameType(array.aval, aval)) return [array];
    throw rangeError(
      "Custom VJP bwd rule must produce an output with the same type as the args tuple of the primal function, but at output " +
        `leaf ${i} the bwd rule produced an output of type ${shown(array.aval)} corresponding to an input of type ` +
        `${shown(tangentAval(aval))}`,
    );
  });
}

const wrongStructure = (given: unknown, treedef: TreeDef): TypeError =>
  typeError(
    "Custom VJP bwd rule must produce an output with the same container (pytree) structure as the args tuple of the primal " +
      "function, and in particular must produce a tuple of length equal to the number of arguments to the primal function, but got " +
      `bwd output structure ${formatTreeDef(treeFlatten(given)[1])} for primal input structure ${formatTreeDef(treedef)}.`,
  );
