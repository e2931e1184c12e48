/** Random bits and the uniform distribution: what every other sampler starts from. */

import { type DType, dtypeTable } from "@fluxion/ir";
import { type ArrayLike, asArray } from "../core/as-array.ts";
import { dispatchOne } from "../core/dispatch.ts";
import { broadcastTo, convert, emitOne, full } from "../core/emit.ts";
import type { NDArray } from "../core/ndarray.ts";
import { rangeError, typeError } from "../core/user-error.ts";
import * as lax from "../lax/index.ts";
import { checkShape, isOptions, readDType, readShape } from "../numpy/options.ts";
import { defaultFloat } from "../numpy/promotion.ts";
import { checkKey, counters, keyWords } from "./keys.ts";
import { threefry2x32 } from "./threefry.ts";

type Shape = readonly number[];

/** Bits of a key in the current trace: uint8 to uint64. */
export function randomBits(key: NDArray, width: 8 | 16 | 32 | 64, shape: Shape): NDArray {
  const [k0, k1] = keyWords(key);
  const [a, b] = threefry2x32(k0, k1, ...counters(shape));
  if (width === 64) {
    const high = lax.shiftLeft(convert(a, "uint64"), full([], 32, "uint64"));
    return lax.bitwiseOr(high, convert(b, "uint64"));
  }
  return convert(lax.bitwiseXor(a, b), `uint${width}`);
}

/** What the trailing arguments of a sampler are: a shape and a dtype, by position or in an options object. */
export interface SamplerOptions {
  readonly shape: Shape | undefined;
  readonly dtype: DType | undefined;
}

/** Reads `(shape?, dtype?, options?)`. */
export function samplerOptions(
  fn: string,
  rest: readonly unknown[],
  extra: readonly string[] = [],
): SamplerOptions & Record<string, unknown> {
  const named: Record<string, unknown> = {};
  rest.forEach((arg, i) => {
    if (isOptions(arg)) Object.assign(named, arg);
    else if (arg !== undefined && arg !== null) named[["shape", "dtype"][i] ?? `argument ${i}`] = arg;
  });
  for (const name of Object.keys(named)) {
    if (!["shape", "dtype", ...extra].includes(name)) {
      throw typeError(
        `random.${fn}() got an unexpected option '${name}'. It takes: ${["shape", "dtype", ...extra].join(", ")}`,
      );
    }
  }
  const shape =
    named.shape === undefined || named.shape === null
      ? undefined
      : checkShape(fn, readShape(`random.${fn}`, named.shape));
  return { ...named, shape, dtype: readDType(fn, named.dtype) };
}

/**
 * Random bits as unsigned integers.
 * @throws RangeError if the dtype is not unsigned.
 */
export function bits(key: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const { shape = [], dtype = "uint32" } = samplerOptions("bits", rest);
  if (dtypeTable[dtype].kind !== "uint")
    throw rangeError(`dtype argument to \`bits\` must be an unsigned int dtype, got ${dtype}`);
  return dispatchOne("random.bits", [checkKey("bits", key)], { shape, dtype }, ([k], s) =>
    randomBits(k, dtypeTable[s.dtype].bits as 8 | 16 | 32 | 64, s.shape),
  );
}

/** Mantissa bits, bits drawn, and the pattern of 1.0, of each float format. */
const floatFormats = {
  float16: { mantissa: 10, draw: 16, one: 0x3c00, word: "uint16" },
  bfloat16: { mantissa: 7, draw: 8, one: 0x3f80, word: "uint16" },
  float32: { mantissa: 23, draw: 32, one: 0x3f800000, word: "uint32" },
  float64: { mantissa: 52, draw: 64, one: 0x3ff0000000000000n, word: "uint64" },
} as const;

export type SampleDType = keyof typeof floatFormats;

/** A float dtype for sampling. @throws RangeError if it is not one. */
export function sampleDType(fn: string, dtype: DType | undefined): SampleDType {
  const chosen = dtype ?? defaultFloat();
  if (chosen in floatFormats) return chosen as SampleDType;
  throw rangeError(`dtype argument to \`${fn}\` must be a float dtype, got ${chosen}`);
}

/** Uniform floats in [0, 1): random mantissas under the exponent of 1, less 1. */
export function unitFloats(key: NDArray, shape: Shape, dtype: SampleDType): NDArray {
  const { mantissa, draw, one, word } = floatFormats[dtype];
  const raw = convert(randomBits(key, draw, shape), word);
  const shifted = lax.shiftRightLogical(raw, full([], draw === 8 ? 1 : draw - mantissa, word));
  const pattern = lax.bitwiseOr(shifted, full([], one, word));
  const floats = emitOne("bitcast_convert", [pattern], {}, { types: [{ dtype, shape }] });
  return lax.sub(floats, full([], 1, dtype));
}

/** Uniform floats in [low, high) in the current trace: the bounds are arrays of the dtype that broadcast to the shape. */
export function uniformBody(
  key: NDArray,
  shape: Shape,
  dtype: SampleDType,
  low: NDArray,
  high: NDArray,
): NDArray {
  const unit = unitFloats(key, shape, dtype);
  const [a, b] = [broadcastTo(low, shape), broadcastTo(high, shape)];
  return lax.max(a, lax.add(lax.mul(unit, lax.sub(b, a)), a));
}

/** Uniform floats in [0, 1) or between scalar constants, in the current trace. */
export const uniformBetween = (
  key: NDArray,
  shape: Shape,
  dtype: SampleDType,
  low: number,
  high: number,
): NDArray =>
  low === 0 && high === 1
    ? unitFloats(key, shape, dtype)
    : uniformBody(key, shape, dtype, full([], low, dtype), full([], high, dtype));

/** Uniform floats in [minval, maxval): `uniform(key, shape?, dtype?, minval?, maxval?)`, or by options. */
export function uniform(key: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const [low, high] = [rest[2], rest[3]].map((x) => (isOptions(x) ? undefined : x));
  const options = samplerOptions(
    "uniform",
    rest.slice(0, 2).concat(rest.filter((x, i) => i >= 2 && isOptions(x))),
    ["minval", "maxval"],
  );
  const dtype = sampleDType("uniform", options.dtype);
  const bounds = [options.minval ?? low ?? 0, options.maxval ?? high ?? 1].map((x, i) =>
    asArray(x, "random.uniform", i + 3),
  );
  const shape = options.shape ?? broadcastShape(bounds);
  return dispatchOne(
    "random.uniform",
    [checkKey("uniform", key), ...bounds],
    { shape, dtype },
    ([k, a, b], s) => uniformBody(k, s.shape, s.dtype, convert(a, s.dtype), convert(b, s.dtype)),
  );
}

const broadcastShape = (arrays: readonly NDArray[]): Shape =>
  arrays.reduce<Shape>((widest, x) => (x.ndim > widest.length ? x.shape : widest), []);
