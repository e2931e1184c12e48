/** Initializers, cut and exponential normal draws, and the normal distribution, against JAX's values. */

import { readFileSync } from "node:fs";
import { jit, jnp, type NDArray, nn, random, scipy } from "fluxion";
import { describe, expect, test } from "vitest";

const goldens: Readonly<Record<string, readonly number[]>> = JSON.parse(
  readFileSync(new URL("./goldens/distributions.json", import.meta.url), "utf8"),
);
const key = random.PRNGKey(3);
const { initializers } = nn;
const { norm } = scipy.stats;
const x = jnp.array([-3.0, -0.5, 0.0, 0.25, 2.0, 9.0]) as NDArray;

const draws: Readonly<Record<string, () => NDArray>> = {
  glorot_normal: () => initializers.glorotNormal()(key, [3, 2]),
  glorot_uniform: () => initializers.glorotUniform()(key, [3, 2]),
  he_normal: () => initializers.heNormal()(key, [3, 2]),
  he_uniform: () => initializers.he_uniform()(key, [3, 2]),
  lecun_normal: () => initializers.lecunNormal()(key, [3, 2]),
  lecun_uniform: () => initializers.lecunUniform()(key, [3, 2]),
  normal: () => initializers.normal()(key, [3, 2]),
  uniform: () => initializers.uniform()(key, [3, 2]),
  truncated_normal: () => initializers.truncatedNormal()(key, [3, 2]),
  "glorot_uniform conv": () => initializers.glorotUniform({ inAxis: 1, outAxis: 0 })(key, [2, 3, 2]),
  "normal 0.5": () => initializers.normal(0.5)(key, [4]),
  variance_scaling: () => initializers.varianceScaling(0.5, "fan_out", "normal")(key, [2, 3]),
  "random.truncated_normal": () => random.truncatedNormal(key, -0.5, 3, [40]),
  "random.truncated_normal array": () => random.truncatedNormal(key, jnp.array([-1, 0.0]), 2),
  "random.lognormal": () => random.lognormal(key, 0.7, [9]),
  "norm.logpdf": () => norm.logpdf(x, 0.5, 1.5),
  "norm.pdf": () => norm.pdf(x, 0.5, 1.5),
  "norm.cdf": () => norm.cdf(x, 0.5, 1.5),
  "norm.sf": () => norm.sf(x, 0.5, 1.5),
};

test("every golden has its call", () => {
  expect(Object.keys(draws).toSorted()).toEqual(Object.keys(goldens).toSorted());
});

const ulp = 2 ** -23;

/** How far roundings may take a result, those of JAX's included. */
function bound(name: string, expected: number): number {
  const size = Math.abs(expected);
  // A uniform draw between bounds is rounded at the size of the bounds, wherever it falls.
  if (name.includes("truncated_normal")) return 4 * ulp * size + 2 * ulp;
  // exp makes the error of its argument a relative one.
  if (name === "norm.pdf") return 2 * ulp * size * (2 + Math.abs(Math.log(expected)));
  return 8 * ulp * size;
}

test.each(Object.keys(draws))("%s", (name) => {
  const got = draws[name]().ravel().toArraySync() as number[];
  expect(got.length).toBe(goldens[name].length);
  got.forEach((value, i) => {
    const expected = goldens[name][i];
    expect(Math.abs(value - expected)).toBeLessThanOrEqual(bound(name, expected));
  });
});

describe("initializers", () => {
  test("take typed keys, dtypes and traces", () => {
    const init = initializers.heNormal({ dtype: "float16" });
    expect(init(random.key(3), [4, 4]).dtype).toBe("float16");
    expect(init(key, [4, 4], "float32").dtype).toBe("float32");
    const f = jit((k: NDArray) => initializers.heNormal()(k, [3, 2]));
    const [a, b] = [f(key), initializers.heNormal()(key, [3, 2])].map(
      (w) => w.ravel().toArraySync() as number[],
    );
    a.forEach((value, i) => {
      expect(value).toBeCloseTo(b[i], 6);
    });
  });

  test("constants", () => {
    expect(initializers.zeros(key, [2]).toArraySync()).toEqual([0, 0]);
    expect(initializers.ones(key, [2], "int32").dtype).toBe("int32");
    expect(
      initializers
        .constant(jnp.array([1, 2.5]))(key, [2, 2])
        .toArraySync(),
    ).toEqual([
      [1, 2.5],
      [1, 2.5],
    ]);
  });

  test("mistakes", () => {
    expect(() => initializers.glorotNormal()(key, [3])).toThrow("Can't compute input and output sizes");
    expect(() => initializers.varianceScaling(1, "fan" as never, "normal")).toThrow("fan_in, fan_out");
    expect(() => initializers.varianceScaling(1, "fan_in", "cauchy" as never)).toThrow(
      "truncated_normal, normal",
    );
  });
});
