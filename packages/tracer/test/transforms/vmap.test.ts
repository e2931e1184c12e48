/** `vmap` with everything that it nests with: derivatives with rules of users, loops, callbacks, caches. */

import { observeCompilation } from "@fluxion/runtime";
import {
  clearCaches,
  config,
  customJvp,
  customVjp,
  debug,
  errors,
  grad,
  jit,
  jnp,
  jvp,
  lax,
  stopGradient,
  vjp,
  vmap,
} from "@fluxion/tracer";
import { describe, expect, test, vi } from "vitest";

config.defaultDevice = "interpreter";

// biome-ignore lint/suspicious/noExplicitAny: short programs
type X = any;

const xs: X = jnp.array([0.5, 1.5, 2.5]);
const ws: X = jnp.array([1.5, -0.5, 2]);
const list = (x: X): number[] => x.ravel().toArraySync() as number[];
const close = (got: X, expected: readonly number[], digits = 5): void => {
  const values = list(got);
  expect(values.length).toBe(expected.length);
  values.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i], digits);
  });
};
const stacked = (f: (i: number) => X): number[] => [0, 1, 2].flatMap((i) => list(f(i)));

describe("rules of users", () => {
  /** x² · w with a derivative of 10·w·x in x and none in w. */
  const marked = customJvp((x: X, w: X) => x.mul(x).mul(w));
  marked.defjvp(([x, w]: X, [t]: X) => [marked(x, w), t.mul(x).mul(w).mul(10)]);
  const clipped = customVjp((x: X, w: X) => x.mul(w));
  clipped.defvjp(
    (x: X, w: X) => [clipped(x, w), [x, w]],
    ([x, w]: X, ct: X) => [ct.mul(w).mul(100), ct.mul(x).mul(1000)],
  );

  test("customJvp: both orders of vmap and grad, shared and batched operands", () => {
    const expected = list(xs).map((x, i) => 10 * x * list(ws)[i]);
    close(vmap(grad(marked))(xs, ws), expected);
    close(grad((x: X) => vmap(marked)(x, ws).sum())(xs), expected);
    const shared = list(xs).map((x) => 10 * x * 3);
    close(vmap(grad(marked), [0, null])(xs, jnp.array(3)), shared);
    close(grad((x: X) => vmap(marked, [0, null])(x, jnp.asarray(3)).sum())(xs), shared);
    close(grad((x: X) => vmap(marked, [null, 0])(x, ws).sum())(jnp.asarray(0.5)), [10 * 0.5 * 3]);
  });

  test("customJvp: of second order, and forward", () => {
    close(vmap(grad(grad((x: X) => marked(x, jnp.float(1)))))(xs), [10, 10, 10]);
    close(
      jvp((x: X) => vmap(marked)(x, ws), [xs], [jnp.ones([3])])[1],
      list(xs).map((x, i) => 10 * x * list(ws)[i]),
    );
  });

  test("customVjp: the cotangent of a shared operand is the sum over the examples", () => {
    close(
      grad((x: X) => vmap(clipped)(x, ws).sum())(xs),
      list(ws).map((w) => 100 * w),
    );
    close(
      grad((w: X) => vmap(clipped)(xs, w).sum())(ws),
      list(xs).map((x) => 1000 * x),
    );
    const w = jnp.asarray(2.5);
    close(grad((x: X) => vmap(clipped, [0, null])(x, w).sum())(xs), [250, 250, 250]);
    close(grad((v: X) => vmap(clipped, [0, null])(xs, v).sum())(w), [4500]);
    close(
      vmap(grad(clipped, 1), [0, null])(xs, w),
      list(xs).map((x) => 1000 * x),
    );
  });

  test("customVjp: nested batches, jit", () => {
    const f = (x: X, w: X) => vmap(vmap(clipped, [null, 0]), [0, null])(x, w).sum();
    close(grad(f, 0)(xs, ws), [300, 300, 300]);
    close(jit(grad(f, 1))(xs, ws), [4500, 4500, 4500]);
  });

  test("rules that name an axis, also when a derivative asks for them after the batch", () => {
    const i = { axisName: "i" };
    const slope = customJvp((x: X) => x.mul(2));
    slope.defjvp(([x]: X, [t]: X) => [slope(x), t.mul(lax.psum(1, "i"))]);
    const square = customJvp((x: X) => x.mul(x));
    square.defjvp(([x]: X, [t]: X) => [square(x), t.mul(slope(x))]);
    const total = (x: X): X => vmap(square, i)(x).sum();
    close(
      grad(total)(xs),
      list(xs).map((x) => 2 * x),
    );
    close(grad((x: X) => grad(total)(x).sum())(xs), [3, 3, 3]);
    close(vmap(grad(grad(square)), i)(xs), [3, 3, 3]);
  });

  test("stopGradient", () => {
    close(vmap(grad((x: X) => x.mul(stopGradient(x))))(xs), list(xs));
    close(grad((x: X) => vmap((y: X) => y.mul(stopGradient(y)))(x).sum())(xs), list(xs));
  });
});

