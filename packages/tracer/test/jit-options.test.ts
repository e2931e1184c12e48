/** Options of `jit`: by position, by name, and those that do not fit the function. */

import { jit, jnp, type NDArray } from "fluxion";
import { describe, expect, test } from "vitest";

const x = jnp.ones([2]) as NDArray;
const power = (v: NDArray, n: number, flag = false): NDArray => (n > 1 && flag ? v.mul(2) : v);

describe("static arguments", () => {
  test("by position from either end, and by name", () => {
    for (const options of [
      { staticArgnums: [1, 2] },
      { staticArgnums: [-1, -2] },
      { staticArgnames: ["n", "flag"] },
      { staticArgnums: 1, staticArgnames: "flag" },
    ])
      expect(jit(power, options)(x, 2, true).toArraySync()).toEqual([2, 2]);
  });

  test("functions of any number of arguments take any position", () => {
    const f = jit(
      (...args: unknown[]) => (args[3] === "twice" ? (args[0] as NDArray).mul(2) : (args[0] as NDArray)),
      {
        staticArgnums: 3,
      },
    );
    expect(f(x, x, x, "twice").toArraySync()).toEqual([2, 2]);
    expect(jit(power.bind(null), { staticArgnums: [1, 2] })(x, 2, true).toArraySync()).toEqual([2, 2]);
  });
});

test("donated arguments by name", () => {
  const f = jit((a: NDArray, b: NDArray) => a.add(b), { donateArgnames: "b" });
  const [a, b] = [jnp.zeros([1000]), jnp.ones([1000])];
  expect(f(a, b).item(0)).toBe(1);
  expect([a.isDeleted(), b.isDeleted()]).toEqual([false, true]);
});

test.each<[string, object, string]>([
  ["an unknown option", { foo: 1 }, "jit() got an unexpected option 'foo'. It takes: staticArgnums,"],
  [
    "a position outside",
    { staticArgnums: 3 },
    "invalid argnums {3} in staticArgnums. Function only takes 3 positional",
  ],
  ["one before the first", { donateArgnums: [-4] }, "invalid argnums {-4} in donateArgnums"],
  ["no position", { staticArgnums: 0.5 }, "invalid argnums {0.5}"],
  [
    "an unknown name",
    { staticArgnames: ["m"] },
    "invalid argnames {'m'} in staticArgnames. Function does not take these args",
  ],
])("%s is an error when the function is wrapped", (_, options, text) => {
  expect(() => jit(power, options)).toThrow(text);
  expect(() => jit(power, options)).toThrow(/jit-options\.test\.ts:\d+/);
});
