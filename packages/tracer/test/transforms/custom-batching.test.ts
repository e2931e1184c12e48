/** Rules of users for `vmap`: what they get, what they may return, what they nest with. */

import {
  config,
  customBatching,
  errors,
  grad,
  jacfwd,
  jit,
  jnp,
  jvp,
  lax,
  random,
  sequentialVmap,
  valueAndGrad,
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

  test("derivatives of a batch are those of the rule", () => {
    const { f } = marked();
    expect(list(grad((x: X) => vmap(f)(x, V).sum())(V))).toEqual([10, 10, 10]);
    expect(list(jvp((x: X) => vmap(f)(x, V), [V], [V])[1] as X)).toEqual([15, 20, 30]);
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

describe("a batch of derivatives", () => {
  /** sin(x)·y, ten times as much by its rule. */
  const calls: unknown[] = [];
  const f = customBatching((x: X, y: X) => jnp.sin(x).mul(y)) as X;
  f.defVmap((size: number, inBatched: boolean[], x: X, y: X) => {
    calls.push([size, ...inBatched]);
    return [jnp.sin(x).mul(y).mul(10), inBatched.some(Boolean)];
  });
  const xs = jnp.array([0.5, 1, 1.5]) as X;
  const derivative = (x: X, y: X, dx: X, dy: X): X => jvp(f, [x, y], [dx, dy]);
  const close = (x: X, expected: readonly number[]) =>
    expect(list(x)).toEqual(expected.map((y) => expect.closeTo(y, 4)));

  // JAX 0.10.2: jax.vmap(lambda x, y, dx, dy: jax.jvp(f, (x, y), (dx, dy)), axes)(...), where batched arguments are 1, 2, 3, 4
  // times xs and the others 0.5, 1, 1.5, 2.
  test.each([
    [[0, null, 0, null], [4.794255, 8.41471, 9.97495], [22.752249, 33.038486, 23.133072], [true, false]],
    [[0, null, null, null], [4.794255, 8.41471, 9.97495], [22.752249, 24.933952, 21.010956], [true, false]],
    [[0, null, null, 0], [4.794255, 8.41471, 9.97495], [22.752249, 41.763374, 60.910759], [true, true]],
    [[0, 0, 0, 0], [4.794255, 16.829418, 29.924851], [22.752249, 66.076973, 69.399223], [true, true]],
    [[null, null, 0, 0], [4.794255, 4.794255, 4.794255], [22.752249, 45.504498, 68.256752], [true, true]],
    [[null, 0, 0, null], [4.794255, 9.588511, 14.382767], [22.752249, 62.243462, 128.062149], [true, true]],
    // Here JAX gives arrays of shape (3, 3); these are the numbers of lax.map.
    [[0, 0, 0, null], [4.794255, 16.829418, 29.924851], [22.752249, 49.247555, 29.49942], [true, true]],
  ])("forward mode differentiates the rule: %j", (axes, values, tangents, flags) => {
    calls.length = 0;
    const args = axes.map((axis, i) => (axis === null ? jnp.float((i + 1) / 2) : xs.mul(i + 1)));
    const [value, tangent] = (vmap(derivative, axes) as X)(...args);
    close(value, values);
    close(tangent, tangents);
    expect(calls).toEqual([[3, ...flags]]);
  }); // biome-ignore format: a table

  test("of second order, nested, under jit", () => {
    const first = (x: X, dx: X): X => jvp((y: X) => f(y, 2), [x], [dx]);
    const second = (x: X, dx: X): X => jvp((y: X) => first(y, dx)[1], [x], [dx])[1];
    const expected = [0.5, 1, 1.5].map((x) => -20 * Math.sin(x) * x * x);
    close(vmap(second)(xs, xs), expected);
    close(jit(vmap(second) as X)(xs, xs), expected);
    close(vmap(jit(second) as X)(xs, xs), expected);
    const grid = vmap((y: X) => vmap((x: X) => derivative(x, y, x, y)[1])(xs))(xs);
    const at = (x: number, y: number): number => 10 * (Math.cos(x) * x * y + Math.sin(x) * y);
    close(
      grid,
      [0.5, 1, 1.5].flatMap((y) => [0.5, 1, 1.5].map((x) => at(x, y))),
    );
  });

  test("jacfwd, whose value all columns share", () => {
    close(jacfwd((v: X) => f(v.get(0), v.get(1)))(jnp.array([0.5, 2]) as X), [17.551651, 4.794255]);
    const s = sequentialVmap((x: X) => jnp.sin(x));
    close(jacfwd((v: X) => s(v.get(0)))(jnp.array([0.5, 2]) as X), [Math.cos(0.5), 0]);
  });

  test("results without a batch or without a tangent", () => {
    const g = customBatching((x: X, y: X) => [x.mul(y), y.mul(3), jnp.ones([])]) as X;
    g.defVmap((_: number, inBatched: boolean[], x: X, y: X) => [
      [x.mul(y).mul(10), y.mul(30), jnp.ones([])],
      [true, inBatched[1], false],
    ]);
    const run = vmap((x: X) => jvp(g, [x, 2], [1, 1]) as X) as X;
    const rows = run(xs).flat().map(list);
    expect(rows).toEqual([[10, 20, 30], [60, 60, 60], [1, 1, 1], [25, 30, 35], [30, 30, 30], [0, 0, 0]]); // biome-ignore format: rows
  });

  test("reverse mode, which JAX refuses, goes through the function", () => {
    close(grad(f)(0.5, 2), [2 * Math.cos(0.5)]);
    const [values, slopes] = vmap(valueAndGrad(f) as X, [0, null])(xs, 2.5) as X;
    close(values, [0.5, 1, 1.5].map((x) => 2.5 * Math.sin(x))); // biome-ignore format: rows
    close(slopes, [0.5, 1, 1.5].map((x) => 2.5 * Math.cos(x))); // biome-ignore format: rows
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
