/** What the rules of a `customVjp` function return, and what is checked of it. */

import { type Aval, formatAval, sameType } from "../../core/aval.ts";
import { NDArray } from "../../core/ndarray.ts";
import { isLeafLike } from "../../core/signature.ts";
import { formatTreeDef, type TreeDef, takeApart, treeFlatten, treeUnflatten } from "../../core/tree.ts";
import { rangeError, typeError } from "../../core/user-error.ts";
import { type FlatTree, flattenArrays } from "../arrays.ts";
import { asTangent, carriesTangent, tangentAval, zeroTangent } from "../tangents.ts";
import type { SplitArguments } from "./arguments.ts";
import type { Output } from "./ruled-function.ts";
import { SymbolicZero } from "./symbolic-zeros.ts";

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

/** What goes from the way forward to the way back. */
export interface Residuals {
  readonly arrays: readonly NDArray[];
  /** The residuals as the user returned them, with other arrays. */
  readonly rebuild: (arrays: readonly NDArray[]) => unknown;
}

/** Takes residuals apart. Booleans are arrays, too, unless they are to stay what they are. */
export function splitResiduals({ leaves, given, treedef }: FlatTree, keepsBooleans: boolean): Residuals {
  const isKept = given.map((leaf) => keepsBooleans && typeof leaf === "boolean");
  return {
    arrays: leaves.filter((_, i) => !isKept[i]),
    rebuild: (arrays) => {
      let next = 0;
      return treeUnflatten(
        treedef,
        given.map((leaf, i) => (isKept[i] ? leaf : arrays[next++])),
      );
    },
  };
}

/**
 * Cotangents of the float leaves of the arguments. In place of a subtree there may be null, which is zero.
 * @throws TypeError or RangeError with JAX's phrase if they do not have the structure and types of the arguments.
 */
export function readBackwardOutput(given: unknown, { treedef, leaves }: SplitArguments): NDArray[] {
  if (!Array.isArray(given)) throw wrongStructure(given, treedef);
  const cotangents = cotangentsUpTo(treedef, given);
  if (cotangents === undefined) throw wrongStructure(given, treedef);
  return leaves.flatMap(({ aval }, i) => {
    if (!carriesTangent(aval)) return [];
    const cotangent = cotangents[i];
    if (cotangent === undefined) return [zeroTangent(aval)];
    const { leaves: own } = flattenArrays(withoutSymbol(cotangent), `the bwd rule's output, leaf ${i}`);
    const array = asTangent(own[0], cotangent, aval);
    if (sameType(array.aval, aval)) return [array];
    throw rangeError(
      "Custom VJP bwd rule must produce an output with the same type as the args tuple of the primal function, but at output " +
        `leaf ${i} the bwd rule produced an output of type ${shown(array.aval)} corresponding to an input of type ` +
        `${shown(tangentAval(aval))}`,
    );
  });
}

const withoutSymbol = (leaf: unknown): unknown => (leaf instanceof SymbolicZero ? leaf.toArray() : leaf);

/** What stands for each leaf of a structure; nothing for zero. Nothing at all if the tree is of another structure. */
function cotangentsUpTo(treedef: TreeDef, tree: unknown): readonly unknown[] | undefined {
  if (tree === null || tree === undefined) return new Array<undefined>(treedef.leaves).fill(undefined);
  const parts = isLeafLike(tree) ? undefined : takeApart(tree);
  if (treedef.kind === "leaf") return parts === undefined ? [tree] : undefined;
  const isAlike =
    parts?.kind === treedef.kind &&
    parts.custom?.type === treedef.custom?.type &&
    parts.values.length === treedef.children.length &&
    parts.names.every((name, i) => name === treedef.names[i]);
  if (!isAlike) return undefined;
  const children = treedef.children.map((child, i) => cotangentsUpTo(child, parts.values[i]));
  return children.every((child) => child !== undefined) ? children.flat() : undefined;
}

const wrongStructure = (given: unknown, treedef: TreeDef): TypeError =>
  typeError(
    "Custom VJP bwd rule must produce an output with the same container (pytree) structure as the args tuple of the primal " +
      "function, and in particular must produce a tuple of length equal to the number of arguments to the primal function, but got " +
      `bwd output structure ${formatTreeDef(treeFlatten(given)[1])} for primal input structure ${formatTreeDef(treedef)}.`,
  );
