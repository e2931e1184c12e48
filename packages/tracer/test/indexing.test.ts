/** Indexing: against a model that enumerates elements, and what JAX does where indices are traced or outside. */

import { config, devices, type IndexEntry, jit, jnp, type NDArray, slice } from "@fluxion/tracer";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { setWarningSink } from "../src/core/warnings.ts";

config.defaultDevice = "interpreter";

/** A small generator of its own, so that failures repeat: mulberry32. */
function randomFrom(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % n;
  };
}

interface Selection {
  readonly shape: number[];
  /** Row-major offsets into the array, in the order of the selection. */
  readonly offsets: number[];
}

/** Python's `range(*slice(start, stop, step).indices(size))`, by counting. */
function indicesOf(size: number, start: number | null, stop: number | null, step: number): number[] {
  const inside = (bound: number): number => {
    const i = bound < 0 ? bound + size : bound;
    return step > 0 ? Math.min(Math.max(i, 0), size) : Math.min(Math.max(i, -1), size - 1);
  };
  const from = start === null ? (step > 0 ? 0 : size - 1) : inside(start);
  const to = stop === null ? (step > 0 ? size : -1) : inside(stop);
  const list: number[] = [];
  for (let i = from; step > 0 ? i < to : i > to; i += step) list.push(i);
  return list;
}

/** A random index of an array, as entries and as the elements that it selects. */
function randomIndex(shape: readonly number[], random: (n: number) => number): [IndexEntry[], Selection] {
  const entries: IndexEntry[] = [];
  const selected: number[] = [];
  let offsets = [0];
  const kept = random(shape.length + 1);
  shape.forEach((size, axis) => {
    if (random(6) === 0) {
      entries.push(null);
      selected.push(1);
    }
    let indices = Array.from({ length: size }, (_, i) => i);
    if (axis >= kept && random(2) === 0) {
      entries.push(":");
      selected.push(size);
    } else if (size > 0 && random(2) === 0) {
      const i = random(size);
      entries.push(random(2) === 0 ? i : String(i - size));
      indices = [i];
    } else {
      const bound = (): number | null => (random(3) === 0 ? null : random(2 * size + 3) - size - 1);
      const [start, stop, step] = [bound(), bound(), [1, 1, 2, 3, -1, -2][random(6)]];
      entries.push(random(2) === 0 ? slice(start, stop, step) : `${start ?? ""}:${stop ?? ""}:${step}`);
      indices = indicesOf(size, start, stop, step);
      selected.push(indices.length);
    }
    offsets = offsets.flatMap((offset) => indices.map((i) => offset * size + i));
  });
  while (entries.length > 0 && entries.at(-1) === ":" && random(2) === 0) {
    entries.pop();
    if (random(2) === 0) {
      entries.push("...");
      break;
    }
  }
  return [entries, { shape: selected, offsets }];
}

const flat = (x: NDArray): number[] => [...(x.dataSync() as Int32Array)];

/** Compiling for the CPU takes some milliseconds a program, so it gets fewer of them. */
test.each([
  ["interpreter", 200],
  ["cpu", 40],
])("%s: %i random indices read and write what the model selects, eagerly and jitted", (device, count) => {
  config.defaultDevice = device;
  onTestFinished(() => {
    config.defaultDevice = "interpreter";
  });
  for (let seed = 0; seed < count; seed++) {
    const random = randomFrom(seed);
    const shape = Array.from({ length: random(4) }, () => random(6));
    const [index, { shape: selected, offsets }] = randomIndex(shape, random);
    const size = shape.reduce((n, dim) => n * dim, 1);
    const x = jnp.arange(size).reshape(shape);
    const value = jnp.arange(offsets.length).add(100).reshape(selected);
    const set = Array.from({ length: size }, (_, i) => i);
    const added = [...set];
    offsets.forEach((offset, i) => {
      set[offset] = 100 + i;
      added[offset] += 100 + i;
    });
    const what = `seed ${seed}: [${shape}] at ${JSON.stringify(index)}`;
    for (const run of [(f: (x: NDArray, v: NDArray) => NDArray) => f(x, value), (f) => jit(f)(x, value)] as ((
      f: (x: NDArray, v: NDArray) => NDArray,
    ) => NDArray)[]) {
      const read = run((a) => a.get(...index));
      expect([read.shape, flat(read)], what).toEqual([selected, offsets]);
      expect(flat(run((a, v) => a.at(...index).set(v))), what).toEqual(set);
      expect(flat(run((a, v) => a.at(...index).add(v))), what).toEqual(added);
    }
  }
});

