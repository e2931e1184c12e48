/** Methods that stand for functions of `jnp`. */

import { config, jnp, NDArray } from "@fluxion/tracer";
import { describe, expect, test } from "vitest";
import { forwards } from "../src/methods.ts";

config.defaultDevice = "interpreter";

type AnyFunction = (...args: unknown[]) => unknown;
const functionOf = (name: string): AnyFunction => (jnp as unknown as Record<string, AnyFunction>)[name];
const methodOf = (x: NDArray, name: string): AnyFunction =>
  (x as unknown as Record<string, AnyFunction>)[name].bind(x);

const ints = jnp.arange(1, 7).reshape(2, 3);
const flags = jnp.array([[true, false, true]]);
const shown = (result: unknown): unknown => (Array.isArray(result) ? result.map(String) : String(result));

/** Arguments after the array, where one more array does not do. */
const argumentsOf: Readonly<Record<string, readonly unknown[]>> = {
  matmul: [jnp.ones([3, 2])],
  dot: [jnp.ones([3])],
  swapaxes: [0, 1],
  moveaxis: [0, 1],
  expandDims: [1],
  broadcastTo: [[4, 2, 3]],
  repeat: [2, 1],
  tile: [[2, 1]],
  clip: [2, 4],
  round: [1],
  argpartition: [1],
};
const unary =
  "neg negative pos positive abs absolute conj conjugate ravel flatten squeeze flip diagonal trace not invert bitwiseNot " +
  "logicalNot sum prod mean var std min max ptp all any argmin argmax cumsum cumprod sort argsort nonzero";

describe("forwarded methods", () => {
  test.each([...forwards])("x.%s is jnp.%s", (method, name) => {
    const fallback = unary.split(" ").includes(method) ? [] : [jnp.array([2, 1, 2])];
    const args = argumentsOf[method] ?? fallback;
    const x = method === "searchsorted" ? jnp.arange(3) : ints;
    expect(shown(methodOf(x, method)(...args))).toEqual(shown(functionOf(name)(x, ...args)));
  });
  test("options follow", () => {
    expect(ints.sum({ axis: 0, keepdims: true }).toArraySync()).toEqual([[5, 7, 9]]);
    expect(ints.mean(1, { keepdims: true }).shape).toEqual([2, 1]);
    expect(ints.var({ ddof: 1 }).item()).toBe(3.5);
  });
  test("names that operators have", () => {
    expect(ints.floorDiv(2).str()).toBe("[[0 1 1]\n [2 2 3]]");
    expect(ints.mod(3).neg().get(0).toArraySync()).toEqual([-1, -2, 0]);
    expect(flags.and(ints.gt(2)).or(ints.eq(2)).toArraySync()).toEqual([
      [false, true, true],
      [true, false, true],
    ]);
    expect(flags.not().xor(true).toArraySync()).toEqual([[true, false, true]]);
    expect(ints.divmod(4).map((part) => part.get(1).toArraySync())).toEqual([
      [1, 1, 1],
      [0, 1, 2],
    ]);
  });
});

describe("methods with arguments of their own", () => {
  test("reshape takes sizes or a list", () => {
    expect([ints.reshape(3, 2).shape, ints.reshape([3, -1]).shape, ints.reshape(-1).shape]).toEqual([
      [3, 2],
      [3, 2],
      [6],
    ]);
    expect(ints.reshape(3, 2, { order: "F" }).str()).toBe("[[1 5]\n [4 3]\n [2 6]]");
  });
  test("transpose takes axes or a list", () => {
    const cube = jnp.zeros([2, 3, 4]);
    expect([cube.transpose().shape, cube.transpose(1, 0, 2).shape, cube.transpose([0, 2, 1]).shape]).toEqual([
      [4, 3, 2],
      [3, 2, 4],
      [2, 4, 3],
    ]);
  });
});

test("every method is there, none is enumerable", () => {
  expect(Object.keys(NDArray.prototype)).toEqual([]);
  expect(Object.keys(ints)).toEqual(["aval", "held"]);
});
