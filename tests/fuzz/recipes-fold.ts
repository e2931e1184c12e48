/** Steps that add reductions and contractions. */

import {
  type Builder,
  type DotDimensionNumbers,
  type DType,
  dtypeTable,
  isComplex,
  isFloat,
  isInteger,
  isWideInt,
  type Shape,
  sizeOf,
  splat,
  type Value,
} from "@fluxion/ir";
import { type Known, magnitude, roundoff } from "./bounds.ts";
import { randomLiteral } from "./inputs.ts";
import type { Recipe } from "./recipes.ts";
import { comparisonTypeOf } from "./recipes-elementwise.ts";
import type { Scene } from "./scene.ts";

const somewhere = (scene: Scene, shape: Shape): number[] =>
  shape.map((_, axis) => axis).filter(() => scene.random.chance(0.5));
const foldedSize = (shape: Shape, dimensions: readonly number[]): number =>
  sizeOf(dimensions.map((axis) => shape[axis]));

/** Sums of floats: the terms may be added in any order, each addition rounding. */
function sum(scene: Scene): boolean {
  const a = scene.find(({ value }) => isFloat(value.type.dtype) || isComplex(value.type.dtype));
  if (a === undefined || !scene.may("reduce")) return false;
  const { dtype, shape } = a.value.type;
  const dimensions = somewhere(scene, shape);
  const count = foldedSize(shape, dimensions);
  const init = scene.builder.constant(splat(dtype, [], 0));
  const bounds = { low: Math.min(0, a.low * count), high: Math.max(0, a.high * count) };
  const error = count * a.error + 2 * (count + 1) * roundoff(dtype) * count * magnitude(a);
  const value = scene.builder.reduceWith("add", a.value, init, dimensions);
  return scene.keep({ ...bounds, value, exact: false, error });
}

const exactFolds = ["add", "multiply", "maximum", "minimum", "and", "or", "xor"] as const;

/**
 * The element that changes nothing: StableHLO asks for it, and XLA drops a reduction over dimensions of size one
 * together with its init value.
 */
export function identity(dtype: DType, opcode: (typeof exactFolds)[number]): number | bigint {
  const { bits, kind } = dtypeTable[dtype];
  const least = kind === "float" ? -Infinity : kind === "int" ? -(1n << BigInt(bits - 1)) : 0n;
  const ones = kind === "bool" ? 1n : kind === "int" ? -1n : (1n << BigInt(bits)) - 1n;
  if (opcode === "maximum") return least;
  if (opcode === "minimum") return kind === "float" ? Infinity : kind === "int" ? ~BigInt(least) : ones;
  return opcode === "multiply" ? 1 : opcode === "and" ? ones : 0;
}

/** 64-bit integers are stored as bigint, everything else as number. */
export const splatOf = (dtype: DType, value: number | bigint) =>
  splat(dtype, [], isWideInt(dtype) ? value : Number(value));

/** Folds that give the same bits in any order. */
function exactFold(scene: Scene): boolean {
  const opcode = scene.random.pick(exactFolds);
  const extremes = opcode === "maximum" || opcode === "minimum";
  const a = scene.find(
    ({ value: { type }, exact }) =>
      isInteger(type.dtype) || type.dtype === "bool" || (extremes && exact && isFloat(type.dtype)),
  );
  if (a === undefined || !scene.may("reduce") || !scene.may(opcode)) return false;
  const { dtype, shape } = a.value.type;
  const dimensions = somewhere(scene, shape);
  // An empty fold of floats would leave the infinity that it starts from.
  if (isFloat(dtype) && foldedSize(shape, dimensions) === 0) return false;
  const init = scene.builder.constant(splatOf(dtype, identity(dtype, opcode)));
  return scene.keep({ ...a, value: scene.builder.reduceWith(opcode, a.value, init, dimensions) });
}

/** Position and value of the largest element, as JAX writes argmax. */
function argmax(scene: Scene): boolean {
  const a = scene.find(
    ({ value: { type }, exact }) => exact && !isComplex(type.dtype) && type.shape.length > 0,
  );
  if (a === undefined || !scene.may("reduce") || !scene.may("select")) return false;
  const { dtype, shape } = a.value.type;
  const dimension = scene.random.int(0, shape.length - 1);
  if (shape[dimension] === 0) return false;
  const { builder: b } = scene;
  const index = b.one("iota", [], { iota_dimension: dimension }, { types: [{ dtype: "int32", shape }] });
  const least = b.constant(splatOf(dtype, identity(dtype, "maximum")));
  const scalar = { dtype, shape: [] };
  const position = { dtype: "int32", shape: [] } as const;
  const body = b.region([scalar, position, scalar, position], (inner, [x, i, y, j]) =>
    argmaxBody(inner, dtype, x, i, y, j),
  );
  const operands = [a.value, index, least, b.scalar("int32", 0)];
  const [value, at] = b.emit("reduce", operands, { dimensions: [dimension] }, { regions: [body] });
  scene.keep({ ...a, value });
  return scene.keep({ value: at, exact: true, low: 0, high: shape[dimension], error: 0 });
}

