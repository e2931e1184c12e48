/** Tangents of integers and bools. */

import { type DType, type Shape, splat } from "@fluxion/ir";
import { hostArray } from "./as-array.ts";
import { float0Aval, float0 as name } from "./aval.ts";
import { NDArray } from "./ndarray.ts";

/** The dtype of tangents of integers and bools: `jnp.zeros(shape, float0)` is one. It stands beside the numeric dtypes. */
export const float0 = name as string as DType;

/** Zeros of the dtype float0: what integers and bools have as tangents. */
export const float0Zeros = (shape: Shape): NDArray =>
  new NDArray(float0Aval(shape), hostArray(splat("bool", shape, false)).payload);
