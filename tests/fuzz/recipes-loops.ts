/** Loops whose derivatives need values of every turn. */

import { Builder, isFloat, Value } from "@fluxion/ir";
import { magnitude } from "./bounds.ts";
import type { Scene } from "./scene.ts";

const counter = { dtype: "int32", shape: [] } as const;

/**
 * (x, y) ← (sin(y)·t, x/2 + cos(x)·s/2) for values s and t from outside, which a turn may also use at the counter's place. One
 * loop in five has a length that is no constant: a barrier hides it.
 */
export function swing(scene: Scene): boolean {
  const { random } = scene;
  const fits = scene.find(({ value: { type } }) => isFloat(type.dtype));
  if (fits === undefined || !scene.may("while")) return false;
  const { type } = fits.value;
  const alike = () =>
    scene.find(
      ({ value }) => value.type.dtype === type.dtype && value.type.shape.join() === type.shape.join(),
    ) ?? fits;
  const [start, s, t] = [alike(), alike(), alike()];
  const b = new Builder();
  const [i, x, y] = [new Value(counter), new Value(type), new Value(type)];
  const half = (value: Value): Value => b.op("multiply", value, b.scalar(type.dtype, 0.5, type.shape));
  const weight = b.convert(b.op("add", b.op("multiply", i, i), b.scalar("int32", 1)), type.dtype);
  const scaled = random.chance(0.5)
    ? b.op("divide", t.value, type.shape.length === 0 ? weight : b.broadcast(weight, type.shape, []))
    : t.value;
  const nextX = b.op("multiply", b.op("sine", y), scaled);
  const nextY = b.op("add", half(x), half(b.op("multiply", b.op("cosine", x), s.value)));
  const step = random.pick([1, 1, 1, 2, -1]);
  const body = b.finish(
    [i, x, y],
    [b.op("add", i, b.scalar("int32", step)), nextX, random.pick([nextY, nextY, y])],
  );
  const outer = scene.builder;
  const trips = random.int(0, 4);
  const limit = outer.scalar("int32", trips * step);
  const bound = random.chance(0.2) ? outer.emit("optimization_barrier", [limit], {})[0] : limit;
  const cond = outer.region([counter, type, type], (c, [n]) => [
    c.one("compare", [n, bound], {
      comparison_direction: step > 0 ? "LT" : "GT",
      compare_type: "SIGNED",
    }),
  ]);
  const values = outer.emit(
    "while",
    [outer.scalar("int32", 0), start.value, fits.value],
    {},
    { regions: [cond, body] },
  );
  const size = Math.max(...[start, fits, s, t].map(magnitude));
  const error = 16 * Math.max(...[start, fits, s, t].map((known) => known.error));
  return values
    .slice(1)
    .map((value) => scene.keep({ value, low: -size, high: size, exact: false, error: error + 1e-12 }))
    .some(Boolean);
}
