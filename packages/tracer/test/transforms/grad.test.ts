/** `grad` and `valueAndGrad`: values, nesting with each other and with `jit`, closures, caching. */

import { observeCompilation } from "@fluxion/runtime";
import { clearCaches, config, grad, jit, jnp, lax, type NDArray, valueAndGrad } from "@fluxion/tracer";
import { describe, expect, test } from "vitest";

config.defaultDevice = "interpreter";

type Scalar = (x: NDArray) => NDArray;
const sin: Scalar = (x) => jnp.sin(x);
const at = (f: (x: number) => NDArray, x: number): number => f(x).item() as number;

describe("nesting", () => {
  const x = 0.5;
  const derivatives = [Math.sin(x), Math.cos(x), -Math.sin(x), -Math.cos(x), Math.sin(x)];

  test("grad of grad of grad …", () => {
    let f: (x: never) => NDArray = sin;
    for (const expected of derivatives) {
      expect(at(f as never, x)).toBeCloseTo(expected, 5);
      f = grad(f);
    }
  });

  test("with jit at every place", () => {
    expect(at(grad(jit(sin)), x)).toBeCloseTo(derivatives[1], 6);
    expect(at(jit(grad(sin)), x)).toBeCloseTo(derivatives[1], 6);
    expect(at(jit(grad(jit(grad(jit(sin))))), x)).toBeCloseTo(derivatives[2], 6);
  });

  test("an inner grad closes over what the outer one differentiates by", () => {
    // d/dw Σ x·w·cos(x·w)·x-wise: h(w) = Σ x · d/dx sin(w·x) = Σ x·w·cos(w·x)
    const points = jnp.linspace(0, 2, 3);
    const h = (w: NDArray): NDArray => {
      const inner = grad((y: NDArray) => jnp.sin(y.mul(w)).sum());
      return (inner(points) as NDArray).mul(points).sum();
    };
    const w = 2.5;
    const expected = [0, 1, 2].reduce((sum, y) => sum + y * Math.cos(w * y) - w * y * y * Math.sin(w * y), 0);
    expect(at(grad(h), w)).toBeCloseTo(expected, 4);
    expect(at(jit(grad(h)), w)).toBeCloseTo(expected, 4);
  });

  test("through loops and branches", () => {
    const power: Scalar = (y) => lax.foriLoop(0, 5, (_, c: NDArray) => c.mul(y), jnp.asarray(1.5));
    expect(at(grad(power), 0.7)).toBeCloseTo(7.5 * 0.7 ** 4, 5);
    const branch: Scalar = (y) =>
      lax.cond(
        y.gt(0),
        () => jnp.sin(y),
        () => jnp.exp(y),
      );
    expect(at(grad(branch), -1.5)).toBeCloseTo(Math.exp(-1.5), 6);
  });
});

describe("arguments and results", () => {
  const params = { b: jnp.asarray([1, 2, 3], "float32"), a: jnp.ones([3]) };
  const loss = (p: typeof params): [NDArray, NDArray] => [
    jnp.square(p.a.mul(p.b)).sum() as NDArray,
    p.b.add(1),
  ];

  test("pytrees and auxiliary results", () => {
    const [[value, aux], gradient] = valueAndGrad(loss, { hasAux: true })(params);
    expect(value.item()).toBe(14);
    expect(aux.toArraySync()).toEqual([2, 3, 4]);
    expect(Object.keys(gradient)).toEqual(["a", "b"]);
    expect(gradient.a.toArraySync()).toEqual([2, 8, 18]);
    expect(gradient.b.toArraySync()).toEqual([2, 4, 6]);
    const [again, other] = grad(loss, { hasAux: true })(params);
    expect(again.b.toArraySync()).toEqual([2, 4, 6]);
    expect(other.toArraySync()).toEqual([2, 3, 4]);
  });

  test("argnums: one, several, from the end; other arguments are passed on as they are", () => {
    const f = (x: NDArray | number, how: string, y: NDArray | number) =>
      (how === "mul" ? jnp.multiply(x, y) : jnp.add(x, y)) as NDArray;
    expect(grad(f)(2.5, "mul", 3.5).item()).toBe(3.5);
    expect(grad(f, 2)(2.5, "mul", 3.5).item()).toBe(2.5);
    expect(grad(f, { argnums: -1 })(2.5, "add", 3.5).item()).toBe(1);
    const both = grad(f, [0, 2])(2.5, "mul", 3.5) as NDArray[];
    expect(both.map((x) => x.item())).toEqual([3.5, 2.5]);
  });

  test("weak types and dtypes are those of the arguments", () => {
    expect(grad(sin)(0.5).weakType).toBe(true);
    expect(grad(sin)(jnp.asarray(0.5, "float32")).weakType).toBe(false);
    expect(grad(sin)(jnp.asarray(0.5, "bfloat16")).dtype).toBe("bfloat16");
  });

  test("a function that does not depend on its argument has gradient 0", () => {
    expect(grad((_: NDArray) => jnp.asarray(3.5))(0.5).item()).toBe(0);
    expect(grad((x: NDArray) => jnp.floor(x))(0.5).item()).toBe(0);
  });
});

describe("without jit", () => {
  function compilations(run: () => void): number {
    let count = 0;
    const stop = observeCompilation(({ stage }) => {
      if (stage === "traced") count++;
    });
    run();
    stop();
    return count;
  }

  test("a second call of the same structure compiles nothing, whatever it closes over", () => {
    config.with({ defaultDevice: "cpu" }, () => {
      clearCaches();
      const data = [jnp.linspace(0, 1, 5), jnp.linspace(1, 2, 5)];
      const gradient = (x: NDArray, scale: number): NDArray =>
        grad((w: NDArray) => jnp.sin(w.mul(x)).sum().mul(scale))(0.5);
      data[0].sum();
      expect(compilations(() => gradient(data[0], 2))).toBe(1);
      expect(compilations(() => gradient(data[1], 2))).toBe(0);
      // A number that the function wrote into its program makes another program, the first time that it differs.
      expect(compilations(() => gradient(data[1], 3.5))).toBe(1);
      expect(compilations(() => gradient(data[1], 0.25))).toBe(0);
      expect(compilations(() => gradient(data[0], 3))).toBe(0);
      const expected = [1, 1.25, 1.5, 1.75, 2].reduce((sum, x) => sum + 3 * x * Math.cos(0.5 * x), 0);
      expect(gradient(data[1], 3).item()).toBeCloseTo(expected, 4);
    });
  });
});

test("indices of 8 bits reach an array that is longer than they can say", () => {
  const rows = jnp.array([0, 100, 127], "int8");
  const fetch = (x: NDArray): NDArray => {
    const numbers = { offsetDims: [], collapsedSliceDims: [0], startIndexMap: [0] };
    return lax.gather(x, rows.get(":", null), numbers, [1], { mode: "clip" }).sum();
  };
  const slope = grad(fetch)(jnp.zeros([300])).toArraySync() as number[];
  expect(slope.flatMap((v, i) => (v === 0 ? [] : [i]))).toEqual([0, 100, 127]);
});
