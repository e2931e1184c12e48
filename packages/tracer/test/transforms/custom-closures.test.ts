/**
 * Rules that close over traced arrays, at any order of derivative inside. What is a number here is one in JAX 0.10.2, and what is
 * an UnexpectedTracerError is one there.
 */

import {
  config,
  customBatching,
  customJvp,
  customVjp,
  errors,
  grad,
  jacfwd,
  jit,
  jnp,
  jvp,
  lax,
  linearize,
  stopGradient,
  vmap,
} from "@fluxion/tracer";
import { describe, expect, test } from "vitest";

config.defaultDevice = "interpreter";

// biome-ignore lint/suspicious/noExplicitAny: short programs
type X = any;
type Closure = (c: X) => (x: X) => X;

/** sin x with derivative c·cos x, of which `by` says which parts read c: the function, the rule. */
const jvpClosing =
  (by: string): Closure =>
  (c) => {
    const f = customJvp((x: X) => (by.includes("function") ? jnp.sin(x).mul(c) : jnp.sin(x))) as X;
    f.defjvp(([x]: X, [t]: X) => [f(x), by.includes("rule") ? jnp.cos(x).mul(c).mul(t) : jnp.cos(x).mul(t)]);
    return f;
  };

/** The same in reverse mode: the function, the way forward, the way back. */
const vjpClosing =
  (by: string, callsItself: boolean): Closure =>
  (c) => {
    const f = customVjp((x: X) => (by.includes("function") ? jnp.sin(x).mul(c) : jnp.sin(x))) as X;
    const plain = (x: X): X => (by.includes("forward") ? jnp.sin(x).mul(c) : jnp.sin(x));
    f.defvjp(
      (x: X) => [callsItself ? f(x) : plain(x), x],
      (x: X, ct: X) => [by.includes("back") ? jnp.cos(x).mul(c).mul(ct) : jnp.cos(x).mul(ct)],
    );
    return f;
  };

const derivative = (f: X, order: number): X => (order === 0 ? f : derivative(grad(f), order - 1));
/** Of order 0, 1, 2, 3 at 0.7, as a function of c. */
const inner =
  (closure: Closure, order: number) =>
  (c: X): X =>
    derivative(closure(c), order)(0.7);

/** sin, cos, -sin, -cos at 0.7. */
const sines = [0.64421769, 0.76484219, -0.64421769, -0.76484219];
const orders = [0, 1, 2, 3];
/** The inner derivatives as multiples of `sines`: their factors are 1 or c. */
const expectations: readonly (readonly [string, Closure, (order: number, c: number) => number])[] = [
  ["customJvp, the function", jvpClosing("function"), (order, c) => (order === 0 ? c : 1)],
  ["customJvp, the rule", jvpClosing("rule"), (order, c) => (order === 0 ? 1 : c)],
  ["customJvp, both", jvpClosing("function rule"), (_, c) => c],
  ["customVjp, the function", vjpClosing("function", false), (order, c) => (order === 0 ? c : 1)],
  ["customVjp, the way forward", vjpClosing("forward", false), () => 1],
  ["customVjp, the way back", vjpClosing("back", false), (order, c) => (order === 0 ? 1 : c)],
  ["customVjp, all", vjpClosing("function forward back", false), (_, c) => c],
  ["customVjp, all, which calls itself", vjpClosing("function back", true), (_, c) => c],
];

describe.each(expectations)("%s: derivatives", (_, closure, factor) => {
  const value = (order: number, c: number): number => factor(order, c) * sines[order];
  test.each(orders)("of order %i under jit", (order) => {
    expect(jit(inner(closure, order))(3 as X).item()).toBeCloseTo(value(order, 3), 5);
  });
  test.each(orders)("of order %i under vmap", (order) => {
    const both = vmap(inner(closure, order))(jnp.array([3, 4.5]) as X) as X;
    expect(both.toArraySync()).toEqual([3, 4.5].map((c) => expect.closeTo(value(order, c), 4)));
  });
  test.each(orders)("of order %i, of jitted functions and in a loop", (order) => {
    const jitted: Closure = (c) => jit(closure(c));
    expect(jit(inner(jitted, order))(3 as X).item()).toBeCloseTo(value(order, 3), 5);
    const loop = (c: X): X => lax.foriLoop(0, 2, (_, s: X) => s.add(inner(closure, order)(c)), jnp.zeros([]));
    expect((jit(loop) as X)(3.5).item()).toBeCloseTo(2 * value(order, 3.5), 4);
  });
});