describe("vjp and jvp", () => {
  test("batched pullbacks give a Jacobian", () => {
    const [, pull] = vjp((x: X) => x.mul(x).mul(ws), xs) as X;
    const [jacobian] = vmap(pull)(jnp.eye(3));
    close(
      jacobian,
      list(xs).flatMap((x, i) => [0, 1, 2].map((k) => (k === i ? 2 * x * list(ws)[i] : 0))),
    );
  });

  test("batched tangents give its transpose", () => {
    const f = (x: X): X => jnp.cumsum(x.mul(x));
    const columns = vmap((t: X) => jvp(f, [xs], [t])[1])(jnp.eye(3));
    close(
      columns,
      [0, 1, 2].flatMap((i) => [0, 1, 2].map((k) => (k >= i ? 2 * list(xs)[i] : 0))),
    );
  });
});

describe("control flow", () => {
  const collatz = (n: X): X =>
    lax.whileLoop(
      (s: X) => s[0].ne(1),
      (s: X) => [jnp.where(s[0].mod(2).eq(0), s[0].floorDiv(2), s[0].mul(3).add(1)), s[1].add(1)],
      [n, jnp.asarray(0)] as X,
    )[1];

  test("a loop that ends at different times", () => {
    expect(list(vmap(collatz)(jnp.array([1, 6, 27])))).toEqual([0, 8, 111]);
    expect(
      list(
        vmap(vmap(collatz))(
          jnp.array([
            [1, 6],
            [27, 2],
          ]),
        ),
      ),
    ).toEqual([0, 8, 111, 1]);
  });

  test("nested in a branch, in a scan", () => {
    const f = (x: X): X =>
      lax.scan(
        (c: X, y: X) => {
          const next = lax.cond(
            c.gt(y),
            () => c.sub(y),
            () => c.add(lax.foriLoop(0, 3, (_, s: X) => s.mul(0.5), y)),
          );
          return [next, next];
        },
        x,
        ws,
      )[1];
    close(
      vmap(f)(xs),
      stacked((i) => f(xs.get(i))),
    );
    close(
      vmap(grad((x: X) => f(x).sum()))(xs),
      stacked((i) => grad((x: X) => f(x).sum())(xs.get(i))),
    );
  });

  test("a derivative through a masked loop, forward", () => {
    const f = (x: X): X =>
      lax.whileLoop(
        (s: X) => s.lt(10),
        (s: X) => s.mul(s).add(1),
        x,
      );
    const one = jnp.asarray(jnp.float(1));
    const tangent = (x: X): X => jvp(f, [x], [one as X])[1];
    close(
      vmap(tangent)(xs),
      stacked((i) => tangent(xs.get(i))),
      1,
    );
    close(
      jvp(vmap(f) as X, [xs], [jnp.ones([3])])[1],
      stacked((i) => tangent(xs.get(i))),
      1,
    );
  });
});

describe("arguments", () => {
  test("shared values are at hand while tracing, as in JAX", () => {
    const f = (x: X, n: X): X => {
      let y = x;
      for (let k = 0; k < n; k++) y = y.mul(2);
      return y;
    };
    close(
      vmap(f, [0, null])(xs, 3),
      list(xs).map((x) => 8 * x),
    );
    close(
      vmap(f, [0, null])(xs, jnp.asarray(3)),
      list(xs).map((x) => 8 * x),
    );
    expect(() => jit(vmap(f, [0, null]))(xs, jnp.asarray(3))).toThrow("Abstract tracer value");
  });

  test("what is no array is passed on", () => {
    const f = (x: X, mode: X): X => (mode === "double" ? x.mul(2) : x);
    close(
      vmap(f, [0, null])(xs, "double"),
      list(xs).map((x) => 2 * x),
    );
    expect(() => vmap(f)(xs, "double")).toThrow(/vmap: argument mode of type string is not a valid JAX type/);
  });

  test("options by position, by name, unknown", () => {
    expect(list(vmap((x: X) => x, 0, 0, "i", 3)(xs))).toEqual(list(xs));
    expect(() => vmap((x: X) => x, { inAxis: 0 } as X)).toThrow("vmap() got an unexpected option 'inAxis'");
    expect(() => vmap((x: X) => x, { spmdAxisName: "i" } as X)).toThrow(
      "spmdAxisName names an axis of a mesh",
    );
    expect(() => vmap((x: X) => x, { axisSize: -1 })).toThrow("axisSize must be a non-negative integer");
  });

  test("inconsistent sizes are listed", () => {
    expect(() =>
      vmap((d: X, _: X) => d.a)({ a: jnp.ones([3]), b: [jnp.ones([4]), jnp.ones([3, 2])] }, jnp.ones([4, 1])),
    ).toThrow(
      "vmap got inconsistent sizes for array axes to be mapped:\n" +
        "  * most axes (2 of them) had size 3, e.g. axis 0 of argument d['a'] of type float32[3];\n" +
        "  * some axes (2 of them) had size 4, e.g. axis 0 of argument d['b'][0] of type float32[4]",
    );
    expect(() => vmap((x: X) => x, { axisSize: 2 })(xs)).toThrow(
      "  * the `axis_size` argument was 2;\n  * one axis had size 3: axis 0 of argument x of type float32[3]",
    );
  });
});

