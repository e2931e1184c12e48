/** StableHLO text that JAX wrote: it is read, verified, printed as the identity, and computes what JAX computed. */

import { readFileSync } from "node:fs";
import {
  assertValid,
  bfloat16FromBits,
  type DType,
  float16FromBits,
  interpret,
  isComplex,
  isFloat,
  isWideInt,
  type Literal,
  literal,
  parseModule,
  printModule,
  realPart,
  storageTable,
  toStorage,
} from "@fluxion/ir";
import { describe, expect, test } from "vitest";
import { decodeData } from "../goldens/decode.ts";
import type { EncodedArray, ProgramCase } from "../goldens/format.ts";

const cases = ["stablehlo", "stablehlo-indexed"].flatMap((family) => {
  const url = new URL(`../goldens/data/${family}.json`, import.meta.url);
  return (JSON.parse(readFileSync(url, "utf8")) as { readonly cases: readonly ProgramCase[] }).cases;
});

function toLiteral({ dtype: name, shape, data }: EncodedArray): Literal {
  const dtype = name as DType;
  const part = isComplex(dtype) ? realPart(dtype) : dtype;
  const entries = decodeData(dtype, data).map((entry) => toStorage(part, entry)[0]);
  return literal(dtype, shape, new storageTable[dtype](entries as never));
}

function entriesOf({ type: { dtype }, data }: Literal): readonly (number | bigint)[] {
  if (isWideInt(dtype)) return Array.from(data as BigInt64Array);
  if (dtype === "float16") return Array.from(data as Uint16Array, float16FromBits);
  if (dtype === "bfloat16") return Array.from(data as Uint16Array, bfloat16FromBits);
  return Array.from(data as Float64Array);
}

/** Largest absolute difference that a case allows, and which one unit of its formats must allow. */
function tolerance(units: number, expected: Literal): number {
  const finite = entriesOf(expected).map(Number).filter(Number.isFinite);
  const largest = Math.max(0, ...finite.map(Math.abs));
  return isFloat(realPart(expected.type.dtype)) ? units * 2 ** -24 * largest : 0;
}

function expectClose(actual: Literal, expected: Literal, units: number): void {
  expect(actual.type).toEqual(expected.type);
  const limit = tolerance(units, expected);
  const [got, wanted] = [entriesOf(actual), entriesOf(expected)];
  expect(got.length).toBe(wanted.length);
  got.forEach((value, index) => {
    const want = wanted[index];
    const same = value === want || (Number.isNaN(value) && Number.isNaN(want));
    if (!same && !(Math.abs(Number(value) - Number(want)) <= limit))
      expect.fail(`entry ${index} is ${value}, JAX gives ${want} (within ${limit})`);
  });
}

/** XLA's float32 lgamma is off by 3.4e-7 at 1.5 (log Γ(1.5) = −0.1207822376), more than the case allows. */
const xlaUnits: Readonly<Record<string, number>> = { erf_inv: 64 };

describe("programs that JAX wrote", () => {
  test.each(cases)("$id", ({ id, text, args, results, units }) => {
    const module = parseModule(text);
    assertValid(module);
    for (const form of ["pretty", "generic"] as const) {
      const printed = printModule(module, { form });
      expect(printModule(parseModule(printed), { form })).toBe(printed);
    }
    const actual = interpret(module, args.map(toLiteral));
    expect(actual.length).toBe(results.length);
    results.forEach((result, index) => {
      expectClose(actual[index], toLiteral(result), xlaUnits[id] ?? units);
    });
  });
});
