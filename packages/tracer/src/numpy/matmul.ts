/** NumPy's matrix product with batches, as one contraction. */

import { formatShape } from "@fluxion/ir";
import { atLocation } from "../core/errors.ts";
import { userLocation } from "../core/location.ts";
import type { NDArray } from "../core/ndarray.ts";
import * as lax from "../lax/index.ts";

type Contract = (a: NDArray, b: NDArray, numbers: lax.DotDimensionNumbers) => NDArray;

/** What becomes of each batch axis, by its place in the result. */
interface BatchPlan {
  /** Axes of size 1 that are dropped from an operand. */
  readonly squeeze: readonly [number[], number[]];
  /** Paired axes of the squeezed operands. */
  readonly batch: readonly [number[], number[]];
  /** Places in the result of the paired axes, and of those that one operand alone has. */
  readonly places: readonly [paired: number[], left: number[], right: number[]];
  /** Places of axes that have size 1 in both. */
  readonly ones: number[];
}

const batchOf = ({ shape }: NDArray): readonly number[] => shape.slice(0, -2);

/**
 * An axis that one operand lacks, or has with size 1, is not repeated: it stays an axis of the other operand alone, so
 * that the product is one larger matrix product instead of many small ones.
 */
function planBatches(a: NDArray, b: NDArray): BatchPlan {
  const rank = Math.max(batchOf(a).length, batchOf(b).length);
  const align = (batch: readonly number[]): (number | undefined)[] => [
    ...new Array<undefined>(rank - batch.length).fill(undefined),
    ...batch,
  ];
  const [left, right] = [align(batchOf(a)), align(batchOf(b))];
  const plan: BatchPlan = { squeeze: [[], []], batch: [[], []], places: [[], [], []], ones: [] };
  const kept = [0, 0];
  const axes = [0, 0];
  for (let place = 0; place < rank; place++) {
    const [m, n] = [left[place], right[place]];
    const drop = (side: 0 | 1): void => void plan.squeeze[side].push(axes[side]);
    if (m === undefined || (m === 1 && n !== 1 && n !== undefined)) {
      if (m === 1) drop(0);
      plan.places[2].push(place);
      kept[1]++;
    } else if (n === undefined || (n === 1 && m !== 1)) {
      if (n === 1) drop(1);
      plan.places[1].push(place);
      kept[0]++;
    } else if (m === 1 && n === 1) {
      drop(0);
      drop(1);
      plan.ones.push(place);
    } else if (m === n) {
      plan.batch[0].push(kept[0]++);
      plan.batch[1].push(kept[1]++);
      plan.places[0].push(place);
    } else throw batchError(a, b);
    if (m !== undefined) axes[0]++;
    if (n !== undefined) axes[1]++;
  }
  return plan;
}

function batchError(a: NDArray, b: NDArray): RangeError {
  const type = (x: NDArray): string => `${x.dtype}[${x.shape.join(",")}]`;
  return new RangeError(
    `Incompatible types for matmul arguments: ${type(a)} and ${type(b)}: the batch axes ${formatShape(batchOf(a))} and ` +
      `${formatShape(batchOf(b))} do not broadcast.${atLocation(userLocation())}`,
  );
}

/** Emits the product; `contract` makes the contraction. */
export function matmulBody(a: NDArray, b: NDArray, contract: Contract): NDArray {
  [a, b].forEach((x, i) => {
    if (x.ndim < 1)
      throw new RangeError(
        `matmul input operand ${i} must have ndim at least 1, but it has ndim ${x.ndim}${atLocation(userLocation())}`,
      );
  });
  const { squeeze, batch, places, ones } = planBatches(a, b);
  const [x, y] = [lax.squeeze(a, squeeze[0]), lax.squeeze(b, squeeze[1])];
  const rank = Math.max(batchOf(a).length, batchOf(b).length);
  const rows = a.ndim > 1 ? [rank] : [];
  const columns = b.ndim > 1 ? [rank + rows.length] : [];
  const contracting = [[x.ndim - 1], [b.ndim > 1 ? y.ndim - 2 : 0]] as const;
  const product = contract(x, y, [contracting, batch]);
  const order = [...places[0], ...places[1], ...rows, ...places[2], ...columns];
  const permutation = order.map((_, i) => i).sort((p, q) => order[p] - order[q]);
  return lax.expandDims(lax.transpose(product, permutation), ones);
}
