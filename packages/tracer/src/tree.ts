/** `tree`: functions on pytrees, under JAX's names. */

import { type KeyPath, pathsOf } from "./core/key-path.ts";
import {
  formatTreeDef,
  type NodeType,
  registerPytreeNode,
  type TreeDef,
  treeFlatten,
  treeUnflatten,
} from "./core/tree.ts";
import { flattenUpTo, treeMap } from "./core/tree-map.ts";
import type { LeavesBeside, MappedLeaf, MapTree } from "./types/trees.ts";

export { type KeyPath, keystr } from "./core/key-path.ts";
export { formatTreeDef, type NodeType, registerPytreeNode, type TreeDef };

type IsLeaf = (value: unknown) => boolean;

/** Options of the functions that walk a tree. */
export interface TreeOptions {
  /** Stops the walk at values for which it holds: they count as leaves. */
  readonly isLeaf?: IsLeaf;
}

const isLeafOf = (options: TreeOptions | IsLeaf | undefined): IsLeaf | undefined =>
  typeof options === "function" ? options : options?.isLeaf;

/** Leaves in JAX's order (object keys sorted), and the structure. */
export const flatten = (
  tree: unknown,
  options?: TreeOptions | IsLeaf,
): [leaves: unknown[], treedef: TreeDef] => treeFlatten(tree, isLeafOf(options));

export const leaves = (tree: unknown, options?: TreeOptions | IsLeaf): unknown[] => flatten(tree, options)[0];

export const structure = (tree: unknown, options?: TreeOptions | IsLeaf): TreeDef =>
  flatten(tree, options)[1];

/** Puts leaves into a structure. @throws Error if their number does not fit. */
export const unflatten = (treedef: TreeDef, values: readonly unknown[]): unknown =>
  treeUnflatten(treedef, values);

/**
 * Applies `fn` to each leaf of a tree and to what stands at the same place in the other trees, where it may be a whole
 * subtree.
 * @throws Error if the first tree is no prefix of another; the text names the place.
 */
export function map<T, R, Others extends readonly unknown[]>(
  fn: (leaf: MappedLeaf<NoInfer<T>, Others>, ...others: LeavesBeside<NoInfer<T>, Others>) => R,
  tree: T,
  ...rest: Others
): MapTree<T, Others, R> {
  const [others, options] = splitOptions(rest);
  return treeMap(fn as (...leaves: never[]) => R, tree, others, isLeafOf(options)) as MapTree<T, Others, R>;
}

/** As `map`; `fn` gets the path of the leaf first. */
export function mapWithPath<T, R, Others extends readonly unknown[]>(
  fn: (path: KeyPath, leaf: MappedLeaf<NoInfer<T>, Others>, ...others: LeavesBeside<NoInfer<T>, Others>) => R,
  tree: T,
  ...rest: Others
): MapTree<T, Others, R> {
  const [others, options] = splitOptions(rest);
  const paths = pathsOf(structure(tree, options));
  const visit = fn as (path: KeyPath, ...leaves: never[]) => R;
  let next = 0;
  const mapped = treeMap(
    (...values: never[]) => visit(paths[next++], ...values),
    tree,
    others,
    isLeafOf(options),
  );
  return mapped as MapTree<T, Others, R>;
}

/** An options object is told from a tree by its only key. */
function splitOptions(
  rest: readonly unknown[],
): [others: readonly unknown[], options: TreeOptions | undefined] {
  const last = rest.at(-1);
  const isOptions =
    typeof last === "object" &&
    last !== null &&
    Object.keys(last).join() === "isLeaf" &&
    typeof (last as TreeOptions).isLeaf === "function";
  return isOptions ? [rest.slice(0, -1), last as TreeOptions] : [rest, undefined];
}

/** Each leaf with its path. */
export function leavesWithPath(
  tree: unknown,
  options?: TreeOptions | IsLeaf,
): [path: KeyPath, leaf: unknown][] {
  return flattenWithPath(tree, options)[0];
}

/** Each leaf with its path, and the structure. */
export function flattenWithPath(
  tree: unknown,
  options?: TreeOptions | IsLeaf,
): [leaves: [path: KeyPath, leaf: unknown][], treedef: TreeDef] {
  const [values, treedef] = flatten(tree, options);
  const paths = pathsOf(treedef);
  return [values.map((value, i) => [paths[i], value]), treedef];
}

/** Whether every leaf is truthy. */
export const all = (tree: unknown, options?: TreeOptions | IsLeaf): boolean =>
  leaves(tree, options).every(Boolean);

/** Folds the leaves in order, beginning with `initializer` or else the first leaf. @throws TypeError if there is neither. */
export function reduce<T>(
  fn: (accumulated: T, leaf: T) => T,
  tree: unknown,
  initializer?: T,
  options?: TreeOptions | IsLeaf,
): T {
  const values = leaves(tree, options) as T[];
  if (initializer !== undefined) return values.reduce(fn, initializer);
  if (values.length === 0)
    throw new TypeError("tree.reduce: the tree has no leaf and there is no initializer");
  return values.reduce(fn);
}

/** A tree of `outer`'s structure whose leaves are trees of `inner`'s, turned inside out. */
export function transpose(outer: TreeDef, inner: TreeDef | null, tree: unknown): unknown {
  const columns = splitInner(outer, inner, tree);
  const innerDef = columns[0]?.[1] ?? inner;
  if (innerDef === null)
    throw new Error("tree.transpose: the outer structure has no leaf to find the inner one in");
  const swapped = Array.from({ length: innerDef.leaves }, (_, i) =>
    treeUnflatten(
      outer,
      columns.map(([values]) => values[i]),
    ),
  );
  return treeUnflatten(innerDef, swapped);
}

function splitInner(outer: TreeDef, inner: TreeDef | null, tree: unknown): [unknown[], TreeDef][] {
  const subtrees = flattenUpTo(outer, tree, "tree.transpose");
  const parts = subtrees.map((subtree) => treeFlatten(subtree));
  const expected = inner ?? parts[0]?.[1];
  const wrong = parts.find(([, treedef]) => treedef.key !== expected?.key);
  if (wrong !== undefined) {
    throw new TypeError(
      `tree.transpose: expected subtrees of structure ${expected && formatTreeDef(expected)}, got ${formatTreeDef(wrong[1])}`,
    );
  }
  return parts;
}

/** Repeats each leaf of a prefix tree over the subtree of `full` at its place. */
export function broadcast(prefix: unknown, full: unknown, options?: TreeOptions | IsLeaf): unknown {
  return map((leaf, subtree) => map(() => leaf, subtree), prefix, full, {
    isLeaf: isLeafOf(options) ?? (() => false),
  });
}
