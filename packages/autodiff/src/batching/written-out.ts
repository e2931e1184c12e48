/** Folds written out as operations on arrays, for bodies and init values that differ between examples. */

import { Builder, type OperationOf, sizeOf, type Value } from "@fluxion/ir";
import { type Combine, foldFirst, foldWindows, range as part } from "../rules/fold.ts";
import { windowsOf } from "../rules/reduce.ts";
import { range } from "./axes.ts";
import type { BatchContext, Batched } from "./rule.ts";

type Fold = OperationOf<"reduce"> | OperationOf<"reduce_window">;

/** Init values over the shape of the results. */
const initsOf = (b: Builder, op: Fold): Value[] =>
  op.operands.slice(op.results.length).map((init, i) => b.broadcast(init, op.results[i].type.shape, []));

const combiner =
  (c: BatchContext, b: Builder, op: Fold): Combine =>
  (left, right) =>
    c.overElements(b, op.regions[0], [...left, ...right]);

/** The reduced dimensions as one in front. */
function toFront(b: Builder, x: Value, dimensions: readonly number[]): Value {
  const { shape } = x.type;
  const kept = range(shape.length).filter((axis) => !dimensions.includes(axis));
  const moved = b.one("transpose", [x], { permutation: [...dimensions, ...kept] });
  const at = (axes: readonly number[]): number[] => axes.map((axis) => shape[axis]);
  return b.reshape(moved, [sizeOf(at(dimensions)), ...at(kept)]);
}

/** y = fold(x₀, x₁, …) by halves, joined with the init value. */
export function writtenOutReduce(c: BatchContext, op: OperationOf<"reduce">): readonly Batched[] {
  const b = new Builder();
  b.location = op.location;
  const { dimensions } = op.attributes;
  const combine = combiner(c, b, op);
  const inits = initsOf(b, op);
  const inputs = op.operands.slice(0, op.results.length).map((x) => toFront(b, x, dimensions));
  if (inputs[0].type.shape[0] === 0) return c.through(b.operations, inits);
  const folded = foldFirst(b, inputs, combine).map((x, i) => b.reshape(x, op.results[i].type.shape));
  return c.through(b.operations, combine(inits, folded));
}

/** Windows of the padded inputs folded by doubling, joined with the init value. */
export function writtenOutWindows(c: BatchContext, op: OperationOf<"reduce_window">): readonly Batched[] {
  const b = new Builder();
  b.location = op.location;
  const combine = combiner(c, b, op);
  const count = op.results.length;
  const windows = windowsOf(op);
  let current: readonly Value[] = op.operands.slice(0, count).map((x, i) =>
    b.one("pad", [x, op.operands[count + i]], {
      edge_padding_low: windows.map(({ low }) => low),
      edge_padding_high: windows.map(({ high }) => high),
      interior_padding: windows.map(({ baseDilation }) => baseDilation - 1),
    }),
  );
  windows.forEach(({ size, stride, windowDilation: dilation }, axis) => {
    const places = Math.max(0, current[0].type.shape[axis] - (size - 1) * dilation);
    if (size > 1 && places > 0) {
      current = foldWindows(b, current, { axis, size, dilation, count: places }, combine);
    }
    if (stride > 1 || places === 0) current = current.map((x) => part(b, x, axis, 0, places, stride));
  });
  return c.through(b.operations, combine(initsOf(b, op), current));
}
