/**
 * Threefry-2x32 with 20 rounds (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011), on arrays: every
 * element hashes a counter of its own, so that a draw is one elementwise loop.
 */

import { full } from "../core/emit.ts";
import type { NDArray } from "../core/ndarray.ts";
import * as lax from "../lax/index.ts";

const rotations = [
  [13, 15, 26, 6],
  [17, 29, 16, 24],
] as const;
const parity = 0x1bd11bda;

const u32 = (value: number): NDArray => full([], value, "uint32");

const rotateLeft = (x: NDArray, by: number): NDArray =>
  lax.bitwiseOr(lax.shiftLeft(x, u32(by)), lax.shiftRightLogical(x, u32(32 - by)));

/** Hashes the counter (x0, x1) with the key (k0, k1); all uint32, keys scalar or of the counters' shape. */
export function threefry2x32(k0: NDArray, k1: NDArray, x0: NDArray, x1: NDArray): [NDArray, NDArray] {
  const keys = [k0, k1, lax.bitwiseXor(lax.bitwiseXor(k0, k1), u32(parity))];
  let a = lax.add(x0, keys[0]);
  let b = lax.add(x1, keys[1]);
  for (let round = 0; round < 5; round++) {
    for (const by of rotations[round % 2]) {
      a = lax.add(a, b);
      b = lax.bitwiseXor(rotateLeft(b, by), a);
    }
    a = lax.add(a, keys[(round + 1) % 3]);
    b = lax.add(lax.add(b, keys[(round + 2) % 3]), u32(round + 1));
  }
  return [a, b];
}
