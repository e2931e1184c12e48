/** What the types know of functions under `vmap`: dtypes and pytrees stay, shapes are those of many examples. */

import type { DType, Shape } from "@fluxion/ir";
import type { ArrayLike } from "../core/as-array.ts";
import type { NDArray } from "../core/ndarray.ts";

type Scalar = number | bigint | boolean;

/** An array of any dtype. */
interface SomeArray {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly weakType: boolean;
}

/** What `vmap(f)` takes where `f` takes a `T`: arrays of any shape for arrays, everything else as it is. */
export type ManyArgument<T> = unknown extends T
  ? T
  : T extends SomeArray
    ? ArrayLike
    : T extends Scalar
      ? T | ArrayLike
      : T extends string | null | undefined | ((...args: never[]) => unknown)
        ? T
        : { [K in keyof T]: ManyArgument<T[K]> };

// biome-ignore lint/suspicious/noExplicitAny: nothing is known of it
type Anything = any;

/** What `vmap(f)` gives where `f` gives a `T`. */
export type ManyResult<T> = unknown extends T
  ? Anything
  : T extends SomeArray
    ? NDArray<Shape, T["dtype"]>
    : T extends Scalar
      ? NDArray
      : T extends string | null | undefined | ((...args: never[]) => unknown)
        ? T
        : { [K in keyof T]: ManyResult<T[K]> };

type ManyArguments<A extends readonly unknown[]> = { [K in keyof A]: ManyArgument<A[K]> };

/** The function that `vmap` makes of a function. */
// biome-ignore lint/suspicious/noExplicitAny: any function
export type Many<F extends (...args: any[]) => unknown> = (
  ...args: ManyArguments<Parameters<F>>
) => ManyResult<ReturnType<F>>;
