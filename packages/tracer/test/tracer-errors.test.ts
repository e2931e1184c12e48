/** Errors where code needs the value of a traced array: class, phrase, arguments and the user's line. */

import { config, jit, jnp, lax, type NDArray } from "@fluxion/tracer";
import { describe, expect, test } from "vitest";

config.defaultDevice = "interpreter";

function errorOf(fn: (...args: NDArray[]) => unknown, ...args: unknown[]): Error {
  try {
    jit(fn as never as (...args: unknown[]) => unknown)(...args);
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
}
const asNumber = (x: unknown): number => x as number;

describe("conversions", () => {
  test("a comparison", () => {
    const error = errorOf(function clamp(x) {
      return asNumber(x) > 0 ? x : x.neg();
    }, 1.5);
    expect(error.name).toBe("ConcretizationTypeError");
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toContain(
      "Abstract tracer value encountered where concrete value is expected: traced array with shape float32[]",
    );
    expect(error.message).toContain("while tracing the function clamp for jit at");
    expect(error.message).toContain("it depends on the value of the argument x.");
    expect(error.message).toMatch(/tracer-errors\.test\.ts:\d+:\d+/);
    expect(error.message).toContain("jnp.where or lax.cond");
  });
  test("a condition that is converted", () => {
    const error = errorOf((x) => (asNumber(x.gt(0)) === 1 || Number(x.gt(0)) ? 1 : 0), 1);
    expect(error.name).toBe("TracerBoolConversionError");
    expect(error.message).toContain("Attempted boolean conversion of traced array with shape bool[].");
    expect(error.message).toContain("staticArgnums");
  });
  test("an index of a JavaScript array", () => {
    const list = [1, 2, 3];
    const error = errorOf((i) => list[asNumber(i)], 1);
    expect(error.name).toBe("TracerIntegerConversionError");
    expect(error.message).toContain("The __index__() method was called on traced array with shape int32[]");
    expect(error.message).toContain("jnp.array(list).get(i)");
  });
  test("a template", () => {
    const error = errorOf((x) => `${x}`, 1.5);
    expect(error.name).toBe("ConcretizationTypeError");
    expect(error.message).toContain("x.toString() and console.log(x) show the type");
  });
  test("JSON and element access", () => {
    for (const use of [
      (x: NDArray) => JSON.stringify(x),
      (x: NDArray) => x.dataSync(),
      (x: NDArray) => x.toArraySync(),
      (x: NDArray) => x.data(),
      (x: NDArray) => jnp.array2string(x),
    ]) {
      const error = errorOf(use, jnp.ones([3]));
      expect(error.name).toBe("TracerArrayConversionError");
      expect(error.message).toContain(
        "The numpy.ndarray conversion method __array__() was called on traced array with shape float32[3]",
      );
    }
  });
  test("item", () => {
    const error = errorOf((x) => x.item(), 1.5);
    expect(error.name).toBe("ConcretizationTypeError");
    expect(error.message).toContain("This occurred in the item() method");
  });
  test("a shape", () => {
    const error = errorOf((n) => jnp.zeros([asNumber(n), 2]), 3);
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toContain(
      "Shapes must be 1D sequences of concrete values of integer type, got (JitTracer(~int32[]), 2)",
    );
    expect(error.message).toContain("it depends on the value of the argument n.");
    expect(error.message).toContain(
      "make the arguments it comes from (n) static with jit(f, { staticArgnums",
    );
  });
  test("an async function", () => {
    const error = errorOf(async (x) => x, 1);
    expect(error.message).toContain("is async and cannot be traced");
  });
});

describe("which arguments", () => {
  test("several, in the order of the parameters", () => {
    const error = errorOf((a, b, c) => Number(c.mul(a).add(jnp.sin(a))) + Number(b), 1.5, 2, 3);
    expect(error.message).toContain("it depends on the value of the arguments a, c.");
    expect(error.message).toContain("make the arguments it comes from");
  });
  test("leaves of pytrees by their path", () => {
    const error = errorOf(((params: { w: NDArray[] }) => Number(params.w[1])) as never, { w: [1, 2] });
    expect(error.message).toContain("it depends on the value of the argument params['w'][1].");
  });
  test("through an inner jitted function", () => {
    const inner = jit((y: NDArray) => Number(y));
    const error = errorOf((x) => inner(x.add(1)), 1.5);
    expect(error.message).toContain("argument y.");
  });
  test("what a loop carries comes from no argument", () => {
    const error = errorOf(
      (x) =>
        lax.whileLoop(
          (c: NDArray) => c.lt(x),
          (c: NDArray) => (asNumber(c) > 3 ? c : c.add(1)),
          jnp.array(0),
        ),
      10,
    );
    expect(error.message).toContain("it is an argument of a loop body or branch, or computed from one.");
    expect(error.message).toContain("compute it outside of the loop body or branch");
  });
  test("values that an inner function closes over", () => {
    const error = errorOf((x) => {
      const twice = x.mul(2);
      return jit(() => Number(twice.add(1)))();
    }, 1.5);
    expect(error.message).toContain("argument x.");
  });
});

test("a leaked tracer names both places", () => {
  let leaked: NDArray | undefined;
  jit(function leak(x: NDArray) {
    leaked = x.add(1);
    return x;
  })(jnp.array(1.5));
  expect(() => leaked?.add(1)).toThrow("Encountered an unexpected tracer.");
  expect(() => leaked?.add(1)).toThrow("made while tracing leak for jit");
});
