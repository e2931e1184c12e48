/** Checked by the compiler alone: what the types say of functions under `vmap`. */

import { grad, jit, jnp, lax, type NDArray, vmap } from "@fluxion/tracer";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function same<A, B>(...proof: Equal<A, B> extends true ? [] : [got: A, expected: B]): void;

declare const rows: NDArray<[8, 3], "float32">;
declare const vector: NDArray<[3], "float32">;
declare const some: NDArray;

// Results keep their dtype, and have a shape that is not known.
const norms = vmap((x: NDArray<[3], "float32">) => jnp.sum(x))(rows);
same<typeof norms, NDArray<readonly number[], "float32">>();
const flags = vmap((x: NDArray<[3], "float32">) => x.gt(0))(rows);
same<typeof flags, NDArray<readonly number[], "bool">>();

// Arguments: arrays of other shapes, shared numbers and texts.
const scaled = vmap((x: NDArray, scale: number, mode: "a" | "b") => (mode === "a" ? x.mul(scale) : x), {
  inAxes: [0, null, null],
});
scaled(rows, 2, "a");
scaled(vector, jnp.ones([8]), "b");
// @ts-expect-error: no such mode
scaled(rows, 2, "c");
// @ts-expect-error: an argument is missing
scaled(rows, 2);

// Pytrees.
interface Model {
  readonly w: NDArray<[3], "float32">;
  readonly b: readonly [NDArray, number];
}
const model = vmap(
  (p: Model, x: NDArray) => ({ y: p.w.mul(x), parts: [x, p.b[1]] as const }),
  [{ w: 0, b: [null, null] }, 0],
);
const out = model({ w: rows, b: [some, 1] }, rows);
same<(typeof out)["y"], NDArray>();
same<(typeof out)["parts"][1], NDArray>();

// Options by position and by name.
vmap((x: NDArray) => lax.psum(x, "i"), 1, null, "i");
vmap((x: NDArray) => x, { inAxes: -1, outAxes: { a: 0 }, axisName: "i", axisSize: 8 });
vmap((x: NDArray) => ({ a: x }), 0, { a: 1 });
// @ts-expect-error: no such option
vmap((x: NDArray) => x, { inAxis: 0 });
// @ts-expect-error: no axis
vmap((x: NDArray) => x, "first");

// What has no type of its own stays so.
const gradients = vmap(
  grad((w: NDArray, x: NDArray) => w.mul(x).sum()),
  [null, 0],
);
gradients(vector, rows).get(0);
vmap((x) => x.mul(2))(rows).add(1);
jit(vmap((x: NDArray) => x.add(1)))(rows);
vmap(
  vmap((x: NDArray, y: NDArray) => x.mul(y), [null, 0]),
  [0, null],
)(rows, vector);
