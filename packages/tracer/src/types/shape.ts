/**
 * Shape arithmetic of types. A dimension of type `number` is unknown and a shape of type `number[]` has unknown rank:
 * both are checked at run time instead.
 */

import type { Shape } from "@fluxion/ir";

/** A shape that types cannot follow. */
export type AnyShape = Shape;

type IsUnknownRank<S extends Shape> = number extends S["length"] ? true : false;

/** `[3, 4]` in the text of an error. */
type Join<S extends Shape> = S extends readonly [infer D extends number]
  ? `${D}`
  : S extends readonly [infer D extends number, ...infer Rest extends Shape]
    ? `${D}, ${Join<Rest>}`
    : "";

export type ShapeText<S extends Shape> = S extends readonly [number] ? `(${Join<S>},)` : `(${Join<S>})`;

/** Size that two dimensions broadcast to; `never` if they do not fit. */
type BroadcastDim<M extends number, N extends number> = number extends M
  ? N extends 1
    ? number
    : N
  : number extends N
    ? M extends 1
      ? number
      : M
    : M extends 1
      ? N
      : N extends 1
        ? M
        : M extends N
          ? M
          : never;

/** Walks both shapes from the last dimension. */
type BroadcastAligned<A extends Shape, B extends Shape, Done extends Shape> = A extends readonly [
  ...infer RestA extends Shape,
  infer M extends number,
]
  ? B extends readonly [...infer RestB extends Shape, infer N extends number]
    ? [BroadcastDim<M, N>] extends [never]
      ? never
      : BroadcastAligned<RestA, RestB, readonly [BroadcastDim<M, N>, ...Done]>
    : [...A, ...Done]
  : [...B, ...Done];

/** Shape that two shapes broadcast to; `never` if they do not fit. */
export type Broadcast<A extends Shape, B extends Shape> = A extends B
  ? B extends A
    ? A
    : BroadcastAnyRank<A, B>
  : BroadcastAnyRank<A, B>;

type BroadcastAnyRank<A extends Shape, B extends Shape> =
  IsUnknownRank<A> extends true ? Shape : IsUnknownRank<B> extends true ? Shape : BroadcastAligned<A, B, []>;

/** What a parameter must be so that shapes broadcast: `T` itself, or the text of the error. */
export type MustBroadcast<Name extends string, A extends Shape, B extends Shape, T> = [
  Broadcast<A, B>,
] extends [never]
  ? `${Name} got incompatible shapes for broadcasting: ${ShapeText<A>}, ${ShapeText<B>}.`
  : T;

/** The shape in reverse. */
export type Reverse<S extends Shape> =
  IsUnknownRank<S> extends true
    ? Shape
    : S extends readonly [infer D extends number, ...infer Rest extends Shape]
      ? [...Extract<Reverse<Rest>, Shape>, D]
      : [];

/** The shape with the last two dimensions exchanged. */
export type SwapLast<S extends Shape> = S extends readonly [
  ...infer Batch extends Shape,
  infer M extends number,
  infer N extends number,
]
  ? [...Batch, N, M]
  : Shape;

type TupleIndex<K> = K extends `${infer I extends number}` ? I : never;
type NegativeAxis = { "-1": 1; "-2": 2; "-3": 3; "-4": 4; "-5": 5; "-6": 6 };

type RemoveFirst<S extends Shape, Axis extends number, Head extends Shape = []> = S extends readonly [
  infer D extends number,
  ...infer Rest extends Shape,
]
  ? Head["length"] extends Axis
    ? [...Head, ...Rest]
    : RemoveFirst<Rest, Axis, [...Head, D]>
  : Shape;

type RemoveLast<S extends Shape, FromEnd extends number, Tail extends Shape = []> = S extends readonly [
  ...infer Rest extends Shape,
  infer D extends number,
]
  ? [...Tail, D]["length"] extends FromEnd
    ? [...Rest, ...Tail]
    : RemoveLast<Rest, FromEnd, [D, ...Tail]>
  : Shape;

/** The shape without one dimension, counted from either end. */
export type RemoveAxis<S extends Shape, Axis extends number> =
  IsUnknownRank<S> extends true
    ? Shape
    : number extends Axis
      ? Shape
      : Axis extends TupleIndex<keyof S>
        ? RemoveFirst<S, Axis>
        : `${Axis}` extends keyof NegativeAxis
          ? RemoveLast<S, NegativeAxis[`${Axis}`]>
          : Shape;

type ReplaceFirst<
  S extends Shape,
  Axis extends number,
  N extends number,
  Head extends Shape = [],
