/** `customJvp`, `customVjp` and `stopGradient`. */

import {
  config,
  customJvp,
  customVjp,
  errors,
  grad,
  jit,
  jnp,
  jvp,
  lax,
  linearize,
  type NDArray,
  stopGradient,
  tree,
  valueAndGrad,
  vjp,
} from "@fluxion/tracer";
import { describe, expect, test } from "vitest";

config.defaultDevice = "interpreter";

const items = (t: unknown): unknown => tree.map((x: NDArray) => x.toArraySync(), t);
const close = (x: NDArray, y: number): void => expect(x.item()).toBeCloseTo(y, 5);

/** sin, whose derivative is said to be 10·cos. */
const tenfold = customJvp((x: NDArray): NDArray => jnp.sin(x));
tenfold.defjvp(([x]: NDArray[], [t]: NDArray[]) => [tenfold(x), jnp.cos(x).mul(t).mul(10)]);

/** sin(x)·y, whose derivative is said to be (10·cos(x)·y, 0). */
const product = customVjp((x: NDArray, y: NDArray): NDArray => jnp.sin(x).mul(y));
product.defvjp(
  (x, y) => [product(x, y), [jnp.cos(x), y]],
  ([c, y], ct) => [c.mul(ct).mul(y).mul(10), null],
);

describe("stopGradient", () => {
  test("ends tangents, and computes nothing else", () => {
    close(grad((x: NDArray) => x.mul(stopGradient(x)))(2.5), 2.5);
    close(jit(grad((x: NDArray) => x.mul(lax.stopGradient(x))))(2.5 as never), 2.5);
    close(grad(grad((x: NDArray) => x.mul(x).mul(stopGradient(x))))(2.5), 5);
    close(stopGradient(jnp.asarray(2.5)), 2.5);
  });

  test("of a pytree with integers", () => {
    const f = (x: NDArray) => {
      const { a, b } = stopGradient({ a: x, b: jnp.asarray(3) });
      return x.mul(a).mul(b);
    };
    close(grad(f)(2.5), 7.5);
  });

  test("its zero meets an infinity without a NaN", () => {
    const f = (x: NDArray) => jnp.log(stopGradient(x)).mul(0).add(x);
    close(grad(f)(0.5), 1);
    const root = (x: NDArray) => jnp.sqrt(stopGradient(x.mul(0))).add(x);
    close(grad(root)(0.5), 1);
  });
});

