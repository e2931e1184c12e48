/** `io` for Fluxion's arrays. */

import type { NestedArrayLike } from "@fluxion/tracer";
import { fromStorage, jnp, NDArray, storageOf, warnOnce } from "@fluxion/tracer";
import { makeIo } from "./io/index.ts";

/** NumPy's files: `.npy`, `.npz`, and tables of text. */
export const io = makeIo<NDArray>({
  toHost: (x) => {
    const array = jnp.asarray(x as NestedArrayLike);
    return { dtype: array.dtype, shape: [...array.shape], data: storageOf(array) };
  },
  fromHost: ({ dtype, shape, data }) => fromStorage(dtype, shape, data),
  isArray: (x) => x instanceof NDArray || ArrayBuffer.isView(x) || Array.isArray(x) || typeof x === "number",
  warn: warnOnce,
});
