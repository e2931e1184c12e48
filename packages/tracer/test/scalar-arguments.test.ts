/** Axes, counts and flags as untyped code may give them: taken as JAX takes them, or refused with the argument's name. */

import { errors, jit, jnp, nn, random } from "fluxion";
import { describe, expect, test } from "vitest";

type Call = (value: never) => unknown;
const x = jnp.arange(6).reshape(2, 3);
const mask = jnp.array([true, false, true]);

const integers: Readonly<Record<string, Call>> = {
  "sum axis": (axis) => jnp.sum(x, { axis }),
  "argmax axis": (axis) => jnp.argmax(x, { axis }),
  "cumsum axis": (axis) => jnp.cumsum(x, { axis }),
  "sort axis": (axis) => jnp.sort(x, { axis }),
  "stack axis": (axis) => jnp.stack([x, x], { axis }),
  "split axis": (axis) => jnp.split(x, 1, { axis }),
  "take axis": (axis) => jnp.take(x, 0, { axis }),
  "squeeze axis": (axis) => jnp.squeeze(jnp.ones([1, 1, 1]), axis),
  "flip axis": (axis) => jnp.flip(x, axis),
  "swapaxes axis": (axis) => jnp.swapaxes(x, axis, 0 as never),
  "softmax axis": (axis) => nn.softmax(x, { axis }),
  "permutation axis": (axis) => random.permutation(random.key(0), x, { axis }),
  "eye k": (k) => jnp.eye(3, { k }),
  "tril k": (k) => jnp.tril(x, { k }),
  "diff n": (n) => jnp.diff(x, { n }),
  "round decimals": (decimals) => jnp.round(jnp.float(1.5), decimals),
  "nonzero size": (size) => jnp.nonzero(mask, { size }),
};

describe.each(Object.entries(integers))("%s", (name, call) => {
  const phrase = `${name.split(" ")[1]} must be an integer`;
  test.each([[1.5], ["0"], [[[0]]], [() => 0]])("refuses %j", (value) => {
    expect(() => call(value as never)).toThrow(TypeError);
    expect(() => call(value as never)).toThrow(phrase);
  });

  test("refuses a traced value", () => {
    const traced = jit((n) => call(n as never) as never);
    expect(() => traced(jnp.asarray(1, "int32"))).toThrow(errors.ConcretizationTypeError);
  });

  test.each([[1n], [jnp.asarray(1, "int32")], [true]])("takes %s for 1", (value) => {
    expect(String(call(value as never))).toBe(String(call(1 as never)));
  });
});

test("one axis where only one makes sense", () => {
  for (const call of [jnp.argmax, jnp.argmin, jnp.cumsum, jnp.cumprod] as Call[]) {
    const at = (axis: unknown) => () => (call as unknown as (a: unknown, axis: unknown) => unknown)(x, axis);
    expect(at([0])).toThrow(TypeError);
    expect(at([0, 1])).toThrow("axis must be an integer, got [0,1].");
  }
  expect(() => jnp.cumsum(jnp.float(1), 0)).toThrow("axis 0 is out of bounds for array of dimension 0");
});

test("flags are booleans, or numbers as in Python", () => {
  const keep = (keepdims: unknown) => jnp.sum(x, { keepdims: keepdims as boolean }).shape;
  expect(keep(1)).toEqual([1, 1]);
  expect(keep(0)).toEqual([]);
  expect(keep(null)).toEqual([]);
  expect(() => keep("yes")).toThrow('keepdims must be true or false, got "yes".');
  expect(() => jit((flag) => jnp.sum(x, { keepdims: flag as never }))(true)).toThrow(
    errors.TracerBoolConversionError,
  );
});

test("masks of the wrong shape", () => {
  for (const f of [jnp.mean, jnp.var, jnp.std] as ((x: unknown, o: object) => unknown)[])
    expect(() => f(x, { where: jnp.ones([2], "bool") })).toThrow(/ncompatible/);
  expect(() => jnp.var(x, { mean: jnp.ones([7]) } as never)).toThrow("Incompatible types for broadcasting");
});

test("sizes are not negative", () => {
  expect(() => jnp.tile(x, [2, -1])).toThrow("tile: reps must have non-negative sizes, got (2, -1)");
  expect(() => random.split(random.key(0), -1)).toThrow("random.split: shape must have non-negative sizes");
  expect(() => random.choice(random.key(0), 3, [-1])).toThrow("non-negative sizes");
  expect(() => jnp.nonzero(mask, { size: -1 })).toThrow("nonzero: size must have non-negative sizes");
  expect(() => jnp.broadcastTo(x, [-2, 3] as number[] as never)).toThrow("non-negative sizes");
});

test("unknown options of draws", () => {
  const [key, options] = [random.key(0), { axs: 1 } as object];
  expect(() => random.permutation(key, x, options)).toThrow("permutation() got an unexpected option 'axs'");
  expect(() => random.choice(key, x, options)).toThrow("choice() got an unexpected option 'axs'");
});

test("functions without options refuse them", () => {
  const options = { where: mask } as never;
  const calls: (() => unknown)[] = [
    () => (jnp.exp as (...args: unknown[]) => unknown)(x, options),
    () => (jnp.add as (...args: unknown[]) => unknown)(x, x, options),
    () => (nn.relu as (...args: unknown[]) => unknown)(x, options),
  ];
  for (const call of calls) expect(call).toThrow("takes no options, got where");
  // As a callback: what `map` adds does not count.
  expect([1, 4].map(jnp.sqrt as (x: number) => unknown).map(String)).toEqual(
    [1, 4].map((v) => String(jnp.sqrt(v))),
  );
});

test("lists of arrays", () => {
  for (const call of [jnp.concatenate, jnp.stack, jnp.columnStack] as unknown as Call[])
    expect(() => call(undefined as never)).toThrow(/takes a list of arrays, got undefined/);
  expect(() => jnp.einsum(x)).toThrow('einsum takes subscripts such as "ij,jk->ik" first');
  expect(() => jnp.einsum(x, 3)).toThrow("einsum: labels of operand 0 must be a list, got 3");
});
