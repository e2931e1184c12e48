/** Pytrees of arrays and scalars, taken apart. */

import { asArrayOrKey, FloatScalar } from "../core/as-array.ts";
import type { NDArray } from "../core/ndarray.ts";
import { isLeafLike } from "../core/signature.ts";
import { leafPaths, type TreeDef, treeFlatten } from "../core/tree.ts";
import { typeError } from "../core/user-error.ts";

export interface FlatTree {
  readonly leaves: readonly NDArray[];
  /** The leaves as the user gave them. */
  readonly given: readonly unknown[];
  readonly treedef: TreeDef;
}

/** @throws TypeError if a leaf is neither array nor scalar; the text names its place. */
export function flattenArrays(tree: unknown, where: string): FlatTree {
  return flattenLeaves(tree, where, (leaf) => leaf);
}

/**
 * As `flattenArrays`, for what a function is differentiated by: a JavaScript number, which cannot say whether it is meant as an
 * integer, is a float. For an integer there are `jnp.asarray(3)`.
 */
export const flattenPrimals = (tree: unknown, where: string): FlatTree =>
  flattenLeaves(tree, where, (leaf) => (typeof leaf === "number" ? new FloatScalar(leaf) : leaf));

function flattenLeaves(tree: unknown, where: string, read: (leaf: unknown) => unknown): FlatTree {
  const [given, treedef] = treeFlatten(tree, isLeafLike);
  const leaves = given.map((value, i) => {
    try {
      return asArrayOrKey(read(value), where, i);
    } catch {
      const shown = typeof value === "string" ? `'${value}'` : String(value);
      throw typeError(
        `Argument ${shown} of type ${typeof value} is not a valid JAX type (${where}${leafPaths(treedef)[i]}).`,
      );
    }
  });
  return { leaves, given, treedef };
}
