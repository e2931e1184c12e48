/** Steps that add control flow, calls and barriers. */

import { Builder, type Func, isFloat, isInteger, Value } from "@fluxion/ir";
import { type Known, magnitude, roundoff } from "./bounds.ts";
import type { Recipe } from "./recipes.ts";
import { union } from "./recipes-elementwise.ts";
import { swing } from "./recipes-loops.ts";
import { stacking } from "./recipes-stacking.ts";
import type { Scene } from "./scene.ts";

type Steps = (scene: Scene, count: number) => void;

const sameTypeAs =
  (known: Known) =>
  ({ value: { type } }: Known): boolean =>
    type.dtype === known.value.type.dtype && type.shape.join() === known.value.type.shape.join();

/** A value of the type of `like` after a few steps in a region. */
function branch(scene: Scene, like: Known, steps: Steps): { builder: Builder; result: Known } {
  const builder = new Builder();
  const inner = scene.inner(builder);
  steps(inner, scene.random.int(0, 3));
  return { builder, result: inner.find(sameTypeAs(like)) ?? like };
}

const anyBounds = { exact: true, low: -(2 ** 63), high: 2 ** 64, error: 0 };

/** `case` and `if`: branches capture values from outside; the index may be out of range. */
function conditional(scene: Scene, steps: Steps): boolean {
  const like = scene.find(() => true);
  const opcode = scene.random.pick(["case", "if"] as const);
  if (like === undefined || !scene.may(opcode)) return false;
  const count = opcode === "if" ? 2 : scene.random.int(1, 3);
  const branches = Array.from({ length: count }, () => branch(scene, like, steps));
  const dtype = opcode === "if" ? "bool" : "int32";
  const known = scene.find(({ value: { type } }) => type.dtype === dtype && type.shape.length === 0);
  const index =
    known?.value ??
    scene.builder.scalar(dtype, scene.random.int(opcode === "if" ? 0 : -1, count === 2 ? 1 : 3));
  const regions = branches.map(({ builder, result }) => builder.finish([], [result.value]));
  const bounds = branches
    .map(({ result }) => result)
    .reduce((all, one) => ({ ...union(all, one), value: one.value }));
  const [value] = scene.builder.emit(opcode, [index], {}, { regions });
  return scene.keep({ ...bounds, value });
}

/** A counted loop. Integers go through any steps; floats follow x ← x/2 + t, which keeps them bounded. */
function loop(scene: Scene, steps: Steps): boolean {
  const carried = scene.find(
    ({ value: { type } }) => isInteger(type.dtype) || type.dtype === "bool" || isFloat(type.dtype),
  );
  if (carried === undefined || !scene.may("while")) return false;
  const trips = scene.random.int(0, 4);
  const { type } = carried.value;
  const counter = { dtype: "int32", shape: [] } as const;
  const cond = scene.builder.region([counter, type], (b, [i]) => [
    b.one("compare", [i, b.scalar("int32", trips)], { comparison_direction: "LT", compare_type: "SIGNED" }),
  ]);
  const [i, x] = [new Value(counter), new Value(type)];
  const builder = new Builder();
  const inner = scene.inner(builder);
  const bounds = isFloat(type.dtype) ? damp(inner, carried, x) : churn(inner, x, steps);
  const next = builder.op("add", i, builder.scalar("int32", 1));
  const body = builder.finish([i, x], [next, bounds.value]);
  const operands = [scene.builder.scalar("int32", 0), carried.value];
  const [, value] = scene.builder.emit("while", operands, {}, { regions: [cond, body] });
  return scene.keep({ ...bounds, value });
}

/** x/2 + t for a value t from outside: |x| never exceeds max(|x₀|, 2|t|), and errors halve while they add up. */
function damp(inner: Scene, start: Known, x: Value): Known {
  const t = inner.find(sameTypeAs(start)) ?? start;
  const { builder: b } = inner;
  const { dtype, shape } = x.type;
  const value = b.op("add", b.op("multiply", x, b.scalar(dtype, 0.5, shape)), t.value);
  const size = Math.max(magnitude(start), 2 * magnitude(t));
  const error = Math.max(start.error, 2 * (t.error + 4 * roundoff(dtype) * size));
  return { value, low: -size, high: size, exact: false, error };
}

function churn(inner: Scene, x: Value, steps: Steps): Known {
  const known = inner.add({ ...anyBounds, value: x });
  steps(inner, inner.random.int(1, 3));
  return {
    ...anyBounds,
    value: (inner.find((other) => other !== known && sameTypeAs(known)(other)) ?? known).value,
  };
}

/** A private function of one or two values of the pool, and a call of it. */
function call(scene: Scene, steps: Steps): boolean {
  const args = [scene.find(() => true), scene.find(() => true)].filter((known) => known !== undefined);
  if (args.length === 0 || !scene.may("call")) return false;
  const builder = new Builder();
  const inner = scene.inner(builder);
  inner.pool.length = 0;
  const parameters = args.map(({ value }) => new Value(value.type));
  parameters.forEach((value, index) => {
    inner.add({ ...args[index], value });
  });
  steps(inner, scene.random.int(1, 4));
  const results = inner.pool.slice(-2);
  const name = `helper_${scene.limits.functions.length}`;
  const body = builder.finish(
    parameters,
    results.map(({ value }) => value),
  );
  const resultTypes = results.map(({ value }) => value.type);
  const func: Func = { name, visibility: "private", body, resultTypes };
  scene.limits.functions.push(func);
  const values = scene.builder.emit(
    "call",
    args.map(({ value }) => value),
    { callee: name },
    { types: resultTypes },
  );
  return results.map((result, index) => scene.keep({ ...result, value: values[index] })).some(Boolean);
}

function barrier(scene: Scene): boolean {
  const inputs = Array.from({ length: scene.random.int(1, 3) }, () => scene.find(() => true)).filter(
    (known) => known !== undefined,
  );
  if (inputs.length === 0 || !scene.may("optimization_barrier")) return false;
  const values = scene.builder.emit(
    "optimization_barrier",
    inputs.map(({ value }) => value),
    {},
  );
  inputs.forEach((input, index) => {
    scene.keep({ ...input, value: values[index] });
  });
  return true;
}

export const controlRecipes = (steps: Steps): readonly Recipe[] => [
  [3, (scene) => conditional(scene, steps)],
  [3, (scene) => (scene.limits.differentiable ? swing(scene) || loop(scene, steps) : loop(scene, steps))],
  [3, stacking],
  [1, (scene) => call(scene, steps)],
  [1, barrier],
];
