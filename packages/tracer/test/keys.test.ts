/** Typed PRNG keys outside of `random`: in jitted functions, loops, pytrees and functions that only move elements. */

import { evalShape, jit, jnp, lax, makeJaxpr, random, ShapeDtypeStruct, tree } from "fluxion";
import { describe, expect, test } from "vitest";

const key = random.key(1);
const keys = random.split(key, 3);
const words = random.split(random.PRNGKey(1), 3).toArraySync() as number[][];
const wordsOf = (x: Parameters<typeof random.keyData>[0]) => random.keyData(x).toArraySync();

describe("what a key is", () => {
  test("dtype, shape, size and bytes", () => {
    expect([keys.dtype, keys.shape, keys.ndim, keys.size, keys.nbytes, keys.length]).toEqual([
      "key<fry>",
      [3],
      1,
      3,
      24,
      3,
    ]);
    expect(random.keyImpl(key)).toBe("threefry2x32");
    expect(String(key)).toBe("Array((), dtype=key<fry>) overlaying:\n[0 1]");
  });

  test("raw keys stay raw, typed ones typed", () => {
    expect(random.split(random.PRNGKey(0)).dtype).toBe("uint32");
    expect(random.foldIn(random.PRNGKey(0), 1).shape).toEqual([2]);
    expect(random.foldIn(key, 1).dtype).toBe("key<fry>");
    expect(random.clone(key).dtype).toBe("key<fry>");
    expect(random.wrapKeyData(random.PRNGKey(1)).dtype).toBe("key<fry>");
  });

  test("both draw the same", () => {
    const [typed, raw] = [random.key(7), random.PRNGKey(7)].map((k) => random.normal(k, [4]).toArraySync());
    expect(typed).toEqual(raw);
  });
});

describe("keys travel", () => {
  test("through jit, as argument, in a pytree, closed over, and as result", () => {
    const next = jit((state: { key: typeof key; x: typeof key }) => {
      const [a, b] = random.split(state.key);
      return { key: a, x: state.x.add(random.uniform(b)) };
    });
    const out = next({ key, x: jnp.zeros([]) });
    expect(out.key.dtype).toBe("key<fry>");
    expect(wordsOf(out.key)).toEqual(wordsOf(random.split(key).get(0)));
    expect(wordsOf(jit(() => keys.get(1))())).toEqual(words[1]);
  });

  test("through an inner jitted function", () => {
    const inner = jit((k: typeof key) => random.foldIn(k, 3));
    expect(wordsOf(jit((k: typeof key) => inner(k))(key))).toEqual(wordsOf(random.foldIn(key, 3)));
  });

  test("a typed and a raw key are two signatures", () => {
    const dtype = jit((k: typeof key) => random.split(k));
    expect([dtype(key).dtype, dtype(random.keyData(key)).dtype]).toEqual(["key<fry>", "uint32"]);
  });

  test("through scan: carried, scanned over, stacked", () => {
    const [last, stacked] = lax.scan(
      (carry: typeof key, x: typeof key) =>
        [random.foldIn(carry, 1), x] as const as readonly [typeof key, typeof key],
      key,
      keys,
    );
    expect(last.dtype).toBe("key<fry>");
    expect(wordsOf(stacked)).toEqual(words);
    const stepped = [1, 1, 1].reduce((k, n) => random.foldIn(k, n), key);
    expect(wordsOf(last)).toEqual(wordsOf(stepped));
  });

  test("through cond and whileLoop", () => {
    const chosen = lax.cond(
      true,
      (k) => random.foldIn(k, 1),
      (k) => k,
      key,
    );
    expect(wordsOf(chosen)).toEqual(wordsOf(random.foldIn(key, 1)));
    const [, looped] = lax.whileLoop(
      ([i]) => i.lt(2),
      ([i, k]) => [i.add(1), random.foldIn(k, 5)],
      [jnp.array(0), key],
    );
    expect(wordsOf(looped)).toEqual(wordsOf(random.foldIn(random.foldIn(key, 5), 5)));
  });

  test("a branch that returns raw words is refused", () => {
    const run = () =>
      lax.cond(
        true,
        (k: typeof key) => k,
        (k: typeof key) => random.keyData(k),
        key,
      );
    expect(run).toThrow("false_fun has type uint32[2], that of true_fun key<fry>[]");
  });

  test("through tree functions, evalShape and makeJaxpr", () => {
    const leaves = tree.leaves({ a: key, b: keys });
    expect(leaves.map((leaf) => (leaf as typeof key).dtype)).toEqual(["key<fry>", "key<fry>"]);
    expect(String(evalShape((k) => random.split(k), key))).toBe(
      "ShapeDtypeStruct(shape=(2,), dtype=key<fry>)",
    );
    const struct = new ShapeDtypeStruct([], key.dtype);
    expect(String(evalShape((k) => random.normal(k, [3]), struct))).toContain("(3,)");
    expect(makeJaxpr((k) => k)(key).inAvals[0].key).toBe(true);
  });
});

