/** Promotion of dtypes in types. What depends on `config.enableX64` or on weak types widens to `DType`. */

import type { ComplexDType, DType, FloatDType } from "@fluxion/ir";

/** Joins that hold whether x64 is on or not, each pair once. */
interface Joins {
  bool: { [D in DType]: D };
  int8: { int16: "int16"; int32: "int32"; uint8: "int16"; uint16: "int32" } & Inexact;
  int16: { int32: "int32"; uint8: "int16"; uint16: "int32" } & Inexact;
  int32: { uint8: "int32"; uint16: "int32" } & Inexact;
  int64: Inexact;
  uint8: { uint16: "uint16"; uint32: "uint32" } & Inexact;
  uint16: { uint32: "uint32" } & Inexact;
  uint32: Inexact;
  uint64: Inexact;
  float16: { bfloat16: "float32"; float32: "float32"; complex64: "complex64" };
  bfloat16: { float32: "float32"; complex64: "complex64" };
  float32: { complex64: "complex64" };
  float64: Record<never, never>;
  complex64: Record<never, never>;
  complex128: Record<never, never>;
}
/** An integer beside a float or complex number takes its dtype. */
type Inexact = { [D in FloatDType | ComplexDType]: D };

type Join<A extends DType, B extends DType> = B extends keyof Joins[A]
  ? Joins[A][B]
  : A extends keyof Joins[B]
    ? Joins[B][A]
    : DType;

/** dtype that two arrays take together. */
export type Promote<A extends DType, B extends DType> = DType extends A
  ? DType
  : DType extends B
    ? DType
    : A extends B
      ? A
      : Extract<Join<A, B>, DType>;

/** dtype of an operand; that of a scalar is decided by what stands beside it. */
export type DTypeOf<A> = A extends { readonly dtype: infer D extends DType } ? D : DType;

/** dtype that two operands, arrays or scalars, take together. */
export type Common<A, B> = A extends { readonly dtype: infer D extends DType }
  ? B extends { readonly dtype: infer E extends DType }
    ? Promote<D, E>
    : PromoteScalar<D, B>
  : B extends { readonly dtype: infer E extends DType }
    ? PromoteScalar<E, A>
    : DType;

/** dtype of an array beside a JavaScript scalar. */
export type PromoteScalar<D extends DType, X> = DType extends D
  ? DType
  : X extends boolean
    ? D
    : D extends FloatDType | ComplexDType
      ? D
      : D extends "bool"
        ? DType
        : X extends bigint
          ? D
          : X extends number
            ? number extends X
              ? DType
              : `${X}` extends `${bigint}`
                ? D
                : DType
            : DType;

/** dtype of a quotient, a mean or a transcendental function: integers become the default float. */
export type ToInexact<D extends DType> = DType extends D
  ? DType
  : D extends FloatDType | ComplexDType
    ? D
    : DType;

/** dtype of a sum: bool and small integers widen to the default integer. */
export type SumOf<D extends DType> = DType extends D
  ? DType
  : D extends FloatDType | ComplexDType | "int32" | "int64" | "uint32" | "uint64"
    ? D
    : DType;

/** dtype of an absolute value. */
export type AbsOf<D extends DType> = D extends "complex64"
  ? "float32"
  : D extends "complex128"
    ? "float64"
    : D;
