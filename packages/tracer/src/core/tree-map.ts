/** Pytrees side by side. */

import { childEntry, type KeyPath, keystr } from "./key-path.ts";
import { formatTreeDef, type TreeDef, takeApart, treeFlatten, treeStructure, treeUnflatten } from "./tree.ts";

/**
 * What stands in `tree` where `prefix` has its leaves.
 * @throws TypeError if `prefix` is no prefix of the tree; the text names the place.
 */
export function flattenUpTo(prefix: TreeDef, tree: unknown, where: string): unknown[] {
  const visit = (def: TreeDef, value: unknown, path: KeyPath): unknown[] => {
    if (def.kind === "leaf") return [value];
    const parts = takeApart(value);
    if (parts?.kind !== def.kind || parts.custom?.type !== def.custom?.type) {
      throw mismatch("different types", where, path, def, value);
    }
    if (parts.values.length !== def.children.length) {
      throw mismatch(`different lengths of ${def.kind}`, where, path, def, value);
    }
    if (!parts.names.every((name, i) => name === def.names[i])) {
      throw mismatch("different keys", where, path, def, value);
    }
    return def.children.flatMap((child, i) => visit(child, parts.values[i], [...path, childEntry(def, i)]));
  };
  return visit(prefix, tree, []);
}

const mismatch = (what: string, where: string, path: KeyPath, expected: TreeDef, got: unknown): RangeError =>
  new RangeError(
    `pytree structure error: ${what} at key path\n    ${where} tree${keystr(path)}\n` +
      `The first tree has the structure ${formatTreeDef(expected)} there, another one ${formatTreeDef(treeStructure(got))}.`,
  );

/**
 * Applies `fn` to the leaves of `tree` and to what stands at the same places in the other trees.
 * @throws RangeError if `tree` is no prefix of another one.
 */
export function treeMap<T = unknown>(
  fn: (...leaves: never[]) => T,
  tree: unknown,
  rest: readonly unknown[] = [],
  isLeaf?: (value: unknown) => boolean,
): unknown {
  const [leaves, treedef] = treeFlatten(tree, isLeaf);
  const others = rest.map((other) => flattenUpTo(treedef, other, "tree.map"));
  return treeUnflatten(
    treedef,
    leaves.map((leaf, i) => fn(...([leaf, ...others.map((list) => list[i])] as never[]))),
  );
}
