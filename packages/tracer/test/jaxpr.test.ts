/** `makeJaxpr` prints what JAX prints. */

import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import { assertValid, type DType, mainFunction, parseModule } from "@fluxion/ir";
import {
  config,
  grad,
  hessian,
  jacrev,
  jit,
  jnp,
  jvp,
  lax,
  linearize,
  makeJaxpr,
  type NDArray,
  ShapeDtypeStruct,
  vmap,
} from "@fluxion/tracer";
import { describe, expect, test } from "vitest";
import { concat, group, lineBreak, nest, render, text } from "../src/stages/jaxpr/document.ts";
import { printJaxpr } from "../src/stages/jaxpr/print.ts";

config.defaultDevice = "interpreter";

const struct = (dtype: DType, ...shape: number[]): ShapeDtypeStruct => new ShapeDtypeStruct(shape, dtype);
const f32 = (...shape: number[]): ShapeDtypeStruct => struct("float32", ...shape);
const table = jnp.linspace(0, 1, 20) as NDArray;

type Traced = (...args: NDArray[]) => unknown;
const unary: Traced = (x) => [
  jnp.exp(x), jnp.log(x), jnp.expm1(x), jnp.log1p(x), jnp.tanh(x), jnp.sqrt(x), lax.rsqrt(x), lax.sign(x),
  jnp.floor(x), x.neg(), jnp.abs(x),
]; // biome-ignore format: one line in Python
const cases: Readonly<Record<string, readonly [Traced, ...unknown[]]>> = {
  identity: [(x) => x, 1.5],
  constants: [(x) => [x, x.add(1), 2.5], 1.5],
  unused: [(x) => [jnp.sin(x), x][1], 1.5],
  "one line": [(x) => jnp.sin(x).mul(2), f32(3)],
  unary: [unary, f32(3)],
  compare: [(x, y) => [x.eq(y), x.ne(y), x.lt(y), x.le(y), x.gt(y), x.ge(y)], f32(3), f32(3)],
  convert: [(x) => x.astype("int32"), f32(3, 4)],
  get: [(x) => [x.get(0), x.get(":, 1:3"), x.get("::2")], f32(3, 4)],
  nothing: [() => [], 1.5],
  ones: [() => jnp.ones([2, 3]), 1.5],
  many: [(x) => Array.from({ length: 30 }, () => x.add(2.5)), 1.5],
  object: [((d: { a: NDArray; b: NDArray }) => d.b.add(d.a)) as never, { a: 1.5, b: 2.5 }],
  captured: [(x) => x.add(table), f32(20)],
  iota: [() => jnp.arange(5)],
  integers: [(i) => [i.and(i), i.or(3), i.not(), i.xor(i)], struct("int32", 2)],
  bounds: [(x) => jnp.minimum(jnp.maximum(x, 0), 1), f32(3)],
  sums: [(x) => [x.sum(), x.max(1), jnp.prod(x, 0)], f32(3, 4)],
  logical: [(x) => [jnp.any(x.gt(0)), jnp.all(x.gt(0), 1)], f32(3, 4)],
  matmul: [(x, y) => x.matmul(y), f32(3, 4), f32(4, 5)],
  transpose: [(x) => x.reshape(4, 3).T, f32(3, 4)],
  concatenate: [(x) => jnp.concatenate([x, x]), f32(3, 4)],
  mean: [(x) => x.mean(1), f32(3, 4)],
};

const goldens = readFileSync(new URL("./goldens/jaxprs.txt", import.meta.url), "utf8")
  .split("## ")
  .slice(1)
  .map((part) => part.split("\n"))
  .map(([name, ...lines]) => [name, lines.join("\n").trimEnd()] as const);

test.each(goldens)("%s", (name, expected) => {
  const [fn, ...args] = cases[name];
  expect(String(makeJaxpr(fn)(...args))).toBe(expected);
});

test("every case has its golden", () => {
  expect(goldens.map(([name]) => name)).toEqual(Object.keys(cases));
});

