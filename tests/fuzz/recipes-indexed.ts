/** Steps that move elements to where run-time indices or comparisons say: gather, scatter and the sorts. */

import {
  asScatterNumbers,
  type Builder,
  type DType,
  dtypeTable,
  type GatherDimensionNumbers,
  isComplex,
  isFloat,
  isInteger,
  literal,
  type Shape,
  sizeOf,
  splat,
  type Value,
} from "@fluxion/ir";
import { type Known, magnitude, roundoff } from "./bounds.ts";
import type { Random } from "./random.ts";
import type { Recipe } from "./recipes.ts";
import type { Scene } from "./scene.ts";

/** How slices of an array are taken: numbers, the shape of the indices, sizes of a slice and of all slices together. */
interface Slices {
  readonly numbers: GatherDimensionNumbers;
  readonly indices: Shape;
  readonly sizes: readonly number[];
  readonly shape: Shape;
}

/** Every dimension of the operand is whole, collapsed, batched or a window; some of them start at an index. */
function slicesOf(random: Random, operand: Shape): Slices {
  const roles = operand.map((size) =>
    random.pick(["window", "window", "collapsed", size > 0 ? "batch" : "window"]),
  );
  const axes = operand.map((_, axis) => axis);
  const having = (role: string): number[] => axes.filter((axis) => roles[axis] === role && operand[axis] > 0);
  const [collapsedSliceDims, operandBatchingDims] = [having("collapsed"), having("batch")];
  const windows = axes.filter(
    (axis) => !collapsedSliceDims.includes(axis) && !operandBatchingDims.includes(axis),
  );
  const startIndexMap = random.shuffle(
    axes.filter(
      (axis) => collapsedSliceDims.includes(axis) || (windows.includes(axis) && random.chance(0.4)),
    ),
  );
  const sizes = operand.map((size, axis) =>
    !windows.includes(axis) ? 1 : startIndexMap.includes(axis) ? random.int(Math.min(1, size), size) : size,
  );
  const extra = Array.from({ length: random.int(0, 2) }, () => random.int(1, 4));
  const slots = random.shuffle([
    ...operandBatchingDims.map((axis) => [axis, operand[axis]]),
    ...extra.map((size) => [-1, size]),
  ]);
  const indexVectorDim =
    startIndexMap.length === 1 && random.chance(0.5) ? slots.length : random.int(0, slots.length);
  const implied = startIndexMap.length === 1 && indexVectorDim === slots.length && random.chance(0.5);
  const indices = slots.map(([, size]) => size);
  const startIndicesBatchingDims = operandBatchingDims.map((axis) => {
    const at = slots.findIndex(([other]) => other === axis);
    return at + (!implied && at >= indexVectorDim ? 1 : 0);
  });
  if (!implied) indices.splice(indexVectorDim, 0, startIndexMap.length);
  const rank = slots.length + windows.length;
  const offsetDims = random
    .shuffle(Array.from({ length: rank }, (_, axis) => axis))
    .slice(0, windows.length)
    .sort((a, b) => a - b);
  const [windowSizes, batchSizes] = [windows.map((axis) => sizes[axis]), slots.map(([, size]) => size)];
  const shape = Array.from(
    { length: rank },
    (_, axis) => (offsetDims.includes(axis) ? windowSizes.shift() : batchSizes.shift()) ?? 0,
  );
  const numbers = {
    offsetDims,
    collapsedSliceDims,
    operandBatchingDims,
    startIndicesBatchingDims,
    startIndexMap,
    indexVectorDim,
  };
  return { numbers, indices, sizes, shape };
}

