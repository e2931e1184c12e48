/** Eager arithmetic on large arrays: that it waits can be told by what is compiled, and by nothing else. */

import { clearCaches, config, debug, debugNans, errors, jit, jnp, type NDArray, scope } from "fluxion";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

const size = 2 ** 16;
const numbers = (): NDArray => jnp.linspace(-3, 3, size).add(0).mul(1);
/** Waits for no other call. */
const now = (x: NDArray): NDArray => {
  x.dataSync();
  return x;
};
type Step = (x: NDArray) => NDArray;
const selu = (x: NDArray, step: Step): NDArray =>
  step(jnp.where(step(x.gt(0)), x, step(step(step(jnp.exp(x)).mul(1.67)).sub(1.67)))).mul(1.05);

/** Names of the programs that `body` compiles. */
let compiled: string[] = [];
beforeEach(() => {
  clearCaches();
  compiled = [];
  vi.spyOn(console, "warn").mockImplementation((text: string) => {
    const name = /^Compiling (\S+) for/.exec(text)?.[1];
    if (name !== undefined) compiled.push(name);
  });
  config.logCompiles = true;
});
afterEach(() => {
  config.logCompiles = false;
  vi.restoreAllMocks();
});

test("a chain is one program with the values of the single operations", () => {
  const x = now(numbers());
  compiled = [];
  const result = selu(x, (y) => y);
  expect(compiled).toEqual([]);
  const values = result.dataSync();
  expect(compiled).toHaveLength(1);
  expect(values).toEqual(selu(x, now).dataSync());
  selu(x, (y) => y).dataSync();
  expect(compiled.filter((name) => name === compiled[0])).toHaveLength(1);
});

test("every dtype, with operands that are repeated", () => {
  const row = now(jnp.arange(256).add(1));
  for (const dtype of ["int8", "uint32", "float16", "bfloat16", "float32", "complex64"] as const) {
    const x = now(jnp.arange(size).reshape(256, 256).astype(dtype));
    const chain = (step: Step): NDArray => step(step(x.mul(row)).add(x)).sub(row);
    expect(chain((y) => y).toArraySync()).toEqual(chain(now).toArraySync());
  }
});

test("small arrays are computed at once", () => {
  jnp.arange(8).mul(77).add(1);
  expect(compiled.length).toBeGreaterThan(1);
});

test("a repeated operand is computed once, not for each element", () => {
  const row = jnp.exp(now(numbers()));
  compiled = [];
  const sum = row.add(jnp.ones([3, 1]));
  expect(compiled).toContain("jnp.exp");
  expect(sum.get(2).dataSync()).toEqual(row.add(1).dataSync());
});

test("a result that several need is kept the second time", () => {
  const x = now(numbers());
  const shared = jnp.exp(x);
  const [a, b] = [shared.mul(2), shared.mul(3)];
  a.dataSync();
  b.dataSync();
  compiled = [];
  shared.dataSync();
  shared.mul(4).dataSync();
  expect(compiled).toEqual(["jnp.multiply"]);
});

test("long chains are computed in parts", () => {
  const x = now(numbers());
  let y = x;
  for (let i = 0; i < 100; i++) y = y.add(1);
  const values = y.dataSync();
  expect(values[0]).toBeCloseTo(97, 3);
  expect(compiled.length).toBeGreaterThan(1);
  expect(compiled.length).toBeLessThan(6);
});

test("what a waiting result needs may be disposed of, donated or overwritten", () => {
  const expected = numbers().mul(2).add(1).dataSync();
  const x = now(numbers());
  const y = x.mul(2).add(1);
  x.dispose();
  expect(x.isDeleted()).toBe(true);
  expect(y.dataSync()).toEqual(expected);

  const z = now(numbers());
  const w = z.mul(2).add(1);
  jit((a: NDArray) => a.mul(0), { donateArgnums: 0 })(z).dataSync();
  expect(z.isDeleted()).toBe(true);
  expect(w.dataSync()).toEqual(expected);

  const inner = numbers().mul(2);
  const outer = inner.add(1);
  inner.dataSync();
  inner.dispose();
  expect(outer.dataSync()).toEqual(expected);
});

test("a waiting result can be disposed of, and others that need it are computed all the same", () => {
  const x = now(numbers());
  const y = x.mul(2);
  const z = y.add(1);
  y.dispose();
  expect(y.isDeleted()).toBe(true);
  y.dispose();
  expect(() => y.dataSync()).toThrow(errors.DeletedArrayError);
  expect(() => y.add(1).dataSync()).toThrow("Array has been deleted");
  expect(z.dataSync()).toEqual(x.mul(2).add(1).dataSync());
});

test("scopes: results that leave stay, also those that were begun outside", () => {
  const x = now(numbers());
  const before = x.mul(3);
  const expected = now(x.mul(3).add(1)).dataSync();
  const sum = scope(() => {
    const y = before.add(1);
    expect(y.dataSync()).toEqual(expected);
    return before.add(1);
  });
  expect(sum.dataSync()).toEqual(expected);
  expect(before.add(1).dataSync()).toEqual(expected);
});

test("intermediate results take no memory", () => {
  const x = now(numbers());
  const before = debug.memory().liveBytes;
  const y = now(jnp.exp(x).mul(2).sub(1).div(3));
  const scalars = 4096;
  expect(debug.memory().liveBytes - before).toBeLessThan(4 * size + scalars);
  expect(y.shape).toEqual([size]);
});

test("inside a trace a waiting result is computed first", () => {
  const y = now(numbers()).mul(5);
  const f = jit((a: NDArray) => a.add(y));
  expect(f(jnp.ones([size])).dataSync()).toEqual(y.add(1).dataSync());
});

test("where values are checked nothing waits", () => {
  const x = now(numbers());
  expect(() => debugNans(true, () => jnp.log(x))).toThrow("invalid value (nan) encountered in log");
});

test("errors come from the call that makes them", () => {
  const x = now(numbers()).add(1);
  expect(() => x.add(jnp.ones([3]))).toThrow("add got incompatible shapes for broadcasting: (65536,), (3,).");
});

test("it prints and tells its place without being computed twice", () => {
  const x = now(numbers());
  compiled = [];
  const y = x.mul(2);
  expect([...y.devices()].map(String)).toEqual(["CpuDevice(id=0)"]);
  expect(compiled).toEqual([]);
  expect(String(y)).toContain("Array([-6.      , -5.999817, -5.999634, ...,");
  expect(compiled).toHaveLength(1);
});
