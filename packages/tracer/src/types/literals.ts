/** What `jnp.array` makes of JavaScript values: shape and dtype of nested literals. */

import type { DType, Shape } from "@fluxion/ir";
import type { NestedArrayLike } from "../core/as-array.ts";
import type { NDArray } from "../core/ndarray.ts";
import type { ShapeOf } from "./operands.ts";

/** Shape of a nest: lengths of its lists, then the shape of what they hold. */
export type NestedShape<T> = NestedArrayLike extends T ? Shape : ShapeOfNest<T>;
type ShapeOfNest<T> = T extends { readonly shape: infer S extends Shape }
  ? S
  : T extends readonly [infer First, ...unknown[]]
    ? [T["length"], ...NestedShape<First>]
    : T extends readonly []
      ? [0]
      : T extends readonly (infer E)[]
        ? [number, ...NestedShape<E>]
        : ShapeOf<T>;

/** The elements of a nest, whatever its depth. */
type Leaf<T> = NestedArrayLike extends T
  ? unknown
  : T extends { readonly dtype: DType }
    ? T
    : T extends readonly (infer E)[]
      ? Leaf<E>
      : T;

/** dtype of scalars: known where all of them are literals. The default dtypes are those without `config.enableX64`. */
type LeafDType<L> = [L] extends [never]
  ? "float32"
  : [L] extends [boolean]
    ? "bool"
    : [L] extends [{ readonly dtype: infer D extends DType }]
      ? D
      : [L] extends [number]
        ? NumberDType<L>
        : DType;
type NumberDType<N extends number> = number extends N
  ? DType
  : `${N}` extends `${bigint}`
    ? "int32"
    : "float32";

export interface ArrayFunction {
  <const T extends NestedArrayLike>(object: T): NDArray<NestedShape<T>, LeafDType<Leaf<T>>>;
  <const T extends NestedArrayLike, const D extends DType>(
    object: T,
    dtype: D | { readonly dtype: D },
  ): NDArray<NestedShape<T>, D>;
  (object: NestedArrayLike, ...rest: readonly unknown[]): NDArray;
}
