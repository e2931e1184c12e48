/** Steps that slide windows. */

import { isComplex, isFloat, literal, type Shape, sizeOf } from "@fluxion/ir";
import { magnitude, roundoff } from "./bounds.ts";
import type { Recipe } from "./recipes.ts";
import { identity, splatOf } from "./recipes-fold.ts";
import type { Scene } from "./scene.ts";

interface Window {
  readonly window_dimensions: readonly number[];
  readonly window_strides: readonly number[];
  readonly base_dilations: readonly number[];
  readonly window_dilations: readonly number[];
  readonly padding: ReturnType<typeof literal>;
}

/** Running sums as JAX writes them, or any small window with strides, dilations and padding. */
function windowOf(scene: Scene, shape: Shape): Window {
  const { random } = scene;
  const prefix = random.chance(0.3) ? random.int(0, shape.length - 1) : -1;
  const dimension = (axis: number, running: number, any: readonly number[]): number =>
    prefix < 0 ? random.pick(any) : axis === prefix ? running : 1;
  const edges = shape.flatMap((size, axis) => [
    dimension(axis, size - 1, [0, 0, 1, 2]) - (prefix >= 0 && axis !== prefix ? 1 : 0),
    prefix < 0 ? random.pick([0, 0, 1]) : 0,
  ]);
  return {
    window_dimensions: shape.map((size, axis) => dimension(axis, size, [1, 2, 3])),
    window_strides: shape.map((_, axis) => dimension(axis, 1, [1, 1, 2])),
    base_dilations: shape.map((_, axis) => dimension(axis, 1, [1, 1, 2])),
    window_dilations: shape.map((_, axis) => dimension(axis, 1, [1, 1, 2])),
    padding: literal("int64", [shape.length, 2], BigInt64Array.from(edges, BigInt)),
  };
}

function reduceWindow(scene: Scene): boolean {
  const a = scene.find(
    ({ value: { type } }) => type.shape.length > 0 && sizeOf(type.shape) > 0 && !isComplex(type.dtype),
  );
  const opcode = scene.random.pick(["add", "maximum", "minimum"] as const);
  if (a === undefined || !scene.may("reduce_window") || !scene.may(opcode)) return false;
  const { dtype, shape } = a.value.type;
  // Windows of padding alone would leave the infinity that an extreme of floats starts from.
  if (opcode !== "add" && isFloat(dtype)) return false;
  if (opcode === "add" && dtype === "bool") return false;
  const { builder: b } = scene;
  const window = windowOf(scene, shape);
  const scalar = { dtype, shape: [] };
  const body = b.region([scalar, scalar], (inner, [x, y]) => [inner.op(opcode, x, y)]);
  const init = b.constant(splatOf(dtype, identity(dtype, opcode)));
  const value = b.one("reduce_window", [a.value, init], window, { regions: [body] });
  if (!isFloat(dtype)) return scene.keep({ ...a, value });
  const count = sizeOf(window.window_dimensions);
  const bounds = { low: Math.min(0, a.low * count), high: Math.max(0, a.high * count) };
  const error = count * a.error + 2 * (count + 1) * roundoff(dtype) * count * magnitude(a);
  return scene.keep({ ...bounds, value, exact: false, error });
}

export const windowRecipes: readonly Recipe[] = [[3, reduceWindow]];