> = S extends readonly [infer D extends number, ...infer Rest extends Shape]
  ? Head["length"] extends Axis
    ? [...Head, N, ...Rest]
    : ReplaceFirst<Rest, Axis, N, [...Head, D]>
  : Shape;

type ReplaceLast<
  S extends Shape,
  FromEnd extends number,
  N extends number,
  Tail extends Shape = [],
> = S extends readonly [...infer Rest extends Shape, infer D extends number]
  ? [...Tail, D]["length"] extends FromEnd
    ? [...Rest, N, ...Tail]
    : ReplaceLast<Rest, FromEnd, N, [D, ...Tail]>
  : Shape;

/** The shape with another size of one dimension, counted from either end. */
export type ReplaceAxis<S extends Shape, Axis extends number, N extends number> =
  IsUnknownRank<S> extends true
    ? Shape
    : number extends Axis
      ? Shape
      : Axis extends TupleIndex<keyof S>
        ? ReplaceFirst<S, Axis, N>
        : `${Axis}` extends keyof NegativeAxis
          ? ReplaceLast<S, NegativeAxis[`${Axis}`], N>
          : Shape;

/** The shape of a reduction that keeps its axis. */
export type KeepAxis<S extends Shape, Axis extends number> = ReplaceAxis<S, Axis, 1>;

/** The shape of a reduction over everything that keeps its axes. */
export type Ones<S extends Shape> = IsUnknownRank<S> extends true ? Shape : { -readonly [I in keyof S]: 1 };

type InsertFirst<
  S extends Shape,
  Axis extends number,
  N extends number,
  Head extends Shape = [],
> = Head["length"] extends Axis
  ? [...Head, N, ...S]
  : S extends readonly [infer D extends number, ...infer Rest extends Shape]
    ? InsertFirst<Rest, Axis, N, [...Head, D]>
    : Shape;

type InsertLast<S extends Shape, FromEnd extends number, N extends number, Tail extends Shape = []> = [
  ...Tail,
  N,
]["length"] extends FromEnd
  ? [...S, N, ...Tail]
  : S extends readonly [...infer Rest extends Shape, infer D extends number]
    ? InsertLast<Rest, FromEnd, N, [D, ...Tail]>
    : Shape;

/** The shape with a new dimension that is number `Axis` of the result, counted from either end. */
export type InsertAxis<S extends Shape, Axis extends number, N extends number> =
  IsUnknownRank<S> extends true
    ? Shape
    : number extends Axis
      ? Shape
      : `${Axis}` extends keyof NegativeAxis
        ? InsertLast<S, NegativeAxis[`${Axis}`], N>
        : InsertFirst<S, Axis, N>;

/** The dimensions in the order of `P`; negative axes make sizes unknown. */
export type Permute<S extends Shape, P extends Shape> =
  IsUnknownRank<S> extends true
    ? Shape
    : number extends P["length"]
      ? Shape
      : { -readonly [I in keyof P]: P[I] extends TupleIndex<keyof S> ? Extract<S[P[I]], number> : number };

/** The shape without its dimensions of size 1. */
export type Squeezed<S extends Shape, Done extends Shape = []> =
  IsUnknownRank<S> extends true
    ? Shape
    : S extends readonly [infer D extends number, ...infer Rest extends Shape]
      ? number extends D
        ? Shape
        : Squeezed<Rest, D extends 1 ? Done : [...Done, D]>
      : Done;

/** Shape of `a @ b` for matrices and vectors of known rank. */
export type MatMul<A extends Shape, B extends Shape> = A extends readonly [
  infer M extends number,
  infer K extends number,
]
  ? B extends readonly [infer L extends number, infer N extends number]
    ? SameDim<K, L, [M, N]>
    : B extends readonly [infer L extends number]
      ? SameDim<K, L, [M]>
      : Shape
  : A extends readonly [infer K extends number]
    ? B extends readonly [infer L extends number, infer N extends number]
      ? SameDim<K, L, [N]>
      : B extends readonly [infer L extends number]
        ? SameDim<K, L, []>
        : Shape
    : Shape;

type SameDim<M extends number, N extends number, Result> = number extends M
  ? Result
  : number extends N
    ? Result
    : M extends N
      ? Result
      : never;

/** What the right operand of a product must be: `T` itself, or the text of the error. */
export type MustMatMul<A extends Shape, B extends Shape, T> = [MatMul<A, B>] extends [never]
  ? `dot_general requires contracting dimensions to have the same shape, got shapes ${ShapeText<A>} and ${ShapeText<B>}.`
  : T;
