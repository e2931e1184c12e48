/** Types of reductions, of `jnp` and as methods: what an axis and `keepdims` leave of the shape. */

import type { DType } from "@fluxion/ir";
import type { ArrayLike } from "../core/as-array.ts";
import type { NDArray } from "../core/ndarray.ts";
import type { AbsOf, DTypeOf, SumOf, ToInexact } from "./dtype.ts";
import type { ShapeOf } from "./operands.ts";
import type { KeepAxis, Ones, RemoveAxis } from "./shape.ts";

/** What becomes of the dtype: a rule's name, or the result's dtype. */
export type ReducedDType = "same" | "sum" | "inexact" | "real" | "index" | DType;

export type Reduced<Kind extends ReducedDType, D extends DType> = Kind extends "same"
  ? D
  : Kind extends "sum"
    ? SumOf<D>
    : Kind extends "inexact"
      ? ToInexact<D>
      : Kind extends "real"
        ? AbsOf<ToInexact<D>>
        : Kind extends DType
          ? Kind
          : DType;

interface Keeping {
  readonly keepdims: true;
}
interface Along<I extends number> {
  readonly axis: I;
}

/** A reduction of `jnp`. Several axes, and options besides `axis` and `keepdims`, leave the shape unknown. */
export interface ReductionFunction<Kind extends ReducedDType> {
  <const A extends ArrayLike>(a: A): NDArray<[], Reduced<Kind, DTypeOf<A>>>;
  <const A extends ArrayLike, const I extends number>(
    a: A,
    axis: I | Along<I>,
  ): NDArray<RemoveAxis<ShapeOf<A>, I>, Reduced<Kind, DTypeOf<A>>>;
  <const A extends ArrayLike, const I extends number>(
    a: A,
    axis: I,
    options: Keeping,
  ): NDArray<KeepAxis<ShapeOf<A>, I>, Reduced<Kind, DTypeOf<A>>>;
  <const A extends ArrayLike, const I extends number>(
    a: A,
    options: Along<I> & Keeping,
  ): NDArray<KeepAxis<ShapeOf<A>, I>, Reduced<Kind, DTypeOf<A>>>;
  <const A extends ArrayLike>(a: A, options: Keeping): NDArray<Ones<ShapeOf<A>>, Reduced<Kind, DTypeOf<A>>>;
  (a: ArrayLike, ...rest: readonly unknown[]): NDArray;
}

/** The same as a method; `Options` lists all of its options. */
export interface ReductionMethod<Options, Kind extends ReducedDType> {
  <A extends NDArray>(this: A): NDArray<[], Reduced<Kind, A["dtype"]>>;
  <A extends NDArray, const I extends number>(
    this: A,
    axis: I | Along<I>,
  ): NDArray<RemoveAxis<A["shape"], I>, Reduced<Kind, A["dtype"]>>;
  <A extends NDArray, const I extends number>(
    this: A,
    axis: I,
    options: Keeping,
  ): NDArray<KeepAxis<A["shape"], I>, Reduced<Kind, A["dtype"]>>;
  <A extends NDArray, const I extends number>(
    this: A,
    options: Along<I> & Keeping,
  ): NDArray<KeepAxis<A["shape"], I>, Reduced<Kind, A["dtype"]>>;
  <A extends NDArray>(this: A, options: Keeping): NDArray<Ones<A["shape"]>, Reduced<Kind, A["dtype"]>>;
  (
    axis: number | readonly number[] | null | undefined | Options,
    ...rest: readonly (Options | DType | boolean | number | null | undefined)[]
  ): NDArray;
}
