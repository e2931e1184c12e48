/** Control flow of JavaScript on values, in functions under a transform outside of `jit`. */

import { observeCompilation } from "@fluxion/runtime";
import { clearCaches, config, errors, grad, jit, jnp, lax, type NDArray } from "@fluxion/tracer";
import { describe, expect, test } from "vitest";

config.defaultDevice = "interpreter";

type Scalar = (x: NDArray) => NDArray;
const branch: Scalar = (x) => ((x.item() as number) > 0 ? jnp.sin(x) : jnp.exp(x));
/** √a by Newton's method, until it stands still. */
const squareRoot: Scalar = (a) => {
  let x = a;
  while (Math.abs(Number(x.mul(x).sub(a))) > 1e-5) x = x.add(a.div(x)).mul(0.5);
  return x;
};
const at = (f: (x: number) => NDArray, x: number): number => f(x).item() as number;

describe("values of traced arrays", () => {
  test("decide a branch, also of a second derivative", () => {
    expect(at(grad(branch), 0.5)).toBeCloseTo(Math.cos(0.5), 6);
    expect(at(grad(branch), -0.5)).toBeCloseTo(Math.exp(-0.5), 6);
    expect(at(grad(grad(branch)), 0.5)).toBeCloseTo(-Math.sin(0.5), 6);
    expect(at(grad(grad(branch)), -0.5)).toBeCloseTo(Math.exp(-0.5), 6);
  });

  test("end a loop", () => {
    for (const a of [2.5, 30.5]) expect(at(grad(squareRoot), a)).toBeCloseTo(0.5 / Math.sqrt(a), 5);
  });

  test("are a mask, a size, an index, a number and a list", () => {
    const x = jnp.asarray([0.25, 0.75, 1.25, 1.75]);
    expect(grad((y: NDArray) => y.get(y.gt(1)).sum())(x).toArraySync()).toEqual([0, 0, 1, 1]);
    expect(
      at(
        grad((y: NDArray) =>
          jnp
            .arange(Number(y.mul(3)))
            .sum()
            .mul(y),
        ),
        2.5,
      ),
    ).toBe(28);
    expect(grad((y: NDArray) => y.get(Number(jnp.argmax(y))).mul(2))(x).toArraySync()).toEqual([0, 0, 0, 2]);
    const sum: Scalar = (y) => y.mul((y.toArraySync() as number[]).reduce((a, b) => a + b)).sum();
    expect(grad(sum)(x).toArraySync()).toEqual([4, 4, 4, 4]);
  });

  test("of a jitted function's results are at hand", () => {
    const double = jit((x: NDArray) => x.mul(2));
    expect(
      at(
        grad((x: NDArray) => (Number(double(x)) > 2 ? x.mul(x) : x)),
        1.5,
      ),
    ).toBe(3);
  });

  test("compile once: an operation does not run twice, a loop has one program for its turns", () => {
    config.with({ defaultDevice: "cpu" }, () => {
      clearCaches();
      let count = 0;
      const stop = observeCompilation(({ stage }) => {
        if (stage === "traced") count++;
      });
      grad(squareRoot)(2.5);
      // The first test, the first turn with the second test, every other turn, and the gradient.
      expect(count).toBeLessThanOrEqual(4);
      const before = count;
      expect(at(grad(squareRoot), 2.6)).toBeCloseTo(0.5 / Math.sqrt(2.6), 5);
      expect(count).toBe(before);
      // Another number of turns is another program, of which the parts are known.
      expect(at(grad(squareRoot), 0.05)).toBeCloseTo(0.5 / Math.sqrt(0.05), 3);
      expect(count).toBe(before + 1);
      stop();
    });
  });
});

describe("values that are not at hand", () => {
  test("under jit, and in jitted functions", () => {
    for (const f of [jit(grad(branch)), grad(jit(branch)), jit(grad(jit(branch)))])
      expect(() => f(0.5)).toThrow(errors.ConcretizationTypeError);
  });

  test("in the operations of a branch or a loop", () => {
    const inBranch: Scalar = (x) =>
      lax.cond(
        x.gt(0),
        () => x.mul(Number(x.mul(2))),
        () => x,
      );
    expect(() => grad(inBranch)(0.5)).toThrow(errors.ConcretizationTypeError);
  });

  test("what a branch closes over has its value", () => {
    const f: Scalar = (x) =>
      lax.cond(
        x.gt(0),
        () => (Number(x) > 1 ? x.mul(2) : x.mul(3)),
        () => x,
      );
    expect(at(grad(f), 0.5)).toBe(3);
    expect(at(grad(f), 1.5)).toBe(2);
  });
});
