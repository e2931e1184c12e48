/** `jnp.pad`: elements around an array, by mode. */

import { formatShape, isComplex, isFloat } from "@fluxion/ir";
import { type ArrayLike, asArray, FloatScalar, type NestedArrayLike } from "../core/as-array.ts";
import { dispatchOne } from "../core/dispatch.ts";
import { convert } from "../core/emit.ts";
import { atLocation } from "../core/errors.ts";
import { userLocation } from "../core/location.ts";
import type { NDArray } from "../core/ndarray.ts";
import { rangeError, typeError } from "../core/user-error.ts";
import * as lax from "../lax/index.ts";
import { multiply, subtract } from "./arithmetic.ts";
import { array } from "./array.ts";
import { broadcastTo } from "./broadcasting.ts";
import { linspace } from "./creation.ts";
import { weakLike } from "./define.ts";
import { readOptions } from "./options.ts";
import { max, min } from "./reduce.ts";
import { round } from "./rounding.ts";
import { mean } from "./statistics.ts";

type Pair = readonly [before: number, after: number];
type Nest = number | readonly Nest[];

/** One pair for each axis, from a number, a pair, or a list of pairs. */
function readPairs(what: string, value: unknown, ndim: number): Pair[] {
  const nest = numbersOf(value);
  const shape = shapeOf(nest);
  const repeatPair = (pair: Pair): Pair[] => Array.from({ length: ndim }, () => pair);
  const list = nest as readonly (readonly number[])[];
  switch (shape.join()) {
    case "":
      return repeatPair([nest as number, nest as number]);
    case "1":
      return repeatPair([(nest as number[])[0], (nest as number[])[0]]);
    case "2":
      return repeatPair([(nest as number[])[0], (nest as number[])[1]]);
    case "1,2":
      return repeatPair([list[0][0], list[0][1]]);
    case `${ndim},2`:
      return list.map(([before, after]) => [before, after]);
    default:
      throw new RangeError(
        `jnp.pad: ${what} with nd=${ndim} has unsupported shape ${formatShape(shape)}. Valid shapes are (${ndim}, 2), ` +
          `(1, 2), (2,), (1,), or ().${atLocation(userLocation())}`,
      );
  }
}

const numbersOf = (value: unknown): Nest => {
  if (Array.isArray(value)) return (value as unknown[]).map(numbersOf);
  return value instanceof FloatScalar ? value.value : (value as Nest);
};

function shapeOf(nest: Nest): number[] {
  if (typeof nest === "number") return [];
  if (!Array.isArray(nest)) throw typeError(`jnp.pad: widths must be numbers, got ${String(nest)}`);
  const shapes = (nest as readonly Nest[]).map(shapeOf);
  if (shapes.some((shape) => shape.join() !== shapes[0].join()))
    throw typeError(`\`pad_width\` entries must be the same shape: ${JSON.stringify(nest)}`);
  return [shapes.length, ...(shapes[0] ?? [])];
}

interface PadStatics {
  readonly mode: string;
  readonly widths: readonly Pair[];
  readonly statLengths?: readonly Pair[];
  readonly endValues?: readonly Pair[];
  readonly odd: boolean;
}

/** Pads one axis. */
type AxisMode = (x: NDArray, axis: number, width: Pair, s: PadStatics) => NDArray;

const part = (x: NDArray, start: number | null, end: number | null, axis: number): NDArray =>
  lax.sliceInDim(x, start, end, 1, axis);

const repeatEdge = (x: NDArray, count: number, axis: number): NDArray =>
  lax.broadcastInDim(
    x,
    x.shape.map((size, i) => (i === axis ? count : size)),
    x.shape.map((_, i) => i),
  );

/** Joins what is not empty. */
const join = (parts: readonly NDArray[], axis: number): NDArray =>
  lax.concatenate(
    parts.filter((x) => x.shape[axis] > 0),
    axis,
  );

const edge: AxisMode = (x, axis, [before, after]) =>
  join(
    [repeatEdge(part(x, 0, 1, axis), before, axis), x, repeatEdge(part(x, -1, null, axis), after, axis)],
    axis,
  );

