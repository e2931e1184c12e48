/** Changes of dtype. */

import { type DType, isComplex } from "@fluxion/ir";
import { type ArrayLike, asArray } from "../core/as-array.ts";
import { dispatchOne } from "../core/dispatch.ts";
import { convert, emitOne, full } from "../core/emit.ts";
import type { NDArray } from "../core/ndarray.ts";
import { typeError } from "../core/user-error.ts";
import * as lax from "../lax/index.ts";
import { readDType } from "./options.ts";

/** The real part, unless the target is complex; a complex number is true if any of its parts is not 0. */
function toReal(x: NDArray, target: DType): NDArray {
  if (!isComplex(x.dtype) || isComplex(target)) return x;
  return target === "bool" ? lax.ne(x, full([], 0, x.dtype)) : emitOne("real", [x], {});
}

/** The elements as another dtype, by value, strongly typed. Complex to real drops the imaginary part. */
export function astype(x: ArrayLike, dtype: DType): NDArray {
  const target = readDType("astype", dtype);
  if (target === undefined) throw typeError("astype needs a dtype, such as 'float32'");
  return dispatchOne("jnp.astype", [asArray(x, "astype", 0)], { target }, ([a], s) =>
    convert(toReal(a, s.target), s.target, false),
  );
}
