/** Samplers: each is JAX's formula on uniform bits, so that draws agree with JAX's. Arguments: (key, ...params, shape?, dtype?). */

import { type DType, dtypeTable, isComplex } from "@fluxion/ir";
import { type ArrayLike, asArray } from "../core/as-array.ts";
import { avalOf } from "../core/aval.ts";
import { dispatchOne } from "../core/dispatch.ts";
import { broadcastTo, convert, emit, emitOne, full } from "../core/emit.ts";
import type { NDArray } from "../core/ndarray.ts";
import { traceRegion } from "../core/trace.ts";
import { typeError } from "../core/user-error.ts";
import * as lax from "../lax/index.ts";
import { broadcastError, tryBroadcastShapes } from "../numpy/broadcast.ts";
import { normalizeAxis } from "../numpy/options.ts";
import { defaultFloat, defaultInt } from "../numpy/promotion.ts";
import {
  randomBits,
  type SampleDType,
  sampleDType,
  samplerOptions,
  uniformBetween,
  unitFloats,
} from "./bits.ts";
import { checkKey, counters, keyWords } from "./keys.ts";
import { threefry2x32 } from "./threefry.ts";

type Shape = readonly number[];

/** Least positive normal number of each format. */
const tiny: Record<SampleDType, number> = {
  float16: 2 ** -14,
  bfloat16: 2 ** -126,
  float32: 2 ** -126,
  float64: 2 ** -1022,
};
/** The number next to −1 towards 0. */
const aboveMinusOne: Record<SampleDType, number> = {
  float16: -1 + 2 ** -11,
  bfloat16: -1 + 2 ** -8,
  float32: -1 + 2 ** -24,
  float64: -1 + 2 ** -53,
};
const epsilon: Record<SampleDType, number> = {
  float16: 2 ** -10,
  bfloat16: 2 ** -7,
  float32: 2 ** -23,
  float64: 2 ** -52,
};

type Body = (key: NDArray, shape: Shape, dtype: SampleDType) => NDArray;

/** A sampler without parameters. */
function plainSampler(name: string, body: Body) {
  return (key: ArrayLike, ...rest: readonly unknown[]): NDArray => {
    const options = samplerOptions(name, rest);
    const dtype = sampleDType(name, options.dtype);
    const statics = { shape: options.shape ?? [], dtype };
    return dispatchOne(`random.${name}`, [checkKey(name, key)], statics, ([k], s) =>
      body(k, s.shape, s.dtype),
    );
  };
}

/** √2 · erf⁻¹(u) with u uniform in (−1, 1). */
export const normalBody: Body = (key, shape, dtype) => {
  const u = uniformBetween(key, shape, dtype, aboveMinusOne[dtype], 1);
  return lax.mul(full([], Math.SQRT2, dtype), lax.erfInv(u));
};
const realNormal = plainSampler("normal", normalBody);

/** Standard normal floats; complex ones have independent parts of variance ½. */
export function normal(key: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const options = samplerOptions("normal", rest);
  if (options.dtype === undefined || !isComplex(options.dtype)) return realNormal(key, ...rest);
  const part: SampleDType = options.dtype === "complex64" ? "float32" : "float64";
  return dispatchOne(
    "random.normal.complex",
    [checkKey("normal", key)],
    { shape: options.shape ?? [], part },
    ([k], s) => {
      const [first, second] = splitIn(k, 2);
      const scale = full([], Math.SQRT1_2, s.part);
      return lax.complex(
        lax.mul(scale, normalBody(first, s.shape, s.part)),
        lax.mul(scale, normalBody(second, s.shape, s.part)),
      );
    },
  );
}

/** Keys split in the current trace. */
export function splitIn(key: NDArray, count: number): NDArray[] {
  const [k0, k1] = keyWords(key);
  const [a, b] = threefry2x32(k0, k1, ...counters([count]));
  return Array.from({ length: count }, (_, i) => {
    const at = (x: NDArray): NDArray =>
      emitOne("slice", [x], { start_indices: [i], limit_indices: [i + 1], strides: [1] });
    return emitOne("concatenate", [at(a), at(b)], { dimension: 0 });
  });
}

/** Exponential with rate 1: −log1p(−u). */
export const exponential = plainSampler("exponential", (key, shape, dtype) =>
  lax.neg(lax.log1p(lax.neg(unitFloats(key, shape, dtype)))),
);

export const gumbelBody: Body = (key, shape, dtype) =>
  lax.neg(lax.log(lax.neg(lax.log(uniformBetween(key, shape, dtype, tiny[dtype], 1)))));

