/** Where leaves sit in a pytree. */

import type { TreeDef } from "./tree.ts";

/** One step: an index of a list (or a child of a registered class), or a key of an object or Map. */
export type KeyEntry = { readonly index: number } | { readonly key: unknown };
export type KeyPath = readonly KeyEntry[];

/** As JAX prints a path: `[0]['w']`. */
export const keystr = (path: KeyPath): string =>
  path
    .map((entry) => {
      if ("index" in entry) return `[${entry.index}]`;
      return `[${typeof entry.key === "string" ? `'${entry.key}'` : String(entry.key)}]`;
    })
    .join("");

/** The step to a child. */
export const childEntry = (treedef: TreeDef, child: number): KeyEntry =>
  treedef.kind === "object" || treedef.kind === "map" ? { key: treedef.names[child] } : { index: child };

/** The path of every leaf, in order. */
export function pathsOf(treedef: TreeDef, prefix: KeyPath = []): KeyPath[] {
  if (treedef.kind === "leaf") return [prefix];
  return treedef.children.flatMap((child, i) => pathsOf(child, [...prefix, childEntry(treedef, i)]));
}
