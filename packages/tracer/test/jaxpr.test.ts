/** `makeJaxpr` prints what JAX prints. */

import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import type { DType } from "@fluxion/ir";
import { config, jit, jnp, lax, makeJaxpr, type NDArray, ShapeDtypeStruct } from "@fluxion/tracer";
import { describe, expect, test } from "vitest";
import { concat, group, lineBreak, nest, render, text } from "../src/stages/jaxpr/document.ts";

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
