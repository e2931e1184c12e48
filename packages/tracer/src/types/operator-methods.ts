/** Operators as methods. Each stands for the function of `jnp` that its comment names, and broadcasts as that does. */

import type { ArrayLike } from "../core/as-array.ts";
import type { NDArray } from "../core/ndarray.ts";
import type { AbsOf, ToInexact } from "./dtype.ts";
import type { Elementwise, Fits, PromoteWith, ShapeOf } from "./operands.ts";
import type { MatMul, MustMatMul } from "./shape.ts";

type Arithmetic<Name extends string> = <A extends NDArray, const T extends ArrayLike>(
  this: A,
  other: Fits<Name, A, T>,
) => Elementwise<A, T, PromoteWith<A, T>>;
type Division<Name extends string> = <A extends NDArray, const T extends ArrayLike>(
  this: A,
  other: Fits<Name, A, T>,
) => Elementwise<A, T, ToInexact<PromoteWith<A, T>>>;
type Comparison<Name extends string> = <A extends NDArray, const T extends ArrayLike>(
  this: A,
  other: Fits<Name, A, T>,
) => Elementwise<A, T, "bool">;
type Negation = <A extends NDArray>(this: A) => NDArray<A["shape"], A["dtype"]>;

export interface OperatorMethods {
  /** x + y */
  readonly add: Arithmetic<"add">;
  /** x − y */
  readonly sub: Arithmetic<"sub">;
  readonly subtract: Arithmetic<"subtract">;
  /** x · y, element by element */
  readonly mul: Arithmetic<"mul">;
  readonly multiply: Arithmetic<"multiply">;
  /** x / y; integers give floats */
  readonly div: Division<"div">;
  readonly divide: Division<"divide">;
  readonly trueDivide: Division<"trueDivide">;
  /** ⌊x / y⌋ */
  readonly floorDiv: Arithmetic<"floorDiv">;
  readonly floorDivide: Arithmetic<"floorDivide">;
  /** x − y·⌊x / y⌋: the sign of y, as in Python */
  readonly mod: Arithmetic<"mod">;
  readonly remainder: Arithmetic<"remainder">;
  /** [⌊x / y⌋, x − y·⌊x / y⌋] */
  divmod(other: ArrayLike): [NDArray, NDArray];
  /** x to the power y */
  readonly pow: Arithmetic<"pow">;
  readonly power: Arithmetic<"power">;
  /** Matrix product with NumPy's batch rules. */
  matmul<A extends NDArray, const T extends ArrayLike>(
    this: A,
    other: T & MustMatMul<A["shape"], ShapeOf<T>, unknown>,
  ): NDArray<MatMul<A["shape"], ShapeOf<T>>, PromoteWith<A, T>>;
  /** −x */
  readonly neg: Negation;
  readonly negative: Negation;
  /** x itself */
  readonly pos: Negation;
  readonly positive: Negation;
  /** |x| */
  abs<A extends NDArray>(this: A): NDArray<A["shape"], AbsOf<A["dtype"]>>;
  absolute<A extends NDArray>(this: A): NDArray<A["shape"], AbsOf<A["dtype"]>>;
  readonly eq: Comparison<"eq">;
  readonly equal: Comparison<"equal">;
  readonly ne: Comparison<"ne">;
  readonly notEqual: Comparison<"notEqual">;
  readonly lt: Comparison<"lt">;
  readonly less: Comparison<"less">;
  readonly le: Comparison<"le">;
  readonly lessEqual: Comparison<"lessEqual">;
  readonly gt: Comparison<"gt">;
  readonly greater: Comparison<"greater">;
  readonly ge: Comparison<"ge">;
  readonly greaterEqual: Comparison<"greaterEqual">;
  /** x & y, bit by bit; of booleans, x ∧ y */
  readonly and: Arithmetic<"and">;
  readonly bitwiseAnd: Arithmetic<"bitwiseAnd">;
  /** x | y */
  readonly or: Arithmetic<"or">;
  readonly bitwiseOr: Arithmetic<"bitwiseOr">;
  /** x ^ y */
  readonly xor: Arithmetic<"xor">;
  readonly bitwiseXor: Arithmetic<"bitwiseXor">;
  /** ~x; of booleans, ¬x */
  readonly not: Negation;
  readonly invert: Negation;
  readonly bitwiseNot: Negation;
  readonly leftShift: Arithmetic<"leftShift">;
  readonly rightShift: Arithmetic<"rightShift">;
  readonly logicalAnd: Comparison<"logicalAnd">;
  readonly logicalOr: Comparison<"logicalOr">;
  readonly logicalXor: Comparison<"logicalXor">;
  logicalNot<A extends NDArray>(this: A): NDArray<A["shape"], "bool">;
  /** The complex conjugate. */
  readonly conj: Negation;
  readonly conjugate: Negation;
}