function argmaxBody(b: Builder, dtype: DType, x: Value, i: Value, y: Value, j: Value): Value[] {
  const compare_type = comparisonTypeOf(dtype);
  const compare = (comparison_direction: "GT" | "EQ" | "NE", p: Value, q: Value) =>
    b.one("compare", [p, q], { comparison_direction, compare_type });
  const above = b.op("or", compare("GT", x, y), compare("NE", x, x));
  const earlier = b.one("compare", [i, j], { comparison_direction: "LT", compare_type: "SIGNED" });
  const first = b.op("or", above, b.op("and", compare("EQ", x, y), earlier));
  return [b.op("select", above, x, y), b.op("select", first, i, j)];
}

/** Products of floats near one: few enough that rounding stays small. */
function product(scene: Scene): boolean {
  const a = scene.find(({ value: { type } }) => isFloat(type.dtype) && type.shape.length > 0);
  if (a === undefined || !scene.may("reduce") || !scene.may("multiply")) return false;
  const { dtype, shape } = a.value.type;
  const dimensions = [scene.random.int(0, shape.length - 1)];
  const count = foldedSize(shape, dimensions);
  if (count > 9) return false;
  const near = scene.clamped(a, { low: 0.75, high: 1.5 });
  const high = 1.5 ** count;
  const error = count * (near.error / 0.75 + 2 * roundoff(dtype)) * high;
  const init = scene.builder.constant(splat(dtype, [], 1));
  const value = scene.builder.reduceWith("multiply", near.value, init, dimensions);
  return scene.keep({ value, low: 0.75 ** count, high, exact: false, error });
}

/** Dimension numbers of a contraction of `lhs` with some other array, whose shape they determine in part. */
function contraction(scene: Scene, lhs: Shape): { numbers: DotDimensionNumbers; rhs: number[] } {
  const roles = lhs.map(() => scene.random.pick(["free", "batch", "contract"] as const));
  const having = (role: string) => lhs.map((_, axis) => axis).filter((axis) => roles[axis] === role);
  const [lhsBatching, lhsContracting] = [
    scene.random.shuffle(having("batch")),
    scene.random.shuffle(having("contract")),
  ];
  const free = Array.from({ length: scene.random.int(0, 2) }, () => scene.random.int(1, 5));
  // Positions of the right side's dimensions, in random order.
  const slots = scene.random.shuffle([...lhsBatching, ...lhsContracting, ...free.map((_, i) => -1 - i)]);
  const rhs = slots.map((slot) => (slot < 0 ? free[-1 - slot] : lhs[slot]));
  const place = (axis: number) => slots.indexOf(axis);
  const numbers = {
    lhsBatching,
    rhsBatching: lhsBatching.map(place),
    lhsContracting,
    rhsContracting: lhsContracting.map(place),
  };
  return { numbers, rhs };
}

function dot(scene: Scene): boolean {
  const a = scene.find(({ value: { type } }) => type.dtype !== "bool" && type.shape.length <= 4);
  if (a === undefined || !scene.may("dot_general")) return false;
  const { dtype, shape } = a.value.type;
  const { numbers, rhs } = contraction(scene, shape);
  const count = foldedSize(shape, numbers.lhsContracting);
  if (!scene.fits(rhs)) return false;
  const found = scene.find(({ value: { type } }) => type.dtype === dtype && type.shape.join() === rhs.join());
  const b = found ?? literalKnown(scene, dtype, rhs);
  const result = resultShape(shape, rhs, numbers);
  if (!scene.fits(result) || (isWideInt(dtype) && sizeOf(result) * count > 4000)) return false;
  const value = scene.builder.one("dot_general", [a.value, b.value], { dot_dimension_numbers: numbers });
  if (isInteger(dtype)) return scene.keep({ ...a, value });
  const parts = isComplex(dtype) ? 2 : 1;
  const size = parts * count * magnitude(a) * magnitude(b);
  const carried = parts * count * (a.error * magnitude(b) + b.error * magnitude(a) + a.error * b.error);
  return scene.keep({
    value,
    low: -size,
    high: size,
    exact: false,
    error: carried + 2 * (count + 2) * roundoff(dtype) * size,
  });
}

function literalKnown(scene: Scene, dtype: DType, shape: Shape): Known {
  const { literal, low, high } = randomLiteral(scene.random, { dtype, shape });
  return { value: scene.builder.constant(literal), exact: true, low, high, error: 0 };
}

function resultShape(lhs: Shape, rhs: Shape, d: DotDimensionNumbers): number[] {
  const free = (shape: Shape, ...used: readonly (readonly number[])[]) =>
    shape.filter((_, axis) => !used.some((list) => list.includes(axis)));
  return [
    ...d.lhsBatching.map((axis) => lhs[axis]),
    ...free(lhs, d.lhsBatching, d.lhsContracting),
    ...free(rhs, d.rhsBatching, d.rhsContracting),
  ];
}

export const foldRecipes: readonly Recipe[] = [
  [5, sum],
  [5, exactFold],
  [2, argmax],
  [1, product],
  [5, dot],
];
