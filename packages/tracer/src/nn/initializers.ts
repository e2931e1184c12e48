/**
 * `nn.initializers`: functions `(key, shape, dtype?)` that draw the weights of a layer. The variance-scaling ones keep the
 * variance of what passes through: Glorot & Bengio, AISTATS 2010; He et al., ICCV 2015; LeCun et al., 1998.
 */

import type { DType } from "@fluxion/ir";
import type { ArrayLike } from "../core/as-array.ts";
import type { NDArray } from "../core/ndarray.ts";
import { rangeError } from "../core/user-error.ts";
import * as jnp from "../numpy/index.ts";
import { normalizeAxis } from "../numpy/options.ts";
import { defaultFloat } from "../numpy/promotion.ts";
import * as random from "../random/index.ts";

/** Draws an array. The dtype is the one that the initializer was made with (the default float) unless given. */
export type Initializer = (key: ArrayLike, shape: readonly number[], dtype?: DType) => NDArray;

type Axes = number | readonly number[];

export type ScalingMode = "fan_in" | "fan_out" | "fan_avg" | "fan_geo_avg";
export type ScalingDistribution = "truncated_normal" | "normal" | "uniform";

/** Axes that a layer sums over, makes, and ignores; the others are its receptive field. */
export interface FanOptions {
  readonly inAxis?: Axes;
  readonly outAxis?: Axes;
  readonly batchAxis?: Axes;
  readonly dtype?: DType;
}

/** Every element 0. */
export const zeros: Initializer = (_, shape, dtype) => jnp.zeros(shape, dtype ?? defaultFloat()) as NDArray;
/** Every element 1. */
export const ones: Initializer = (_, shape, dtype) => jnp.ones(shape, dtype ?? defaultFloat()) as NDArray;

/** Every element `value`, or an array that broadcasts to the shape. */
export const constant =
  (value: ArrayLike, own?: DType): Initializer =>
  (_, shape, dtype) =>
    jnp.full(shape, value, dtype ?? own ?? defaultFloat());

/** Uniform in [0, scale). */
export const uniform =
  (scale: ArrayLike = 1e-2, own?: DType): Initializer =>
  (key, shape, dtype) =>
    scaled(random.uniform(key, shape, dtype ?? own ?? defaultFloat()), scale);

/** Normal with mean 0 and standard deviation `stddev`. */
export const normal =
  (stddev: ArrayLike = 1e-2, own?: DType): Initializer =>
  (key, shape, dtype) =>
    scaled(random.normal(key, shape, dtype ?? own ?? defaultFloat()), stddev);

/** As `normal`, of draws between `lower` and `upper` standard deviations. */
export const truncatedNormal =
  (stddev: ArrayLike = 1e-2, own?: DType, lower = -2, upper = 2): Initializer =>
  (key, shape, dtype) =>
    scaled(random.truncatedNormal(key, lower, upper, shape, dtype ?? own ?? defaultFloat()), stddev);

const scaled = (x: NDArray, factor: ArrayLike): NDArray =>
  jnp.multiply(x, jnp.asarray(factor, x.dtype)) as NDArray;

const listOf = (axes: Axes): readonly number[] => (typeof axes === "number" ? [axes] : axes);

/** Inputs that each output of a layer sums, and outputs that each input goes into. */
function fansOf(shape: readonly number[], { inAxis = -2, outAxis = -1, batchAxis = [] }: FanOptions) {
  if (inAxis === -2 && shape.length < 2) {
    throw rangeError(
      `Can't compute input and output sizes of a ${shape.length}-dimensional weights tensor with default inAxis. Must be at ` +
        "least 2D or specify inAxis explicitly.",
    );
  }
  const sizeOf = (axes: Axes): number =>
    listOf(axes).reduce((product, axis) => product * shape[normalizeAxis(axis, shape.length)], 1);
  const [inputs, outputs, batch] = [inAxis, outAxis, batchAxis].map(sizeOf);
  const field = shape.reduce((product, size) => product * size, 1) / inputs / outputs / batch;
  return { fanIn: inputs * field, fanOut: outputs * field };
}

const denominators: Readonly<Record<ScalingMode, (fanIn: number, fanOut: number) => number>> = {
  fan_in: (fanIn) => fanIn,
  fan_out: (_, fanOut) => fanOut,
  fan_avg: (fanIn, fanOut) => (fanIn + fanOut) / 2,
  fan_geo_avg: (fanIn, fanOut) => Math.sqrt(fanIn * fanOut),
};

/** Standard deviation of a normal draw cut at ±2. */
const truncatedDeviation = 0.8796256610342398;

/** Draws of variance v: a uniform one over ±√(3v). */
const distributions: Readonly<
  Record<ScalingDistribution, (key: ArrayLike, shape: readonly number[], variance: NDArray) => NDArray>
> = {
  truncated_normal: (key, shape, v) => {
    const deviation = jnp.divide(jnp.sqrt(v), jnp.asarray(truncatedDeviation, v.dtype)) as NDArray;
    return jnp.multiply(random.truncatedNormal(key, -2, 2, shape, v.dtype), deviation) as NDArray;
  },
  normal: (key, shape, v) => jnp.multiply(random.normal(key, shape, v.dtype), jnp.sqrt(v)) as NDArray,
  uniform: (key, shape, v) =>
    jnp.multiply(random.uniform(key, shape, v.dtype, -1), jnp.sqrt(jnp.multiply(3, v))) as NDArray,
};

/**
 * Draws of variance scale / n, where n is the number of inputs, of outputs, or their mean.
 * @throws RangeError on an unknown mode or distribution, or a shape without the axes.
 */
export function varianceScaling(
  scale: number,
  mode: ScalingMode,
  distribution: ScalingDistribution,
  options: FanOptions = {},
): Initializer {
  const [denominator, draw] = [denominators[mode], distributions[distribution]];
  if (denominator === undefined)
    throw rangeError(
      `invalid mode for variance scaling initializer: ${mode}. Modes: ${Object.keys(denominators).join(", ")}`,
    );
  if (draw === undefined) {
    throw rangeError(
      `invalid distribution for variance scaling initializer: ${distribution}. Distributions: ${Object.keys(distributions).join(", ")}`,
    );
  }
  return (key, shape, dtype) => {
    const { fanIn, fanOut } = fansOf(shape, options);
    const variance = jnp.asarray(
      scale / denominator(fanIn, fanOut),
      dtype ?? options.dtype ?? defaultFloat(),
    );
    return draw(key, shape, variance);
  };
}

const scaling =
  (scale: number, mode: ScalingMode, distribution: ScalingDistribution) =>
  (options: FanOptions = {}): Initializer =>
    varianceScaling(scale, mode, distribution, options);

export const glorotUniform = scaling(1, "fan_avg", "uniform");
export const glorotNormal = scaling(1, "fan_avg", "truncated_normal");
export const lecunUniform = scaling(1, "fan_in", "uniform");
export const lecunNormal = scaling(1, "fan_in", "truncated_normal");
export const heUniform = scaling(2, "fan_in", "uniform");
export const heNormal = scaling(2, "fan_in", "truncated_normal");
export {
  glorotNormal as xavierNormal,
  glorotUniform as xavierUniform,
  heNormal as kaimingNormal,
  heUniform as kaimingUniform,
};