/** Constant indices, some of them out of bounds. */
function indicesOf(scene: Scene, shape: Shape, operand: Shape): Value {
  const { random, builder } = scene;
  const wanted = random.pick(["int32", "int32", "int64", "uint8", "uint32"] as const);
  const dtype = scene.limits.allowed.includes(wanted) ? wanted : "int32";
  const most = Math.min(100, Math.max(1, ...operand));
  const least = dtype.startsWith("u") ? 0 : -2;
  const values = Array.from({ length: sizeOf(shape) }, () => random.int(least, most));
  const data =
    dtype === "int64"
      ? BigInt64Array.from(values, BigInt)
      : dtype === "uint8"
        ? Uint8Array.from(values)
        : dtype === "uint32"
          ? Uint32Array.from(values)
          : Int32Array.from(values);
  return builder.constant(literal(dtype, shape, data));
}

const sliceable = (scene: Scene): Known | undefined =>
  scene.find(({ value: { type } }) => type.shape.length > 0);

function gather(scene: Scene): boolean {
  const a = sliceable(scene);
  if (a === undefined || !scene.may("gather")) return false;
  const operand = a.value.type.shape;
  const { numbers, indices, sizes, shape } = slicesOf(scene.random, operand);
  if (!scene.fits(shape) || !scene.fits(indices)) return false;
  const starts = indicesOf(scene, indices, operand);
  const attributes = { dimension_numbers: numbers, slice_sizes: sizes };
  return scene.keep({ ...a, value: scene.builder.one("gather", [a.value, starts], attributes) });
}

/** Replaces, or combines integers by ops that do not mind the order. */
function scatterOp(random: Random, dtype: DType): "replace" | "add" | "maximum" | "minimum" {
  if (!isInteger(dtype)) return "replace";
  return random.pick(["replace", "add", "maximum", "minimum"]);
}

const scatterBody = (b: Builder, dtype: DType, combine: ReturnType<typeof scatterOp>) =>
  b.region(
    [0, 1].map(() => ({ dtype, shape: [] })),
    (inner, [x, y]) => [combine === "replace" ? y : inner.op(combine, x, y)],
  );

/** Updates of a random constant's, or a known value's, elements. */
function scatter(scene: Scene): boolean {
  const a = sliceable(scene);
  if (a === undefined || !scene.may("scatter")) return false;
  const { dtype, shape: operand } = a.value.type;
  const combine = scatterOp(scene.random, dtype);
  if (combine !== "replace" && !scene.may(combine)) return false;
  const { numbers, indices, shape } = slicesOf(scene.random, operand);
  if (!scene.fits(shape) || !scene.fits(indices)) return false;
  const b = scene.builder;
  const source = scene.find(({ value: { type } }) => type.dtype === dtype && type.shape.length === 0);
  const update = source
    ? b.broadcast(source.value, shape, [])
    : b.one("gather", [a.value, indicesOf(scene, indices, operand)], {
        dimension_numbers: numbers,
        slice_sizes: sizesOf(numbers, shape, operand.length),
      });
  const starts = indicesOf(scene, indices, operand);
  const value = b.one(
    "scatter",
    [a.value, starts, update],
    { scatter_dimension_numbers: asScatterNumbers(numbers) },
    { regions: [scatterBody(b, dtype, combine)] },
  );
  if (combine !== "replace")
    return scene.keep({ value, exact: true, low: -(2 ** 63), high: 2 ** 64, error: 0 });
  const low = Math.min(a.low, source?.low ?? a.low);
  const high = Math.max(a.high, source?.high ?? a.high);
  const exact = a.exact && (source?.exact ?? true);
  return scene.keep({ value, exact, low, high, error: Math.max(a.error, source?.error ?? 0) });
}

/** Size of a slice along each dimension of the operand, from the shape of the slices. */
function sizesOf(d: GatherDimensionNumbers, shape: Shape, rank: number): number[] {
  let next = 0;
  return Array.from({ length: rank }, (_, axis) =>
    d.collapsedSliceDims.includes(axis) || d.operandBatchingDims.includes(axis)
      ? 1
      : shape[d.offsetDims[next++]],
  );
}

