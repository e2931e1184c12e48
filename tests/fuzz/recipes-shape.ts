/** Steps that add ops which move elements. */

import { bitcastShape, dtypes, isComplex, isFloat, type Shape, sizeOf, splat } from "@fluxion/ir";
import type { Known } from "./bounds.ts";
import { randomLiteral } from "./inputs.ts";
import type { Recipe } from "./recipes.ts";
import { union } from "./recipes-elementwise.ts";
import type { Scene } from "./scene.ts";

const anything = (scene: Scene): Known | undefined => scene.find(() => true);
const axes = ({ value }: Known): number[] => value.type.shape.map((_, axis) => axis);

function constant(scene: Scene): boolean {
  const type = { dtype: scene.random.pick(scene.limits.dtypes), shape: scene.shape(64) };
  const { literal, low, high } = randomLiteral(scene.random, type);
  return scene.keep({ value: scene.builder.constant(literal), exact: true, low, high, error: 0 });
}

function iota(scene: Scene): boolean {
  const dtype = scene.random.pick(scene.limits.dtypes);
  const shape = scene.shape();
  if (shape.length === 0 || dtype === "bool" || !scene.may("iota")) return false;
  const iota_dimension = scene.random.int(0, shape.length - 1);
  const value = scene.builder.one("iota", [], { iota_dimension }, { types: [{ dtype, shape }] });
  return scene.keep({ value, exact: true, low: 0, high: shape[iota_dimension], error: 0 });
}

/** New dimensions anywhere, size-1 dimensions repeated. */
function broadcast(scene: Scene): boolean {
  const a = anything(scene);
  if (a === undefined || !scene.may("broadcast_in_dim")) return false;
  const shape: number[] = [];
  const dimensions: number[] = [];
  for (const size of a.value.type.shape) {
    while (scene.random.chance(0.25)) shape.push(scene.random.int(1, 4));
    dimensions.push(shape.length);
    shape.push(size === 1 && scene.random.chance(0.6) ? scene.random.int(1, 5) : size);
  }
  if (scene.random.chance(0.4)) shape.push(scene.random.int(1, 4));
  return (
    scene.fits(shape) && scene.keep({ ...a, value: scene.builder.broadcast(a.value, shape, dimensions) })
  );
}

/** Any factorisation of the number of elements. */
function reshape(scene: Scene): boolean {
  const a = anything(scene);
  if (a === undefined || !scene.may("reshape")) return false;
  let rest = sizeOf(a.value.type.shape);
  const shape: number[] = [];
  while (rest > 1 && shape.length < scene.limits.maxRank - 1) {
    const divisors = Array.from({ length: Math.min(rest, 20) }, (_, i) => i + 1).filter(
      (d) => rest % d === 0,
    );
    const size = scene.random.pick(divisors);
    shape.push(size);
    rest /= size;
  }
  shape.push(rest);
  return (
    scene.fits(shape) &&
    scene.keep({ ...a, value: scene.builder.reshape(a.value, scene.random.shuffle(shape)) })
  );
}

function transpose(scene: Scene): boolean {
  const a = anything(scene);
  if (a === undefined || !scene.may("transpose")) return false;
  const permutation = scene.random.shuffle(axes(a));
  return scene.keep({ ...a, value: scene.builder.one("transpose", [a.value], { permutation }) });
}

function slice(scene: Scene): boolean {
  const a = anything(scene);
  if (a === undefined || !scene.may("slice")) return false;
  const { shape } = a.value.type;
  const start_indices = shape.map((size) => scene.random.int(0, Math.max(0, size - 1)));
  const limit_indices = shape.map((size, axis) =>
    scene.random.int(Math.min(size, start_indices[axis]), size),
  );
  const strides = shape.map(() => scene.random.pick([1, 1, 2, 3]));
  const value = scene.builder.one("slice", [a.value], { start_indices, limit_indices, strides });
  return scene.keep({ ...a, value });
}

function reverse(scene: Scene): boolean {
  const a = anything(scene);
  if (a === undefined || !scene.may("reverse")) return false;
  const dimensions = axes(a).filter(() => scene.random.chance(0.5));
  return scene.keep({ ...a, value: scene.builder.one("reverse", [a.value], { dimensions }) });
}

