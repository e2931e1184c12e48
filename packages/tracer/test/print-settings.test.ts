/** `setPrintoptions` and `printoptions`; the texts are JAX's. */

import { jnp, nn } from "fluxion";
import { afterEach, expect, test } from "vitest";

const initial = jnp.getPrintoptions();
afterEach(() => jnp.setPrintoptions(initial));

const thirds = jnp.linspace(0, 1, 7).div(3);

test("printoptions holds inside of a function alone", () => {
  jnp.printoptions({ precision: 3 }, () => {
    expect(String(thirds)).toBe("Array([0.   , 0.056, 0.111, 0.167, 0.222, 0.278, 0.333], dtype=float32)");
    expect(thirds.str()).toBe("[0.    0.056 0.111 0.167 0.222 0.278 0.333]");
  });
  expect(jnp.getPrintoptions()).toEqual(initial);
});

test("setPrintoptions: summaries, line width, no exponents", () => {
  const range = jnp.arange(20);
  jnp.setPrintoptions({ threshold: 5, edgeitems: 2 });
  expect(String(range)).toBe("Array([ 0,  1, ..., 18, 19], dtype=int32)");
  expect(range.str()).toBe("[ 0  1 ... 18 19]");
  jnp.set_printoptions({ threshold: 1000, edgeitems: 3, linewidth: 30 });
  expect(String(range)).toBe(
    "Array([ 0,  1,  2,  3,  4,\n        5,  6,  7,  8,  9,\n       10, 11, 12, 13, 14,\n       15, 16, 17, 18, 19],      dtype=int32)",
  );
  jnp.setPrintoptions({ linewidth: 75, suppress: true });
  expect(String(jnp.array([1e-5, 1]))).toBe("Array([0.00001, 1.     ], dtype=float32)");
  expect(jnp.getPrintoptions()).toEqual({
    precision: 8,
    threshold: 1000,
    edgeitems: 3,
    linewidth: 75,
    suppress: true,
  });
  expect(() => jnp.setPrintoptions({ sign: "+" } as never)).toThrow("unexpected option 'sign'");
});

test("copies have memory of their own; log1mexp", () => {
  const x = jnp.arange(1000).add(0);
  const y = jnp.copy(x);
  x.dispose();
  expect(y.item(999)).toBe(999);
  expect(y).toBeInstanceOf(jnp.ndarray);
  const got = nn.log1mexp(jnp.array([0.1, 0.5, 1, 5])).toArraySync() as number[];
  [-2.3521686, -0.93275213, -0.45867515, -0.00676075].forEach((expected, i) => {
    expect(got[i]).toBeCloseTo(expected, 6);
  });
});
