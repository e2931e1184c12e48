/** `symbolicZeros`: rules that know which tangents and cotangents are zero. What they get is what JAX 0.10.2 gives them. */

import { observeCompilation } from "@fluxion/runtime";
import {
  CustomVJPPrimal,
  config,
  customJvp,
  customVjp,
  grad,
  hessian,
  jacfwd,
  jacrev,
  jit,
  jnp,
  jvp,
  lax,
  linearize,
  NDArray,
  SymbolicZero,
  stopGradient,
  tree,
  vjp,
  vmap,
} from "@fluxion/tracer";
import { beforeEach, describe, expect, test } from "vitest";

config.defaultDevice = "interpreter";

// biome-ignore lint/suspicious/noExplicitAny: short programs
type X = any;

const items = (t: unknown): unknown => tree.map((x: NDArray) => x.toArraySync(), t);
const close = (t: unknown): unknown => tree.map((x: number) => expect.closeTo(x, 4), t);
const xs = jnp.array([0.5, 1]) as X;

let calls: unknown[] = [];
beforeEach(() => {
  calls = [];
});
const kind = (x: unknown): string =>
  x instanceof SymbolicZero ? String(x) : x instanceof NDArray ? "array" : typeof x;
const or0 = (ct: unknown): X => (ct instanceof SymbolicZero ? 0 : ct);

