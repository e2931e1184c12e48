/** `jacfwd`, `jacrev` and `hessian`. */

import {
  config,
  grad,
  hessian,
  jacfwd,
  jacrev,
  jit,
  jnp,
  lax,
  type NDArray,
  tree,
  vmap,
} from "@fluxion/tracer";
import { describe, expect, test } from "vitest";

config.defaultDevice = "interpreter";

const items = (t: unknown): unknown => tree.map((x: NDArray) => x.toArraySync(), t);
const closeTo = (t: unknown): unknown => tree.map((x: number) => expect.closeTo(x, 4), t);

/** The example of JAX's documentation. */
const f = (x: NDArray): NDArray =>
  jnp.stack([
    x.get(0),
    x.get(2).mul(5),
    x.get(1).mul(x.get(1)).mul(4).sub(x.get(2).mul(2)),
    x.get(2).mul(jnp.sin(x.get(0))),
  ]) as NDArray;
const x = jnp.asarray([1, 2, 3], "float32");
const expected = [
  [1, 0, 0],
  [0, 0, 5],
  [0, 16, -2],
  [3 * Math.cos(1), 0, Math.sin(1)],
];

describe("both modes", () => {
  for (const [name, jacobian] of [
    ["jacfwd", jacfwd],
    ["jacrev", jacrev as typeof jacfwd],
  ] as const) {
    test(`${name} of an array, also under jit and vmap`, () => {
      expect(items(jacobian(f)(x))).toEqual(closeTo(expected));
      expect(items(jit(jacobian(f))(x))).toEqual(closeTo(expected));
      expect(items(vmap(jacobian(f))(jnp.stack([x, x])))).toEqual(closeTo([expected, expected]));
    });

    test(`${name} of pytrees, by one argument or several`, () => {
      const g = ({ a, b }: { a: NDArray; b: NDArray }, c: NDArray) => ({ y: a.mul(b).mul(c), z: [b.sum()] });
      const p = { a: jnp.asarray([1.5, 2.5]), b: jnp.asarray(2.5) };
      const first = {
        y: { a: [[10, 0], [0, 10]], b: [6, 10] },
        z: [{ a: [0, 0], b: 1 }],
      }; // biome-ignore format: matrices
      expect(items(jacobian(g)(p, 4))).toEqual(first);
      expect(items(jacobian(g, { argnums: [0, 1] })(p, 4.5).y[1])).toEqual([3.75, 6.25]);
    });

    test(`${name} with auxiliary results`, () => {
      const [matrix, aux] = jacobian((y: NDArray) => [y.mul(y), { sum: y.sum() }] as const, { hasAux: true })(
        x,
      );
      expect(items(matrix)).toEqual([[2, 0, 0], [0, 4, 0], [0, 0, 6]]); // biome-ignore format: a matrix
      expect(items(aux)).toEqual({ sum: 6 });
    });

    test(`${name} of a scalar function keeps weak types and dtypes`, () => {
      const slope = jacobian((y: NDArray) => jnp.sin(y))(0.5);
      expect(slope.weakType).toBe(true);
      expect(slope.item()).toBeCloseTo(Math.cos(0.5), 6);
      expect(jacobian((y: NDArray) => y.mul(2))(jnp.ones([2], "float16")).dtype).toBe("float16");
    });
  }

  test("jacfwd goes through loops of unknown length; values decide branches", () => {
    const grow = (y: NDArray): NDArray =>
      lax.whileLoop(
        (c: NDArray) => c.sum().lt(100),
        (c: NDArray) => c.mul(y),
        y,
      );
    expect(items(jacfwd(grow)(jnp.asarray([1.5, 2.5])))).toEqual([[25.3125, 0], [0, 195.3125]]); // biome-ignore format: a matrix
    const branch = (y: NDArray): NDArray => (Number(y.sum()) > 0 ? y.mul(y) : y);
    expect(items(jacfwd(branch)(jnp.asarray([1.5])))).toEqual([[3]]);
  });

  test("jacrev of integers is float0", () => {
    const g = (y: NDArray, i: NDArray) => y.mul(i);
    const [slopes, none] = jacrev(g, { argnums: [0, 1], allowInt: true })(
      jnp.asarray([1.5, 2.5]),
      jnp.asarray([1, 2], "int32"),
    );
    expect(items(slopes)).toEqual([[1, 0], [0, 2]]); // biome-ignore format: a matrix
    expect([none.dtype, none.shape]).toEqual(["float0", [2, 2]]);
  });

  test("holomorphic", () => {
    const z = jnp.asarray([jnp.complex(1, 2), jnp.complex(0.5, -1)]);
    const square = (y: NDArray) => y.mul(y);
    const slopes = [[{ re: 2, im: 4 }, { re: 0, im: 0 }], [{ re: 0, im: 0 }, { re: 1, im: -2 }]]; // biome-ignore format: a matrix
    expect(items(jacfwd(square, { holomorphic: true })(z))).toEqual(slopes);
    expect(items(jacrev(square, { holomorphic: true })(z))).toEqual(slopes);
  });
});