/** Sums of floats at places that meet: the order is that of the updates. */
function scatterAdd(scene: Scene): boolean {
  const a = scene.find(({ value: { type } }) => isFloat(type.dtype) && type.shape.length > 0);
  if (a === undefined || !scene.may("scatter") || !scene.may("add")) return false;
  const { dtype, shape: operand } = a.value.type;
  const { numbers, indices, shape } = slicesOf(scene.random, operand);
  const source = scene.find(({ value: { type } }) => type.dtype === dtype && type.shape.length === 0);
  if (source === undefined || !scene.fits(shape) || !scene.fits(indices)) return false;
  const b = scene.builder;
  const value = b.one(
    "scatter",
    [a.value, indicesOf(scene, indices, operand), b.broadcast(source.value, shape, [])],
    { scatter_dimension_numbers: asScatterNumbers(numbers) },
    { regions: [scatterBody(b, dtype, "add")] },
  );
  const count = sizeOf(shape);
  const total = magnitude(a) + count * magnitude(source);
  const error = a.error + count * source.error + 2 * (count + 1) * roundoff(dtype) * total;
  return scene.keep({ value, low: -total, high: total, exact: false, error });
}

/** Keys in an order that all values have a place in: NaN is last, zeros are equal. */
function orderedKey(b: Builder, key: Value): Value {
  const { dtype } = key.type;
  if (!isFloat(dtype)) return key;
  const compare = (direction: "EQ" | "NE", other: Value): Value =>
    b.one("compare", [key, other], { comparison_direction: direction, compare_type: "FLOAT" });
  const zero = b.constant(splat(dtype, [], 0));
  const finite = b.op("select", compare("EQ", zero), zero, key);
  return b.op("select", compare("NE", key), b.constant(splat(dtype, [], Number.NaN)), finite);
}

/** One exact key, ascending or descending, with up to two arrays that move along. */
function sort(scene: Scene): boolean {
  const key = scene.find(
    ({ exact, value: { type } }) => exact && type.shape.length > 0 && !isComplex(type.dtype),
  );
  if (key === undefined || !scene.may("sort") || !scene.may("compare") || !scene.may("select")) return false;
  const { dtype, shape } = key.value.type;
  const others = scene.pool.filter(
    ({ value }) => value !== key.value && value.type.shape.join() === shape.join(),
  );
  const moved = [key, ...scene.random.shuffle(others).slice(0, scene.random.int(0, 2))];
  const comparison_direction = scene.random.pick(["LT", "GT"] as const);
  const compare_type = isFloat(dtype)
    ? "TOTALORDER"
    : dtypeTable[dtype].kind === "int"
      ? "SIGNED"
      : "UNSIGNED";
  const types = moved.flatMap(({ value }) => [0, 1].map(() => ({ dtype: value.type.dtype, shape: [] })));
  const comparator = scene.builder.region(types, (b, [x, y]) => [
    b.one("compare", [orderedKey(b, x), orderedKey(b, y)], { comparison_direction, compare_type }),
  ]);
  const results = scene.builder.emit(
    "sort",
    moved.map(({ value }) => value),
    { dimension: scene.random.int(0, shape.length - 1), is_stable: true },
    { regions: [comparator] },
  );
  return results.map((value, i) => scene.keep({ ...moved[i], value })).every(Boolean);
}

/** NaN of either sign would be at either end. */
function topK(scene: Scene): boolean {
  const a = scene.find(
    ({ exact, value: { type } }) =>
      exact && type.shape.length > 0 && !isComplex(type.dtype) && !isFloat(type.dtype),
  );
  if (a === undefined || !scene.may("chlo.top_k")) return false;
  const { shape } = a.value.type;
  const size = shape[shape.length - 1];
  const k = scene.random.int(0, size);
  const [value, positions] = scene.builder.emit("chlo.top_k", [a.value], { k });
  scene.keep({ ...a, value });
  return scene.keep({ value: positions, exact: true, low: 0, high: size, error: 0 });
}

export const indexedRecipes: readonly Recipe[] = [
  [3, gather],
  [1, scatter],
  [1, scatterAdd],
  [1, sort],
  [1, topK],
];
