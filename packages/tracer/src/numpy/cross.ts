/** The cross product. */

import { type ArrayLike, asArray } from "../core/as-array.ts";
import { dispatchOne } from "../core/dispatch.ts";
import { atLocation } from "../core/errors.ts";
import { userLocation } from "../core/location.ts";
import type { NDArray } from "../core/ndarray.ts";
import * as lax from "../lax/index.ts";
import { multiply, subtract } from "./arithmetic.ts";
import { moveaxis } from "./axes.ts";
import { promote } from "./broadcast.ts";
import { stack } from "./join.ts";
import { readOptions } from "./options.ts";
import { readInteger } from "./scalars.ts";

/** Component i of vectors along the last axis; vectors of two components lie in the plane. */
const component = (x: NDArray, i: number): NDArray => lax.indexInDim(x, i, -1, false);
const difference = (a: NDArray, i: number, b: NDArray, j: number): NDArray =>
  subtract(multiply(component(a, i), component(b, j)), multiply(component(a, j), component(b, i)));

/**
 * Cross product of vectors of two or three components along an axis; the other axes broadcast. Two components on both
 * sides give the third component of the product alone.
 * @throws RangeError if an axis has another size.
 */
export function cross(a: ArrayLike, b: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const o = readOptions("cross", ["axisa", "axisb", "axisc", "axis"], rest);
  const [axisa, axisb, axisc] = [o.axisa, o.axisb, o.axisc].map((axis) =>
    readInteger(o.axis ?? axis, "axis", -1),
  );
  const operands = [asArray(a, "cross", 0), asArray(b, "cross", 1)];
  return dispatchOne("jnp.cross", operands, { axisa, axisb, axisc }, ([p, q], s) => {
    const [x, y] = [moveaxis(p, s.axisa, -1), moveaxis(q, s.axisb, -1)];
    const sizes = [x, y].map(({ shape }) => shape[shape.length - 1]);
    if (sizes.some((size) => size !== 2 && size !== 3))
      throw new RangeError(
        `Dimension must be either 2 or 3 for cross product, got ${sizes.join(" and ")}${atLocation(userLocation())}`,
      );
    if (sizes[0] === 2 && sizes[1] === 2) return difference(x, 0, y, 1);
    const [u, v] = promote("cross", [inSpace(x), inSpace(y)]);
    const [first, second, third] = [difference(u, 1, v, 2), difference(u, 2, v, 0), difference(u, 0, v, 1)];
    return moveaxis(stack([first, second, third], -1), -1, s.axisc);
  });
}

const inSpace = (x: NDArray): NDArray =>
  x.shape[x.ndim - 1] === 3
    ? x
    : lax.pad(
        x,
        lax.full([], 0, x.dtype),
        x.shape.map((_, i) => [0, i === x.ndim - 1 ? 1 : 0, 0]),
      );
