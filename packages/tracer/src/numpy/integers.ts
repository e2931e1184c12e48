/** Functions of whole numbers. */

import { isInteger, isUnsigned } from "@fluxion/ir";
import { type ArrayLike, asArray } from "../core/as-array.ts";
import { dispatchOne } from "../core/dispatch.ts";
import type { NDArray } from "../core/ndarray.ts";
import { typeError } from "../core/user-error.ts";
import * as lax from "../lax/index.ts";
import { floorDivide } from "./arithmetic.ts";
import { promote } from "./broadcast.ts";
import { constLike } from "./define.ts";
import { any } from "./reduce.ts";
import { where } from "./where.ts";

/** |x|; unsigned numbers have no sign. */
const size = (x: NDArray): NDArray => (isUnsigned(x.dtype) ? x : lax.abs(x));

const readIntegers = (name: string, operands: readonly NDArray[]): NDArray[] => {
  const promoted = promote(name, operands);
  if (!isInteger(promoted[0].dtype))
    throw typeError(`Arguments to jax.numpy.${name} must be integers, got ${promoted[0].dtype}.`);
  return promoted.map(size);
};

/** Euclid's algorithm on all elements at once, until the last one is done: (a, b) → (b, a mod b) where b ≠ 0. */
function euclid(x: NDArray, y: NDArray): NDArray {
  const zero = constLike(y, 0);
  const [result] = lax.whileLoop(
    ([, b]: NDArray[]) => any(lax.ne(b, zero)),
    ([a, b]: NDArray[]) => {
      const going = lax.ne(b, zero);
      return [where(going, b, a), where(going, lax.rem(a, b), zero)];
    },
    [x, y],
  );
  return result;
}

const integerFunction =
  (name: string, body: (x: NDArray, y: NDArray) => NDArray) =>
  (x1: ArrayLike, x2: ArrayLike): NDArray =>
    dispatchOne(`jnp.${name}`, [asArray(x1, name, 0), asArray(x2, name, 1)], undefined, (operands) => {
      const [x, y] = readIntegers(name, operands);
      return body(x, y);
    });

/** Greatest common divisor, never negative; gcd(0, 0) is 0. @throws TypeError unless both are integers. */
export const gcd = integerFunction("gcd", euclid);
/** Least common multiple, never negative; 0 where either is 0. @throws TypeError unless both are integers. */
export const lcm = integerFunction("lcm", (x, y) => {
  const divisor = euclid(x, y);
  const zero = constLike(divisor, 0);
  return where(lax.eq(divisor, zero), zero, lax.mul(x, floorDivide(y, divisor)));
});
