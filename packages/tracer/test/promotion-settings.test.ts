/** `numpyRankPromotion` and `numpyDtypePromotion`. */

import { config, errors, jit, jnp, type NDArray } from "fluxion";
import { afterEach, describe, expect, test } from "vitest";
import { setWarningSink } from "../src/core/warnings.ts";

const [matrix, vector] = [jnp.ones([2, 3]), jnp.ones([3])];
const add = (): NDArray => jnp.add(matrix as NDArray, vector as NDArray);

describe("numpyRankPromotion", () => {
  test("raise: also for shapes that were compiled before", () => {
    add();
    const run = () => config.with({ numpyRankPromotion: "raise" }, add);
    expect(run).toThrow(TypeError);
    expect(run).toThrow("Following NumPy automatic rank promotion for add on shapes (2, 3) (3,).");
    expect(run).toThrow("promotion-settings.test.ts:8");
    expect(add().shape).toEqual([2, 3]);
  });

  test("raise inside of a jitted function that was traced before", () => {
    const f = jit((x: NDArray, y: NDArray) => x.mul(y));
    f(matrix, vector);
    expect(() => config.with({ numpyRankPromotion: "raise" }, () => f(matrix, vector))).toThrow(
      "for multiply",
    );
  });

  test("warn", () => {
    const warnings: string[] = [];
    const before = setWarningSink((message) => warnings.push(message));
    try {
      config.with({ numpyRankPromotion: "warn" }, add);
    } finally {
      setWarningSink(before);
    }
    expect(warnings.length).toBe(1);
    expect(warnings[0]).toContain("Following NumPy automatic rank promotion for add on shapes (2, 3) (3,).");
  });

  test.each<[string, () => NDArray]>([
    ["scalars", () => matrix.add(1)],
    ["0-d arrays", () => matrix.add(jnp.ones([]))],
    ["one rank", () => matrix.add(jnp.ones([1, 3]))],
    ["where, as in JAX", () => jnp.where(true, matrix, vector)],
    ["the library's own broadcasts", () => jnp.var(matrix, { axis: 0 })],
  ])("raise lets pass: %s", (_, run) => {
    expect(config.with({ numpyRankPromotion: "raise" }, run).size).toBeGreaterThan(0);
  });
});

describe('numpyDtypePromotion "strict"', () => {
  afterEach(() => config.update("numpyDtypePromotion", "standard"));
  const [i, f] = [jnp.arange(3), jnp.ones([3])];
  const [h, u] = [jnp.ones([3], { dtype: "float16" }), jnp.ones([3], { dtype: "uint8" })];

  test.each<[string, string, () => unknown]>([
    ["int and float", "'float32', 'int32'", () => i.add(f)],
    ["int and a float scalar", "'float scalar', 'int32'", () => i.add(1.5)],
    ["two floats", "'float16', 'float32'", () => f.add(h)],
    ["two ints", "'int32', 'uint8'", () => i.add(u)],
    ["bool and float", "'bool', 'float32'", () => f.add(f.gt(0))],
    ["a bool scalar", "'bool', 'float32'", () => f.add(true)],
    ["a complex scalar", "'complex scalar', 'float32'", () => f.add(jnp.complex(0, 1))],
    ["where", "'float32', 'int32'", () => jnp.where(f.gt(0), i, f)],
    ["concatenate", "'float32', 'int32'", () => jnp.concatenate([i, f])],
    ["matmul", "'float32', 'int32'", () => i.matmul(f as never)],
    ["an update", "'float32', 'int32'", () => f.at(0).set(i.get(0))],
  ])("refuses %s", (_, names, run) => {
    run(); // compiled under the standard rules
    config.update("numpyDtypePromotion", "strict");
    expect(run).toThrow(errors.TypePromotionError);
    expect(run).toThrow(`Input dtypes (${names}) have no available implicit dtype promotion path`);
    expect(run).toThrow("promotion-settings.test.ts");
  });

  test.each<[string, () => NDArray]>([
    ["int + 1", () => i.add(1)],
    ["float + 1", () => f.add(1)],
    ["uint8 + 1", () => u.add(1)],
    ["two scalars", () => jnp.add(1, 1.5)],
    ["int / 2", () => i.div(2)],
    ["sqrt of int", () => jnp.sqrt(i)],
    ["mean of int", () => jnp.mean(i)],
    ["var of int", () => jnp.var(i)],
    ["a list of both", () => jnp.array([1, 2.5])],
    ["clip by scalars", () => jnp.clip(f, 0, 1)],
  ])("lets pass: %s", (_, run) => {
    const before = run();
    config.update("numpyDtypePromotion", "strict");
    expect(String(run())).toBe(String(before));
  });
});
