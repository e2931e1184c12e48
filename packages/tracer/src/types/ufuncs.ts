/**
 * Types of `jnp`'s elementwise functions, by name. A function that no list names has the shape of its operands and an
 * unknown dtype. The dtypes are those without `config.enableX64`, where they differ.
 */

import type { DType } from "@fluxion/ir";
import type { ArrayLike } from "../core/as-array.ts";
import type { NDArray } from "../core/ndarray.ts";
import type { AbsOf, Common, DTypeOf, ToInexact } from "./dtype.ts";
import type { ShapeOf } from "./operands.ts";
import type { Broadcast, MustBroadcast } from "./shape.ts";

/** Functions that keep the dtype. */
type Keeping = "negative" | "positive" | "sign" | "conjugate" | "bitwiseNot";
/** Functions of real values: bool and integers become the default float. */
type Inexact =
  | ("exp" | "exp2" | "expm1" | "log" | "log1p" | "log2" | "log10" | "sqrt" | "cbrt" | "reciprocal")
  | ("sin" | "cos" | "tan" | "arcsin" | "arccos" | "arctan" | "sinh" | "cosh" | "tanh")
  | ("arcsinh" | "arccosh" | "arctanh" | "deg2rad" | "rad2deg" | "sinc");
type Questions = "isnan" | "logicalNot" | "iscomplex" | "isreal" | "signbit";

type Promoting =
  | ("add" | "subtract" | "multiply" | "maximum" | "minimum")
  | ("bitwiseAnd" | "bitwiseOr" | "bitwiseXor");
/** As `Promoting`, but two bools make an integer. */
type Counting = "floorDivide" | "remainder" | "mod" | "leftShift" | "rightShift";
type Dividing = "divide" | "trueDivide" | "arctan2" | "hypot" | "logaddexp" | "logaddexp2" | "copysign";
type Comparing =
  | ("equal" | "notEqual" | "less" | "lessEqual" | "greater" | "greaterEqual")
  | ("logicalAnd" | "logicalOr" | "logicalXor");

type UnaryDType<Name extends string, D extends DType> = Name extends Keeping
  ? D
  : Name extends Inexact
    ? ToInexact<D>
    : Name extends Questions
      ? "bool"
      : Name extends "absolute" | "real" | "imag"
        ? AbsOf<D>
        : DType;

type BinaryDType<Name extends string, A, B> = Name extends Promoting
  ? Common<A, B>
  : Name extends Counting
    ? Exclude<Common<A, B>, "bool">
    : Name extends Dividing
      ? ToInexact<Common<A, B>>
      : Name extends Comparing
        ? "bool"
        : DType;

/** A function of one array. */
export type UnaryUfunc<Name extends string> = <const A extends ArrayLike>(
  x: A,
) => NDArray<ShapeOf<A>, UnaryDType<Name, DTypeOf<A>>>;

/** A function of two arrays that broadcast. */
export type BinaryUfunc<Name extends string> = <const A extends ArrayLike, const B extends ArrayLike>(
  x: A,
  y: B & MustBroadcast<Name, ShapeOf<A>, ShapeOf<B>, unknown>,
) => NDArray<Broadcast<ShapeOf<A>, ShapeOf<B>>, BinaryDType<Name, A, B>>;