/** Edges of either sign and interior padding. */
function pad(scene: Scene): boolean {
  const a = anything(scene);
  if (a === undefined || !scene.may("pad")) return false;
  const { dtype, shape } = a.value.type;
  const edge = () => scene.random.pick([0, 0, 1, 2, -1]);
  const [low, high] = [shape.map(edge), shape.map(edge)];
  const interior = shape.map(() => scene.random.pick([0, 0, 1]));
  const padded = shape.map((size, i) => low[i] + size + Math.max(0, size - 1) * interior[i] + high[i]);
  if (padded.some((size) => size < 0) || !scene.fits(padded)) return false;
  const filler = scene.builder.constant(splat(dtype, [], scene.random.int(0, 1)));
  const attributes = { edge_padding_low: low, edge_padding_high: high, interior_padding: interior };
  const value = scene.builder.one("pad", [a.value, filler], attributes);
  return scene.keep({ ...a, value, low: Math.min(a.low, 0), high: Math.max(a.high, 1) });
}

function concatenate(scene: Scene): boolean {
  const a = scene.find(({ value }) => value.type.shape.length > 0);
  if (a === undefined || !scene.may("concatenate")) return false;
  const dimension = scene.random.pick(axes(a));
  const { dtype, shape } = a.value.type;
  const b =
    scene.find(
      ({ value: { type } }) =>
        type.dtype === dtype &&
        type.shape.length === shape.length &&
        type.shape.every((size, axis) => axis === dimension || size === shape[axis]),
    ) ?? a;
  const inputs = scene.random.chance(0.3) ? [a, b, a] : [a, b];
  const total = shape.map((size, axis) =>
    axis === dimension ? inputs.reduce((sum, { value }) => sum + value.type.shape[dimension], 0) : size,
  );
  if (!scene.fits(total)) return false;
  const value = scene.builder.one(
    "concatenate",
    inputs.map((input) => input.value),
    { dimension },
  );
  return scene.keep({ ...union(a, b), value });
}

/** Start indices: scalars of one integer type, out of bounds now and then. */
function starts(scene: Scene, shape: Shape) {
  const dtype = scene.random.pick(scene.limits.dtypes.filter((d) => /^u?int/.test(d)).concat("int32"));
  const known = () => scene.find(({ value: { type } }) => type.dtype === dtype && type.shape.length === 0);
  const low = dtype.startsWith("u") ? 0 : -2;
  return shape.map((size) => known()?.value ?? scene.builder.scalar(dtype, scene.random.int(low, size + 1)));
}

function dynamicSlice(scene: Scene): boolean {
  const a = anything(scene);
  if (a === undefined || !scene.may("dynamic_slice")) return false;
  const slice_sizes = a.value.type.shape.map((size) => scene.random.int(Math.min(1, size), size));
  const operands = [a.value, ...starts(scene, a.value.type.shape)];
  return scene.keep({ ...a, value: scene.builder.one("dynamic_slice", operands, { slice_sizes }) });
}

function dynamicUpdateSlice(scene: Scene): boolean {
  const a = anything(scene);
  if (a === undefined || !scene.may("dynamic_update_slice")) return false;
  const { dtype, shape } = a.value.type;
  const update = scene.find(
    ({ value: { type } }) =>
      type.dtype === dtype &&
      type.shape.length === shape.length &&
      type.shape.every((size, axis) => size <= shape[axis]),
  );
  if (update === undefined) return false;
  const value = scene.builder.op("dynamic_update_slice", a.value, update.value, ...starts(scene, shape));
  return scene.keep({ ...union(a, update), value });
}

/** Bits of exact numbers under another dtype; floats made of any bits are only moved, so none is made. */
function bitcast(scene: Scene): boolean {
  const a = scene.find(({ exact, value }) => exact && value.type.dtype !== "bool");
  if (a === undefined || !scene.may("bitcast_convert")) return false;
  const to = scene.random.pick(dtypes.filter((d) => scene.limits.dtypes.includes(d) && d !== "bool"));
  if (to === undefined || isFloat(to) || isComplex(to)) return false;
  const shape = bitcastShape(a.value.type, to);
  if (shape === undefined || !scene.fits(shape)) return false;
  const value = scene.builder.as("bitcast_convert", { dtype: to, shape }, a.value);
  return scene.keep({ value, exact: true, low: -(2 ** 63), high: 2 ** 64, error: 0 });
}

export const shapeRecipes: readonly Recipe[] = [
  [2, constant],
  [2, iota],
  [6, broadcast],
  [4, reshape],
  [4, transpose],
  [4, slice],
  [2, reverse],
  [3, pad],
  [3, concatenate],
  [2, dynamicSlice],
  [2, dynamicUpdateSlice],
  [1, bitcast],
];
