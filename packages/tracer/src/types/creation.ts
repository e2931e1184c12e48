/** Types of functions that make arrays of a given shape. The default dtype is that without `config.enableX64`. */

import type { DType, Shape } from "@fluxion/ir";
import type { NDArray } from "../core/ndarray.ts";

/** A shape as it is given: one size, or a list of them. */
export type ShapeLike = number | Shape;

/** The shape of the result; sizes that are no literals are unknown. */
export type ShapeFrom<S extends ShapeLike> = S extends number
  ? [S]
  : S extends Shape
    ? number extends S["length"]
      ? Shape
      : { -readonly [I in keyof S]: S[I] }
    : Shape;

/** `zeros`, `ones` and `empty`. */
export interface Filler {
  <const S extends ShapeLike>(shape: S): NDArray<ShapeFrom<S>, "float32">;
  <const S extends ShapeLike, const D extends DType>(
    shape: S,
    dtype: D | { readonly dtype: D },
  ): NDArray<ShapeFrom<S>, D>;
  (shape: ShapeLike, ...rest: readonly unknown[]): NDArray;
}
