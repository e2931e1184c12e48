/** Tangents of integers and bools. */

import { type Shape, splat } from "@fluxion/ir";
import { hostArray } from "./as-array.ts";
import { float0Aval } from "./aval.ts";
import { NDArray } from "./ndarray.ts";

/** Zeros of the dtype float0: what integers and bools have as tangents. */
export const float0Zeros = (shape: Shape): NDArray =>
  new NDArray(float0Aval(shape), hostArray(splat("bool", shape, false)).payload);
