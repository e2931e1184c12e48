/** Rules of contractions. */

import type { Builder, DotDimensionNumbers, OperationOf, Value } from "@fluxion/ir";
import { copyOn } from "../blocks.ts";
import { add } from "./math.ts";
import type { RulesOf, Tangent, TransposeRule } from "./rule.ts";

const others = (rank: number, ...lists: readonly (readonly number[])[]): number[] =>
  Array.from({ length: rank }, (_, axis) => axis).filter(
    (axis) => !lists.some((list) => list.includes(axis)),
  );

/** `numbers` with the operands exchanged. */
const flipped = (d: DotDimensionNumbers): DotDimensionNumbers => ({
  lhsBatching: d.rhsBatching,
  rhsBatching: d.lhsBatching,
  lhsContracting: d.rhsContracting,
  rhsContracting: d.lhsContracting,
});

/**
 * z[b, m, n] = Σₖ x[b, m, k]·y[b, n, k]:  x̄[b, m, k] = Σₙ z̄[b, m, n]·y[b, n, k]
 *
 * `swapped` says that the operand at hand was the right one, so that z̄ is [b, n, m].
 */
function cotangentOf(
  b: Builder,
  ct: Value,
  op: OperationOf<"dot_general">,
  d: DotDimensionNumbers,
  operands: { readonly x: Value; readonly y: Value; readonly swapped: boolean },
): Value {
  const { x, y, swapped } = operands;
  const batch = d.lhsBatching.length;
  const xKept = others(x.type.shape.length, d.lhsBatching, d.lhsContracting);
  const yKept = others(y.type.shape.length, d.rhsBatching, d.rhsContracting);
  const yFirst = batch + (swapped ? 0 : xKept.length);
  const numbers: DotDimensionNumbers = {
    lhsBatching: d.lhsBatching.map((_, i) => i),
    rhsBatching: d.rhsBatching,
    lhsContracting: yKept.map((_, i) => yFirst + i),
    rhsContracting: yKept,
  };
  const rest = numbers.rhsBatching.concat(numbers.rhsContracting);
  const shape = [
    ...d.lhsBatching.map((axis) => x.type.shape[axis]),
    ...xKept.map((axis) => x.type.shape[axis]),
    ...others(y.type.shape.length, rest).map((axis) => y.type.shape[axis]),
  ];
  const attributes = { ...op.attributes, dot_dimension_numbers: numbers };
  const product = b.one("dot_general", [ct, y], attributes, {
    types: [{ dtype: x.type.dtype, shape }],
  });
  // The contracted dimensions come in the order of y's; x's counterpart of each is known.
  const contracted = others(y.type.shape.length, rest).map(
    (axis) => d.lhsContracting[d.rhsContracting.indexOf(axis)],
  );
  const order = [...d.lhsBatching, ...xKept, ...contracted];
  const permutation = order.map((_, axis) => order.indexOf(axis));
  return permutation.every((axis, i) => axis === i)
    ? product
    : b.one("transpose", [product], { permutation });
}

const transposeDot: TransposeRule<"dot_general"> = (c, op, [ct]): readonly Tangent[] => {
  if (ct === undefined) return [];
  const [x, y] = op.operands;
  const d = op.attributes.dot_dimension_numbers;
  if (c.isLinear(x)) return [cotangentOf(c.b, ct, op, d, { x, y, swapped: false })];
  return [undefined, cotangentOf(c.b, ct, op, flipped(d), { x: y, y: x, swapped: true })];
};

export const dotRules: RulesOf<"dot_general"> = {
  // ż = ẋ·y + x·ẏ
  dot_general: {
    jvp: ({ b }, op, [tx, ty]) => {
      const [x, y] = op.operands;
      const left = tx && copyOn(b, op, [tx, y])[0];
      const right = ty && copyOn(b, op, [x, ty])[0];
      return [left && right ? add(b, left, right) : (left ?? right)];
    },
    transpose: transposeDot,
  },
};
