/** Joining arrays. */

import { emitOne } from "../core/emit.ts";
import type { NDArray } from "../core/ndarray.ts";

/** Emits the concatenation of arrays that agree in everything but one axis. */
export const concatenateParts = (parts: readonly NDArray[], axis: number): NDArray =>
  parts.length === 1 ? parts[0] : emitOne("concatenate", parts, { dimension: axis });
