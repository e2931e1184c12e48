/** The runner's own logic: a runner that accepts wrong results would prove nothing about the library. */

import { describe, expect, test } from "vitest";
import { elementsOf } from "./adapter.ts";
import { decodeData, decodeValue } from "./decode.ts";
import { FakeArray, fake, updates } from "./fake-library.ts";
import type { EncodedArray, Expectation, GoldenCase, GoldenFile, Json } from "./format.ts";
import { runCase, runFamily } from "./run.ts";

const f32 = (data: readonly (number | string)[], shape = [data.length]): EncodedArray => ({
  dtype: "float32",
  shape,
  data,
});
const file: GoldenFile = {
  family: "fake",
  about: "",
  jax: "",
  inputs: { shared: f32([1, 2, 3]) },
  cases: [],
};

function wrong(
  fn: string,
  args: readonly Json[],
  expectations: readonly Expectation[],
  rest: Partial<GoldenCase> = {},
): string[] {
  return runCase({ id: fn, fn, args, expect: expectations, ...rest }, file, fake);
}
const x = f32([1, 2, 3]) as unknown as Json;
const sumOf = (changes: object): Expectation[] => [
  { dtype: "float32", shape: [], data: [6], str: "Fake([6], dtype=float32)", ...changes },
];

describe("decoding", () => {
  test.each([
    ["bool", "AAE=", [0, 1]],
    ["int8", "gP8=", [-128, -1]],
    ["uint32", "/////w==", [4294967295]],
    ["int64", "AAAAAAAAAIA=", [-(2n ** 63n)]],
    ["uint64", "//////////8=", [2n ** 64n - 1n]],
    ["float16", "ADwA/A==", [1, -Infinity]],
    ["bfloat16", "gD/Afw==", [1, NaN]],
    ["float32", "AACAPwEAAAA=", [1, 2 ** -149]],
    ["float64", "GC1EVPshCUA=", [Math.PI]],
    ["complex64", "AACAPwAAAMA=", [1, -2]],
    ["key<fry>", "AAAAAAEAAAA=", [0, 1]],
  ])("%s", (dtype, data, elements) => {
    expect(decodeData(dtype, data)).toEqual(elements);
  });

  test("lists carry what JSON has no numbers for", () => {
    expect(decodeData("float32", ["nan", "inf", "-inf", "-0", 0.5])).toEqual([
      NaN,
      Infinity,
      -Infinity,
      -0,
      0.5,
    ]);
    expect(decodeData("int64", [1, -2])).toEqual([1n, -2n]);
    expect(() => decodeData("float32", ["oops"])).toThrow("not a number");
    expect(() => decodeData("float8", [1])).toThrow("unknown dtype");
  });

  test("arguments", () => {
    const decode = (value: Json): unknown => decodeValue(value, file.inputs, fake);
    expect(decode([1, null, "1:3", true, { bigint: "9007199254740993" }])).toEqual([
      1,
      null,
      "1:3",
      true,
      9007199254740993n,
    ]);
    expect(decode({ $: "shared" })).toEqual(new FakeArray("float32", [3], [1, 2, 3]));
    expect(decode({ dtype: "complex64", shape: [1], data: [1, -1] })).toEqual(
      new FakeArray("complex64", [1], [1, -1]),
    );
    expect(decode({ float: 2 })).toMatchObject({ values: [2], weakType: true });
    expect(decode({ complex: [1, 2] })).toEqual({ re: 1, im: 2 });
    expect(decode({ typed: "BigInt64Array", data: ["-1"] })).toEqual(BigInt64Array.of(-1n));
    expect(() => decode({ unheard: 1 })).toThrow("no argument");
    expect(() => decode({ dtype: "float32", shape: [4], data: [1] })).toThrow("1 entries");
  });

  test("storage of 16-bit floats as bits", () => {
    expect(elementsOf("float16", Uint16Array.of(0x3c00, 0xc000))).toEqual([1, -2]);
    expect(elementsOf("bfloat16", Uint16Array.of(0x3f80, 0xc000))).toEqual([1, -2]);
    expect(elementsOf("uint16", Uint16Array.of(0x3c00))).toEqual([0x3c00]);
    expect(elementsOf("bool", [true, false])).toEqual([1, 0]);
  });
});