describe("entries", () => {
  const x = jnp.arange(24).reshape(2, 3, 4);
  test("one string may hold several axes", () => {
    expect(flat(x.get("1, ::2, -1"))).toEqual(flat(x.get(1, "::2", -1)));
    expect(x.get("0:1, :, None").shape).toEqual([1, 3, 1, 4]);
    expect(x.get("..., 1").shape).toEqual([2, 3]);
    expect(x.get("1,").shape).toEqual([3, 4]);
    expect(x.get(1n, slice(2)).shape).toEqual([2, 4]);
  });
  test("no index at all selects everything", () => {
    expect(x.get().shape).toEqual([2, 3, 4]);
    expect(jnp.array(3).get("...").item()).toBe(3);
  });
  test.each<[string, readonly unknown[], RegExp]>([
    ["too many", [0, 0, 0, 0], /Too many indices: array is 3-dimensional, but 4 were indexed/],
    ["two ellipses", ["...", "..."], /an index can only have a single ellipsis/],
    ["a float", [1.5], /Indexer must have integer or boolean type, got the number 1.5/],
    [
      "a float array",
      [jnp.ones([2])],
      /Indexer must have integer or boolean type, got indexer with type float32\[2\]/,
    ],
    ["other text", ["a"], /JAX does not support string indexing; got idx='a'/],
    ["no step", ["::0"], /slice step cannot be zero/],
    ["undefined", [undefined], /Indexer must have integer or boolean type, got undefined at position 0/],
    ["a function", [() => 0], /got function at position 0/],
  ])("%s is refused", (_, index, message) => {
    expect(() => x.get(...(index as IndexEntry[]))).toThrow(message);
    expect(() => x.at(...(index as IndexEntry[])).set(0)).toThrow(message);
  });
  test("an integer needs a size to point into", () => {
    expect(() => jnp.zeros([0, 3]).get(0)).toThrow("index is out of bounds for axis 0 with size 0");
  });
  test("arrays that do not fit are refused by name", () => {
    expect(() => x.get([0, 1], [0, 1, 2])).toThrow(
      "Incompatible shapes for broadcasting: shapes=[(2,), (3,)]",
    );
    expect(() => jnp.zeros([0, 3]).get([0])).toThrow("Slice size at index 0 in gather op is out of range");
    expect(() => x.get(":", jnp.array([true, false]))).toThrow(
      "boolean index did not match shape of indexed array in index 1: got (2,), expected [3]",
    );
    expect(() => jit((a: NDArray) => a.get(a.gt(1)))(x)).toThrow(
      "Array boolean indices must be concrete; got bool[2,3,4]",
    );
  });
});