const wrap: AxisMode = (x, axis, [before, after]) => {
  const size = x.shape[axis];
  const copies = Math.floor(before / size) + Math.floor(after / size) + 1;
  const [left, right] = [before % size, after % size];
  const copy = Array.from({ length: copies }, () => x);
  return join([part(x, size - left, size, axis), ...copy, part(x, 0, right, axis)], axis);
};

/** Mirrors at the end in blocks of the unpadded size, or one less where the last element is not repeated. */
function mirror(x: NDArray, axis: number, width: number, size: number, s: PadStatics): NDArray {
  const skip = s.mode === "reflect" && size > 1 ? 1 : 0;
  let result = x;
  let last = part(x, -1, null, axis);
  for (let left = width; left > 0; left -= size - skip) {
    const end = result.shape[axis] - skip;
    const reflected = lax.rev(part(result, end - Math.min(left, size - skip), end, axis), axis);
    const block = s.odd ? subtract(multiply(2, last), reflected) : reflected;
    if (size > 1) last = part(block, -1, null, axis);
    result = lax.concatenate([result, block], axis);
  }
  return result;
}

const mirrored: AxisMode = (x, axis, [before, after], s) => {
  const size = x.shape[axis];
  const left = before === 0 ? x : lax.rev(mirror(lax.rev(x, axis), axis, before, size, s), axis);
  return after === 0 ? left : mirror(left, axis, after, size, s);
};

const linearRamp: AxisMode = (x, axis, [before, after], { endValues }) => {
  const [low, high] = endValues?.[axis] ?? [0, 0];
  const ramp = (from: number, to: NDArray, num: number): NDArray =>
    convert(
      linspace(from, lax.squeeze(to, axis), { num, endpoint: false, dtype: x.dtype, axis }),
      x.dtype,
      x.weakType,
    );
  const left = ramp(low, part(x, 0, 1, axis), before);
  const right = lax.rev(ramp(high, part(x, -1, null, axis), after), axis);
  return join([left, x, right], axis);
};

const statistic =
  (reduce: (x: NDArray, options: { axis: number; keepdims: boolean }) => NDArray): AxisMode =>
  (x, axis, [before, after], { statLengths }) => {
    const size = x.shape[axis];
    const [first, last] = statLengths?.[axis] ?? [size, size];
    if (first === 0 || last === 0) throw rangeError("stat_length of 0 yields no value for padding");
    const value = (y: NDArray): NDArray => {
      const result = reduce(y, { axis, keepdims: true });
      const whole = isFloat(x.dtype) || isComplex(x.dtype) ? result : round(result);
      return convert(whole, x.dtype, x.weakType);
    };
    const left = value(part(x, 0, Math.min(first, size), axis));
    const right = value(part(x, size - Math.min(last, size), size, axis));
    return join([repeatEdge(left, before, axis), x, repeatEdge(right, after, axis)], axis);
  };

const empty: AxisMode = (x, axis, [before, after]) =>
  lax.pad(
    x,
    weakLike(x, 0),
    x.shape.map((_, i) => (i === axis ? [before, after, 0] : [0, 0, 0])),
  );

const modes: Readonly<Record<string, AxisMode>> = {
  edge,
  wrap,
  reflect: mirrored,
  symmetric: mirrored,
  linear_ramp: linearRamp,
  maximum: statistic((x, o) => max(x, o)),
  minimum: statistic((x, o) => min(x, o)),
  mean: statistic((x, o) => mean(x, o)),
  empty,
};

/** Modes that need an element to start from. */
const needsElement = new Set([
  "edge",
  "wrap",
  "reflect",
  "symmetric",
  "linear_ramp",
  "maximum",
  "minimum",
  "mean",
]);

function padByMode(x: NDArray, s: PadStatics): NDArray {
  return s.widths.reduce((padded, width, axis) => {
    if (width[0] === 0 && width[1] === 0) return padded;
    if (padded.shape[axis] === 0 && needsElement.has(s.mode))
      throw rangeError(`Cannot apply '${s.mode}' padding to empty axis`);
    return modes[s.mode](padded, axis, width, s);
  }, x);
}