/** Gumbel: −log(−log u). */
export const gumbel = plainSampler("gumbel", gumbelBody);

/** Laplace: sign(u) log1p(−|u|). */
export const laplace = plainSampler("laplace", (key, shape, dtype) => {
  const u = uniformBetween(key, shape, dtype, aboveMinusOne[dtype], 1);
  return lax.mul(lax.sign(u), lax.log1p(lax.neg(lax.abs(u))));
});

/** Logistic: log u − log1p(−u). */
export const logistic = plainSampler("logistic", (key, shape, dtype) => {
  const u = uniformBetween(key, shape, dtype, tiny[dtype], 1);
  return lax.sub(lax.log(u), lax.log1p(lax.neg(u)));
});

/** Cauchy: tan(π (u − ½)). */
export const cauchy = plainSampler("cauchy", (key, shape, dtype) => {
  const u = uniformBetween(key, shape, dtype, epsilon[dtype], 1);
  return lax.tan(lax.mul(full([], Math.PI, dtype), lax.sub(u, full([], 0.5, dtype))));
});

/** Shape of a draw: the given one, or that of the parameters. @throws if the parameters do not broadcast to it. */
export function drawShape(name: string, shape: Shape | undefined, parameters: readonly NDArray[]): Shape {
  const own = parameters.map((x) => x.shape);
  const common = tryBroadcastShapes(shape ? [...own, shape] : own);
  if (common === undefined || (shape && common.join() !== shape.join()))
    throw broadcastError(`random.${name}`, shape ? [...own, shape] : own);
  return shape ?? common;
}

/** Booleans that are true with probability `p` (½ unless given). */
export function bernoulli(key: ArrayLike, p: ArrayLike = 0.5, ...rest: readonly unknown[]): NDArray {
  const probability = asArray(p, "random.bernoulli", 1);
  const dtype =
    dtypeTable[probability.dtype].kind === "float" ? (probability.dtype as SampleDType) : undefined;
  if (dtype === undefined)
    throw typeError(`bernoulli probability \`p\` must have a floating dtype, got ${probability.dtype}.`);
  const shape = drawShape("bernoulli", samplerOptions("bernoulli", rest).shape, [probability]);
  return dispatchOne(
    "random.bernoulli",
    [checkKey("bernoulli", key), probability],
    { shape, dtype },
    ([k, q], s) => lax.lt(unitFloats(k, s.shape, s.dtype), broadcastTo(q, s.shape)),
  );
}

/** −1 or 1 with equal probability. */
export function rademacher(key: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const options = samplerOptions("rademacher", rest);
  const statics = {
    shape: options.shape ?? [],
    dtype: options.dtype ?? defaultInt(),
    float: defaultFloat() as SampleDType,
  };
  return dispatchOne("random.rademacher", [checkKey("rademacher", key)], statics, ([k], s) => {
    const heads = convert(lax.lt(unitFloats(k, s.shape, s.float), full([], 0.5, s.float)), s.dtype);
    return lax.sub(lax.mul(full([], 2, s.dtype), heads), full([], 1, s.dtype));
  });
}

/** Integers in [minval, maxval): `randint(key, shape, minval, maxval, dtype?)`. */
export function randint(
  key: ArrayLike,
  shape: number | readonly number[],
  minval: ArrayLike,
  maxval: ArrayLike,
  ...rest: readonly unknown[]
): NDArray {
  const options = samplerOptions("randint", [shape, ...rest]);
  const dtype = options.dtype ?? defaultInt();
  if (!/int/.test(dtype)) throw typeError(`randint only accepts integer dtypes, got ${dtype}`);
  const bounds = [boundArray(minval, dtype, 2), boundArray(maxval, dtype, 3)];
  const dims = drawShape(
    "randint",
    options.shape,
    bounds.map(({ array }) => array),
  );
  const statics = { shape: dims, dtype, past: bounds[1].past };
  const operands = [checkKey("randint", key), ...bounds.map(({ array }) => array)];
  return dispatchOne("random.randint", operands, statics, ([k, low, high], s) =>
    randintBody(k, s, low, high),
  );
}

