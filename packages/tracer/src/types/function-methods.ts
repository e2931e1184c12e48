/** Reductions and shape functions as methods: each stands for the function of `jnp` of that name. */

import type { DType, Shape } from "@fluxion/ir";
import type { ArrayLike } from "../core/as-array.ts";
import type { NDArray } from "../core/ndarray.ts";
import type { Reshaped } from "./movement.ts";
import type { PromoteWith } from "./operands.ts";
import type { ReductionMethod } from "./reductions.ts";
import type { InsertAxis, Permute, RemoveAxis, Reverse, Squeezed } from "./shape.ts";

type Axis = number | readonly number[] | null;

/** Options that reductions share. */
export interface ReductionOptions {
  readonly axis?: Axis;
  /** Keep the reduced axes with size 1. */
  readonly keepdims?: boolean;
  /** Elements that count; broadcast to the array. */
  readonly where?: ArrayLike;
}
interface AccumulatorOptions extends ReductionOptions {
  readonly dtype?: DType;
}
interface InitialOptions extends ReductionOptions {
  /** Value that the reduction starts with. */
  readonly initial?: ArrayLike;
}
interface SumOptions extends AccumulatorOptions, InitialOptions {
  readonly promoteIntegers?: boolean;
}
interface SpreadOptions extends AccumulatorOptions {
  /** Delta degrees of freedom: the divisor is N − ddof. */
  readonly ddof?: number;
  readonly correction?: number;
}

export interface ReductionMethods {
  readonly sum: ReductionMethod<SumOptions, "sum">;
  readonly prod: ReductionMethod<SumOptions, "sum">;
  readonly mean: ReductionMethod<AccumulatorOptions, "inexact">;
  readonly var: ReductionMethod<SpreadOptions, "real">;
  readonly std: ReductionMethod<SpreadOptions, "real">;
  readonly min: ReductionMethod<InitialOptions, "same">;
  readonly max: ReductionMethod<InitialOptions, "same">;
  readonly ptp: ReductionMethod<ReductionOptions, "same">;
  readonly all: ReductionMethod<ReductionOptions, "bool">;
  readonly any: ReductionMethod<ReductionOptions, "bool">;
  /** Position of the least element, counted through all elements unless there is an axis. */
  readonly argmin: ReductionMethod<ReductionOptions, "index">;
  readonly argmax: ReductionMethod<ReductionOptions, "index">;
  cumsum(...options: readonly unknown[]): NDArray;
  cumprod(...options: readonly unknown[]): NDArray;
}

/** Sorting, and elements by index. */
export interface SelectionMethods {
  /** Sorted along an axis, the last by default; NaNs come last. */
  sort<A extends NDArray>(this: A, axis?: number | SortMethodOptions): NDArray<A["shape"], A["dtype"]>;
  sort<A extends NDArray>(this: A, axis: null | SortMethodOptions): NDArray<Shape, A["dtype"]>;
  /** Indices that sort. */
  argsort<A extends NDArray>(this: A, axis?: number | SortMethodOptions): NDArray<A["shape"], "int32">;
  argsort<A extends NDArray>(this: A, axis: null | SortMethodOptions): NDArray<Shape, "int32">;
  argpartition<A extends NDArray>(
    this: A,
    kth: number,
    ...options: readonly unknown[]
  ): NDArray<A["shape"], "int32">;
  /** The elements at indices along an axis, or of the flattened array. */
  take<A extends NDArray>(
    this: A,
    indices: ArrayLike | readonly number[],
    ...options: readonly unknown[]
  ): NDArray<Shape, A["dtype"]>;
  /** Where values have to be inserted into this sorted vector. */
  searchsorted(v: ArrayLike, ...options: readonly unknown[]): NDArray<Shape, "int32">;
  /** Indices of the elements that are not zero, one array for each axis. */
  nonzero(...options: readonly unknown[]): NDArray<[number], "int32">[];
}
interface SortMethodOptions {
  readonly axis?: number | null;
  /** Whether equal elements keep their order; default true. */
  readonly stable?: boolean;
  readonly descending?: boolean;
}

