/**
 * expand-top-k: the k greatest elements are the first k of a descending stable sort with positions.
 *
 *     %v, %i = chlo.top_k(%0, k = 2)   →   %p = iota; %1:2 = sort(%0, %p) by greater; slice [0:2] of both
 */

import { type Builder, isFloat, type Module, type OperationOf, type Value } from "@fluxion/ir";
import { rewriteEach } from "./rewrite.ts";

export const expandTopK = (module: Module): Module =>
  rewriteEach(module, "chlo.top_k", (op, operands, b) => expand(op, operands[0], b));

function expand(op: OperationOf<"chlo.top_k">, operand: Value, b: Builder): readonly Value[] {
  const { dtype, shape } = operand.type;
  const dimension = shape.length - 1;
  const positions = b.one("iota", [], { iota_dimension: dimension }, { types: [{ dtype: "int32", shape }] });
  const types = [dtype, dtype, "int32", "int32"] as const;
  const comparator = b.region(
    types.map((of) => ({ dtype: of, shape: [] })),
    (inner, [x, y]) => [
      inner.one("compare", [x, y], {
        comparison_direction: "GT",
        ...(isFloat(dtype) ? { compare_type: "TOTALORDER" } : {}),
      }),
    ],
  );
  const sorted = b.emit(
    "sort",
    [operand, positions],
    { dimension, is_stable: true },
    { regions: [comparator] },
  );
  const limit_indices = op.results[0].type.shape;
  const zeros = shape.map(() => 0);
  const ones = shape.map(() => 1);
  return sorted.map((value) =>
    b.one("slice", [value], { start_indices: zeros, limit_indices, strides: ones }),
  );
}
