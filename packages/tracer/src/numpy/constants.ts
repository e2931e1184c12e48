/** Constants of `jnp`: dtypes by name, numbers, and scalars of a chosen kind. */

import { ComplexScalar, FloatScalar } from "../core/as-array.ts";

export const int8 = "int8";
export const int16 = "int16";
export const int32 = "int32";
export const int64 = "int64";
export const uint8 = "uint8";
export const uint16 = "uint16";
export const uint32 = "uint32";
export const uint64 = "uint64";
export const float16 = "float16";
export const bfloat16 = "bfloat16";
export const float32 = "float32";
export const float64 = "float64";
export const complex64 = "complex64";
export const complex128 = "complex128";
export const bool = "bool";
export { bool as bool_, complex64 as csingle, complex128 as cdouble, float32 as single, float64 as double };

export const pi = Math.PI;
export const e = Math.E;
export const inf = Infinity;
export const nan = Number.NaN;
/** Euler's constant γ. */
export const eulerGamma = 0.5772156649015329;
/** Adds an axis of size 1 in an index. */
export const newaxis = null;

/** A weak float scalar, also where the number is integral: `jnp.float(1)` is 1.0. */
export const float = (value: number): FloatScalar => new FloatScalar(value);
/** A weak complex scalar. */
export const complex = (re: number, im = 0): ComplexScalar => new ComplexScalar(re, im);