/** A bound as an array; one past the dtype's largest value is remembered as such. */
function boundArray(
  bound: ArrayLike,
  dtype: DType,
  position: number,
): { readonly array: NDArray; readonly past: boolean } {
  const { kind, bits } = dtypeTable[dtype];
  const top = kind === "uint" ? 2n ** BigInt(bits) : 2n ** BigInt(bits - 1);
  const bottom = kind === "uint" ? 0n : -top;
  if ((typeof bound === "number" && Number.isInteger(bound)) || typeof bound === "bigint") {
    const value = BigInt(bound);
    const clamped = value < bottom ? bottom : value > top - 1n ? top - 1n : value;
    const scalar = bits === 64 ? clamped : Number(clamped);
    return { array: scalarOf(scalar, dtype), past: value >= top };
  }
  return { array: asArray(bound, "random.randint", position), past: false };
}

const scalarOf = (value: number | bigint, dtype: DType): NDArray => full([], value, dtype);

interface RandintStatics {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly past: boolean;
}

/** Two draws reduce the bias of the remainder: JAX's formula, with at least 32 bits a draw. */
export function randintBody(
  key: NDArray,
  { shape, dtype, past }: RandintStatics,
  minval: NDArray,
  maxval: NDArray,
): NDArray {
  const { bits, kind } = dtypeTable[dtype];
  const wide: DType = bits >= 32 ? dtype : kind === "int" ? "int32" : "uint32";
  const width = bits === 64 ? 64 : 32;
  const word: DType = `uint${width}`;
  const low = broadcastTo(convert(minval, wide), shape);
  const high = broadcastTo(convert(maxval, wide), shape);
  const [first, second] = splitIn(key, 2);
  const [upper, lower] = [randomBits(first, width, shape), randomBits(second, width, shape)];
  const one = full(shape, 1, word);
  const difference = convert(lax.sub(high, low), word);
  const plain = lax.select(lax.le(high, low), one, difference);
  const span = past ? lax.select(lax.gt(high, low), lax.add(plain, one), plain) : plain;
  const half = lax.rem(full(shape, 2 ** (width / 2), word), span);
  const multiplier = lax.rem(lax.mul(half, half), span);
  const offset = lax.add(lax.mul(lax.rem(upper, span), multiplier), lax.rem(lower, span));
  return convert(lax.add(low, convert(lax.rem(offset, span), wide)), dtype);
}

/**
 * Indices drawn with the probabilities softmax(logits) along `axis` (the last unless given).
 * `shape` is that of the result: it must end in the logits' shape without the axis.
 */
export function categorical(key: ArrayLike, logits: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const positionalAxis = typeof rest[0] === "number" ? rest[0] : undefined;
  const options = samplerOptions("categorical", positionalAxis === undefined ? rest : rest.slice(1), [
    "axis",
  ]);
  const x = asArray(logits, "random.categorical", 1);
  const axis = normalizeAxis(options.axis ?? positionalAxis ?? -1, x.ndim);
  const batch = x.shape.filter((_, i) => i !== axis);
  const shape = options.shape ?? batch;
  const prefix = shape.slice(0, shape.length - batch.length);
  if (shape.slice(prefix.length).join() !== batch.join())
    throw broadcastError("random.categorical", [shape, batch]);
  const dtype =
    dtypeTable[x.dtype].kind === "float" ? (x.dtype as SampleDType) : (defaultFloat() as SampleDType);
  const statics = { prefix, axis, dtype };
  return dispatchOne("random.categorical", [checkKey("categorical", key), x], statics, ([k, l], s) => {
    const whole = [...s.prefix, ...l.shape];
    const noise = gumbelBody(k, whole, s.dtype);
    return argmaxIndex(lax.add(noise, broadcastTo(convert(l, s.dtype), whole)), s.prefix.length + s.axis);
  });
}

/** Index of the first largest element along an axis, NaN above all. */
function argmaxIndex(x: NDArray, axis: number): NDArray {
  const index = emitOne(
    "iota",
    [],
    { iota_dimension: axis },
    { types: [{ dtype: "int32", shape: x.shape }] },
  );
  const init = [full([], Number.NEGATIVE_INFINITY, x.dtype), full([], 0, "int32")];
  const scalar = avalOf(x.dtype, []);
  const position = avalOf("int32", []);
  const { block } = traceRegion([scalar, position, scalar, position], ([a, i, b, j]) => {
    const greater = lax.bitwiseOr(lax.gt(a, b), lax.ne(a, a));
    const first = lax.bitwiseOr(greater, lax.bitwiseAnd(lax.eq(a, b), lax.lt(i, j)));
    return [lax.select(greater, a, b), lax.select(first, i, j)];
  });
  return emit("reduce", [x, index, ...init], { dimensions: [axis] }, { regions: [block] })[1];
}