describe("hessian", () => {
  test("of arrays, pytrees and several arguments", () => {
    const s = [Math.sin(1), Math.sin(2), Math.sin(3)];
    const c = [Math.cos(1), Math.cos(2), Math.cos(3)];
    const h = [0, 1, 2].map((i) =>
      [0, 1, 2].map((j) =>
        [0, 1, 2].reduce((product, k) => {
          if (i === j) return product * (k === i ? -s[k] : s[k]);
          return product * (k === i || k === j ? c[k] : s[k]);
        }, 1),
      ),
    );
    expect(items(hessian((y: NDArray) => jnp.sin(y).prod())(x))).toEqual(closeTo(h));
    expect(items(jit(hessian((y: NDArray) => jnp.sin(y).prod()))(x))).toEqual(closeTo(h));
    const pair = hessian((a: NDArray, b: NDArray) => a.mul(b).mul(b).sum(), [0, 1]);
    expect(items(pair(jnp.asarray([1.5, 2.5]), 3.5))).toEqual([
      [[[0, 0], [0, 0]], [7, 7]],
      [[7, 7], 8],
    ]); // biome-ignore format: matrices
  });

  test("times a vector is the derivative of a product of gradients", () => {
    const g = (y: NDArray) => jnp.sin(y).mul(y).sum();
    const v = jnp.asarray([1, -1, 2], "float32");
    const product = grad((y: NDArray): NDArray => jnp.vdot(grad(g)(y), v))(x);
    expect(items(hessian(g)(x).matmul(v))).toEqual(closeTo(items(product)));
  });
});

describe("errors", () => {
  const identity = (y: NDArray): NDArray => y;
  const real = "requires real-valued inputs (input dtype that is a sub-dtype of np.floating), but got int32.";
  const any =
    "requires real- or complex-valued inputs (input dtype that is a sub-dtype of np.inexact), but got int32.";
  test.each([
    ["jacfwd of an integer", () => jacfwd(identity)(jnp.asarray(3)), `jacfwd ${real}`],
    ["jacrev of an integer", () => jacrev(identity)(jnp.asarray(3)), `jacrev ${any}`],
    ["hessian of an integer", () => hessian(identity)(jnp.asarray(3)), `jacfwd ${real}`],
    [
      "jacrev with integer results",
      () => jacrev((y: NDArray) => y.astype("int32"))(1.5),
      "jacrev requires real-valued outputs",
    ],
    [
      "jacfwd, real where complex is due",
      () => jacfwd(identity, { holomorphic: true })(1.5),
      "jacfwd with holomorphic=True requires inputs with complex dtype, but got float32.",
    ],
    [
      "argnums",
      () => jacfwd(identity, 2)(1.5),
      "differentiating with respect to argnums=2 requires at least 3 positional arguments",
    ],
    [
      "an option of others",
      () => jacfwd(identity, { allowInt: true } as object),
      "jacfwd() got an unexpected option 'allowInt'",
    ],
  ] as const)("%s", (_, run, phrase) => {
    // biome-ignore format: a table
    expect(run).toThrow(TypeError);
    expect(run).toThrow(phrase);
    expect(run).toThrow(/\n {2}at .*jacobian\.test\.ts:\d+:\d+/);
  });
});
