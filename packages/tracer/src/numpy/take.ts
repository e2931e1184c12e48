/** Elements by index: `take`, `takeAlongAxis`, and their counterparts that write. */

import { dtypeTable, formatShape, isUnsigned, sizeOf } from "@fluxion/ir";
import { type ArrayLike, asArray } from "../core/as-array.ts";
import { dispatchOne } from "../core/dispatch.ts";
import { broadcastInDim, broadcastTo, convert, full, reshape } from "../core/emit.ts";
import { atLocation } from "../core/errors.ts";
import { userLocation } from "../core/location.ts";
import type { NDArray } from "../core/ndarray.ts";
import { rangeError, typeError } from "../core/user-error.ts";
import { emitGather, type GatherDimensionNumbers } from "../lax/gather.ts";
import * as lax from "../lax/index.ts";
import { checkMode, clipVectors, fillArray, isFillMode } from "../lax/indices.ts";
import { combinations, emitScatter } from "../lax/scatter.ts";
import { remainder } from "./arithmetic.ts";
import { broadcastError, tryBroadcastShapes } from "./broadcast.ts";
import { normalizeAxis, readOptions } from "./options.ts";
import { rejectOut } from "./reduce.ts";
import { ravel } from "./reshape.ts";
import { readFlag } from "./scalars.ts";

/** Integers of at least 32 bits. @throws TypeError with JAX's phrase on other numbers. */
function indexArray(fn: string, indices: ArrayLike | readonly unknown[], position: number): NDArray {
  const x = Array.isArray(indices)
    ? asArray(Int32Array.from(indices as readonly number[]), fn, position)
    : asArray(indices, fn, position);
  const { kind } = dtypeTable[x.dtype];
  if (kind === "int" || kind === "uint" || kind === "bool") return x;
  throw new TypeError(
    `${fn} requires indices of integer or boolean type, got ${x.dtype}; x.astype("int32") makes integers of it` +
      atLocation(userLocation()),
  );
}

/** Indices of at least 32 bits. */
const widened = (x: NDArray): NDArray =>
  dtypeTable[x.dtype].bits < 32 || x.dtype === "bool" ? convert(x, "int32") : convert(x, x.dtype);

const likeScalar = (x: NDArray, value: number): NDArray => broadcastTo(full([], value, x.dtype), x.shape);

/** Negative indices count from the end. */
export function fromFront(indices: NDArray, size: number): NDArray {
  const x = widened(indices);
  if (isUnsigned(x.dtype)) return x;
  return lax.select(lax.lt(x, likeScalar(x, 0)), lax.add(x, likeScalar(x, size)), x);
}

type TakeMode = "fill" | "clip" | "wrap";

interface TakeStatics {
  readonly axis: number;
  readonly mode: TakeMode;
}

/** Numbers of a gather of whole slices across one axis; the indices' dimensions stand in the axis' place. */
const acrossAxis = (ndim: number, axis: number, indicesRank: number): GatherDimensionNumbers => ({
  offsetDims: Array.from({ length: ndim - 1 }, (_, i) => (i < axis ? i : i + indicesRank)),
  collapsedSliceDims: [axis],
  startIndexMap: [axis],
});

/** Emits `take` inside a trace. */
export function takeBody(x: NDArray, given: NDArray, { axis, mode }: TakeStatics, fill?: NDArray): NDArray {
  const size = x.shape[axis];
  const wide = widened(given);
  const indices =
    mode === "fill"
      ? fromFront(given, size)
      : mode === "wrap"
        ? remainder(wide, likeScalar(wide, size))
        : wide;
  const vectors = reshape(indices, [...indices.shape, 1]);
  const sizes = x.shape.map((dim, i) => (i === axis ? 1 : dim));
  const inside = mode === "clip" ? clipVectors(vectors, [size - 1]) : vectors;
  return emitGather(x, inside, acrossAxis(x.ndim, axis, indices.ndim), sizes, fill);
}

function takeMode(mode: unknown): TakeMode {
  if (mode === undefined || mode === null || mode === "fill") return "fill";
  if (mode === "clip" || mode === "wrap") return mode;
  if (mode === "raise")
    throw typeError("The 'raise' mode to jnp.take is not supported: errors cannot depend on traced values.");
  throw rangeError(`Invalid mode '${String(mode)}' for jnp.take. Known modes: fill, clip, wrap.`);
}

