/** `inAxes` and `outAxes`: a prefix of a pytree with an axis, or null, at its leaves. */

import { childEntry, type KeyPath, keystr } from "../core/key-path.ts";
import { type TreeDef, takeApart } from "../core/tree.ts";
import { rangeError, typeError } from "../core/user-error.ts";

/** Where a batch lies in an array; null if the array has none. */
export type Axis = number | null;
/** Axes as the user gives them. */
export type AxisSpec = Axis | readonly AxisSpec[] | { readonly [key: string]: AxisSpec };

const isAxis = (spec: unknown): spec is Axis | undefined =>
  spec === null || spec === undefined || typeof spec === "number";

/** @throws TypeError if a leaf is neither an integer nor null. */
export function checkAxisSpec(what: string, spec: unknown): void {
  if (spec === null || spec === undefined || Number.isInteger(spec)) return;
  const parts = typeof spec === "number" ? undefined : takeApart(spec);
  if (parts === undefined || parts.kind === "null")
    throw typeError(
      `vmap ${what} must be an int, None, or (nested) container with those types as leaves, but got ${show(spec)}. ` +
        "In TypeScript: an integer, null, or arrays and objects of them.",
    );
  for (const value of parts.values) checkAxisSpec(what, value);
}

const show = (value: unknown): string => (typeof value === "string" ? `'${value}'` : String(value));

/**
 * The axis of every leaf.
 * @throws RangeError if the axes are no prefix of the tree; the text names the place.
 */
export function axesOfLeaves(what: string, spec: unknown, treedef: TreeDef, path: KeyPath = []): Axis[] {
  if (isAxis(spec)) return new Array<Axis>(treedef.leaves).fill(spec ?? null);
  const parts = takeApart(spec);
  if (parts === undefined) throw notAPrefix(what, path, "an axis must be an integer or null");
  if (parts.kind !== treedef.kind)
    throw notAPrefix(
      what,
      path,
      `different types at key path: the prefix has ${kindName(parts.kind)}, the full pytree has ${kindName(treedef.kind)}`,
    );
  if (parts.values.length !== treedef.children.length && parts.kind === "array")
    throw notAPrefix(
      what,
      path,
      `different lengths at key path: the prefix has length ${parts.values.length}, the full pytree has length ${treedef.children.length}`,
    );
  if (parts.names.map(String).join() !== treedef.names.map(String).join())
    throw notAPrefix(
      what,
      path,
      `different keys at key path: the prefix has ${list(parts.names)}, the full pytree has ${list(treedef.names)}`,
    );
  return parts.values.flatMap((child, i) =>
    axesOfLeaves(what, child, treedef.children[i], [...path, childEntry(treedef, i)]),
  );
}

const list = (names: readonly unknown[]): string =>
  `(${names.map((name) => `'${String(name)}'`).join(", ")})`;

const kindNames: Record<TreeDef["kind"], string> = {
  leaf: "a leaf",
  null: "null",
  array: "an array",
  object: "an object",
  map: "a Map",
  custom: "an instance of a registered class",
};
const kindName = (kind: TreeDef["kind"]): string => kindNames[kind];

const notAPrefix = (what: string, path: KeyPath, difference: string): RangeError =>
  rangeError(
    `vmap ${what} specification must be a tree prefix of the corresponding value; pytree structure error: ${difference}: ` +
      `vmap ${what}${keystr(path)}.`,
  );