describe("customVjp", () => {
  /** [sin(x)·y, x + y], whose derivative by x is said to be ten times as much. */
  const f = customVjp((x: X, y: X) => [jnp.sin(x).mul(y), x.add(y)]) as X;
  f.defvjp(
    (x: X, y: X) => {
      expect([x, y].every((z) => z instanceof CustomVJPPrimal && z.value instanceof NDArray)).toBe(true);
      calls.push([x.perturbed, y.perturbed]);
      return [
        [jnp.sin(x.value).mul(y.value), x.value.add(y.value)],
        [x.value, y.value],
      ];
    },
    ([x, y]: X, cts: X) => {
      calls.push(cts.map(kind));
      const [c0, c1] = cts.map(or0);
      return [jnp.cos(x).mul(y).mul(10).mul(c0).add(c1), jnp.sin(x).mul(c0).add(c1)];
    },
    { symbolicZeros: true },
  );
  const first = (x: X, y: X): X => f(x, y)[0];
  const float2 = jnp.float(2);
  const zero = "SymbolicZero(float32[])";
  /** Calls for the derivative of the first result by x: one for each time that a trace asks. */
  const byX = [[true, false], ["array", zero]]; // biome-ignore format: a pair
  const at = (x: number): number => 20 * Math.cos(x);

  // The rules are traced once more in advance, as if nothing were zero, to find what they close over.
  const asked = (): unknown[] => calls.slice(2);

  test.each([
    ["by x, the first result", (): X => grad((x: X) => first(x, float2))(0.5), at(0.5), byX],
    ["by x, the second", (): X => grad((x: X) => f(x, float2)[1])(0.5), 1, [[true, false], [zero, "array"]]],
    ["by y, both", (): X => grad((y: X) => f(jnp.float(0.5), y)[0].add(f(jnp.float(0.5), y)[1]))(2), Math.sin(0.5) + 1, undefined],
    ["by both", (): X => grad(first, [0, 1])(0.5, 2), [at(0.5), Math.sin(0.5)], [[true, true], ["array", zero]]],
    ["of a stopped argument", (): X => grad((x: X) => first(x, stopGradient(x)))(0.5), 5 * Math.cos(0.5), byX],
    ["under jit", (): X => (jit(grad((x: X) => first(x, 2))) as X)(0.5), at(0.5), byX],
    ["of a jitted function", (): X => grad(jit((x: X) => first(x, 2)) as X)(0.5), at(0.5), byX],
    ["of a batch", (): X => grad((x: X) => vmap((y: X) => first(y, 2))(x).sum())(xs), [at(0.5), at(1)], byX],
    ["a batch of them", (): X => vmap(grad((x: X) => first(x, 2)))(xs), [at(0.5), at(1)], byX],
    ["a batch of jitted ones", (): X => vmap(jit(grad((x: X) => first(x, 2))) as X)(xs), [at(0.5), at(1)], byX],
    ["jacrev", (): X => jacrev((x: X) => first(x, 2))(0.5), at(0.5), byX],
    ["in a scan", (): X => grad((x: X) => lax.scan((c: X) => [first(c, 2), null], x, null, { length: 2 })[0] as X)(0.5), at(0.5) * at(2 * Math.sin(0.5)), byX],
    ["in a branch", (): X => grad((x: X) => lax.cond(x.gt(0), (y: X) => first(y, 2), (y: X) => y, x))(0.5), at(0.5), byX],
    ["of second order", (): X => grad(grad((x: X) => first(x, 2)))(0.5), -20 * Math.sin(0.5), byX],
  ])("%s", (_, run, expected, rules) => {
    expect(items(run())).toEqual(close(expected));
    if (rules !== undefined) expect(asked()).toEqual(rules);
  }); // biome-ignore format: a table

  test("a cotangent of zeros is no symbolic zero", () => {
    const [, pull] = vjp(f, 0.5, 2) as X;
    expect(items(pull([1, 0]))).toEqual([expect.closeTo(at(0.5), 4), expect.closeTo(Math.sin(0.5), 4)]);
    expect(asked()).toEqual([
      [true, true],
      ["array", "array"],
    ]);
  });

  test("without a derivative nobody asks; forward mode is refused", () => {
    expect(items(jit(f)(0.5 as never, 2.5 as never))).toEqual([close(2.5 * Math.sin(0.5)), 3]);
    expect(asked()).toEqual([]);
    calls = [];
    expect(items(grad((x: X) => x.mul(first(float2, float2)))(0.5))).toEqual(close(2 * Math.sin(2)));
    expect(asked()).toEqual([]);
    expect(() => jvp(f, [0.5, 2], [1, 0])).toThrow(
      "can't apply forward-mode autodiff (jvp) to a custom_vjp function.",
    );
  });

  test("pytrees, integers, booleans among the residuals, symbolic zeros as results", () => {
    const g = customVjp(({ a, b }: X, n: X) => [a.mul(b), n.add(1)]) as X;
    g.defvjp(
      ({ a, b }: X, n: X) => {
        calls.push([a.perturbed, b.perturbed, n.perturbed]);
        const kept = { a: a.value, b: b.value, needsB: b.perturbed };
        return [[a.value.mul(b.value), n.value.add(1)], kept];
      },
      ({ a, b, needsB }: X, [ct, none]: X) => {
        calls.push([needsB, kind(none)]);
        return [
          { a: ct.mul(b), b: needsB ? ct.mul(a) : new SymbolicZero({ shape: [], dtype: "float32" }) },
          null,
        ];
      },
      { symbolicZeros: true },
    );
    const n = jnp.asarray(3);
    expect(items(grad((a: X) => g({ a, b: jnp.float(3) }, n)[0])(0.5))).toBe(3);
    expect(asked()).toEqual([
      [true, false, false],
      [false, "SymbolicZero(float0[])"],
    ]);
    expect(items(grad((p: X) => g(p, n)[0])({ a: 0.5, b: 3 } as never))).toEqual({ a: 3, b: 0.5 });
  });

  test("rules may close over traced arrays and call their function", () => {
    const run = (c: X): X => {
      const g = customVjp((x: X, y: X) => x.mul(y)) as X;
      g.defvjp(
        (x: X, y: X) => [g(x.value, y.value), [x.value, y.value]],
        ([x, y]: X, ct: X) => [ct.mul(y).mul(c).mul(x), new SymbolicZero({ shape: [], dtype: "float32" })],
        { symbolicZeros: true },
      );
      return grad(grad((x: X) => g(x, jnp.float(2))))(0.5);
    };
    expect(items(jit(run)(3 as never))).toEqual(close(6));
    expect(items(vmap(run)(jnp.array([3, 4]) as X))).toEqual(close([6, 8]));
    expect(items(grad(run)(3))).toEqual(close(2));
  });

  test("nondiffArgnums", () => {
    const g = customVjp((fn: X, x: X, y: X) => fn(x).mul(y), [0]) as X;
    g.defvjp(
      (fn: X, x: X, y: X) => [fn(x.value).mul(y.value), [y.value, y.perturbed]],
      (_: X, [y, needed]: X, ct: X) => [ct.mul(y), needed ? ct : null],
      { symbolicZeros: true },
    );
    expect(items(grad((x: X) => g(jnp.sin, x, jnp.float(2)))(0.5))).toBe(2);
  });

  test("a map made outside is used in a trace", () => {
    const [, map] = vjp((x: X) => first(x, 2), 0.5) as X;
    expect(items(jit((ct: X) => map(ct)[0])(3.5 as never))).toEqual(close(3.5 * at(0.5)));
  });

  test("compiled once without jit, too", () => {
    let count = 0;
    const stop = observeCompilation(({ stage }) => {
      if (stage === "traced") count++;
    });
    const again = () => items(grad((x: X) => first(x, 2))(0.75));
    config.with({ defaultDevice: "cpu" }, () => {
      expect(again()).toEqual(close(at(0.75)));
      count = 0;
      expect(again()).toEqual(close(at(0.75)));
    });
    stop();
    expect(count).toBe(0);
  });

  test("a primal as a residual is no array", () => {
    const g = customVjp((x: X) => x) as X;
    g.defvjp(
      (x: X) => [x.value, x],
      (_: X, ct: X) => [ct],
      { symbolicZeros: true },
    );
    expect(() => grad(g)(0.5)).toThrow(TypeError);
    expect(() => grad(g)(0.5)).toThrow(
      /Argument CustomVJPPrimal\(value=.*, perturbed=true\) of type object is not a valid JAX type/,
    );
  });
});

