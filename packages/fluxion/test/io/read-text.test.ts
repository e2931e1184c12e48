import { bfloat16FromBits, float16FromBits } from "@fluxion/ir";
import { describe, expect, it } from "vitest";
import { FileFormatError } from "../../src/io/errors.ts";
import { parseGenfromtxt } from "../../src/io/genfromtxt.ts";
import type { GenfromtxtOptions } from "../../src/io/genfromtxt-options.ts";
import type { DType, HostArray, HostTable } from "../../src/io/host-array.ts";
import { lanes } from "../../src/io/host-array.ts";
import { type LoadtxtOptions, parseLoadtxt, type TextResult } from "../../src/io/loadtxt.ts";
import { goldenJson } from "./support.ts";

/** A number as the golden file spells it: NaN, infinities and -0 are strings, and so are integers beyond 2^53. */
type Spelled = number | boolean | string | [Spelled, Spelled];

interface SpelledArray {
  readonly dtype: DType;
  readonly shape: number[];
  readonly data: Spelled[];
}

type Result = SpelledArray | { list: SpelledArray[] } | { columns: Record<string, SpelledArray> };

interface ReadCase {
  readonly text: string;
  readonly options: Record<string, unknown>;
  readonly result?: Result;
  readonly error?: string;
  readonly warned: boolean;
}

interface Goldens {
  readonly numbers: {
    readonly text: string;
    readonly loadtxt: Record<DType, Spelled | null>;
    readonly genfromtxt: Record<DType, Spelled | null>;
  }[];
  readonly loadtxt: ReadCase[];
  readonly genfromtxt: ReadCase[];
}

const goldens = goldenJson<Goldens>("read-text.json");
const where = { file: "table.txt" };

function spell(value: number | bigint): Spelled {
  if (typeof value === "bigint")
    return value > -(2n ** 53n) && value < 2n ** 53n ? Number(value) : `${value}n`;
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value < 0 ? "-inf" : "inf";
  return Object.is(value, -0) ? "-0" : value;
}

function spellArray({ dtype, shape, data }: HostArray): SpelledArray {
  const decode = dtype === "float16" ? float16FromBits : dtype === "bfloat16" ? bfloat16FromBits : undefined;
  const parts = Array.from(data, (x: number | bigint) => (decode ? spell(decode(Number(x))) : spell(x)));
  const spelled: Spelled[] = [];
  for (let i = 0; i < parts.length; i += lanes(dtype)) {
    if (dtype === "bool") spelled.push(parts[i] === 1);
    else spelled.push(lanes(dtype) === 2 ? [parts[i], parts[i + 1]] : parts[i]);
  }
  return { dtype, shape: [...shape], data: spelled };
}

function spellResult(value: HostArray | HostTable, unpack: boolean): Result {
  if (!("columns" in value)) return spellArray(value);
  const columns = value.columns.map(spellArray);
  return unpack
    ? { list: columns }
    : { columns: Object.fromEntries(value.names.map((name, i) => [name, columns[i]])) };
}

/** The message of the error by which input is refused: one of the classes that tell the user so. */
function refusal(read: () => TextResult): string {
  try {
    read();
  } catch (error) {
    const deliberate = [FileFormatError, TypeError, RangeError].some((kind) => error instanceof kind);
    if (!deliberate || /undefined|Cannot read|is not a function/.test(String(error))) throw error;
    return (error as Error).message;
  }
  return "";
}

function check(read: () => TextResult, golden: ReadCase): void {
  if (golden.error) {
    expect(refusal(read)).toMatch(/./);
    return;
  }
  const { value, warnings } = read();
  expect(spellResult(value, golden.options.unpack === true)).toEqual(golden.result);
  expect(warnings.some((text) => /no data|Empty/.test(text))).toBe(golden.warned);
}

const title = ({ text, options }: ReadCase): string => `${JSON.stringify(text)} ${JSON.stringify(options)}`;
const titled = (cases: readonly ReadCase[]): [string, ReadCase][] =>
  cases.map((golden) => [title(golden), golden]);

describe("loadtxt reads as NumPy does", () => {
  it.each(titled(goldens.loadtxt))("%s", (_, golden) => {
    check(() => parseLoadtxt({ text: golden.text }, where, golden.options as LoadtxtOptions), golden);
  });
});

describe("genfromtxt reads as NumPy does", () => {
  it.each(titled(goldens.genfromtxt))("%s", (_, golden) => {
    check(() => parseGenfromtxt({ text: golden.text }, where, golden.options as GenfromtxtOptions), golden);
  });
});

/** The first of two fields, or null if the text is refused. */
function first(read: () => TextResult): Spelled | null {
  try {
    return spellArray(read().value as HostArray).data[0];
  } catch {
    return null;
  }
}

/** NumPy reads float16 in loadtxt through Python's float, with underscores; every other float through C, without. */
const deviates = (text: string, dtype: string): boolean => dtype === "float16" && text.includes("_");

describe("numbers", () => {
  it.each(goldens.numbers.map((golden) => [JSON.stringify(golden.text), golden] as const))(
    "%s",
    (_, golden) => {
      const lines = [`${golden.text};1`];
      for (const [dtype, expected] of Object.entries(golden.loadtxt) as [DType, Spelled | null][]) {
        if (deviates(golden.text, dtype)) continue;
        const found = first(() => parseLoadtxt(lines, where, { delimiter: ";", dtype }));
        expect([dtype, found]).toEqual([dtype, expected]);
      }
      for (const [dtype, expected] of Object.entries(golden.genfromtxt) as [DType, Spelled | null][]) {
        const found = first(() => parseGenfromtxt(lines, where, { delimiter: ";", dtype }));
        expect([dtype, found]).toEqual([dtype, expected]);
      }
    },
  );
});