/**
 * The elements at `indices` along an axis, or of the flattened array. Negative indices count from the end; outside, the
 * result is `fillValue` (NaN, the least signed or largest unsigned integer, true) unless `mode` is `clip` or `wrap`.
 * @throws TypeError if the indices are not integers, or the axis has no element to take.
 */
export function take(
  a: ArrayLike,
  indices: ArrayLike | readonly number[],
  ...rest: readonly unknown[]
): NDArray {
  const names = ["axis", "out", "mode", "uniqueIndices", "indicesAreSorted", "fillValue"];
  const o = readOptions("take", names, rest);
  rejectOut("take", o.out);
  const given = asArray(a, "take", 0);
  const index = indexArray("take", indices, 1);
  const flat = o.axis === undefined || o.axis === null;
  const axis = flat ? 0 : normalizeAxis(o.axis, given.ndim);
  const x = flat ? ravel(given) : given;
  const mode = takeMode(o.mode);
  if (x.shape[axis] === 0 && index.size > 0)
    throw rangeError(`jnp.take: cannot take elements of axis ${axis}, which has size 0`);
  const fill = mode === "fill" ? [fillArray(x, o.fillValue, "take")] : [];
  return dispatchOne("jnp.take", [x, index, ...fill], { axis, mode }, ([b, i, f], s) => takeBody(b, i, s, f));
}

interface AlongStatics {
  readonly axis: number;
  /** Shape of both arrays, but along the axis. */
  readonly shape: readonly number[];
  readonly clip: boolean;
}

/** Shape that two arrays have together but along an axis, where it is the index's. */
function sharedShape(fn: string, x: NDArray, index: NDArray, axis: number): number[] {
  if (x.ndim !== index.ndim)
    throw new RangeError(
      `${fn} indices and arr must have the same number of dimensions: arr has shape ${formatShape(x.shape)}, indices ` +
        `${formatShape(index.shape)}${atLocation(userLocation())}`,
    );
  const without = (shape: readonly number[]): number[] => shape.map((size, i) => (i === axis ? 1 : size));
  const shared = tryBroadcastShapes([without(x.shape), without(index.shape)]);
  if (shared === undefined) throw broadcastError(fn, [x.shape, index.shape]);
  return shared.map((size, i) => (i === axis ? index.shape[axis] : size));
}

/** Numbers of a gather along one axis that is batched over all others. */
const alongAxis = (ndim: number, axis: number): GatherDimensionNumbers => {
  const others = Array.from({ length: ndim }, (_, i) => i).filter((i) => i !== axis);
  return {
    offsetDims: [],
    collapsedSliceDims: [axis],
    startIndexMap: [axis],
    operandBatchingDims: others,
    startIndicesBatchingDims: others,
  };
};

const spread = (x: NDArray, shape: readonly number[], axis: number): NDArray =>
  broadcastInDim(
    x,
    shape.map((size, i) => (i === axis ? x.shape[axis] : size)),
    x.shape.map((_, i) => i),
  );

/** Index vectors along the axis, one for each element of the shared shape. */
function vectorsAlong(index: NDArray, size: number, { axis, shape, clip }: AlongStatics): NDArray {
  const all = spread(fromFront(index, size), shape, axis);
  const vectors = reshape(all, [...shape, 1]);
  return clip ? clipVectors(vectors, [size - 1]) : vectors;
}

/**
 * For each position of `indices`, the element of `arr` at that index along the axis (the last by default; null
 * flattens `arr`). Other axes broadcast. Outside, the result is `fillValue` unless `mode` is `clip`.
 * @throws TypeError or RangeError if the indices are not integers or the shapes do not fit.
 */
export function takeAlongAxis(arr: ArrayLike, indices: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const o = readOptions("takeAlongAxis", ["axis", "mode", "fillValue"], rest);
  const given = asArray(arr, "takeAlongAxis", 0);
  const index = asArray(indices, "takeAlongAxis", 1);
  if (!/int/.test(index.dtype))
    throw typeError(`take_along_axis indices must be of integer type, got ${index.dtype}`);
  const x = o.axis === null ? ravel(given) : given;
  const axis = normalizeAxis(o.axis ?? -1, x.ndim);
  const mode = checkMode("jnp.takeAlongAxis", o.mode) ?? "fill";
  const shape = sharedShape("take_along_axis", x, index, axis);
  const statics: AlongStatics = { axis, shape, clip: mode === "clip" };
  const fill = isFillMode(mode) ? [fillArray(x, o.fillValue, "takeAlongAxis")] : [];
  return dispatchOne("jnp.take_along_axis", [x, index, ...fill], statics, ([b, i, f], s) => {
    if (sizeOf(s.shape) === 0 || b.shape[s.axis] === 0) return full(s.shape, 0, b.dtype);
    const operand = spread(b, s.shape, s.axis);
    const ones = b.shape.map(() => 1);
    const vectors = vectorsAlong(i, b.shape[s.axis], s);
    return emitGather(operand, vectors, alongAxis(b.ndim, s.axis), ones, f);
  });
}

