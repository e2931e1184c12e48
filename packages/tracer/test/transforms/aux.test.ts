/** `hasAux`: what a function returns besides its result. The table of leaves is what JAX gives for Python's like. */

import {
  config,
  grad,
  hessian,
  jacfwd,
  jacrev,
  jit,
  jnp,
  jvp,
  linearize,
  type NDArray,
  valueAndGrad,
  vjp,
  vmap,
} from "@fluxion/tracer";
import { describe, expect, test } from "vitest";

config.defaultDevice = "interpreter";

class Plain {}
const table = new Float32Array([1, 2]);
const outside = jnp.asarray(2.5);
const leaves: Readonly<Record<string, unknown>> = {
  string: "name",
  null: null,
  integer: 3,
  float: 2.5,
  bool: true,
  bigint: 2n ** 40n,
  function: Math.sin,
  object: new Plain(),
  "typed array": table,
  "array from outside": outside,
  tree: { steps: 3, names: ["a", "b"], none: null },
};

type AuxTransform = (fn: (x: NDArray) => [NDArray, unknown]) => unknown;
const options = { hasAux: true } as const;
/** Each gives the auxiliary part of what the transform gives. */
const everywhere: Readonly<Record<string, AuxTransform>> = {
  grad: (fn) => grad(fn, options)(2)[1],
  valueAndGrad: (fn) => valueAndGrad(fn, options)(2)[0][1],
  vjp: (fn) => vjp(fn, 2, options)[2],
  jvp: (fn) => jvp(fn, [2], [1], options)[2],
  linearize: (fn) => linearize(fn, 2, options)[2],
  jacrev: (fn) => jacrev(fn, options)(2)[1],
};
/** Those that batch the function take what `vmap` takes. */
const batched: Readonly<Record<string, AuxTransform>> = {
  jacfwd: (fn) => jacfwd(fn, options)(2)[1],
  hessian: (fn) => hessian(fn, options)(2)[1],
};

const withAux =
  (aux: unknown) =>
  (x: NDArray): [NDArray, unknown] => [x.mul(x), aux];

describe.each(Object.entries(everywhere))("%s passes on what is no traced array", (_, auxOf) => {
  test.each(Object.entries(leaves))("%s", (_, leaf) => {
    const aux = auxOf(withAux(leaf));
    if (typeof leaf === "object" && leaf?.constructor === Object) expect(aux).toEqual(leaf);
    else expect(aux).toBe(leaf);
  });
  test("undefined, which is an empty pytree", () => expect(auxOf(withAux(undefined))).toBe(null));
  test("traced arrays beside other leaves", () => {
    const aux = auxOf((x) => [x.mul(x), { double: x.mul(2), name: "x", same: x, count: 1 }]);
    expect(Object.keys(aux as object)).toEqual(["count", "double", "name", "same"]);
    const { count, double, name, same } = aux as Record<string, NDArray>;
    expect([count, double.item(), name, same.item()]).toEqual([1, 4, "x", 2]);
  });
});

describe.each(Object.entries(batched))("%s", (_, auxOf) => {
  test.each([3, 2.5, true, null])("passes on %s", (leaf) => {
    expect(auxOf(withAux(leaf))).toBe(leaf);
  });
  test.each([["a string", "hi"], ["an object", new Plain()], ["a function", Math.sin]])(
    "refuses %s",
    (_, leaf) => {
      expect(() => auxOf(withAux(leaf))).toThrow(TypeError);
      expect(() => auxOf(withAux(leaf))).toThrow("is not a valid JAX type");
    },
  ); // biome-ignore format: a table
});

test("under jit and vmap numbers become arrays, and strings are refused", () => {
  const number = grad(withAux(3), options);
  const [, traced] = jit(number)(2.5 as never) as unknown as [NDArray, NDArray];
  expect([traced.dtype, traced.item()]).toEqual(["int32", 3]);
  const [slopes, many] = vmap(number)(jnp.ones([2]) as never) as unknown as [NDArray, NDArray];
  expect([slopes.toArraySync(), many.toArraySync()]).toEqual([[2, 2], [3, 3]]); // biome-ignore format: a matrix
  const text: (x: NDArray) => unknown = grad(withAux("hi"), options);
  expect(() => jit(text)(jnp.ones([]))).toThrow(
    "returned a value of type string, which is not a valid JAX type",
  );
  expect(() => vmap(text)(jnp.ones([2]))).toThrow(
    "returned a value of type string, which is not a valid JAX type",
  );
});

test("an inner function's auxiliary values under an outer derivative", () => {
  const outer = (x: NDArray): [NDArray, unknown] => {
    const [slope, aux] = grad(
      (y: NDArray): [NDArray, unknown] => [y.mul(y).mul(x), [y.mul(x), "y"]],
      options,
    )(x);
    return [slope, aux];
  };
  const [slope, [product, name]] = grad(outer, options)(3) as [NDArray, [NDArray, string]];
  expect([slope.item(), product.item(), name]).toEqual([12, 9, "y"]);
});
