/** What the types know of a function's operands. */

import type { DType, Shape } from "@fluxion/ir";
import type { Scalar } from "../core/as-array.ts";
import type { NDArray } from "../core/ndarray.ts";
import type { Promote, PromoteScalar } from "./dtype.ts";
import type { Broadcast, MustBroadcast } from "./shape.ts";

/** Shape of an operand; a scalar has none, and the length of a typed array is unknown. */
export type ShapeOf<T> = T extends { readonly shape: infer S extends Shape }
  ? S
  : T extends Scalar
    ? []
    : [number];

/** dtype of an array beside another operand. */
export type PromoteWith<A extends NDArray, T> = T extends { readonly dtype: infer D extends DType }
  ? Promote<A["dtype"], D>
  : PromoteScalar<A["dtype"], T>;

/** An operand that broadcasts with `A`, or the text of the error. */
export type Fits<Name extends string, A extends NDArray, T> = T &
  MustBroadcast<Name, A["shape"], ShapeOf<T>, unknown>;

/** Result of an elementwise function of an array and an operand, with the given dtype. */
export type Elementwise<A extends NDArray, T, D extends DType> = NDArray<
  Broadcast<A["shape"], ShapeOf<T>>,
  D
>;
