/** `jvp`, `vjp`, `linearize` and `linearTranspose`. */

import {
  config,
  customJvp,
  errors,
  grad,
  jit,
  jnp,
  jvp,
  lax,
  linearize,
  linearTranspose,
  type NDArray,
  ShapeDtypeStruct,
  scope,
  stopGradient,
  tree,
  vjp,
  vmap,
} from "@fluxion/tracer";
import { describe, expect, test } from "vitest";

config.defaultDevice = "interpreter";

const sin = (x: NDArray): NDArray => jnp.sin(x);
const both = (x: NDArray, y: NDArray) => ({ product: x.mul(y), sum: x.add(y) });
const items = (t: unknown): unknown =>
  tree.map((x: NDArray) => (String(x.dtype) === "float0" ? "float0" : x.toArraySync()), t);
const float0 = (...shape: number[]): NDArray => jnp.zeros(shape, "float0" as never) as NDArray;

describe("jvp", () => {
  test("value and tangent, in the structure of the result", () => {
    expect(items(jvp(both, [2.5, 3.5], [1, 0]))).toEqual([
      { product: 8.75, sum: 6 },
      { product: 3.5, sum: 1 },
    ]);
  });

  test("numbers are floats, whatever their value", () => {
    const square = (x: NDArray): NDArray => x.mul(x);
    expect(items(jvp(square, [3], [1]))).toEqual([9, 6]);
    expect(items(vjp(square, 3)[1](1))).toEqual([6]);
    expect(grad(square)(3).item()).toBe(6);
  });

  test("of integers and bools is float0", () => {
    const f = (x: NDArray, i: NDArray) => [x.mul(i), i.add(1), x.gt(0)];
    const [, tangents] = jvp(f, [0.5, jnp.asarray(3)], [1, float0()]);
    expect(tangents.map(({ dtype }: NDArray) => dtype)).toEqual(["float32", "float0", "float0"]);
    expect(tangents[0].item()).toBe(3);
  });

  test("with auxiliary results", () => {
    const f = (x: NDArray): [NDArray, NDArray] => [x.mul(x), x.add(1)];
    expect(items(jvp(f, [1.5], [1], { hasAux: true }))).toEqual([2.25, 3, 2.5]);
  });

  test("a result that does not move has tangent 0 of its type", () => {
    const [, tangent] = jvp((_: NDArray) => jnp.ones([2], "float16"), [0.5], [1]);
    expect(tangent.dtype).toBe("float16");
    expect(items(tangent)).toEqual([0, 0]);
  });

  test("nests with itself, grad and jit", () => {
    const second = (x: NDArray) => jvp((y: NDArray) => jvp(sin, [y], [1])[1], [x], [1])[1];
    expect(second(0.5 as never).item()).toBeCloseTo(-Math.sin(0.5), 6);
    const along = (x: NDArray) => jvp(sin, [x], [x])[1];
    const slope = Math.cos(0.5) - 0.5 * Math.sin(0.5);
    expect(grad(along)(0.5).item()).toBeCloseTo(slope, 6);
    expect(jit(grad(along))(0.5 as never).item()).toBeCloseTo(slope, 6);
    expect(jvp(grad(sin), [0.5], [2])[1].item()).toBeCloseTo(-2 * Math.sin(0.5), 6);
  });

  test("goes through loops of unknown length", () => {
    const f = (x: NDArray): NDArray =>
      lax.whileLoop(
        (c: NDArray) => c.lt(10),
        (c: NDArray) => c.mul(x),
        x,
      );
    expect(jvp(f, [2.5], [1])[1].item()).toBeCloseTo(3 * 2.5 ** 2, 4);
  });
});

describe("vjp", () => {
  test("takes cotangents back, and again, also under jit", () => {
    const [value, pull] = vjp(both, 2.5, 3.5);
    expect(items(value)).toEqual({ product: 8.75, sum: 6 });
    expect(items(pull({ product: 1, sum: 0 }))).toEqual([3.5, 2.5]);
    expect(items(pull({ product: 0, sum: 1 }))).toEqual([1, 1]);
    expect(items(jit(pull)({ product: 1.5, sum: 2.5 }))).toEqual([7.75, 6.25]);
  });

  test("of integers is float0, and of results that do not move 0", () => {
    const [value, pull] = vjp((x: NDArray, i: NDArray) => [x.mul(i), i], 2.5, jnp.asarray(3));
    expect(items(value)).toEqual([7.5, 3]);
    expect(items(pull([1, float0()]))).toEqual([3, "float0"]);
    expect(items(vjp((_: NDArray) => jnp.ones([2]), 0.5)[1](jnp.ones([2])))).toEqual([0]);
  });

  test("with auxiliary results", () => {
    const f = (x: NDArray): [NDArray, object] => [x.mul(x), { doubled: x.mul(2) }];
    const [value, pull, aux] = vjp(f, 1.5, { hasAux: true });
    expect(items([value, pull(1), aux])).toEqual([2.25, [3], { doubled: 3 }]);
  });

  test("in a traced function, and under grad", () => {
    const f = (x: NDArray): NDArray => {
      const [y, pull] = vjp(sin, x);
      return pull(y)[0];
    };
    expect(jit(f)(0.5 as never).item()).toBeCloseTo(0.5 * Math.sin(1), 6);
    expect(grad(f)(0.5).item()).toBeCloseTo(Math.cos(1), 6);
  });

  test("a pullback made outside is called inside of a traced function", () => {
    const [, pull] = vjp(jit(sin), 0.5);
    expect(grad((ct: NDArray) => pull(ct.mul(ct))[0])(1.5).item()).toBeCloseTo(3 * Math.cos(0.5), 6);
  });
});