/**
 * A copy of `arr` in which, for each position of `indices`, the element at that index along the axis is the value
 * there. Nothing is written in place: as in JAX, `inplace` may only be false.
 */
export function putAlongAxis(
  arr: ArrayLike,
  indices: ArrayLike,
  values: ArrayLike,
  ...rest: readonly unknown[]
): NDArray {
  const o = readOptions("putAlongAxis", ["axis", "inplace", "mode"], rest);
  const given = asArray(arr, "putAlongAxis", 0);
  const index = asArray(indices, "putAlongAxis", 1);
  if (!/int/.test(index.dtype))
    throw typeError(`put_along_axis indices must be of integer type, got ${index.dtype}`);
  if (readFlag(o.inplace, "inplace"))
    throw rangeError("jnp.putAlongAxis cannot modify arrays in-place: arrays are immutable. Use its result.");
  const x = o.axis === null ? ravel(given) : given;
  const axis = normalizeAxis(o.axis ?? -1, x.ndim);
  const shape = sharedShape("put_along_axis", x, index, axis);
  const mode = checkMode("jnp.putAlongAxis", o.mode);
  const statics = { axis, shape, clip: mode === "clip", target: given.shape };
  const operands = [x, index, asArray(values, "putAlongAxis", 2)];
  return dispatchOne("jnp.put_along_axis", operands, statics, ([b, i, v], s) => {
    const updates = broadcastTo(convert(v, b.dtype), s.shape);
    const plan = { numbers: alongAxis(b.ndim, s.axis), clip: false, unique: false, sorted: false };
    const vectors = vectorsAlong(i, b.shape[s.axis], s);
    return reshape(emitScatter(b, vectors, updates, plan, combinations.set), s.target);
  });
}

/** A copy of `a` with the elements at flat indices `ind` replaced by those of `v`, in turn; outside, the nearest. */
export function put(a: ArrayLike, ind: ArrayLike, v: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const o = readOptions("put", ["mode", "inplace"], rest);
  if (readFlag(o.inplace, "inplace"))
    throw rangeError("jnp.put cannot modify arrays in-place: arrays are immutable. Use its result.");
  const mode = o.mode === undefined || o.mode === null ? "clip" : o.mode;
  if (mode !== "drop" && mode !== "clip" && mode !== "wrap")
    throw rangeError(`jnp.put: mode should be one of 'wrap', 'clip' or 'drop'; got ${String(mode)}`);
  const x = asArray(a, "put", 0);
  const operands = [x, indexArray("put", ind, 1), asArray(v, "put", 2)];
  return dispatchOne("jnp.put", operands, { mode, shape: x.shape }, ([b, i, values], s) => {
    const flat = reshape(b, [sizeOf(b.shape)]);
    const count = sizeOf(i.shape);
    if (count === 0 || sizeOf(values.shape) === 0 || sizeOf(b.shape) === 0) return b;
    const [size] = flat.shape;
    const wide = reshape(widened(i), [count]);
    const index = s.mode === "wrap" ? remainder(wide, likeScalar(wide, size)) : fromFront(wide, size);
    const updates = cycled(reshape(convert(values, b.dtype), [sizeOf(values.shape)]), count);
    const numbers = { offsetDims: [], collapsedSliceDims: [0], startIndexMap: [0] };
    const plan = { numbers, clip: s.mode === "clip", unique: false, sorted: false };
    return reshape(emitScatter(flat, reshape(index, [count, 1]), updates, plan, combinations.set), s.shape);
  });
}

/** `count` elements of a vector, again from its start after its end. */
function cycled(x: NDArray, count: number): NDArray {
  const copies = Math.ceil(count / x.shape[0]);
  const all = reshape(broadcastInDim(x, [copies, x.shape[0]], [1]), [copies * x.shape[0]]);
  return lax.slice(all, [0], [count]);
}