describe("customJvp", () => {
  test("the rule is the derivative, in every mode and nesting", () => {
    close(tenfold(jnp.asarray(0.5)), Math.sin(0.5));
    close(grad(tenfold)(0.5), 10 * Math.cos(0.5));
    close(jit(grad(jit(tenfold)))(0.5 as never), 10 * Math.cos(0.5));
    close(jvp(tenfold, [0.5], [2])[1], 20 * Math.cos(0.5));
    close(linearize(tenfold, 0.5)[1](2), 20 * Math.cos(0.5));
    close(grad(grad(tenfold))(0.5), -10 * Math.sin(0.5));
    close(jvp(grad(tenfold), [0.5], [1])[1], -10 * Math.sin(0.5));
  });

  test("a rule that uses the function again uses its rule for the next derivative", () => {
    const f = customJvp((x: NDArray): NDArray => jnp.exp(x));
    f.defjvp(([x]: NDArray[], [t]: NDArray[]) => [f(x), f(x).mul(t).mul(2)]);
    close(grad(f)(0.5), 2 * Math.exp(0.5));
    close(grad(grad(f))(0.5), 4 * Math.exp(0.5));
    close(grad(grad(grad(f)))(0.5), 8 * Math.exp(0.5));
  });

  test("defjvps has a rule for each argument", () => {
    const f = customJvp((x: NDArray, y: NDArray): NDArray => jnp.sin(x).mul(y));
    f.defjvps((t, _, x, y) => jnp.cos(x).mul(t).mul(y), null);
    expect(items(grad(f, [0, 1])(0.5, 2.5))).toEqual([expect.closeTo(2.5 * Math.cos(0.5), 5), 0]);
  });

  test("nondiffArgnums come first, as they are", () => {
    const apply = customJvp((f: (x: NDArray) => NDArray, x: NDArray) => f(x), { nondiffArgnums: [0] });
    apply.defjvp((f, [x], [t]) => [f(x), t.mul(7)]);
    close(grad((x: NDArray) => apply(jnp.sin as never, x))(0.5), 7);
    expect(() => apply.defjvps(null)).toThrow("Can't use ``defjvps`` with ``nondiff_argnums``");
  });

  test("pytrees and integers", () => {
    const f = customJvp(({ x, n }: { x: NDArray; n: NDArray }) => ({ y: x.mul(n), n }));
    f.defjvp(([p], [t]) => {
      expect(String(t.n.dtype)).toBe("float0");
      return [f(p), { y: t.x.mul(100), n: t.n }];
    });
    const [value, pull] = vjp((x: NDArray) => f({ x, n: jnp.asarray(3) }).y, 2.5);
    close(value, 7.5);
    close(pull(1)[0], 100);
  });

  test("the rule may close over arrays, also traced ones that are not differentiated by", () => {
    const scale = jnp.linspace(0, 1, 50);
    const f = (x: NDArray): NDArray => {
      const g = customJvp((y: NDArray) => y.mul(x));
      g.defjvp(([y], [t]) => [g(y), t.mul(x).mul(scale.sum())]);
      return grad(g)(2.5);
    };
    close(f(jnp.asarray(3.5)), 87.5);
    close(jit(f)(3.5 as never), 87.5);
  });

  test("differentiating by what it closes over is an error", () => {
    const f = (x: NDArray): NDArray => {
      const g = customJvp((y: NDArray) => y.mul(x));
      g.defjvp(([y], [t]) => [g(y), t.mul(x)]);
      return g(jnp.asarray(2.5));
    };
    expect(() => grad(f)(3.5)).toThrow(errors.UnexpectedTracerError);
    expect(() => grad(f)(3.5)).toThrow(
      "Detected differentiation of a custom_jvp function with respect to a closed-over value",
    );
  });

  test("a rule that throws matters only to derivatives", () => {
    const f = customJvp((x: NDArray) => x.mul(2));
    f.defjvp(() => {
      throw new Error("not today");
    });
    close(jit(f)(1.5 as never), 3);
    expect(() => grad(f)(1.5)).toThrow("not today");
  });

  test("in a loop", () => {
    const f = (x: NDArray) => lax.foriLoop(0, 3, (_, c: NDArray) => tenfold(c), x);
    const [a, b] = [Math.sin(0.5), Math.sin(Math.sin(0.5))];
    close(grad(f)(0.5).div(1000), Math.cos(0.5) * Math.cos(a) * Math.cos(b));
  });
});

describe("customVjp", () => {
  test("the rules are reverse mode, under jit and in nests", () => {
    close(product(jnp.asarray(0.5), jnp.asarray(2.5)), 2.5 * Math.sin(0.5));
    const slope = expect.closeTo(25 * Math.cos(0.5), 4);
    expect(items(grad(product, [0, 1])(0.5, 2.5))).toEqual([slope, 0]);
    expect(items(jit(grad(jit(product), [0, 1]))(0.5 as never, 2.5 as never))).toEqual([slope, 0]);
    close(valueAndGrad(product)(0.5, 2.5)[0], 2.5 * Math.sin(0.5));
    close(grad(grad(product))(0.5, 2.5), -25 * Math.sin(0.5));
  });

  test("clips a cotangent", () => {
    const clipped = customVjp((_lo: NDArray, _hi: NDArray, x: NDArray) => x);
    clipped.defvjp(
      (lo, hi, x) => [x, [lo, hi]],
      ([lo, hi], ct) => [null, null, jnp.clip(ct, lo, hi)],
    );
    const f = (x: NDArray) => jnp.sin(clipped(jnp.asarray(-0.75), jnp.asarray(0.75), x).mul(x));
    close(grad((x: NDArray) => clipped(jnp.asarray(-0.75), jnp.asarray(0.75), x).mul(3))(0.5), 0.75);
    expect(Number.isFinite(grad(f)(0.5).item())).toBe(true);
  });

  test("nondiffArgnums, pytrees, integers and what the way back closes over", () => {
    const weights = jnp.linspace(0, 1, 50);
    const f = customVjp(
      (how: string, { x }: { x: NDArray }, n: NDArray) => (how === "mul" ? x.mul(n) : x),
      [0],
    );
    f.defvjp(
      (how, p, n) => [f(how, p, n), { n, p }],
      (how, { n, p }, ct) => {
        expect(how).toBe("mul");
        return [{ x: ct.mul(n).mul(weights.sum()).add(p.x.mul(0)) }, null];
      },
    );
    const g = (x: NDArray) => f("mul", { x }, jnp.asarray(3));
    close(grad(g)(2.5), 75);
    close(jit(grad(g))(2.5 as never), 75);
  });

  test("null stands for zero anywhere in what the way back returns", () => {
    const f = customVjp(({ a, b }: { a: NDArray; b: NDArray[] }) => a.mul(b[0]).mul(b[1]));
    f.defvjp(
      (p) => [f(p), p],
      ({ a, b }, ct) => [{ a: null, b: [ct.mul(a).mul(b[1]), null] }],
    );
    expect(items(grad(f)({ a: 2.5, b: [3, 4] } as never))).toEqual({ a: 0, b: [10, 0] });
  });

  test("has no forward mode", () => {
    expect(() => jvp(product, [0.5, 2.5], [1, 1])).toThrow(TypeError);
    expect(() => jvp(product, [0.5, 2.5], [1, 1])).toThrow(
      "can't apply forward-mode autodiff (jvp) to a custom_vjp function.",
    );
  });
});

