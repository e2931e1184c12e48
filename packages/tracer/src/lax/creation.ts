/** Arrays made of nothing but numbers. */

import { type DType, formatShape, type Shape } from "@fluxion/ir";
import { type ArrayLike, asArray } from "../core/as-array.ts";
import { dispatchOne } from "../core/dispatch.ts";
import { broadcastTo, convert, emitOne } from "../core/emit.ts";
import type { NDArray } from "../core/ndarray.ts";
import { typeError } from "../core/user-error.ts";
import { normalizeAxis, readDType, readShape } from "../numpy/options.ts";

/** 0, 1, 2, … along one axis of a shape. */
export function broadcastedIota(dtype: DType, shape: Shape, dimension: number): NDArray {
  const target = readDType("iota", dtype);
  if (target === undefined || target === "bool")
    throw typeError(`iota does not accept dtype ${String(target)}. Accepted dtypes are numbers.`);
  const dims = readShape("broadcastedIota", shape);
  const axis = normalizeAxis(dimension, dims.length);
  return dispatchOne("lax.broadcasted_iota", [], { target, dims, axis }, (_, s) =>
    emitOne("iota", [], { iota_dimension: s.axis }, { types: [{ dtype: s.target, shape: s.dims }] }),
  );
}

/** 0, 1, 2, …, size − 1. */
export const iota = (dtype: DType, size: number): NDArray => broadcastedIota(dtype, [size], 0);

/** An array that repeats a scalar. @throws TypeError if `fillValue` is no scalar. */
export function full(shape: Shape | number, fillValue: ArrayLike, dtype?: DType): NDArray {
  const value = asArray(fillValue, "full", 1);
  if (value.ndim > 0)
    throw typeError(
      `full must be called with scalar fill_value, got fill_value.shape ${formatShape(value.shape)}.`,
    );
  const statics = { dims: readShape("full", shape), dtype: readDType("full", dtype) };
  return dispatchOne("lax.full", [value], statics, ([x], s) =>
    broadcastTo(s.dtype === undefined ? x : convert(x, s.dtype), s.dims),
  );
}

/** An array of the shape and dtype of `x` that repeats a scalar. */
export function fullLike(x: ArrayLike, fillValue: ArrayLike, dtype?: DType, shape?: Shape): NDArray {
  const like = asArray(x, "fullLike", 0);
  const value = asArray(fillValue, "fullLike", 1);
  const target = readDType("fullLike", dtype);
  const statics = {
    dims: shape === undefined ? like.shape : readShape("fullLike", shape),
    dtype: target ?? like.dtype,
    weakType: target === undefined && like.weakType,
  };
  return dispatchOne("lax.full_like", [value], statics, ([v], s) =>
    broadcastTo(convert(v, s.dtype, s.weakType), s.dims),
  );
}