test("jitted functions inside, and what a jaxpr knows", () => {
  const twice = jit(function twice(x: NDArray) {
    return x.mul(2);
  });
  const jaxpr = makeJaxpr((x: NDArray) => twice(x.add(table)).sum())(f32(20));
  expect(String(jaxpr)).toBe(
    `{ lambda a:f32[20]; b:f32[20]. let
    c:f32[20] = add b a
    d:f32[20] = jit[
      name=twice
      jaxpr={ lambda ; e:f32[20]. let f:f32[20] = mul e 2.0:f32[] in (f,) }
    ] c
    g:f32[] = reduce_sum[axes=(0,) out_sharding=None] d
  in (g,) }`,
  );
  expect(inspect(jaxpr)).toBe(String(jaxpr));
  expect(jaxpr.consts[0]).toBe(table);
  expect([jaxpr.inAvals[0].shape, jaxpr.outAvals[0].dtype]).toEqual([[20], "float32"]);
});

describe("control flow", () => {
  const printed = (text: string): string => {
    const module = parseModule(text);
    return printJaxpr(module, mainFunction(module).body, 0);
  };
  // JAX prints the same for lax.while_loop(lambda c: c[0] < x, lambda c: (c[0] + x, c[1] * 2.0 * x), (0.0, x)).
  test("a loop gets what it closes over as constants", () => {
    expect(
      printed(`
func.func @main(%x: tensor<f32>) -> (tensor<f32>, tensor<f32>) {
  %zero = stablehlo.constant dense<0.0> : tensor<f32>
  %r:2 = stablehlo.while(%i = %zero, %y = %x) : tensor<f32>, tensor<f32>
   cond {
    %p = stablehlo.compare LT, %i, %x : (tensor<f32>, tensor<f32>) -> tensor<i1>
    stablehlo.return %p : tensor<i1>
  } do {
    %j = stablehlo.add %i, %x : tensor<f32>
    %two = stablehlo.constant dense<2.0> : tensor<f32>
    %z = stablehlo.multiply %y, %two : tensor<f32>
    %w = stablehlo.multiply %z, %x : tensor<f32>
    stablehlo.return %j, %w : tensor<f32>, tensor<f32>
  }
  return %r#0, %r#1 : tensor<f32>, tensor<f32>
}`),
    ).toBe(`{ lambda ; a:f32[]. let
    b:f32[] c:f32[] = while[
      body_jaxpr={ lambda ; d:f32[] e:f32[] f:f32[]. let
          g:f32[] = add e d
          h:f32[] = mul f 2.0:f32[]
          i:f32[] = mul h d
        in (g, i) }
      body_nconsts=1
      cond_jaxpr={ lambda ; j:f32[] k:f32[] l:f32[]. let
          m:bool[] = lt k j
        in (m,) }
      cond_nconsts=1
    ] a a 0.0:f32[] a
  in (b, c) }`);
  });
  test("branches share what they close over", () => {
    expect(
      printed(`
func.func @main(%i: tensor<i32>, %x: tensor<3xf32>) -> tensor<3xf32> {
  %one = stablehlo.constant dense<1.0> : tensor<f32>
  %r = "stablehlo.case"(%i) ({
    stablehlo.return %x : tensor<3xf32>
  }, {
    %b = stablehlo.broadcast_in_dim %one, dims = [] : (tensor<f32>) -> tensor<3xf32>
    %y = stablehlo.add %x, %b : tensor<3xf32>
    stablehlo.return %y : tensor<3xf32>
  }) : (tensor<i32>) -> tensor<3xf32>
  return %r : tensor<3xf32>
}`),
    ).toBe(`{ lambda ; a:i32[] b:f32[3]. let
    c:f32[3] = cond[
      branches=(
        { lambda ; d:f32[3]. let  in (d,) }
        { lambda ; e:f32[3]. let f:f32[3] = add e 1.0:f32[] in (f,) }
      )
    ] a b
  in (c,) }`);
  });
  test("a reduction with a body or a start of its own shows it", () => {
    expect(
      printed(`
func.func @main(%x: tensor<3xf32>) -> tensor<f32> {
  %one = stablehlo.constant dense<1.0> : tensor<f32>
  %r = stablehlo.reduce(%x init: %one) applies stablehlo.add across dimensions = [0] : (tensor<3xf32>, tensor<f32>) -> tensor<f32>
  return %r : tensor<f32>
}`),
    ).toBe(`{ lambda ; a:f32[3]. let
    b:f32[] = reduce[
      dimensions=(0,)
      jaxpr={ lambda ; c:f32[] d:f32[]. let e:f32[] = add c d in (e,) }
    ] a 1.0:f32[]
  in (b,) }`);
  });
});