describe("linear maps", () => {
  test("linearize", () => {
    const [value, map] = linearize(both, 2.5, 3.5);
    expect(items([value, map(1, 0), map(0, 1)])).toEqual([
      { product: 8.75, sum: 6 },
      { product: 3.5, sum: 1 },
      { product: 2.5, sum: 1 },
    ]);
    expect(items(jit(map)(1.5, 2.5))).toEqual({ product: 11.5, sum: 4 });
    const [, aux] = linearize((x: NDArray) => [x.mul(x), x], 1.5, { hasAux: true }).slice(1);
    expect(aux.item()).toBe(1.5);
  });

  test("linearTranspose", () => {
    const f = (x: NDArray, y: NDArray) => x.mul(0.5).sub(y.sum());
    const shapes = [new ShapeDtypeStruct([2], "float32"), new ShapeDtypeStruct([3], "float32")];
    const transposed = linearTranspose(f, ...shapes);
    expect(items(transposed(jnp.asarray([1, 2], "float32")))).toEqual([
      [0.5, 1],
      [-3, -3, -3],
    ]);
  });
});

describe("errors", () => {
  const ones = (n: number, dtype = "float32"): NDArray => jnp.ones([n], dtype as never) as NDArray;
  const here = /\n {2}at .*linear\.test\.ts:\d+:\d+/;

  test.each([
    ["jvp shapes", () => jvp(sin, [ones(3)], [ones(2)]), RangeError, "different primal and tangent shapes"],
    [
      "jvp dtypes",
      () => jvp(sin, [ones(3)], [ones(3, "int32")]),
      TypeError,
      "so expected tangent dtype float32, but got tangent dtype int32",
    ],
    [
      "jvp of an integer",
      () => jvp(sin, [jnp.asarray(3)], [1]),
      TypeError,
      "the tangent dtype must be float0",
    ],
    [
      "jvp structure",
      () => jvp(sin, [ones(3)], [[ones(3)] as never]),
      TypeError,
      "must have the same tree structure",
    ],
    [
      "jvp without lists",
      () => jvp(sin, ones(3) as never, ones(3) as never),
      TypeError,
      "must be tuples or lists",
    ],
    [
      "vjp shape",
      () => vjp(sin, ones(3))[1](ones(2)),
      RangeError,
      "got float32[2], but expected float32[3] because the corresponding output",
    ],
    [
      "vjp dtype",
      () => vjp(sin, ones(3))[1](ones(3, "int32")),
      RangeError,
      "got int32[3], but expected float32[3]",
    ],
    ["vjp structure", () => vjp(both, 0.5, 0.5)[1]([1, 1] as never), RangeError, "unexpected tree structure"],
    [
      "vjp arguments",
      () => (vjp(sin, 0.5)[1] as (...cts: number[]) => unknown)(1, 2),
      TypeError,
      "must be called with a single argument",
    ],
    [
      "linearize",
      () => linearize(sin, ones(3))[1](ones(2)),
      RangeError,
      "Got tangent aval float32[2] for primal aval float32[3]",
    ],
    [
      "linearize structure",
      () => (linearize(sin, ones(3))[1] as () => unknown)(),
      TypeError,
      "expected PyTreeDef",
    ],
    [
      "transpose of sin",
      () => linearTranspose(sin, 0.5),
      errors.NotImplementedError,
      "Transpose rule (for reverse-mode differentiation) for 'stablehlo.sine' not implemented",
    ],
    [
      "transpose types",
      () => linearTranspose((x: NDArray) => x.astype("int32"), 0.5),
      TypeError,
      "linear_transpose only supports",
    ],
    [
      "transpose cotangent",
      () => linearTranspose((x: NDArray) => x.mul(2), 0.5)(ones(2)),
      TypeError,
      "cotangent type does not match function output",
    ],
    [
      "a string",
      () => vjp(sin, "a" as never),
      TypeError,
      "Argument 'a' of type string is not a valid JAX type",
    ],
    ["no function", () => vjp(3 as unknown as typeof sin, 1), TypeError, "Expected a callable value, got 3"],
    [
      "vjp of a while loop",
      () =>
        vjp(
          (x: NDArray) =>
            lax.whileLoop(
              (c: NDArray) => c.lt(9),
              (c: NDArray) => c.mul(2),
              x,
            ),
          0.5,
        ),
      RangeError,
      "Reverse-mode differentiation does not work for lax.while_loop",
    ],
    ["float0", () => jnp.add(float0(3), 1), TypeError, "Called add with a float0 array"],
  ] as const)("%s", (_, run, kind, phrase) => {
    // biome-ignore format: a table
    expect(run).toThrow(kind);
    expect(run).toThrow(phrase);
    expect(run).toThrow(here);
  });
});