describe("an outer derivative by what is closed over", () => {
  const refused = "Detected differentiation of a custom_";
  test.each(orders)("a rule is differentiated where it was applied: order %i inside", (order) => {
    const slope = order === 0 ? 0 : sines[order];
    for (const closure of [jvpClosing("rule"), vjpClosing("back", false)])
      expect(grad(inner(closure, order))(3).item()).toBeCloseTo(slope, 5);
    const [value, tangent] = jvp(inner(jvpClosing("rule"), order), [3], [2]) as X;
    expect([value.item(), tangent.item()]).toEqual([
      expect.closeTo((order === 0 ? 1 : 3) * sines[order], 5),
      expect.closeTo(2 * slope, 5),
    ]);
    expect(grad(inner(vjpClosing("forward", false), order))(3).item()).toBe(0);
  });
  test.each(orders)(
    "by what the function reads it is an error while the function is called: order %i",
    (order) => {
      for (const by of ["function", "function rule"]) {
        expect(() => grad(inner(jvpClosing(by), order))(3)).toThrow(errors.UnexpectedTracerError);
        expect(() => jvp(inner(jvpClosing(by), order), [3], [1])).toThrow(refused);
      }
      const ofVjp = () => grad(inner(vjpClosing("function", false), order))(3);
      // From the first derivative on the way forward stands in place of the function.
      if (order > 0) expect(ofVjp().item()).toBe(0);
      else expect(ofVjp).toThrow(refused);
    },
  );
  // JAX: what does not run, or runs for nobody, may close over anything.
  const refusal = "refused";
  test.each([
    ["the function", "function", false, [0.33993432, -1.9708995, -0.33993432]],
    ["the way forward", "forward", false, [refusal, -1.9708995, -0.33993432]],
    ["the way back", "back", false, [refusal, -1.2096624, -1.2234037]],
    ["the way back, while the way forward calls the function", "back", true, [refusal, -1.2096624, -1.2234037]],
    ["the function, which the way forward calls", "function", true, [refusal, refusal, refusal]],
  ] as const)("customVjp at 2c, of which %s reads c", (_, by, callsItself, expected) => {
    expected.forEach((slope, order) => {
      const run = () => grad((c: X) => derivative(vjpClosing(by, callsItself)(c), order)(c.mul(2)))(0.7);
      if (slope === refusal) expect(run).toThrow(errors.UnexpectedTracerError);
      else expect(run().item()).toBeCloseTo(slope, 5);
    });
  }); // biome-ignore format: a table
  test("an error of the way back is one of who goes back", () => {
    const f = (c: X): X => vjpClosing("back", true)(c)(c.mul(2));
    expect(grad((c: X) => [f(c), c][1])(0.7).item()).toBe(1);
    expect(linearize(f, 0.7)[0].item()).toBeCloseTo(Math.sin(1.4), 5);
    expect(() => vmap(grad(f))(jnp.ones([2]))).toThrow(refused);
  });

  test("by an array that its arguments depend on", () => {
    const run = (make: Closure) => (x: X) => make(jnp.sin(x))(x);
    for (const make of [jvpClosing("rule"), vjpClosing("back", false)])
      for (const transform of [grad(run(make)), grad(grad(run(make))), jit(grad(run(make)) as X)] as X[])
        expect(() => transform(0.7)).toThrow(errors.UnexpectedTracerError);
    expect(() => jvp(run(jvpClosing("rule")), [0.7], [1])).toThrow(refused);
    // Without its tangent it is a constant.
    const stopped = (x: X): X => jvpClosing("rule")(stopGradient(jnp.sin(x)))(x);
    expect(grad(stopped)(0.7).item()).toBeCloseTo(Math.cos(0.7) * Math.sin(0.7), 5);
  });
});

