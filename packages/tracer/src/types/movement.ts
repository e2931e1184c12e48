/** Types of `jnp`'s functions that move, repeat, join and choose elements. */

import type { DType, Shape } from "@fluxion/ir";
import type { ArrayLike } from "../core/as-array.ts";
import type { NDArray } from "../core/ndarray.ts";
import type { ShapeFrom, ShapeLike } from "./creation.ts";
import type { Common, DTypeOf } from "./dtype.ts";
import type { ShapeOf } from "./operands.ts";
import type {
  Broadcast,
  InsertAxis,
  MatMul,
  MustBroadcast,
  MustMatMul,
  Permute,
  RemoveAxis,
  ReplaceAxis,
  Reverse,
  Squeezed,
} from "./shape.ts";

/** The requested shape, −1 being a size that only the run time knows. */
export type Reshaped<N extends ShapeLike> =
  ShapeFrom<N> extends infer S extends Shape
    ? number extends S["length"]
      ? Shape
      : { -readonly [I in keyof S]: S[I] extends -1 ? number : S[I] }
    : Shape;

export interface ReshapeFunction {
  <const A extends ArrayLike, const N extends ShapeLike>(a: A, shape: N): NDArray<Reshaped<N>, DTypeOf<A>>;
  (a: ArrayLike, shape: ShapeLike, ...rest: readonly unknown[]): NDArray;
}

export interface TransposeFunction {
  <const A extends ArrayLike>(a: A): NDArray<Reverse<ShapeOf<A>>, DTypeOf<A>>;
  <const A extends ArrayLike, const P extends Shape>(
    a: A,
    axes: P,
  ): NDArray<Permute<ShapeOf<A>, P>, DTypeOf<A>>;
  (a: ArrayLike, ...rest: readonly unknown[]): NDArray;
}

export interface SqueezeFunction {
  <const A extends ArrayLike>(a: A): NDArray<Squeezed<ShapeOf<A>>, DTypeOf<A>>;
  <const A extends ArrayLike, const I extends number>(
    a: A,
    axis: I,
  ): NDArray<RemoveAxis<ShapeOf<A>, I>, DTypeOf<A>>;
  (a: ArrayLike, ...rest: readonly unknown[]): NDArray;
}

export interface ExpandDimsFunction {
  <const A extends ArrayLike, const I extends number>(
    a: A,
    axis: I,
  ): NDArray<InsertAxis<ShapeOf<A>, I, 1>, DTypeOf<A>>;
  (a: ArrayLike, ...rest: readonly unknown[]): NDArray;
}

/** A list of arrays that are written out. */
type Arrays = readonly [ArrayLike, ...ArrayLike[]];

/** dtype that the arrays of a list take together. */
type CommonOf<T extends readonly unknown[]> = T extends readonly [infer A, infer B, ...infer Rest]
  ? CommonOf<readonly [{ readonly dtype: Common<A, B> }, ...Rest]>
  : T extends readonly [infer A]
    ? DTypeOf<A>
    : DType;

export interface ConcatenateFunction {
  <const T extends Arrays>(arrays: T): NDArray<ReplaceAxis<ShapeOf<T[0]>, 0, number>, CommonOf<T>>;
  <const T extends Arrays, const I extends number>(
    arrays: T,
    axis: I | { readonly axis: I },
  ): NDArray<ReplaceAxis<ShapeOf<T[0]>, I, number>, CommonOf<T>>;
  (arrays: readonly ArrayLike[] | NDArray, ...rest: readonly unknown[]): NDArray;
}

export interface StackFunction {
  <const T extends Arrays>(arrays: T): NDArray<InsertAxis<ShapeOf<T[0]>, 0, T["length"]>, CommonOf<T>>;
  <const T extends Arrays, const I extends number>(
    arrays: T,
    axis: I | { readonly axis: I },
  ): NDArray<InsertAxis<ShapeOf<T[0]>, I, T["length"]>, CommonOf<T>>;
  (arrays: readonly ArrayLike[] | NDArray, ...rest: readonly unknown[]): NDArray;
}

export type MatmulFunction = <const A extends ArrayLike, const B extends ArrayLike>(
  a: A,
  b: B & MustMatMul<ShapeOf<A>, ShapeOf<B>, unknown>,
  ...rest: readonly unknown[]
) => NDArray<MatMul<ShapeOf<A>, ShapeOf<B>>, Common<A, B>>;

/** `dot` is `matmul` on vectors and matrices; scalars multiply, higher ranks are left to the run time. */
export type DotFunction = <const A extends ArrayLike, const B extends ArrayLike>(
  a: A,
  b: B & MustMatMul<ShapeOf<A>, ShapeOf<B>, unknown>,
  ...rest: readonly unknown[]
) => NDArray<DotShape<ShapeOf<A>, ShapeOf<B>>, Common<A, B>>;
type DotShape<A extends Shape, B extends Shape> = A extends [] ? B : B extends [] ? A : MatMul<A, B>;

export interface WhereFunction {
  (
    condition: ArrayLike,
    options?: { readonly size?: number; readonly fillValue?: number },
  ): NDArray<[number], "int32">[];
  <const C extends ArrayLike, const X extends ArrayLike, const Y extends ArrayLike>(
    condition: C,
    x: X & MustBroadcast<"where", ShapeOf<C>, ShapeOf<X>, unknown>,
    y: Y & MustBroadcast<"where", Broadcast<ShapeOf<C>, ShapeOf<X>>, ShapeOf<Y>, unknown>,
  ): NDArray<Broadcast<Broadcast<ShapeOf<C>, ShapeOf<X>>, ShapeOf<Y>>, Common<X, Y>>;
}

export interface ClipFunction {
  <const A extends ArrayLike, const L extends number | null, const H extends number | null>(
    a: A,
    min: L,
    max?: H,
  ): NDArray<ShapeOf<A>, Common<{ readonly dtype: Common<A, LimitOf<L>> }, LimitOf<H>>>;
  (a: ArrayLike, ...rest: readonly unknown[]): NDArray;
}
/** A limit that is left open changes nothing: 0 promotes no number. */
type LimitOf<L> = L extends null ? 0 : L;
