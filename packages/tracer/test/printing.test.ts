/** Printing, against NumPy's own text. */

import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import { type DType, storageFromBytes } from "@fluxion/ir";
import { config, jit, jnp, type NDArray } from "@fluxion/tracer";
import { describe, expect, test } from "vitest";
import { arrayToString, type PrintOptions, strOf } from "../src/array/format/array-text.ts";
import { binaryFormats, roundToPlaces, shortestDigits } from "../src/array/format/decimal.ts";

config.defaultDevice = "interpreter";

interface PrintCase {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: string;
  readonly options: PrintOptions;
  readonly str: string;
  readonly inside: string;
}
const goldens = JSON.parse(
  readFileSync(new URL("./goldens/print.json", import.meta.url), "utf8"),
) as PrintCase[];

test(`${goldens.length} random arrays print as NumPy prints them`, () => {
  const around = { prefix: "Array(", suffix: ",", separator: ", " };
  for (const { dtype, shape, data, options, str, inside } of goldens) {
    const storage = storageFromBytes(dtype, Uint8Array.from(Buffer.from(data, "base64")));
    const x = { dtype, shape, weakType: false, data: storage };
    expect(strOf(x, options)).toBe(str);
    expect(arrayToString(x, around, options)).toBe(inside);
  }
  expect(goldens.length).toBe(250);
});

describe("digits", () => {
  test("the shortest decimal of a float32 reads back as the same float32", () => {
    const random = new Float32Array(new Uint32Array(4000).map((_, i) => (i * 2654435761) >>> 0).buffer);
    const powers = Float32Array.from({ length: 277 }, (_, i) => 2 ** (i - 149));
    for (const x of [...random, ...powers]) {
      if (!Number.isFinite(x) || x <= 0) continue;
      const { digits, point } = shortestDigits(x, binaryFormats.float32);
      expect(Math.fround(Number(`0.${digits}e${point}`))).toBe(x);
      // No shorter one does: the nearest with one digit less is another number.
      if (digits.length > 1) expect(Math.fround(Number(x.toPrecision(digits.length - 1)))).not.toBe(x);
    }
  });
  test("a power of two takes the shorter decimal from its wider side", () => {
    expect(shortestDigits(9007199254740992, binaryFormats.float32)).toEqual({ digits: "9007199", point: 16 });
    expect(shortestDigits(2 ** -24, binaryFormats.float16)).toEqual({ digits: "6", point: -7 });
    expect(shortestDigits(65504, binaryFormats.float16)).toEqual({ digits: "655", point: 5 });
  });
  test("ties round to the even digit", () => {
    expect(roundToPlaces(1 / 512, 8)).toEqual({ digits: "195312", point: -2 });
    expect(roundToPlaces(3 / 512, 8)).toEqual({ digits: "585938", point: -2 });
    expect(roundToPlaces(0.5, 0)).toEqual({ digits: "", point: 1 });
    expect(roundToPlaces(1.5, 0)).toEqual({ digits: "2", point: 1 });
  });
});

describe("arrays", () => {
  test("String, repr, str and console agree on what an array is", () => {
    const x = jnp.array([0, 1, 2], { dtype: "float32" });
    expect(String(x)).toBe("Array([0., 1., 2.], dtype=float32)");
    expect(`${x}`).toBe("Array([0., 1., 2.], dtype=float32)");
    expect(x.repr()).toBe(String(x));
    expect(inspect(x)).toBe(String(x));
    expect(x.str()).toBe("[0. 1. 2.]");
    expect(x.str({ precision: 2, maxLineWidth: 6 })).toBe("[0.\n 1.\n 2.]");
    expect(String(jnp.asarray(2))).toBe("Array(2, dtype=int32, weak_type=True)");
    expect(jnp.asarray(2).str()).toBe("2");
  });
  test("a tracer prints its type, a deleted array that it is gone", () => {
    let seen = "";
    jit((x: NDArray) => {
      seen = `${x.toString()} ${inspect(x)} ${x.str()}`;
      return x;
    })(jnp.ones([3]));
    expect(seen).toBe("JitTracer(float32[3]) JitTracer(float32[3]) JitTracer(float32[3])");
    const x = jnp.ones([3]);
    x.dispose();
    expect(inspect(x)).toBe("Array(<deleted>, float32[3])");
    expect(() => String(x)).toThrow("Array has been deleted with shape=float32[3].");
  });
  test("long arrays are summarised", () => {
    const x = jnp.arange(10000);
    expect(String(x)).toBe("Array([   0,    1,    2, ..., 9997, 9998, 9999], dtype=int32)");
  });
});
