/**
 * Keys, of two kinds: typed ones (`random.key`; dtype `key<fry>`, one element a key) and raw ones (`random.PRNGKey`; uint32
 * whose last dimension is 2). Functions take both and give back the kind that they got.
 */

import { type DType, formatShape, sizeOf } from "@fluxion/ir";
import { type ArrayLike, asArray, asArrayOrKey, scalarArray } from "../core/as-array.ts";
import { keyWidth } from "../core/aval.ts";
import { config } from "../core/config.ts";
import { dispatchOne } from "../core/dispatch.ts";
import { convert, emitOne, full, reshape } from "../core/emit.ts";
import { atLocation } from "../core/errors.ts";
import { userLocation } from "../core/location.ts";
import { isKey, keysOf, type NDArray, wordsOf } from "../core/ndarray.ts";
import { notImplemented, rangeError, typeError } from "../core/user-error.ts";
import * as lax from "../lax/index.ts";
import { checkShape, readShape } from "../numpy/options.ts";
import { threefry2x32 } from "./threefry.ts";

/**
 * A raw key (uint32[2]) from an integer seed: its high and low 32 bits (the high ones are 0 unless x64 is on).
 * @throws TypeError if the seed is not an integer scalar.
 */
export function PRNGKey(seed: ArrayLike): NDArray {
  if (isKey(seed))
    throw new TypeError(
      `PRNGKey accepts a scalar seed, but was given a PRNG key.${atLocation(userLocation())}`,
    );
  const x = seedArray(seed);
  if (x.ndim !== 0 || !/int/.test(x.dtype)) {
    throw typeError(
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

/** What chooses the generator of a key. */
export interface KeyOptions {
  /** `threefry2x32`, JAX's default, is the only one. */
  readonly impl?: string | null;
}

const implementation = "threefry2x32";

function checkImplementation(fn: string, impl: unknown): void {
  if (impl === undefined || impl === null || impl === implementation || impl === "fry") return;
  throw notImplemented(
    `random.${fn}: unrecognized PRNG implementation ${JSON.stringify(impl)}. Fluxion has "${implementation}".`,
  );
}

/** A typed key from an integer seed: dtype `key<fry>`, shape (). @throws TypeError as `PRNGKey`. */
export function key(seed: ArrayLike, options: KeyOptions = {}): NDArray {
  checkImplementation("key", options.impl);
  return keysOf(PRNGKey(seed));
}

/** The uint32 array of a key: its words are the last dimension. */
export const keyData = (keys: ArrayLike): NDArray => readKeys("keyData", keys).words;

/** Typed keys from their words. @throws TypeError unless they are uint32 with a last dimension of 2. */
export function wrapKeyData(data: ArrayLike, options: KeyOptions = {}): NDArray {
  checkImplementation("wrapKeyData", options.impl);
  return keysOf(rawWords(asArray(data, "random.wrapKeyData", 0)));
}

/** Name of the generator of a key. */
export function keyImpl(keys: ArrayLike): string {
  readKeys("keyImpl", keys);
  return implementation;
}

/** A key with the same draws: JAX's mark that using a key again is meant. */
export function clone(keys: ArrayLike): NDArray {
  const { words, typed } = readKeys("clone", keys);
  return likewise(words, typed);
}

function rawWords(x: NDArray): NDArray {
  if (x.dtype === "uint32" && x.shape.at(-1) === keyWidth) return x;
  const problem =
    x.dtype === "uint32"
      ? `expected key_data.shape to end with (2,); got shape=${formatShape(x.shape)}`
      : `expected key_data.dtype = uint32; got dtype=${x.dtype}`;
  throw new TypeError(
    `JAX encountered invalid PRNG key data: ${problem}. A seed is not a key: random.key(seed) makes one` +
      atLocation(userLocation()),
  );
}

/** Keys as their words, and whether they were typed. */
interface Keys {
  readonly words: NDArray;
  readonly typed: boolean;
}

/** Keys, typed or raw. @throws TypeError on anything else. */
export function readKeys(fn: string, keys: unknown): Keys {
  const x = asArrayOrKey(keys, `random.${fn}`, 0);
  return isKey(x) ? { words: wordsOf(x), typed: true } : { words: rawWords(x), typed: false };
}

/** One key, typed or raw. @throws RangeError on an array of keys, TypeError on anything else. */
export function readKey(fn: string, k: unknown): Keys {
  const keys = readKeys(fn, k);
  if (keys.words.ndim === 1) return keys;
  throw new RangeError(
    `${fn} accepts a single key, but was given a key array of shape ${formatShape(keys.words.shape.slice(0, -1))} != (). ` +
      `Use vmap for batching, or take one with keys.get(i)${atLocation(userLocation())}`,
  );
}

/** The words of one key. */
export const checkKey = (fn: string, k: unknown): NDArray => readKey(fn, k).words;

/** Keys of the kind that came in. */
const likewise = (words: NDArray, typed: boolean): NDArray => (typed ? keysOf(words) : words);

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
  throw rangeError(`random: cannot draw ${sizeOf(shape)} values in one call`);
}

const broadcastScalar = (value: number, shape: readonly number[]): NDArray => full(shape, value, "uint32");

const linearIota = (shape: readonly number[], dtype: DType): NDArray =>
  reshape(emitOne("iota", [], { iota_dimension: 0 }, { types: [{ dtype, shape: [sizeOf(shape)] }] }), shape);

/** `num` new keys of a key (`num` may be a shape): key<fry>[num], or uint32[num, 2] of a raw key. */
export function split(k: ArrayLike, num: number | readonly number[] = 2): NDArray {
  const { words, typed } = readKey("split", k);
  const shape = checkShape("random.split", readShape("random.split", num));
  const keys = dispatchOne("random.split", [words], { shape }, ([a], s) => {
    const [k0, k1] = keyWords(a);
    const [first, second] = threefry2x32(k0, k1, ...counters(s.shape));
    const last = (v: NDArray): NDArray => reshape(v, [...s.shape, 1]);
    return emitOne("concatenate", [last(first), last(second)], { dimension: s.shape.length });
  });
  return likewise(keys, typed);
}

/** A key made of a key and an integer; typed if the key is. */
export function foldIn(k: ArrayLike, data: ArrayLike): NDArray {
  const { words, typed } = readKey("foldIn", k);
  const isWhole = typeof data === "bigint" || (typeof data === "number" && Number.isInteger(data));
  const d = isWhole ? scalarArray(data, "uint32") : asArray(data, "random.foldIn", 1);
  if (d.ndim !== 0)
    throw typeError(`fold_in accepts a scalar, but got data of shape (${d.shape.join(", ")})`);
  const folded = dispatchOne("random.foldIn", [words, d], undefined, ([a, n]) => {
    const [k0, k1] = keyWords(a);
    const [first, second] = threefry2x32(k0, k1, full([], 0, "uint32"), convert(n, "uint32"));
    return emitOne("concatenate", [reshape(first, [1]), reshape(second, [1])], { dimension: 0 });
  });
  return likewise(folded, typed);
}