export interface ShapeMethods {
  /** `x.reshape(2, 3)`, `x.reshape([2, 3])`; one size may be −1. */
  reshape<A extends NDArray, const N extends Shape>(this: A, shape: N): NDArray<Reshaped<N>, A["dtype"]>;
  reshape<A extends NDArray, const N extends Shape>(this: A, ...shape: N): NDArray<Reshaped<N>, A["dtype"]>;
  reshape(...shape: readonly unknown[]): NDArray;
  /** All elements along one axis. */
  ravel<A extends NDArray>(this: A, ...options: readonly unknown[]): NDArray<[number], A["dtype"]>;
  flatten<A extends NDArray>(this: A, ...options: readonly unknown[]): NDArray<[number], A["dtype"]>;
  /** Axes reversed, or in the given order. */
  transpose<A extends NDArray>(this: A): NDArray<Reverse<A["shape"]>, A["dtype"]>;
  transpose<A extends NDArray, const P extends Shape>(
    this: A,
    axes: P,
  ): NDArray<Permute<A["shape"], P>, A["dtype"]>;
  transpose<A extends NDArray, const P extends Shape>(
    this: A,
    ...axes: P
  ): NDArray<Permute<A["shape"], P>, A["dtype"]>;
  transpose<A extends NDArray>(this: A, axes: readonly number[] | null): NDArray<Shape, A["dtype"]>;
  swapaxes<A extends NDArray>(this: A, axis1: number, axis2: number): NDArray<Shape, A["dtype"]>;
  moveaxis<A extends NDArray>(
    this: A,
    source: number | readonly number[],
    destination: number | readonly number[],
  ): NDArray<Shape, A["dtype"]>;
  squeeze<A extends NDArray>(this: A): NDArray<Squeezed<A["shape"]>, A["dtype"]>;
  squeeze<A extends NDArray, const I extends number>(
    this: A,
    axis: I,
  ): NDArray<RemoveAxis<A["shape"], I>, A["dtype"]>;
  squeeze<A extends NDArray>(this: A, axis?: Axis): NDArray<Shape, A["dtype"]>;
  expandDims<A extends NDArray, const I extends number>(
    this: A,
    axis: I,
  ): NDArray<InsertAxis<A["shape"], I, 1>, A["dtype"]>;
  expandDims<A extends NDArray>(this: A, axis: number | readonly number[]): NDArray<Shape, A["dtype"]>;
  broadcastTo<A extends NDArray, const N extends Shape>(this: A, shape: N): NDArray<Reshaped<N>, A["dtype"]>;
  flip<A extends NDArray>(this: A, axis?: Axis): NDArray<A["shape"], A["dtype"]>;
  repeat<A extends NDArray>(
    this: A,
    repeats: ArrayLike | readonly number[],
    ...options: readonly unknown[]
  ): NDArray<Shape, A["dtype"]>;
  tile<A extends NDArray>(this: A, reps: number | readonly number[]): NDArray<Shape, A["dtype"]>;
  diagonal<A extends NDArray>(this: A, ...options: readonly unknown[]): NDArray<Shape, A["dtype"]>;
  trace(...options: readonly unknown[]): NDArray;
  /** Limits to an interval; null leaves an end open. */
  clip(min?: ArrayLike | null | ClipOptions, max?: ArrayLike | null): NDArray;
  /** Rounds to decimals, ties to even. */
  round<A extends NDArray>(this: A, decimals?: number): NDArray<A["shape"], A["dtype"]>;
  /** NumPy's product of vectors, matrices and tensors. */
  dot<A extends NDArray, const T extends ArrayLike>(
    this: A,
    other: T,
    ...options: readonly unknown[]
  ): NDArray<Shape, PromoteWith<A, T>>;
}
interface ClipOptions {
  readonly min?: ArrayLike | null;
  readonly max?: ArrayLike | null;
}