describe("rules of customBatching", () => {
  const xs = jnp.array([0.5, 1, 1.5]) as X;
  /** 3x or c·x, ten times as much in a batch; `by` says which of function and rule read c. */
  const make =
    (by: string): Closure =>
    (c) => {
      const f = customBatching((x: X) => x.mul(by.includes("function") ? c : 3)) as X;
      f.defVmap((_: number, __: unknown, x: X) => [by.includes("rule") ? x.mul(c).mul(10) : x.mul(3), true]);
      return f;
    };
  const items = (x: X): unknown => x.toArraySync();

  test.each([
    ["rule", [12.5, 25, 37.5], 30, [25, 25, 25]],
    ["function rule", [12.5, 25, 37.5], 30, [25, 25, 25]],
    ["function", [1.5, 3, 4.5], 0, [3, 3, 3]],
  ])("%s", (by, batch, slope, slopes) => {
    const closes = (c: X): X => vmap(make(by)(c))(xs);
    expect(items(closes(jnp.float(2.5)))).toEqual(batch);
    expect(items((jit(closes) as X)(2.5))).toEqual(batch);
    expect(items(grad((c: X) => closes(c).sum())(2.5))).toBe(slope);
    expect(items((jvp(closes, [2.5], [1]) as X)[1])).toEqual([0.5, 1, 1.5].map((x) => (x * slope) / 3));
    expect(items(vmap(closes)(jnp.array([2.5, 2.5]) as X))).toEqual([batch, batch]);
    const inner = (c: X): X => vmap((x: X) => (jvp(make(by)(c), [x], [1]) as X)[1])(xs);
    expect(items((jit(inner) as X)(2.5))).toEqual(slopes);
    expect(items(grad((c: X) => inner(c).sum())(2.5))).toBe(slope);
  }); // biome-ignore format: a table

  test("what is out of reach is an error, also where values are at hand", () => {
    const run = (c: X): X => vmap(jit(make("rule")(c)))(xs);
    for (const transform of [jit(run), grad((c: X) => run(c).sum())] as X[]) {
      expect(() => transform(2.5)).toThrow(errors.UnexpectedTracerError);
      expect(() => transform(2.5)).toThrow(
        "closes over a traced array that it cannot reach where it is asked for",
      );
    }
  });

  test("forward mode by what a function closes over goes through the function", () => {
    expect(items(jacfwd((c: X) => make("function")(c)(c))(2.5))).toBe(5);
  });
});

test("a rule that calls another function whose rule closes over an array", () => {
  const outer = (c: X): X => {
    const g = jvpClosing("rule")(c);
    const f = customJvp((x: X) => g(x)) as X;
    f.defjvp(([x]: X, [t]: X) => [f(x), g(x).mul(t)]);
    return derivative(f, 2)(0.7);
  };
  // d/dx g = c·cos
  expect((jit(outer) as X)(3).item()).toBeCloseTo(3 * Math.cos(0.7), 5);
});

test("rules run once, twice where they call their function and close over a traced array", () => {
  const count = (closes: boolean, recursive: boolean): number => {
    let calls = 0;
    const run = (c: X): X => {
      const f = customJvp((x: X) => jnp.sin(x)) as X;
      f.defjvp(([x]: X, [t]: X) => {
        calls++;
        return [recursive ? f(x) : jnp.sin(x), closes ? t.mul(c) : t];
      });
      return grad(f)(0.7);
    };
    (jit(run) as X)(3);
    return calls;
  };
  expect([count(false, false), count(false, true), count(true, false), count(true, true)]).toEqual([
    1, 1, 1, 2,
  ]);
});
