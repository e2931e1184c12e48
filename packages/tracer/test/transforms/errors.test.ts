/** Errors of `grad` and its kin: class, JAX's phrase, the user's line, and what to do. */

import {
  config,
  customJvp,
  errors,
  float0,
  grad,
  jit,
  jnp,
  jvp,
  lax,
  type NDArray,
  random,
  valueAndGrad,
} from "@fluxion/tracer";
import { describe, expect, test } from "vitest";

config.defaultDevice = "interpreter";

const identity = (x: NDArray): NDArray => x;
const loose = grad as unknown as (...args: unknown[]) => (...args: unknown[]) => unknown;
const complex = jnp.asarray(jnp.complex(1, 2));
const row = jnp.linspace(0, 1, 101);
const integers =
  "grad requires real- or complex-valued inputs (input dtype that is a sub-dtype of np.inexact), but got int32. If you want to use Boolean- or integer-valued inputs, use vjp or set allow_int to True";
const outputs =
  "grad requires real-valued outputs (output dtype that is a sub-dtype of np.floating), but got";

const table: Readonly<Record<string, readonly [run: () => unknown, ...texts: string[]]>> = {
  "no scalar": [() => grad(identity)(row), "Gradient only defined for scalar-output functions. Output had shape: (101,).", ".sum()"],
  "a tuple": [() => grad((x: NDArray) => [x, x])(1.5), "Gradient only defined for scalar-output functions. Output was PyTreeDef([*, *])"],
  "an integer": [() => grad(identity)(jnp.asarray(3)), integers, "jnp.float(3)"],
  "an array of integers": [() => grad(identity)(jnp.arange(3)), integers],
  "an integer result": [() => grad((x: NDArray) => x.astype("int32"))(1.5), `${outputs} int32. For differentiation of functions with integer outputs, use jax.vjp directly`],
  "a complex result": [() => grad(identity)(complex), `${outputs} complex64. For holomorphic differentiation, pass holomorphic=True.`],
  "holomorphic of a real": [() => grad(identity, { holomorphic: true })(1.5), "grad with holomorphic=True requires inputs with complex dtype, but got float32."],
  "a key": [() => grad((k: NDArray) => random.normal(k))(random.key(0) as NDArray), "but got key<fry>.", "Leave the key out of argnums"],
  "too few arguments": [() => grad(identity, 2)(1.5), "differentiating with respect to argnums=2 requires at least 3 positional arguments to be passed by the caller, but got only 1 positional arguments."],
  "argnums that are none": [() => loose(identity, { argnums: "x" }), "argnums must be an integer or a list of integers"],
  "an unknown option": [() => loose(identity, { argnum: 1 }), "grad() got an unexpected option 'argnum'. It takes: argnums, hasAux, holomorphic, allowInt"],
  "no function": [() => loose(3), "Expected a callable value, got 3"],
  "a string": [() => loose(identity)("a"), "Argument 'a' of type string is not a valid JAX type"],
  "no pair with hasAux": [() => valueAndGrad(identity, { hasAux: true })(1.5), "expected function with aux output to return a two-element tuple"],
}; // biome-ignore format: a table

describe("TypeErrors of grad", () => {
  for (const [name, [run, ...texts]] of Object.entries(table)) {
    test(name, () => {
      expect(run).toThrow(TypeError);
      for (const text of texts) expect(run).toThrow(text);
      expect(run).toThrow(/\n {2}at .*errors\.test\.ts:\d+:\d+/);
    });
  }
});

describe("other errors", () => {
  test("a result that is no array", () => {
    expect(() => grad((() => "a") as unknown as typeof identity)(1.5)).toThrow(
      "to be differentiated returned a value of type string, which is not a valid JAX type",
    );
    expect(() => grad((async (x: NDArray) => x) as unknown as typeof identity)(1.5)).toThrow(
      "is async and cannot be traced",
    );
  });

  test("reverse mode through a loop of unknown length names the loop's line and the way out", () => {
    const f = (x: NDArray): NDArray => lax.foriLoop(0, x.astype("int32"), (_, c: NDArray) => c.mul(x), x);
    expect(() => grad(f)(2.5)).toThrow(RangeError);
    expect(() => grad(f)(2.5)).toThrow(
      "Reverse-mode differentiation does not work for lax.while_loop or lax.fori_loop with dynamic start/stop values. Try using " +
        "lax.scan, or using fori_loop with static start/stop.",
    );
    expect(() => grad(f)(2.5)).toThrow(/errors\.test\.ts/);
    expect(jvp(f, [2.5], [1])[1].item()).toBeCloseTo(3 * 2.5 ** 2, 4);
  });

  test("float0 has a name and zeros", () => {
    const [, tangent] = jvp((i: NDArray) => i.add(1), [jnp.asarray(3)], [jnp.zeros([], float0)]);
    expect([String(tangent.dtype), tangent.shape]).toEqual(["float0", []]);
  });

  test("functions of control flow that are async", () => {
    const later = async (c: NDArray): Promise<NDArray> => c;
    const scanned = async (c: NDArray): Promise<[NDArray, null]> => [c, null];
    const x = jnp.ones([]);
    expect(() => lax.scan(scanned as never, x, null, { length: 2 })).toThrow("is async and cannot be traced");
    expect(() => lax.cond(true, later as never, (c: NDArray) => c, x)).toThrow(
      "is async and cannot be traced",
    );
  });

  test("a length of scan that is no size", () => {
    const run = (length: unknown) =>
      lax.scan((c: NDArray) => [c, c] as const, jnp.ones([]), null, { length: length as number });
    expect(() => run(-1)).toThrow("`length` must be a non-negative integer, got -1");
    expect(() => run(1.5)).toThrow("`length` must be a non-negative integer, got 1.5");
    expect(run(jnp.asarray(2))[1].shape).toEqual([2]);
    const traced = jit((n: NDArray) => run(n)[0]);
    expect(() => traced(jnp.asarray(3))).toThrow(errors.ConcretizationTypeError);
    expect(() => traced(jnp.asarray(3))).toThrow(
      "The `length` argument to `scan` expects a concrete `int` value.",
    );
  });

  test("a condition of whileLoop that returns a list", () => {
    const condition = (c: NDArray): unknown => [c.lt(3)];
    expect(() => lax.whileLoop(condition as never, (c: NDArray) => c.add(1), jnp.ones([]))).toThrow(
      "cond_fun must return a boolean scalar, but got pytree PyTreeDef([*]).",
    );
  });

  test("a call that is no function says how the transform is called", () => {
    expect(() => jvp(3 as never, [1.5] as never, [1] as never)).toThrow("jvp(f, [x], [dx])");
    expect(() => grad(3 as never)).toThrow("grad(f)(x)");
  });

  test("a rule of customJvp that returns no pair", () => {
    const f = customJvp(identity);
    f.defjvp(((_: unknown, [dx]: [NDArray]) => dx) as never);
    expect(() => grad(f)(1.5)).toThrow("representing primal and tangent outputs, but got ~float32[]");
  });
});