describe("moving keys", () => {
  test.each([
    ["an element", () => keys.get(2), [], [words[2]]],
    ["reversal", () => keys.get("::-1"), [3], words.toReversed()],
    ["an ellipsis", () => keys.reshape(3, 1).get("...", 0), [3], words],
    ["reshape", () => keys.reshape(3, 1), [3, 1], words],
    ["a traced index", () => jit((i: typeof key) => keys.get(i))(jnp.array(1)), [], [words[1]]],
    ["iteration and stack", () => jnp.stack([...keys]), [3], words],
    [
      "stack along a later axis",
      () => jnp.stack([keys, keys], { axis: -1 }),
      [3, 2],
      words.flatMap((w) => [w, w]),
    ],
    ["concatenate", () => jnp.concatenate([keys, keys]), [6], [...words, ...words]],
    ["squeeze", () => jnp.squeeze(keys.get("1:2")), [], [words[1]]],
    ["expandDims", () => jnp.expandDims(key, 0), [1], [[0, 1]]],
    [
      "broadcastTo",
      () => jnp.broadcastTo(key, [2]),
      [2],
      [
        [0, 1],
        [0, 1],
      ],
    ],
    ["transpose", () => keys.reshape(3, 1).T, [1, 3], words],
    ["where", () => jnp.where(jnp.array([true, false, true]), keys, key), [3], [words[0], [0, 1], words[2]]],
    ["set", () => keys.at(0).set(key), [3], [[0, 1], words[1], words[2]]],
  ] as const)("%s", (_, run, shape, expected) => {
    const x = run();
    expect([x.dtype, x.shape]).toEqual(["key<fry>", shape]);
    expect(random.keyData(x).reshape(-1, 2).toArraySync()).toEqual(expected);
  });
});

describe("what keys are not", () => {
  test.each([
    [() => key.add(1), TypeError, "add does not accept dtype key<fry>"],
    [() => jnp.sum(keys), TypeError, "does not accept dtype key<fry>"],
    [() => jnp.stack([key, jnp.zeros([])]), TypeError, "stack does not accept dtype key<fry>"],
    [() => keys.at(0).add(1), TypeError, "keys are replaced by keys"],
    [() => key.toArraySync(), TypeError, "JAX array with PRNGKey dtype cannot be converted"],
    [() => key.item(), TypeError, "random.keyData(key)"],
    [() => Number(key), TypeError, "random.keyData(key)"],
    [() => keys.get(0, 0), RangeError, "Too many indices: array is 1-dimensional, but 2 were indexed"],
    [
      () => random.normal(keys),
      RangeError,
      "normal accepts a single key, but was given a key array of shape (3,) != ()",
    ],
    [() => random.normal(3), TypeError, "JAX encountered invalid PRNG key data"],
    [() => random.PRNGKey(key), TypeError, "PRNGKey accepts a scalar seed, but was given a PRNG key."],
    [() => random.key(0, { impl: "rbg" }), Error, "threefry2x32"],
    [
      () => random.wrapKeyData(jnp.zeros([3], { dtype: "uint32" })),
      TypeError,
      "expected key_data.shape to end with (2,)",
    ],
  ] as const)("%s", (run, type, text) => {
    expect(run).toThrow(type);
    expect(run).toThrow(text);
  });
});
