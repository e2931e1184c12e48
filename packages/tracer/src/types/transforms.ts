/** Types of transformed functions: what they take, and what comes of the arguments and results of the user's function. */

import type { ArrayLike } from "../core/as-array.ts";
import type { NDArray } from "../core/ndarray.ts";

type IsAny<T> = 0 extends 1 & T ? true : false;

// biome-ignore lint/suspicious/noExplicitAny: any function can be transformed
export type AnyFunction = (...args: any[]) => any;
// biome-ignore lint/suspicious/noExplicitAny: where the type of the user's function does not say
type Unknown = any;
/** What has no leaves. */
type Opaque =
  | ((...args: never[]) => unknown)
  | string
  | symbol
  | null
  | undefined
  | ReadonlyMap<unknown, unknown>;

/** What may be passed for a parameter of type `T`: scalars and typed arrays stand for arrays. */
export type Given<T> =
  IsAny<T> extends true
    ? T
    : T extends ArrayLike
      ? T | ArrayLike
      : T extends Opaque
        ? T
        : { [K in keyof T]: Given<T[K]> };

type GivenList<P extends readonly unknown[]> = { [K in keyof P]: Given<P[K]> };

/** Arguments of the transformed function. */
export type GivenArguments<F extends AnyFunction> = GivenList<Parameters<F>>;

/** A pytree with an array for each of its leaves: gradients, tangents and results have this type. */
export type Arrays<T> =
  IsAny<T> extends true
    ? T
    : ArrayLike extends T
      ? NDArray
      : T extends NDArray
        ? T
        : T extends ArrayLike
          ? NDArray
          : T extends Opaque
            ? T
            : { -readonly [K in keyof T]: Arrays<T[K]> };

/** Derivatives of each leaf of `Out` by each of `In`: the structure of `In` in place of the leaves of `Out`. */
export type JacobianOf<Out, In> =
  IsAny<Out> extends true
    ? Out
    : Out extends ArrayLike
      ? Columns<In>
      : Out extends Opaque
        ? Out
        : { -readonly [K in keyof Out]: JacobianOf<Out[K], In> };

/** As `Arrays`, of shapes that are not known. */
type Columns<T> =
  IsAny<T> extends true
    ? T
    : T extends ArrayLike
      ? NDArray
      : T extends Opaque
        ? T
        : { -readonly [K in keyof T]: Columns<T[K]> };

type ArgnumsOption<O> = O extends number | readonly number[]
  ? O
  : O extends { readonly argnums: infer A }
    ? A
    : 0;

/** The argument at a position; anything if the position is not known, or counts from the end. */
type At<P extends readonly unknown[], N> = `${N & number}` extends keyof P
  ? P[`${N & number}` & keyof P]
  : // biome-ignore lint/suspicious/noExplicitAny: nothing is known of it
    any;

/** The arguments that `argnums` names: one, or a list. */
type Selected<P extends readonly unknown[], A> = A extends readonly unknown[]
  ? { -readonly [K in keyof A]: At<P, A[K]> }
  : At<P, A>;

type HasAux<O> = O extends { readonly hasAux: true } ? true : false;

/** What the function returns besides auxiliary values. */
type Main<F extends AnyFunction, O> =
  HasAux<O> extends true ? (ReturnType<F> extends readonly [infer M, unknown] ? M : Unknown) : ReturnType<F>;
/** What is no array comes out as it is: a number stays one. */
type Aux<F extends AnyFunction> = ReturnType<F> extends readonly [unknown, infer A] ? A : Unknown;

/** `T`, or a pair with the auxiliary values. */
type WithAux<T, F extends AnyFunction, O> = HasAux<O> extends true ? [T, Aux<F>] : T;

/** What options select of a function's arguments. */
export type GradientOf<F extends AnyFunction, O> = Arrays<Selected<Parameters<F>, ArgnumsOption<O>>>;

export type Grad<F extends AnyFunction, O> = (...args: GivenArguments<F>) => WithAux<GradientOf<F, O>, F, O>;

export type ValueAndGrad<F extends AnyFunction, O> = (
  ...args: GivenArguments<F>
) => [WithAux<Arrays<Main<F, O>>, F, O>, GradientOf<F, O>];

export type Jacobian<F extends AnyFunction, O> = (
  ...args: GivenArguments<F>
) => WithAux<JacobianOf<Main<F, O>, Selected<Parameters<F>, ArgnumsOption<O>>>, F, O>;

export type Hessian<F extends AnyFunction, O> = (
  ...args: GivenArguments<F>
) => WithAux<
  JacobianOf<
    JacobianOf<Main<F, O>, Selected<Parameters<F>, ArgnumsOption<O>>>,
    Selected<Parameters<F>, ArgnumsOption<O>>
  >,
  F,
  O
>;

/** What the function returns, as arrays. */
export type ResultArrays<F extends AnyFunction> = Arrays<ReturnType<F>>;