describe("functions of scalars that read a value of each example", () => {
  const grid = jnp.array([[1, 2], [3, 4]], "float32") as X; // biome-ignore format: a matrix

  test("a reduction and an update are done for each example", () => {
    const bounded = (a: X, b: X, c: X): X => jnp.minimum(jnp.maximum(a, b), c);
    const largest = (x: X, c: X): X =>
      lax.reduce(x, jnp.float(-9) as X, (a: X, b: X) => bounded(a, b, c), [0]);
    close((vmap(largest) as X)(grid, jnp.array([1.5, 9])), [1.5, 4]);
    close(
      (vmap((x: X, c: X) => x.at(0).apply((v: X) => v.mul(c))) as X)(grid, jnp.array([2, 0.5])),
      [2, 2, 1.5, 4],
    );
  });

  // JAX: NotImplementedError: Reduction computations can't close over Tracers, with and without vmap.
  test("scatterApply is refused, with the way out", () => {
    const numbers = { updateWindowDims: [], insertedWindowDims: [0], scatterDimsToOperandDims: [0] };
    const scale = (x: X, c: X): X =>
      lax.scatterApply(x, jnp.array([[0]]), (v) => v.mul(c), numbers, { updateShape: [1] });
    close((jit(scale) as X)(grid.get(0), 3.5), [3.5, 2]);
    const run = () => (vmap(scale) as X)(grid, jnp.array([2, 0.5]));
    expect(run).toThrow(errors.NotImplementedError);
    expect(run).toThrow(
      /'stablehlo\.scatter'.*reads a value from outside that differs between examples.*x\.at\(i\)\.apply\(f\)/,
    );
    expect(run).toThrow(/vmap\.test\.ts:\d+/);
  });
});

describe("callbacks", () => {
  test("run for every example", () => {
    const seen: unknown[] = [];
    const f = (x: X, y: X): X => {
      debug.callback((a: X, b: X) => seen.push([a.item(), b.item()]), x.mul(2), jnp.add(y, 0));
      return x;
    };
    vmap(f, [0, null])(xs, 7);
    jit(vmap(f, [0, null]))(xs, 8);
    expect(seen).toEqual([
      [1, 7],
      [3, 7],
      [5, 7],
      [1, 8],
      [3, 8],
      [5, 8],
    ]);
  });

  test("that read no batch run once", () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    vmap((x: X) => {
      debug.print("here");
      return x;
    })(xs);
    expect(log.mock.calls).toEqual([["here"]]);
    log.mockRestore();
  });
});

describe("caching", () => {
  /** How often a program is compiled while `run` runs. */
  function compilations(run: () => void): number {
    let count = 0;
    const stop = observeCompilation(({ stage }) => {
      if (stage === "traced") count++;
    });
    config.with({ defaultDevice: "cpu" }, run);
    stop();
    return count;
  }

  test("a function of the same structure is compiled once", () => {
    clearCaches();
    const call = (x: X): X => vmap((y: X) => jnp.sin(y).mul(2))(x);
    expect(compilations(() => call(xs))).toBe(1);
    expect(compilations(() => call(ws))).toBe(0);
    expect(compilations(() => call(jnp.ones([4])))).toBeGreaterThan(0);
  });

  test("shared arrays are arguments of the program, not part of it", () => {
    const call = (w: X): X => vmap((y: X, v: X) => y.mul(v), [0, null])(xs, w);
    expect(compilations(() => call(jnp.asarray(1.25)))).toBe(1);
    expect(compilations(() => call(jnp.asarray(2.25)))).toBe(0);
  });

  test("a jitted function traced under two sizes of an axis", () => {
    const share = jit((x: X) => x.div(lax.axisSize("i")));
    const f = (x: X, y: X): X => [vmap(share, { axisName: "i" })(x), vmap(share, { axisName: "i" })(y)];
    const [a, b] = jit(f)(jnp.ones([2]), jnp.ones([4])) as X;
    expect([list(a), list(b)]).toEqual([
      [0.5, 0.5],
      [0.25, 0.25, 0.25, 0.25],
    ]);
  });
});
