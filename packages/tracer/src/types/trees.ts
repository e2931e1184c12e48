/** What the types know of pytrees. Registered classes look like plain objects here. */

import type { NDArray } from "../core/ndarray.ts";

type IsAny<T> = 0 extends 1 & T ? true : false;

/** What is a leaf whatever is registered. */
type Leaf =
  | NDArray
  | number
  | bigint
  | boolean
  | string
  | symbol
  | ArrayBufferView
  | ((...args: never[]) => unknown);

/** The leaves of a pytree; `any` where its type is not known. */
export type LeafOf<T> =
  IsAny<T> extends true
    ? T
    : T extends null | undefined
      ? never
      : T extends Leaf
        ? T
        : T extends ReadonlyMap<unknown, infer V>
          ? LeafOf<V>
          : T extends readonly (infer V)[]
            ? LeafOf<V>
            : T extends object
              ? LeafOf<T[keyof T]>
              : // biome-ignore lint/suspicious/noExplicitAny: unknown trees have leaves of any type
                any;

/** A pytree with every leaf replaced. */
export type MapLeaves<T, R> =
  IsAny<T> extends true
    ? T
    : T extends null | undefined
      ? null
      : T extends Leaf
        ? R
        : T extends ReadonlyMap<infer K, infer V>
          ? Map<K, MapLeaves<V, R>>
          : T extends object
            ? { [K in keyof T]: MapLeaves<T[K], R> }
            : unknown;

/** What stands in other trees at the places of the leaves of the first: a leaf where they have its type. */
export type LeavesBeside<T, Others extends readonly unknown[]> = {
  // biome-ignore lint/suspicious/noExplicitAny: below a leaf of the first tree the others may have a whole subtree
  [K in keyof Others]: IsAny<Others[K]> extends true ? any : Others[K] extends T ? LeafOf<Others[K]> : any;
};

/** Whether an `isLeaf` is among the arguments after a tree: then only it knows what the leaves are. */
type HasIsLeaf<Others extends readonly unknown[]> = Others extends readonly [...unknown[], infer Last]
  ? IsAny<Last> extends true
    ? false
    : Last extends { readonly isLeaf: (value: never) => unknown }
      ? true
      : false
  : false;

/** What `tree.map` calls its function with. */
export type MappedLeaf<T, Others extends readonly unknown[]> =
  HasIsLeaf<Others> extends true
    ? // biome-ignore lint/suspicious/noExplicitAny: see HasIsLeaf
      any
    : LeafOf<T>;

/** What `tree.map` returns. */
export type MapTree<T, Others extends readonly unknown[], R> =
  HasIsLeaf<Others> extends true ? unknown : MapLeaves<T, R>;
