/** Short names for the arithmetic that rules write. */

import { type Builder, type DType, type Shape, sameShape, sizeOf, type Value } from "@fluxion/ir";

export const add = (b: Builder, x: Value, y: Value): Value => b.op("add", x, y);
export const sub = (b: Builder, x: Value, y: Value): Value => b.op("subtract", x, y);
export const mul = (b: Builder, x: Value, y: Value): Value => b.op("multiply", x, y);
export const div = (b: Builder, x: Value, y: Value): Value => b.op("divide", x, y);
export const neg = (b: Builder, x: Value): Value => b.op("negate", x);

/** A constant of the type of `like`. */
export const lit = (b: Builder, like: Value, value: number): Value =>
  b.scalar(like.type.dtype, value, like.type.shape);

export const zeros = (b: Builder, like: Value): Value => lit(b, like, 0);

/** Elementwise comparison. */
export const compare = (
  b: Builder,
  direction: "EQ" | "NE" | "GE" | "GT" | "LE" | "LT",
  x: Value,
  y: Value,
): Value => b.one("compare", [x, y], { comparison_direction: direction });

/** x, with ones in place of zeros: a divisor or logarithm where the factor beside it vanishes. */
export const replaceZero = (b: Builder, x: Value): Value =>
  b.op("select", compare(b, "EQ", x, zeros(b, x)), lit(b, x, 1), x);

export const zeroScalar = (b: Builder, dtype: DType): Value => b.scalar(dtype, 0);

/** Sum over dimensions. */
export const sum = (b: Builder, x: Value, dimensions: readonly number[]): Value =>
  dimensions.length === 0 ? x : b.reduceWith("add", x, zeroScalar(b, x.type.dtype), dimensions);

export const reshape = (b: Builder, x: Value, shape: Shape): Value =>
  sameShape(x.type.shape, shape) ? x : b.reshape(x, shape);

/** A scalar over a shape, or the value itself where it has it already. */
export const spread = (b: Builder, x: Value, shape: Shape): Value =>
  sameShape(x.type.shape, shape) ? x : b.broadcast(x, shape, []);

/** The cotangent of a scalar that was used as if it had the shape of `ct`. */
export const unspread = (b: Builder, ct: Value, shape: Shape): Value =>
  sameShape(ct.type.shape, shape)
    ? ct
    : sum(
        b,
        ct,
        ct.type.shape.map((_, axis) => axis),
      );

export const isEmpty = (x: Value): boolean => sizeOf(x.type.shape) === 0;
