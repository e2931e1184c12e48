/** Fields of one column to values, as `genfromtxt` does (`numpy.lib._iotools.StringConverter`). */

import { dtypeTable } from "@fluxion/ir";
import type { Cell } from "./cells.ts";
import type { DType } from "./host-array.ts";
import type { Converter } from "./loadtxt.ts";
import { exceedsInt64, pythonSyntax } from "./parse-number.ts";

/** The dtypes that a column of unknown type is tried as, narrowest first. */
const upgrades = ["bool", "int64", "float64", "complex128"] as const satisfies readonly DType[];

/** Python's conversion for a dtype; undefined for text that it refuses. */
function parserFor(dtype: DType): (text: string) => Cell | undefined {
  const { kind, bits } = dtypeTable[dtype];
  if (kind === "bool") return parseBool;
  if (kind === "complex") return pythonSyntax.complex;
  if (kind === "float") return pythonSyntax.float;
  // NumPy reads narrow integers as floats first, so that "1.5" is 1; wide ones as integers only.
  return bits === 64 ? pythonSyntax.int : (text) => finiteOrMissing(pythonSyntax.float(text));
}

function parseBool(text: string): boolean | undefined {
  const upper = text.toUpperCase();
  return upper === "TRUE" ? true : upper === "FALSE" ? false : undefined;
}

/** Python's int(nan) is an error of the kind that marks a value as missing. */
const finiteOrMissing = (value: number | undefined): number | undefined =>
  Number.isNaN(value) ? undefined : value;

function defaultFilling(dtype: DType): Cell {
  const { kind } = dtypeTable[dtype];
  if (kind === "bool") return false;
  if (kind === "complex") return [NaN, 0];
  return kind === "float" ? NaN : -1;
}

export interface ColumnRules {
  /** The column's element type; null finds the narrowest of bool, int64, float64 and complex128 that fits all fields. */
  readonly dtype: DType | null;
  readonly missing: ReadonlySet<string>;
  readonly filling: Cell | undefined;
  readonly converter: Converter | undefined;
  /** Take text that is no number for missing as well. */
  readonly loose: boolean;
}

export interface ColumnValues {
  readonly dtype: DType;
  readonly cells: readonly Cell[];
  /** Whether any field decided the dtype: false if all were missing. */
  readonly certain: boolean;
}

/** A field that cannot be read: which row, and its text. */
export interface BadField {
  readonly row: number;
  readonly text: string;
}

export function readColumn(fields: readonly string[], rules: ColumnRules): ColumnValues | BadField {
  if (rules.converter || rules.dtype !== null) return readAs(rules.dtype ?? "float64", fields, rules);
  if (fields.length === 0) return { dtype: "float64", cells: [], certain: true };
  let best: ColumnValues | BadField = { row: 0, text: fields[0] ?? "" };
  for (const dtype of upgrades) {
    best = readAs(dtype, fields, { ...rules, loose: false });
    if ("cells" in best) break;
  }
  return best;
}

function readAs(dtype: DType, fields: readonly string[], rules: ColumnRules): ColumnValues | BadField {
  const { missing, converter, loose } = rules;
  const parse = converter ?? parserFor(dtype);
  const filling = rules.filling ?? defaultFilling(dtype);
  const mustFit = dtype === "int64" && rules.dtype === null;
  const cells: Cell[] = [];
  let certain = dtype !== "bool";
  for (const [row, text] of fields.entries()) {
    const cell = parse(text);
    const parsed =
      cell !== undefined && cell !== null && !(mustFit && typeof cell === "bigint" && exceedsInt64(cell));
    if (!parsed && !loose && !missing.has(text.trim())) return { row, text };
    cells.push(parsed ? cell : filling);
    certain ||= parsed;
  }
  return { dtype, cells, certain };
}