describe("what is not linear", () => {
  const x = jnp.array([1, 2], "float32");
  const functions: readonly [name: string, fn: (x: NDArray) => NDArray, op: string][] = [
    ["product", (x) => x.mul(x), "multiply"],
    ["product of two linear values", (x) => x.mul(2).mul(x.neg()), "multiply"],
    ["dot product", (x) => jnp.dot(x, x), "dot_general"],
    ["quotient", (x) => x.div(x), "divide"],
    ["divisor", (x) => jnp.array(3, "float32").div(x), "divide"],
    ["condition", (x) => jnp.where(x.gt(1), x, x.mul(2)), "select"],
    ["branch", (x) => lax.cond(x.get(0).gt(1), sin, (y: NDArray) => y.mul(2), x), "case"],
    ["in a call", (x) => jit((y: NDArray) => y.mul(y))(x), "multiply"],
  ];
  for (const [name, fn, op] of functions) {
    test(`transposing a ${name} is an error that names ${op}`, () => {
      expect(() => linearTranspose(fn, x)(fn(x))).toThrow(
        `Transpose rule (for reverse-mode differentiation) for 'stablehlo.${op}' not implemented`,
      );
    });
  }

  test("linear on both sides of where is transposed", () => {
    const fn = (x: NDArray): NDArray => jnp.where(jnp.array([true, false]), x.mul(3), x.mul(5));
    expect(items(linearTranspose(fn, x)(x))).toEqual([[3, 10]]);
  });

  test("where is transposed also as what vmap makes of a branch, which JAX refuses", () => {
    const branches = [(x: NDArray) => x.mul(2), (x: NDArray) => x.mul(3)];
    const indices = jnp.array([0, 1, 0, 7]);
    const each = vmap((i: NDArray, x: NDArray) => lax.switch(i, branches, x)) as (
      ...xs: NDArray[]
    ) => NDArray;
    const x = jnp.array([1, 2, 3, 4], "float32") as NDArray;
    expect(items(linearTranspose((y: NDArray) => each(indices, y), x)(x))).toEqual([[2, 6, 6, 12]]);
    const repeated = vmap((i: NDArray, y: NDArray) =>
      lax.foriLoop(0, 2, (_, c) => lax.switch(i, branches, c), y),
    );
    expect(items(linearTranspose((y: NDArray) => repeated(indices, y), x)(x))).toEqual([[4, 18, 12, 36]]);
  });

  test("what ends tangents is not transposed", () => {
    for (const fn of [stopGradient, (x: NDArray) => lax.stopGradient(x).add(x)] as ((
      x: NDArray,
    ) => NDArray)[]) {
      const transposed = () => linearTranspose(fn, jnp.ones([]))(1);
      expect(transposed).toThrow(errors.NotImplementedError);
      expect(transposed).toThrow("not implemented: stopGradient is not linear");
    }
    const bits = (x: NDArray) => lax.bitcastConvertType(x, "int32");
    const back = (x: NDArray) => lax.bitcastConvertType(bits(x), "float32") as NDArray;
    expect(() => linearTranspose(back, jnp.ones([]))(1)).toThrow("the bits of");
  });

  test("a rule of customJvp that is not linear in the tangent", () => {
    const f = customJvp((x: NDArray) => x.mul(2));
    f.defjvp(([x]: [NDArray], [dx]: [NDArray]) => [x.mul(2), dx.mul(dx)]);
    expect(() => grad(f)(2.5)).toThrow("for 'stablehlo.multiply' not implemented: it is not linear");
  });
});

describe("scope keeps what a returned linear map needs", () => {
  const x = jnp.array([0.5, 1.5], "float32");
  const f = (x: NDArray): NDArray => jnp.sin(x).mul(x);
  const slopes = [0.5, 1.5].map((v) => Math.sin(v) + v * Math.cos(v));
  const expectSlopes = (array: NDArray): void => {
    (array.toArraySync() as number[]).forEach((v, i) => {
      expect(v).toBeCloseTo(slopes[i], 5);
    });
  };
  for (const device of ["interpreter", "cpu"])
    test(device, () => {
      config.defaultDevice = device;
      try {
        const one = jnp.ones([2]);
        const [, pull] = scope(() => vjp(f, x));
        const [, map] = scope(() => linearize(f, x));
        expectSlopes(pull(one)[0]);
        expectSlopes(map(one));
      } finally {
        config.defaultDevice = "interpreter";
      }
    });
});
