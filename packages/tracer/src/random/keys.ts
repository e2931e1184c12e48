/** Keys: uint32 arrays whose last dimension is 2. */

import { type DType, sizeOf } from "@fluxion/ir";
import { type ArrayLike, asArray } from "../core/as-array.ts";
import { config } from "../core/config.ts";
import { dispatchOne } from "../core/dispatch.ts";
import { convert, emitOne, full, reshape } from "../core/emit.ts";
import type { NDArray } from "../core/ndarray.ts";
import * as lax from "../lax/index.ts";
import { readShape } from "../numpy/options.ts";
import { threefry2x32 } from "./threefry.ts";

/**
 * A key from an integer seed: its high and low 32 bits (the high ones are 0 unless x64 is on).
 * @throws TypeError if the seed is not an integer scalar.
 */
export function PRNGKey(seed: ArrayLike): NDArray {
  const x = seedArray(seed);
  if (x.ndim !== 0 || !/int/.test(x.dtype)) {
    throw new TypeError(
      `PRNG key seed must be a scalar integer; got shape (${x.shape.join(", ")}) and dtype ${x.dtype}.`,
    );
  }
  return dispatchOne("random.PRNGKey", [x], undefined, ([s]) => {
    const wide = s.dtype === "int64" || s.dtype === "uint64";
    const low = convert(s, "uint32");
    const high = wide
      ? convert(lax.shiftRightLogical(s, full([], 32, s.dtype)), "uint32")
      : full([], 0, "uint32");
    const part = (v: NDArray): NDArray => reshape(v, [1]);
    return emitOne("concatenate", [part(high), part(low)], { dimension: 0 });
  });
}

/** Seeds beyond 32 bits wrap, as in JAX with x64 off. */
function seedArray(seed: ArrayLike): NDArray {
  if (typeof seed === "number" && Number.isInteger(seed)) return seedArray(BigInt(seed));
  if (typeof seed !== "bigint") return asArray(seed, "PRNGKey", 0);
  return config.enableX64
    ? asArray(new BigInt64Array([BigInt.asIntN(64, seed)])).get(0)
    : asArray(Number(BigInt.asIntN(32, seed)));
}

/** As `PRNGKey`. Fluxion has raw keys only: uint32 arrays whose last dimension is 2. */
export const key = (seed: ArrayLike): NDArray => PRNGKey(seed);
/** The uint32 array of a key. */
export const keyData = (k: ArrayLike): NDArray => checkKey("keyData", k);
/** A key from its uint32 array. */
export const wrapKeyData = (data: ArrayLike): NDArray => checkKey("wrapKeyData", data);

/** A key, or keys. @throws TypeError unless it is uint32 with a last dimension of 2. */
export function checkKey(fn: string, k: unknown, single = false): NDArray {
  const x = asArray(k, `random.${fn}`, 0);
  if (x.dtype === "uint32" && x.shape[x.ndim - 1] === 2 && (!single || x.ndim === 1)) return x;
  const what = single && x.ndim > 1 ? "a batch of keys" : `${x.dtype}[${x.shape.join(",")}]`;
  throw new TypeError(
    `random.${fn} expects a single PRNG key (uint32[2], from random.key or random.split), got ${what}. ` +
      (single && x.ndim > 1
        ? "Take one with keys.get(i), or use vmap."
        : "A seed is not a key: random.key(seed) makes one."),
  );
}

/** The two words of a single key. */
export function keyWords(k: NDArray): [NDArray, NDArray] {
  const word = (i: number): NDArray =>
    reshape(emitOne("slice", [k], { start_indices: [i], limit_indices: [i + 1], strides: [1] }), []);
  return [word(0), word(1)];
}

/** The 64-bit counter of each element in row-major order, as high and low words. */
export function counters(shape: readonly number[]): [NDArray, NDArray] {
  const low = linearIota(shape, "uint32");
  if (sizeOf(shape) <= 2 ** 32) return [broadcastScalar(0, shape), low];
  throw new RangeError(`random: cannot draw ${sizeOf(shape)} values in one call`);
}

const broadcastScalar = (value: number, shape: readonly number[]): NDArray => full(shape, value, "uint32");

const linearIota = (shape: readonly number[], dtype: DType): NDArray =>
  reshape(emitOne("iota", [], { iota_dimension: 0 }, { types: [{ dtype, shape: [sizeOf(shape)] }] }), shape);

/** `num` new keys of a key (`num` may be a shape): uint32[num, 2]. */
export function split(k: ArrayLike, num: number | readonly number[] = 2): NDArray {
  const x = checkKey("split", k, true);
  const shape = readShape("random.split", num);
  return dispatchOne("random.split", [x], { shape }, ([a], s) => {
    const [k0, k1] = keyWords(a);
    const [first, second] = threefry2x32(k0, k1, ...counters(s.shape));
    const last = (v: NDArray): NDArray => reshape(v, [...s.shape, 1]);
    return emitOne("concatenate", [last(first), last(second)], { dimension: s.shape.length });
  });
}

/** A key made of a key and an integer. */
export function foldIn(k: ArrayLike, data: ArrayLike): NDArray {
  const x = checkKey("foldIn", k, true);
  const d =
    typeof data === "number" && Number.isInteger(data) ? seedArray(data) : asArray(data, "random.foldIn", 1);
  if (d.ndim !== 0)
    throw new TypeError(`fold_in accepts a scalar, but got data of shape (${d.shape.join(", ")})`);
  return dispatchOne("random.foldIn", [x, d], undefined, ([a, n]) => {
    const [k0, k1] = keyWords(a);
    const [first, second] = threefry2x32(k0, k1, full([], 0, "uint32"), convert(n, "uint32"));
    return emitOne("concatenate", [reshape(first, [1]), reshape(second, [1])], { dimension: 0 });
  });
}