describe("the pretty printer", () => {
  const list = group(
    nest(2, text("["), lineBreak(""), concat(text("a,"), lineBreak(), text("b"))),
    lineBreak(""),
    text("]"),
  );
  test("a group that fits stays on its line", () => {
    expect(render(list, 6)).toBe("[a, b]");
  });
  test("one that does not breaks everywhere", () => {
    expect(render(list, 5)).toBe("[\n  a,\n  b\n]");
  });
});

describe("transforms have their operations in the jaxpr, as in JAX", () => {
  const f = (x: NDArray): NDArray => jnp.sin(x).mul(x);
  const valid = (jaxpr: ReturnType<ReturnType<typeof makeJaxpr>>): string => {
    assertValid(jaxpr.module);
    return String(jaxpr);
  };
  const jitCalls = (text: string): number => text.split("jit[").length - 1;

  test("grad", () => {
    expect(valid(makeJaxpr(grad(f))(f32()))).toBe(`{ lambda ; a:f32[]. let
    b:f32[] = sin a
    c:f32[] = cos a
    _:f32[] = mul b a
    d:f32[] = mul 1.0:f32[] b
    e:f32[] = mul 1.0:f32[] a
    f:f32[] = mul e c
    g:f32[] = add d f
  in (g,) }`);
  });
  test("jvp, vmap and what they nest with", () => {
    const push = (x: NDArray): unknown => jvp(f, [x], [1]);
    expect(valid(makeJaxpr(push)(f32()))).toBe(`{ lambda ; a:f32[]. let
    b:f32[] = sin a
    c:f32[] = cos a
    d:f32[] = mul 1.0:f32[] c
    e:f32[] = mul b a
    f:f32[] = mul d a
    g:f32[] = mul 1.0:f32[] b
    h:f32[] = add f g
  in (e, h) }`);
    expect(valid(makeJaxpr(vmap(f))(f32(3)))).toBe(
      "{ lambda ; a:f32[3]. let b:f32[3] = sin a; c:f32[3] = mul b a in (c,) }",
    );
    const map = (x: NDArray): unknown => linearize(f, x)[1](x);
    expect(jitCalls(valid(makeJaxpr(vmap(grad(f)) as Traced)(f32(3))))).toBe(0);
    for (const fn of [grad(grad(f)), hessian(f), jacrev(f), map] as Traced[])
      expect(jitCalls(valid(makeJaxpr(fn)(f32())))).toBe(0);
  });
  test("jitted functions stay functions: one for each way", () => {
    expect(jitCalls(valid(makeJaxpr(grad(jit(f)) as Traced)(f32())))).toBe(2);
    expect(jitCalls(valid(makeJaxpr(vmap(jit(f)) as Traced)(f32(3))))).toBe(1);
    expect(jitCalls(valid(makeJaxpr(jit(grad(f)) as Traced)(f32())))).toBe(1);
  });
  test("a linear map made outside", () => {
    const [, map] = linearize(jit(f), 0.5);
    expect(jitCalls(valid(makeJaxpr(map as Traced)(f32())))).toBe(1);
  });
});