describe("traced indices", () => {
  const x = jnp.array([0, 1, 2, 3], { dtype: "float32" });
  const all = jit((a: NDArray, i: NDArray) => [
    a.get(i),
    a.at(i).set(9),
    a.at(i).get({ mode: "fill", fillValue: -1 }),
    a.at(i).set(9, { mode: "clip" }),
  ]);
  // Read in JAX 0.10.2.
  test.each<[number, readonly (number | readonly number[])[]]>([
    [2, [2, [0, 1, 9, 3], 2, [0, 1, 9, 3]]],
    [-1, [3, [0, 1, 2, 9], 3, [0, 1, 2, 9]]],
    [-7, [0, [0, 1, 2, 3], -1, [9, 1, 2, 3]]],
    [7, [3, [0, 1, 2, 3], -1, [0, 1, 2, 9]]],
  ])("index %i", (i, expected) => {
    expect(all(x, jnp.array(i)).map((result) => result.toArraySync())).toEqual(expected);
  });
  test("reads clamp and writes drop for unsigned and narrow indices", () => {
    const run = jit((a: NDArray, i: NDArray) => [a.get(i), a.at(i).set(9)]);
    for (const dtype of ["uint8", "uint32"] as const) {
      const [read, written] = run(x, jnp.array(200, { dtype }));
      expect([read.item(), flat(written)]).toEqual([3, [0, 1, 2, 3]]);
    }
    // 300 does not fit the index's own dtype.
    expect(
      jnp
        .arange(300)
        .get(jnp.array(-100, { dtype: "int8" }))
        .item(),
    ).toBe(200);
    expect(
      jnp
        .arange(300)
        .get(jnp.array(2 ** 32 - 1, { dtype: "uint32" }))
        .item(),
    ).toBe(299);
  });
  test("beside ranges with steps", () => {
    const m = jnp.arange(12).reshape(3, 4);
    const run = jit((a: NDArray, i: NDArray) => [
      a.get(i, "::-2"),
      a.at(i, "1::2").set(-1),
      a.at("::2", i).add(10),
    ]);
    expect(run(m, jnp.array(1)).map(flat)).toEqual([
      [7, 5],
      [0, 1, 2, 3, 4, -1, 6, -1, 8, 9, 10, 11],
      [0, 11, 2, 3, 4, 5, 6, 7, 8, 19, 10, 11],
    ]);
  });
  test("bounds of a range must be known", () => {
    expect(() => jit((a: NDArray, i: NDArray) => a.get(slice(i as never, 3)))(x, jnp.array(1))).toThrow(
      "Slice entries must be static integers. Got slice(JitTracer(~int32[]), 3, null) at position 0",
    );
  });
  test("eager reads and writes in a loop compile once", () => {
    const compile = vi.spyOn(devices()[0], "compile");
    const column = jnp.arange(50).reshape(50, 1);
    compile.mockClear();
    expect([...column].map((row) => row.item())).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect(compile).toHaveBeenCalledTimes(1);
    for (let i = 0; i < 10; i++)
      column
        .at(i)
        .set(0)
        .get(slice(i, i + 2));
    expect(compile).toHaveBeenCalledTimes(3);
    compile.mockRestore();
  });
});

describe("updates", () => {
  const x = jnp.arange(3);
  test("the value takes the dtype of the array, with a warning where that loses something", () => {
    const warnings: string[] = [];
    const before = setWarningSink((text) => warnings.push(text));
    const small = jnp.array([1, 2, 3], { dtype: "int8" });
    expect(
      small
        .at(0)
        .set(jnp.array(3.7, { dtype: "float32" }))
        .toArraySync(),
    ).toEqual([3, 2, 3]);
    expect(small.at(0).add(jnp.array([200], { dtype: "int32" })).dtype).toBe("int8");
    setWarningSink(before);
    expect(warnings.join()).toContain("cannot safely cast value from dtype=float32 to dtype=int8");
  });
  test("divide makes floats, apply takes a function, get reads", () => {
    expect(String(x.at(0).divide(2))).toBe("Array([0., 1., 2.], dtype=float32)");
    expect(
      x
        .at("1:")
        .apply((v) => v.mul(10))
        .toArraySync(),
    ).toEqual([0, 10, 20]);
    expect(x.at(1).mul(5).toArraySync()).toEqual([0, 5, 2]);
    expect(x.at(-1).get().item()).toBe(2);
  });
  test("a weak array stays weak", () => {
    expect(String(jnp.asarray(2).at().set(1))).toBe("Array(1, dtype=int32, weak_type=True)");
  });
  test("values broadcast as in NumPy's assignment", () => {
    const m = jnp.zeros([3, 4]);
    expect(
      m
        .at(0)
        .set(jnp.ones([1, 1, 4]))
        .sum()
        .item(),
    ).toBe(4);
    expect(() => m.at().set(jnp.ones([3]))).toThrow(
      "could not broadcast input array from shape (3,) into shape (3, 4)",
    );
    expect(() => m.at(0, 0).set(jnp.ones([2]))).toThrow(
      "could not broadcast input array from shape (2,) into shape ()",
    );
  });
  test("what is refused", () => {
    expect(() => x.gt(0).at(0).add(true)).toThrow("add does not accept dtype bool");
    expect(() => x.at(0).set(1, { mode: "wrap" as never })).toThrow('Unknown gather mode "wrap"');
  });
});
