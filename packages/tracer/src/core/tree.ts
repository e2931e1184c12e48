/**
 * Pytrees: nests of arrays, tuples (JavaScript arrays), plain objects with sorted keys, `Map`, `null` (an empty node) and
 * registered classes. Everything else is a leaf.
 */

import { keystr, pathsOf } from "./key-path.ts";
import { valueKey } from "./static-key.ts";
import { typeError } from "./user-error.ts";

/** Structure of a pytree without its leaves. Equal structures have equal `key`. */
export interface TreeDef {
  readonly kind: "leaf" | "null" | "array" | "object" | "map" | "custom";
  readonly children: readonly TreeDef[];
  /** Keys of an object or Map, in leaf order. */
  readonly names: readonly unknown[];
  /** Entry of the registry and its auxiliary data, for `custom`. */
  readonly custom?: { readonly type: NodeType; readonly auxiliary: unknown };
  readonly leaves: number;
  readonly key: string;
}

/** How to take a registered class apart and put it together. */
export interface NodeType<T = unknown, A = unknown> {
  readonly name: string;
  readonly flatten: (value: T) => readonly [children: readonly unknown[], auxiliary: A];
  readonly unflatten: (auxiliary: A, children: readonly unknown[]) => T;
}

const registry = new Map<unknown, NodeType>();

/**
 * Makes a class a pytree node, as `jax.tree_util.register_pytree_node`.
 * @throws Error if the class is registered already.
 */
export function registerPytreeNode<T, A>(
  type: new (...args: never[]) => T,
  flatten: NodeType<T, A>["flatten"],
  unflatten: NodeType<T, A>["unflatten"],
): void {
  if (registry.has(type)) throw new Error(`Duplicate custom PyTreeDef type registration for ${type.name}.`);
  registry.set(type, { name: type.name, flatten, unflatten } as NodeType as never);
}

const leafDef: TreeDef = { kind: "leaf", children: [], names: [], leaves: 1, key: "*" };
const nullDef: TreeDef = { kind: "null", children: [], names: [], leaves: 0, key: "-" };

const isPlainObject = (value: unknown): value is Record<string, unknown> => {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

const countLeaves = (children: readonly TreeDef[]): number =>
  children.reduce((sum, child) => sum + child.leaves, 0);

/** Levels of a pytree: far more than any has, and few enough for the stack. */
const deepest = 1000;

/** Leaves in JAX's order, and the structure. `isLeaf` stops the descent early. */
export function treeFlatten(
  tree: unknown,
  isLeaf?: (value: unknown) => boolean,
): [leaves: unknown[], treedef: TreeDef] {
  const leaves: unknown[] = [];
  const visit = (value: unknown, depth: number): TreeDef => {
    if (depth > deepest)
      throw typeError(
        `A pytree is nested more than ${deepest} levels deep, or holds itself; a tree has an end.`,
      );
    const parts = isLeaf?.(value) ? undefined : takeApart(value);
    if (parts === undefined) {
      leaves.push(value);
      return leafDef;
    }
    if (parts.kind === "null") return nullDef;
    const children = parts.values.map((child) => visit(child, depth + 1));
    const { kind, names, custom } = parts;
    return { kind, names, custom, children, leaves: countLeaves(children), key: keyOf(parts, children) };
  };
  const treedef = visit(tree, 0);
  return [leaves, treedef];
}

interface Parts {
  readonly kind: Exclude<TreeDef["kind"], "leaf">;
  readonly names: readonly unknown[];
  readonly values: readonly unknown[];
  readonly custom?: TreeDef["custom"];
}

/** The children of an inner node; nothing for a leaf. */
export function takeApart(value: unknown): Parts | undefined {
  if (value === null || value === undefined) return { kind: "null", names: [], values: [] };
  if (Array.isArray(value)) return { kind: "array", names: [], values: value };
  if (isPlainObject(value)) {
    const names = Object.keys(value).sort();
    return { kind: "object", names, values: names.map((name) => value[name]) };
  }
  if (value instanceof Map) {
    const names = [...value.keys()].sort((a, b) => (String(a) < String(b) ? -1 : 1));
    return { kind: "map", names, values: names.map((name) => value.get(name)) };
  }
  const type = typeof value === "object" ? registry.get(value.constructor) : undefined;
  if (type === undefined) return undefined;
  const [values, auxiliary] = type.flatten(value);
  return { kind: "custom", names: [], values, custom: { type, auxiliary } };
}

function keyOf({ kind, names, custom }: Parts, children: readonly TreeDef[]): string {
  const inner = children.map(({ key }) => key).join(",");
  if (kind === "array") return `(${inner})`;
  if (kind === "custom" && custom) return `${custom.type.name}<${valueKey(custom.auxiliary)}>(${inner})`;
  return `${kind === "map" ? "m" : ""}{${names.map((name, i) => `${JSON.stringify(name)}:${children[i].key}`).join(",")}}`;
}

/**
 * Puts leaves back into a structure.
 * @throws RangeError if their number does not fit.
 */
export function treeUnflatten(treedef: TreeDef, leaves: readonly unknown[]): unknown {
  if (leaves.length !== treedef.leaves) {
    throw new RangeError(
      `Too ${leaves.length < treedef.leaves ? "few" : "many"} leaves for PyTreeDef; expected ${treedef.leaves}, got ${leaves.length}`,
    );
  }
  let next = 0;
  const build = (def: TreeDef): unknown => {
    if (def.kind === "leaf") return leaves[next++];
    if (def.kind === "null") return null;
    const children = def.children.map(build);
    if (def.kind === "array") return children;
    if (def.kind === "map") return new Map(def.names.map((name, i) => [name, children[i]]));
    if (def.kind === "custom" && def.custom) return def.custom.type.unflatten(def.custom.auxiliary, children);
    return Object.fromEntries(def.names.map((name, i) => [name, children[i]]));
  };
  return build(treedef);
}

/** Where each leaf sits: `[0]['w']`, as JAX prints key paths. */
export const leafPaths = (treedef: TreeDef): string[] => pathsOf(treedef).map(keystr);

export const treeLeaves = (tree: unknown, isLeaf?: (value: unknown) => boolean): unknown[] =>
  treeFlatten(tree, isLeaf)[0];
export const treeStructure = (tree: unknown): TreeDef => treeFlatten(tree)[1];

/** Structure in JAX's notation: `PyTreeDef({'a': *, 'b': (*, *)})`. */
export function formatTreeDef(treedef: TreeDef): string {
  const inner = (def: TreeDef): string => {
    const children = def.children.map(inner);
    if (def.kind === "leaf") return "*";
    if (def.kind === "null") return "None";
    if (def.kind === "array") return `[${children.join(", ")}]`;
    if (def.kind === "custom")
      return `CustomNode(${def.custom?.type.name}[${String(def.custom?.auxiliary)}], [${children.join(", ")}])`;
    return `{${def.names.map((name, i) => `'${String(name)}': ${children[i]}`).join(", ")}}`;
  };
  return `PyTreeDef(${inner(treedef)})`;
}
