/** Rules of users for `vmap`: what they get, what they may return, what they nest with. */

import {
  config,
  customBatching,
  errors,
  grad,
  jit,
  jnp,
  jvp,
  lax,
  random,
  sequentialVmap,
  vmap,
} from "@fluxion/tracer";
import { describe, expect, test } from "vitest";

config.defaultDevice = "interpreter";

// biome-ignore lint/suspicious/noExplicitAny: short programs
type X = any;

const V: X = jnp.array([1.5, 2, 3]);
const list = (x: X): number[] => x.ravel().toArraySync() as number[];

/** x + y, which the rule marks by ten times x; `calls` says what the rule got. */
function marked() {
  const calls: unknown[] = [];
  const f = customBatching((x: X, y: X) => jnp.add(x, y));
  f.defVmap((size, inBatched, x, y) => {
    calls.push([size, inBatched, x.shape, y.shape]);
    return [x.mul(10).add(y), true];
  });
  return { f: f as X, calls };
}

describe("customBatching", () => {
  test("a call without a batch is the function", () => {
    const { f, calls } = marked();
    expect(f(1, 2).item()).toBe(3);
    expect(jit(f)(1, 2).item()).toBe(3);
    expect(calls).toEqual([]);
  });

  test("the rule gets the batch in front", () => {
    const { f, calls } = marked();
    expect(list(vmap(f)(V, V))).toEqual([16.5, 22, 33]);
    expect(list(vmap(f, [0, null])(V, 2.5))).toEqual([17.5, 22.5, 32.5]);
    expect(list(vmap(f, { inAxes: [1, null], outAxes: 1 })(jnp.ones([2, 3]), jnp.ones([2])))).toEqual(
      new Array(6).fill(11),
    );
    expect(calls).toEqual([
      [3, [true, true], [3], [3]],
      [3, [true, false], [3], []],
      [3, [true, false], [3, 2], [2]],
    ]);
  });

  test("nested: the outer batch goes over what the rule does", () => {
    const { f, calls } = marked();
    expect(list(vmap(vmap(f, [null, 0]), [0, null])(V, V))).toEqual([
      16.5, 17, 18, 21.5, 22, 23, 31.5, 32, 33,
    ]);
    expect(calls).toEqual([[3, [false, true], [], [3]]]);
  });

  test("under jit, in loops and in jitted functions", () => {
    const { f } = marked();
    expect(list(jit(vmap(f))(V, V))).toEqual([16.5, 22, 33]);
    expect(list(vmap(jit((x: X) => f(x, x)))(V))).toEqual([16.5, 22, 33]);
    const twice = (x: X): X => lax.foriLoop(0, 2, (_, c: X) => f(c, x), x);
    expect(list(vmap(twice)(V))).toEqual(list(V).map((x) => 10 * (11 * x) + x));
  });

  test("derivatives: of the rule outside, of the function inside", () => {
    const { f } = marked();
    expect(list(grad((x: X) => vmap(f)(x, V).sum())(V))).toEqual([10, 10, 10]);
    expect(list(jvp((x: X) => vmap(f)(x, V), [V], [V])[1] as X)).toEqual([15, 20, 30]);
    expect(list(vmap(grad(f))(V, V))).toEqual([1, 1, 1]);
  });

  test("pytrees, typed keys, results without a batch", () => {
    const f = customBatching(({ k, x }: X) => ({ draw: random.uniform(k).add(x), one: jnp.ones([2]) }));
    f.defVmap((_, inBatched, { k, x }) => {
      expect(inBatched).toEqual([{ k: true, x: false }]);
      return [
        { draw: vmap((own: X) => random.uniform(own))(k).add(x), one: jnp.ones([2]) },
        { draw: true, one: false },
      ];
    });
    const keys = random.split(random.key(1), 3);
    const out = vmap(f, { inAxes: [{ k: 0, x: null }], outAxes: { draw: 0, one: null } })({
      k: keys,
      x: 1.5,
    }) as X;
    const expected = [0, 1, 2].map((i) => (random.uniform((keys as X).get(i)) as X).item() + 1.5);
    list(out.draw).forEach((draw, i) => {
      expect(draw).toBeCloseTo(expected[i], 6);
    });
    expect(out.one.shape).toEqual([2]);
  });

  test("under JAX's names", () => {
    const f = customBatching.customVmap((x: X) => x);
    f.def_vmap((_, __, x) => [x.neg(), true]);
    expect(list(vmap(f as X)(V))).toEqual([-1.5, -2, -3]);
    expect(customBatching.sequentialVmap).toBe(sequentialVmap);
  });

  test("sequentialVmap runs one example after the other", () => {
    const s = sequentialVmap((x: X, y: X) =>
      lax.cond(
        x.gt(2),
        () => x.mul(y),
        () => x,
      ),
    ) as X;
    expect(list(vmap(s, [0, null])(V, jnp.asarray(2.5)))).toEqual([1.5, 2, 7.5]);
  });
});

describe("refusals", () => {
  const withRule = (rule: X): X => {
    const f = customBatching((x: X) => [x, { a: x }]);
    f.defVmap(rule);
    return () => vmap(f)(V);
  };

  test.each([
    [
      "no pair",
      (_: X, __: X, x: X) => x,
      "must return a pair of the result and of what of it has a batch, got object",
    ],
    [
      "structure",
      (_: X, __: X, x: X) => [x, true],
      "does not match that of original custom-vmapped function.\nOriginal output: PyTreeDef([*, {'a': *}])\nRule output: PyTreeDef(*)",
    ],
    [
      "flags",
      (_: X, __: X, x: X) => [[x, { a: x }], true],
      "output batching specification returned by custom vmap rule (<lambda>) do not match.\nOutput values",
    ],
    [
      "size",
      (_: X, __: X, x: X) => [
        [x, { a: x.get(":2") }],
        [true, { a: true }],
      ],
      "returned float32[2] for the result[1]['a']; 3 examples of float32[] are float32[3].",
    ],
    [
      "no batch",
      (_: X, __: X, x: X) => [
        [x, { a: x }],
        [true, { a: false }],
      ],
      "returned float32[3] for the result[1]['a']; without a batch it is float32[].",
    ],
  ])("%s", (_, rule, text) => {
    expect(withRule(rule)).toThrow(text);
    expect(withRule(rule)).toThrow(/custom-batching\.test\.ts:\d+/);
  });

  test("without a rule", () => {
    const f = customBatching((x: X) => x);
    for (const run of [() => f(V), () => vmap(f)(V)]) {
      expect(run).toThrow(errors.AttributeError);
      expect(run).toThrow("No batching rule defined for custom_vmap function");
    }
    expect(() => customBatching(3 as X)).toThrow("Expected a callable value, got 3");
    expect(() => f.defVmap(3 as X)).toThrow("Expected a callable value, got 3");
  });

  test("what the rule would not see", () => {
    const f = (w: X): X => {
      const own = customBatching((x: X) => x.mul(w));
      own.defVmap((_, __, x) => [x, true]);
      return own(w);
    };
    expect(() => vmap(f)(V)).toThrow(
      /closes over an array that has a batch, which its rule would not see\. Pass the array/,
    );
  });
});
