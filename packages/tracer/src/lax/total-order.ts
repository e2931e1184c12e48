/** Comparison in total order: −0 before +0, NaN above infinity. */

import { type ComparisonDirection, dtypeTable } from "@fluxion/ir";
import { emitOne } from "../core/emit.ts";
import type { NDArray } from "../core/ndarray.ts";

const types = {
  float: "TOTALORDER",
  int: "SIGNED",
  uint: "UNSIGNED",
  bool: "UNSIGNED",
  complex: "FLOAT",
} as const;

export const compareTotalOrder = (
  comparison_direction: ComparisonDirection,
  x: NDArray,
  y: NDArray,
): NDArray =>
  emitOne(
    "compare",
    [x, y],
    { comparison_direction, compare_type: types[dtypeTable[x.dtype].kind] },
    { weakType: false },
  );
