/** Indexing with arrays: the placement of their dimensions, boolean scalars, repeated elements. Values are JAX's. */

import { config, jit, jnp, lax, type NDArray } from "@fluxion/tracer";
import { describe, expect, test } from "vitest";

config.defaultDevice = "interpreter";

const x = jnp.arange(24).reshape([2, 3, 4]);

describe("where the dimensions of index arrays stand", () => {
  const rows = jnp.array([0, 1, 0, 1, 0]);
  test.each<[string, readonly number[], NDArray]>([
    ["neighbours stay in place", [2, 5], x.get(":", rows, rows)],
    ["a range between them moves them to the front", [5, 3], x.get(rows, ":", rows)],
    ["so does a number apart from an array", [5, 3], x.get(0, ":", rows)],
    ["a number beside an array does not", [5, 4], x.get(0, rows)],
    ["a new axis between them moves them too", [5, 1, 4], x.get(rows, null, rows)],
    ["two-dimensional arrays", [2, 2, 1, 4], x.get(":", jnp.array([[0], [2]]))],
  ])("%s", (_, shape, result) => expect(result.shape).toEqual(shape));

  test("the elements are those that the arrays name", () => {
    expect(x.get(rows, ":", rows).toArraySync()).toEqual(
      [0, 1, 0, 1, 0].map((i) => [0, 1, 2].map((j) => 12 * i + 4 * j + i)),
    );
    expect(x.get([1, 0], "::-1", -1).toArraySync()).toEqual([
      [23, 19, 15],
      [11, 7, 3],
    ]);
  });
});

describe("boolean indices", () => {
  test("a mask of several dimensions takes as many axes", () => {
    const mask = jnp.array([
      [true, false, false],
      [false, true, true],
    ]);
    expect(x.get(mask, 1).toArraySync()).toEqual([1, 17, 21]);
    expect(x.at(mask).set(0).get("1, 1").toArraySync()).toEqual([0, 0, 0, 0]);
  });
  test("a boolean scalar adds an axis", () => {
    expect(x.get(jnp.array(true)).shape).toEqual([1, 2, 3, 4]);
    expect(x.get(jnp.array(false)).shape).toEqual([0, 2, 3, 4]);
  });
  test("a traced mask has no size", () => {
    const clear = jit((a: NDArray) => a.at(a.gt(1)).set(0));
    expect(() => clear(x)).toThrow("Array boolean indices must be concrete; got bool[2,3,4]");
  });
});

describe("updates", () => {
  const v = jnp.arange(6, { dtype: "float32" });
  const twice = jnp.array([0, 0, 1]);
  test.each<[string, NDArray, readonly number[]]>([
    ["apply once for each time", v.at(twice).apply((a) => a.add(10)), [20, 11, 2, 3, 4, 5]],
    ["divide", v.at(twice).divide(2), [0, 0.5, 2, 3, 4, 5]],
    ["power", v.at(twice).power(2), [0, 1, 2, 3, 4, 5]],
    ["subtract", v.at(twice).subtract(1), [-2, 0, 2, 3, 4, 5]],
    ["the last of several stays", v.at(twice).set(jnp.array([7, 8, 9])), [8, 9, 2, 3, 4, 5]],
  ])("%s", (_, result, expected) => {
    expect(result.toArraySync()).toEqual(expected);
  });
  test("ranges beside arrays", () => {
    const y = jnp
      .zeros([3, 4])
      .at([2, 0], "1::2")
      .set(
        jnp.array([
          [1, 2],
          [3, 4],
        ]),
      );
    expect(y.toArraySync()).toEqual([
      [0, 3, 0, 4],
      [0, 0, 0, 0],
      [0, 1, 0, 2],
    ]);
  });
  test("values that do not broadcast name both shapes", () => {
    expect(() => v.at(twice).set(jnp.arange(2))).toThrow(
      "could not broadcast input array from shape (2,) into shape (3,)",
    );
  });
});

describe("lax.gather and lax.scatter", () => {
  const v = jnp.arange(6, { dtype: "float32" });
  const numbers = { updateWindowDims: [1], insertedWindowDims: [], scatterDimsToOperandDims: [0] };
  const updates = jnp
    .array([
      [10, 11, 12],
      [20, 21, 22],
    ])
    .astype("float32");
  test("a window that sticks out is dropped whole, or moved", () => {
    const dropped = lax.scatter(v, jnp.array([[4], [0]]), updates, numbers);
    expect(dropped.toArraySync()).toEqual([20, 21, 22, 3, 4, 5]);
    const moved = lax.scatter(v, jnp.array([[4], [-1]]), updates, numbers, { mode: "clip" });
    expect(moved.toArraySync()).toEqual([20, 21, 22, 10, 11, 12]);
  });
  test("slices outside are filled, or moved", () => {
    const d = { offsetDims: [1], collapsedSliceDims: [], startIndexMap: [0] };
    const at = jnp.array([[4], [1]]);
    expect(lax.gather(v, at, d, [3]).toArraySync()).toEqual([
      [Number.NaN, Number.NaN, Number.NaN],
      [1, 2, 3],
    ]);
    expect(lax.gather(v, at, d, [3], { mode: "clip" }).toArraySync()).toEqual([
      [3, 4, 5],
      [1, 2, 3],
    ]);
  });
  test("numbers that do not fit are refused", () => {
    const d = { offsetDims: [], collapsedSliceDims: [0], startIndexMap: [0] };
    expect(() => lax.gather(v, jnp.array([[1]]), d, [7])).toThrow(
      "Slice size at index 0 in gather op is out of range",
    );
    expect(() => lax.gather(v, jnp.array([[1, 2]]), d, [1])).toThrow(
      "start_index_map needs 2 entries, got 1",
    );
  });
});

describe("sorting in lax", () => {
  test("several keys, and values that move along", () => {
    const [a, b, c] = lax.sort([jnp.array([1, 0, 1, 0]), jnp.array([3, 2, 1, 2]), jnp.arange(4)], {
      numKeys: 2,
    });
    expect([a, b, c].map((y) => y.toArraySync())).toEqual([
      [0, 0, 1, 1],
      [2, 2, 1, 3],
      [1, 3, 2, 0],
    ]);
  });
  test("NaN is last, and greatest for topK", () => {
    const y = jnp.array([2, Number.NaN, -1, Infinity]);
    expect(lax.sort(y).toArraySync()).toEqual([-1, 2, Infinity, Number.NaN]);
    const [values, indices] = lax.topK(y, 2);
    expect(values.toArraySync()).toEqual([Number.NaN, Infinity]);
    expect(indices.toArraySync()).toEqual([1, 3]);
  });
});
