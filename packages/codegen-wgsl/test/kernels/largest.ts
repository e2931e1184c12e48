/** Where the largest element of each row is: folds whose order matters. */

import { type Builder, type DType, dtypeTable, type Shape, type Value } from "@fluxion/ir";
import { identity, splatOf } from "../../../../tests/fuzz/recipes-fold.ts";
import { type Case, caseOf, typesOf } from "./case.ts";

export function argmax(dtype: DType): Case {
  const some: Shape[] = [[7], [3, 5], [4, 300], [2, 3, 4], [5000]];
  return caseOf(`argmax ${dtype}`, typesOf(dtype, some), (b, args) =>
    args.map((x) => positionOfLargest(b, x)),
  );
}

/** A fold in any order and one in order, in one kernel. */
export function largestDifference(dtype: DType): Case {
  const types = typesOf(dtype, [
    [16, 300],
    [2, 5000],
  ]);
  const positions = (b: Builder, x: Value): Value => {
    const sum = b.reduceWith("add", x, b.scalar(dtype, 0), [1]);
    return positionOfLargest(b, b.op("subtract", x, b.broadcast(sum, x.type.shape, [0])));
  };
  return caseOf(
    `argmax of differences from the sum ${dtype}`,
    types,
    (b, args) => args.map((x) => positions(b, x)),
    { boxes: [[-3, 3]] },
  );
}

function positionOfLargest(b: Builder, x: Value): Value {
  const { dtype, shape } = x.type;
  const axis = shape.length - 1;
  const index = b.one("iota", [], { iota_dimension: axis }, { types: [{ dtype: "int32", shape }] });
  const scalar = { dtype, shape: [] };
  const position = { dtype: "int32", shape: [] } as const;
  const body = b.region([scalar, position, scalar, position], (inner, [p, i, q, j]) => {
    const compare = (direction: "GT" | "EQ", l: Value, r: Value): Value =>
      inner.one("compare", [l, r], { comparison_direction: direction, compare_type: comparison(dtype) });
    const earlier = inner.one("compare", [i, j], { comparison_direction: "LT", compare_type: "SIGNED" });
    const above = compare("GT", p, q);
    const first = inner.op("or", above, inner.op("and", compare("EQ", p, q), earlier));
    return [inner.op("select", above, p, q), inner.op("select", first, i, j)];
  });
  const least = b.constant(splatOf(dtype, identity(dtype, "maximum")));
  return b.emit(
    "reduce",
    [x, index, least, b.scalar("int32", 0)],
    { dimensions: [axis] },
    { regions: [body] },
  )[1];
}

export const comparison = (dtype: DType) => {
  const { kind } = dtypeTable[dtype];
  return kind === "float" ? "FLOAT" : kind === "int" ? "SIGNED" : "UNSIGNED";
};
