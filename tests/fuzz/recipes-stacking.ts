/** Loops that build arrays slice by slice, as scans and their reverse passes do, and that hand carries to each other. */

import { Builder, isFloat, isInteger, Value } from "@fluxion/ir";
import { type Known, magnitude, roundoff } from "./bounds.ts";
import type { Scene } from "./scene.ts";

const counter = { dtype: "int32", shape: [] } as const;

/**
 * Carries (i, a, b), all of the type of a known array. In each step one slice of `a` becomes slice/2 + t (integers: slice + t)
 * for a slice of `a`, `b` or an array from outside; `b` gets a slice of the new or old `a`, or the two change places.
 */
export function stacking(scene: Scene): boolean {
  const start = scene.find(
    ({ value: { type } }) => type.shape.length > 0 && (isFloat(type.dtype) || isInteger(type.dtype)),
  );
  if (start === undefined || !scene.may("while") || !scene.may("dynamic_update_slice")) return false;
  if (!scene.may("dynamic_slice")) return false;
  const { random } = scene;
  const { type } = start.value;
  const other =
    scene.find(
      ({ value }) => value.type.dtype === type.dtype && value.type.shape.join() === type.shape.join(),
    ) ?? start;
  const b = new Builder();
  const [i, x, y] = [new Value(counter), new Value(type), new Value(type)];
  const stepped = b.op("add", i, b.scalar("int32", 1));
  const starts = (at: Value): Value[] =>
    type.shape.map((_, axis) => (axis === 0 ? at : b.scalar("int32", 0)));
  const sizes = type.shape.map((size, axis) => (axis === 0 ? Math.min(1, size) : size));
  const slice = (of: Value, at: Value): Value =>
    b.one("dynamic_slice", [of, ...starts(at)], { slice_sizes: sizes });
  const write = (into: Value, part: Value, at: Value): Value =>
    b.one("dynamic_update_slice", [into, part, ...starts(at)], {});
  const at = (): Value => random.pick([i, i, stepped]);
  const old = slice(x, at());
  const half = isFloat(type.dtype) ? b.op("multiply", old, b.scalar(type.dtype, 0.5, sizes)) : old;
  const term = slice(random.pick([x, y, other.value]), at());
  const small = isFloat(type.dtype) ? b.op("multiply", term, b.scalar(type.dtype, 0.5, sizes)) : term;
  const part = b.op("add", half, small);
  const nextX = write(random.pick([x, x, x, y]), part, at());
  const nextY = random.pick([
    () => y,
    () => x,
    () => nextX,
    () => write(y, part, at()),
    () => write(y, slice(x, at()), at()),
    () => write(write(y, part, i), slice(nextX, at()), stepped),
    () => b.op("maximum", y, x),
    () => b.op("minimum", nextX, y),
  ])();
  const body = b.finish(
    [i, x, y],
    random.pick([
      [stepped, nextX, nextY],
      [stepped, nextY, nextX],
    ]),
  );
  const trips = random.int(0, 4);
  const cond = scene.builder.region([counter, type, type], (c, [count]) => [
    c.one("compare", [count, c.scalar("int32", trips)], {
      comparison_direction: "LT",
      compare_type: "SIGNED",
    }),
  ]);
  const operands = [scene.builder.scalar("int32", 0), start.value, other.value];
  const values = scene.builder.emit("while", operands, {}, { regions: [cond, body] });
  const bounds = boundsAfter(start, other, trips);
  return [values[1], values[2]].map((value) => scene.keep({ ...bounds, value })).some(Boolean);
}

/** Means of values stay within their bounds; sums of integers wrap. */
function boundsAfter(start: Known, other: Known, trips: number): Omit<Known, "value"> {
  const { dtype } = start.value.type;
  if (!isFloat(dtype)) return { exact: true, low: -(2 ** 63), high: 2 ** 64, error: 0 };
  const size = Math.max(magnitude(start), magnitude(other));
  const error = Math.max(start.error, other.error) + 4 * trips * roundoff(dtype) * size;
  return { low: -size, high: size, exact: false, error };
}