describe("errors", () => {
  const bare = (x: NDArray) => x;
  const withRule = (rule: (...args: never[]) => unknown) => {
    const f = customJvp((x: NDArray) => x.mul(2));
    f.defjvp(rule as never);
    return () => grad(f)(1.5);
  };
  const withRules = (forward: (...args: never[]) => unknown, backward: (...args: never[]) => unknown) => {
    const f = customVjp((x: NDArray) => x.mul(2));
    f.defvjp(forward as never, backward as never);
    return () => grad(f)(1.5);
  };
  const keep = (x: NDArray) => [x, null];

  test.each([
    [
      "no jvp",
      () => customJvp(bare)(jnp.asarray(1)),
      errors.AttributeError,
      "No JVP defined for custom_jvp function bare using defjvp.",
    ],
    [
      "no vjp",
      () => customVjp(bare)(jnp.asarray(1)),
      errors.AttributeError,
      "No VJP defined for custom_vjp function bare using defvjp.",
    ],
    [
      "no pair",
      withRule(([x]: [NDArray]) => x),
      TypeError,
      "must produce a pair (list or tuple of length two) representing primal and tangent outputs",
    ],
    [
      "structures",
      withRule(([x]: [NDArray]) => [x, [x]]),
      TypeError,
      "must produce primal and tangent outputs with equal container (pytree) structures",
    ],
    [
      "primal structure",
      withRule(([x]: [NDArray]) => [[x], [x]]),
      TypeError,
      "and in particular of the same container/pytree structure",
    ],
    [
      "primal shape",
      withRule(([x]: [NDArray]) => [jnp.ones([2]), x]),
      TypeError,
      "and in particular with leaves of the same shape/dtype",
    ],
    [
      "tangent shape",
      withRule(([x]: [NDArray]) => [x, jnp.ones([2])]),
      TypeError,
      "Expected float32[] (tangent type of float32[]) but got float32[2].",
    ],
    [
      "forward",
      withRules(
        (x: NDArray) => x,
        () => [null],
      ),
      TypeError,
      "of a pair the fwd rule",
    ],
    [
      "forward shape",
      withRules(
        () => [jnp.ones([2]), null],
        () => [null],
      ),
      TypeError,
      "the fwd rule output's first element had shapes/dtypes of [float32[2]]",
    ],
    [
      "backward count",
      withRules(keep, () => []),
      TypeError,
      "must produce a tuple of length equal to the number of arguments to the primal function",
    ],
    [
      "backward shape",
      withRules(keep, () => [jnp.ones([2])]),
      RangeError,
      "the bwd rule produced an output of type float32[2] corresponding to an input of type float32[]",
    ],
    [
      "backward structure",
      withRules(keep, () => [{ a: jnp.ones([]) }]),
      TypeError,
      "Custom VJP bwd rule must produce an output with the same container (pytree) structure",
    ],
  ] as const)("%s", (_, run, kind, phrase) => {
    // biome-ignore format: a table
    expect(run).toThrow(kind);
    expect(run).toThrow(phrase);
  });

  test("a traced array at nondiffArgnums of customVjp", () => {
    const f = customVjp((x: NDArray, y: NDArray) => x.mul(y), { nondiffArgnums: 0 });
    f.defvjp(keep as never, keep as never);
    const run = () => jit(f)(1.5 as never, 1.5 as never);
    expect(run).toThrow(errors.UnexpectedTracerError);
    expect(run).toThrow("Found a JAX Tracer object passed as an argument to a custom_vjp function");
  });
});