/** One value for all, or a pair of them, or a pair for each axis. */
function padConstant(x: NDArray, values: NDArray, widths: readonly Pair[]): NDArray {
  const value = convert(values, x.dtype, x.weakType);
  if (value.ndim === 0 || value.shape.join() === "1")
    return lax.pad(
      x,
      lax.reshape(value, []),
      widths.map(([low, high]) => [low, high, 0]),
    );
  const table = broadcastTo(value, [x.ndim, 2]);
  const at = (axis: number, side: number): NDArray =>
    lax.reshape(lax.slice(table, [axis, side], [axis + 1, side + 1]), []);
  return widths.reduce((padded, [low, high], axis) => {
    const only = (pair: Pair): lax.PaddingConfig =>
      widths.map((_, i) => (i === axis ? [pair[0], pair[1], 0] : [0, 0, 0]));
    const left = low === 0 ? padded : lax.pad(padded, at(axis, 0), only([low, 0]));
    return high === 0 ? left : lax.pad(left, at(axis, 1), only([0, high]));
  }, x);
}

/** Options that a mode heeds, besides `mode`. */
const optionOf: Readonly<Record<string, string>> = {
  constant: "constantValues",
  linear_ramp: "endValues",
  maximum: "statLength",
  minimum: "statLength",
  mean: "statLength",
  reflect: "reflectType",
  symmetric: "reflectType",
};

/** @throws RangeError on an unknown mode, or on an option that the mode does not heed. */
function checkModeOptions(mode: string, given: object): void {
  if (mode !== "constant" && !Object.hasOwn(modes, mode)) {
    const known = ["constant", ...Object.keys(modes)].join(", ");
    throw rangeError(`Unimplemented padding mode '${mode}' for jnp.pad. Known modes: ${known}.`);
  }
  const unheeded = Object.keys(given).find((name) => name !== "mode" && name !== optionOf[mode]);
  if (unheeded !== undefined)
    throw rangeError(`jnp.pad: the option '${unheeded}' is unsupported for mode '${mode}'.`);
}

/**
 * Elements before and after each axis. `padWidth` is a number, a pair, or a pair for each axis. Modes: `constant` (the
 * default, with `constantValues`), `edge`, `reflect` and `symmetric` (with `reflectType` "even" or "odd"), `wrap`,
 * `linear_ramp` (with `endValues`), `maximum`, `minimum`, `mean` (with `statLength`) and `empty`.
 * @throws RangeError if a width is negative, a mode is unknown, or an axis that the mode reads is empty.
 */
export function pad(a: ArrayLike, padWidth: unknown, ...rest: readonly unknown[]): NDArray {
  const o = readOptions("pad", ["mode", "constantValues", "statLength", "endValues", "reflectType"], rest);
  const x = asArray(a, "pad", 0);
  const mode = String(o.mode ?? "constant");
  checkModeOptions(mode, o);
  const widths = readPairs("pad_width", padWidth, x.ndim);
  if (widths.some((pair) => !pair.every(Number.isInteger)))
    throw typeError(`\`pad_width\` must be of integral type, got ${JSON.stringify(padWidth)}.`);
  if (x.ndim === 0) return x;
  if (widths.some(([low, high]) => low < 0 || high < 0))
    throw new RangeError(`index can't contain negative values${atLocation(userLocation())}`);
  if (mode === "constant") {
    const values = array((o.constantValues ?? 0) as NestedArrayLike);
    return dispatchOne("jnp.pad", [x, values], { widths }, ([b, v], s) => padConstant(b, v, s.widths));
  }
  const statics: PadStatics = {
    mode,
    widths,
    statLengths: o.statLength === undefined ? undefined : readPairs("stat_length", o.statLength, x.ndim),
    endValues: o.endValues === undefined ? undefined : readPairs("end_values", o.endValues, x.ndim),
    odd: o.reflectType === "odd",
  };
  return dispatchOne("jnp.pad.mode", [x], statics, ([b], s) => padByMode(b, s));
}