describe("customJvp", () => {
  const f = customJvp((x: X, y: X) => x.mul(y)) as X;
  f.defjvp(
    ([x, y]: X, [tx, ty]: X) => {
      calls.push([kind(tx), kind(ty)]);
      const parts = [
        tx instanceof SymbolicZero ? 0 : tx.mul(y),
        ty instanceof SymbolicZero ? 0 : ty.mul(x).mul(10),
      ];
      return [f(x, y), jnp.add(parts[0], parts[1])];
    },
    { symbolicZeros: true },
  );
  const zero = "SymbolicZero(float32[])";
  const byX = [["array", zero]];
  const two = jnp.float(2);

  test.each([
    ["grad by x", (): X => grad((x: X) => f(x, two))(0.5), 2, byX],
    ["grad by y", (): X => grad((y: X) => f(jnp.float(0.5), y))(2), 5, [[zero, "array"]]],
    ["grad by both", (): X => grad(f, [0, 1])(0.5, 2), [2, 5], [["array", "array"]]],
    ["jvp", (): X => jvp((x: X) => f(x, two), [0.5], [3]), [1, 6], byX],
    ["jvp with zeros", (): X => jvp(f, [0.5, 2], [1, 0]), [1, 2], [["array", "array"]]],
    ["linearize", (): X => linearize((x: X) => f(x, two), 0.5)[1](3), 6, byX],
    ["jacfwd", (): X => jacfwd((x: X) => f(x, two))(0.5), 2, byX],
    ["a batch of gradients", (): X => vmap(grad((x: X) => f(x, two)))(xs), [2, 2], byX],
    ["the gradient of a batch", (): X => grad((x: X) => vmap((y: X) => f(y, two))(x).sum())(xs), [2, 2], byX],
    ["second order", (): X => hessian((v: X) => f(v, v))(0.5), 11, undefined],
    ["under jit", (): X => (jit(grad((x: X) => f(x, two))) as X)(0.5), 2, byX],
  ])("%s", (_, run, expected, rules) => {
    expect(items(run())).toEqual(close(expected));
    // Once more in advance, as if nothing were zero.
    if (rules !== undefined) expect(calls.slice(1)).toEqual(rules);
  }); // biome-ignore format: a table

  test("a symbolic zero as a tangent of the result, and of integers", () => {
    const g = customJvp((x: X, n: X) => [x.mul(2), x.mul(n), n]) as X;
    g.defjvp(
      ([x, n]: X, [tx, tn]: X) => {
        calls.push(kind(tn));
        return [g(x, n), [tx, SymbolicZero.fromPrimalValue(x), tn]];
      },
      { symbolicZeros: true },
    );
    const [, tangents] = jvp((x: X) => g(x, jnp.asarray(3)), [0.5], [1]) as X;
    expect([items(tangents[0]), items(tangents[1]), String(tangents[2].dtype)]).toEqual([1, 0, "float0"]);
    expect(calls.slice(1)).toEqual(["SymbolicZero(float0[])"]);
  });
});

test("a zero in arithmetic is an error that names it", () => {
  const zero = SymbolicZero.fromPrimalValue(jnp.ones([2]));
  expect([zero.shape, zero.dtype, String(zero)]).toEqual([[2], "float32", "SymbolicZero(float32[2])"]);
  expect(() => jnp.ones([2]).add(zero as never)).toThrow(/SymbolicZero/);
});