describe("running a case", () => {
  test("a right result passes", () => {
    expect(wrong("jnp.sum", [x], sumOf({}))).toEqual([]);
    expect(wrong("x.sum", [{ $: "shared" }], sumOf({}))).toEqual([]);
  });
  test.each([
    ["value", { data: [7] }, "values wrong"],
    ["one bit of a value", { data: [6.0000005] }, "values wrong"],
    ["shape", { shape: [1] }, "shape"],
    ["dtype", { dtype: "int32" }, "dtype"],
    ["weak type", { weak: true }, "weak type"],
    ["printed form", { str: "Fake([6.], dtype=float32)" }, "prints as"],
  ])("a wrong %s is found", (_, changes, text) => {
    expect(wrong("jnp.sum", [x], sumOf(changes)).join()).toContain(text);
  });
  test("options come last", () => {
    expect(wrong("jnp.sum", [x], sumOf({ shape: [1] }), { kwargs: { keepdims: true } })).toEqual([]);
  });
  test("attributes, updates and plain results", () => {
    expect(wrong("x.ndim", [x], [{ value: 1 }])).toEqual([]);
    expect(wrong("x.ndim", [x], [{ value: 2 }])).toEqual(["1, expected 2"]);
    expect(wrong("x.at.add", [x, [1], 5], [{ dtype: "float32", shape: [3], data: [1, 7, 3] }])).toEqual([]);
    expect(wrong("jnp.broadcastShapes", [[]], [{ value: [] }])).toEqual([]);
    expect(wrong("jnp.broadcastShapes", [[2]], [{ value: [3] }])).not.toEqual([]);
    expect(wrong("jnp.sum", [x], [{ value: 6 }])).toEqual(["an array, expected a plain value"]);
    expect(wrong("String", [x], [{ value: "Fake([1, 2, 3], dtype=float32)" }])).toEqual([]);
    expect(wrong("String", [x], [{ value: "Fake([1])" }])).not.toEqual([]);
  });
  test("several results", () => {
    const parts = [1, 2, 3].map((v): Expectation => ({ dtype: "float32", shape: [1], data: [v] }));
    expect(wrong("jnp.split", [x], parts)).toEqual([]);
    expect(wrong("jnp.split", [x], parts.slice(1))).toEqual(["3 results, expected 2"]);
    expect(wrong("jnp.split", [x], parts.toReversed())).toHaveLength(2);
  });
  test("x64 is on for the case alone", () => {
    updates.length = 0;
    wrong("jnp.sum", [x], sumOf({}), { x64: true });
    expect(updates).toEqual([
      ["enableX64", true],
      ["enableX64", false],
    ]);
  });
  test("a family lists its failures", () => {
    const cases = [sumOf({}), sumOf({ data: [7] })].map((e, i) => ({
      id: `case ${i}`,
      fn: "jnp.sum",
      args: [x],
      expect: e,
    }));
    expect(runFamily({ ...file, cases }, fake)).toMatchObject([{ id: "case 1" }]);
  });
});

describe("errors", () => {
  const mismatch = [x, f32([1, 2]) as unknown as Json];
  const phrase = "add got incompatible shapes for broadcasting: (3,), (2,).";
  test("class and phrase agree", () => {
    expect(wrong("jnp.add", mismatch, [{ error: "TypeError", phrase }])).toEqual([]);
    expect(wrong("jnp.add", mismatch, [{ error: "ValueError" }])).toEqual([]);
  });
  test("another class, another phrase, no error", () => {
    expect(wrong("jnp.add", mismatch, [{ error: "TracerBoolConversionError" }]).join()).toContain(
      "expected TracerBoolConversionError",
    );
    expect(wrong("jnp.add", mismatch, [{ error: "TypeError", phrase: "other" }]).join()).toContain("lacks");
    expect(wrong("jnp.add", [x, x], [{ error: "TypeError" }])).toEqual(["no error, expected TypeError"]);
    expect(wrong("jnp.add", mismatch, sumOf({})).join()).toContain("raised TypeError");
  });
  test("a missing function never passes for an expected error", () => {
    expect(wrong("jnp.absent", [x], [{ error: "TypeError" }]).join()).toContain("fluxion has no jnp.absent");
    expect(wrong("x.absent", [x], [{ error: "TypeError" }]).join()).toContain("MissingFunction");
    expect(wrong("jnp.absent", [x], sumOf({}))).not.toEqual([]);
  });
  test("an error of the engine never passes for an expected error", () => {
    expect(wrong("jnp.broken", [x], [{ error: "TypeError" }]).join()).toContain("Cannot read properties");
  });
});
