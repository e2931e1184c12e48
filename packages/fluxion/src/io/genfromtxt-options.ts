/** The options of `genfromtxt`, and the columns that they and the first line select. */

import type { Cell } from "./cells.ts";
import { FileFormatError, quote, type Where } from "./errors.ts";
import { type NameOptions, validNames } from "./field-names.ts";
import type { DType } from "./host-array.ts";
import type { Converter } from "./loadtxt.ts";
import type { ColumnKeys, PerColumn } from "./missing.ts";

export interface GenfromtxtOptions extends NameOptions {
  /**
   * Element type, default float64. null finds it from the text, column by column; a list gives every column its own.
   * Columns of different type make a column table.
   */
  readonly dtype?: DType | readonly DType[] | null;
  /** What starts a comment; null for none. Default "#". */
  readonly comments?: string | null;
  /** Text between fields; a number or a list of numbers for fixed widths. Default null: runs of white space. */
  readonly delimiter?: string | number | readonly number[] | null;
  /** Lines to skip at the start. Default 0. */
  readonly skipHeader?: number;
  /** Rows to leave out at the end. Default 0. */
  readonly skipFooter?: number;
  /** Functions by column number or name; one that returns undefined says that the value is missing. */
  readonly converters?: Readonly<Record<string, Converter>>;
  /** Strings that mean "missing", besides the empty one: "a,b", a list by column, or an object by column. */
  readonly missingValues?: string | number | readonly (string | number)[] | Readonly<Record<string, unknown>>;
  /** What replaces missing values: one value, a list or an object by column. Default NaN, -1 or false. */
  readonly fillingValues?: PerColumn<Cell>;
  /** Columns to read, by number (negative from the end) or name, in this order. Default all. */
  readonly usecols?: number | string | readonly (number | string)[];
  /** true takes names from the first line after the skipped ones; or the names. The result is a column table. */
  readonly names?: boolean | string | readonly string[] | null;
  /** Remove white space around fields. Default false; numbers never mind it. */
  readonly autostrip?: boolean;
  /** Transpose a matrix, or give a table's columns as a list. Default false. */
  readonly unpack?: boolean;
  /** Take text that is no number for missing. Default true, as in NumPy. */
  readonly loose?: boolean;
  /** Refuse rows of another length instead of leaving them out with a warning. Default true. */
  readonly invalidRaise?: boolean;
  /** Read at most so many rows. */
  readonly maxRows?: number;
  /** Default "utf-8". */
  readonly encoding?: string;
  /** Keep at least so many dimensions: 0, 1 or 2. Default 0. */
  readonly ndmin?: number;
}

export const genfromtxtOptions = [
  "dtype",
  "comments",
  "delimiter",
  "skipHeader",
  "skipFooter",
  "converters",
  "missingValues",
  "fillingValues",
  "usecols",
  "names",
  "excludelist",
  "deletechars",
  "replaceSpace",
  "caseSensitive",
  "defaultfmt",
  "autostrip",
  "unpack",
  "loose",
  "invalidRaise",
  "maxRows",
  "encoding",
  "ndmin",
] as const satisfies readonly (keyof GenfromtxtOptions)[];

/** Which columns of the file become columns of the result. */
export interface TablePlan extends ColumnKeys {
  /** Whether `usecols` chose them: then rows may be longer. */
  readonly selected: boolean;
  /** null: to be found from the text. */
  readonly dtypes: readonly (DType | null)[];
}

/** `first` holds the fields of the first line: names or data. */
export function resolveColumns(
  first: readonly string[],
  options: GenfromtxtOptions,
  where: Where,
): TablePlan {
  if (options.names === true && first.length === 0) {
    throw new FileFormatError(where, "has no line to take names from", "give the names, or check skipHeader");
  }
  const allNames = columnNames(first, options);
  const wanted = wantedColumns(options.usecols);
  const fileColumns = wanted?.map((column) => fileColumn(column, first.length, allNames, where)) ?? [
    ...first.keys(),
  ];
  // Names for the selected columns alone are in their order; names for all columns are picked like the columns.
  const perFile =
    allNames && (!wanted || options.names === true || allNames.length > wanted.length || wanted.some(isName));
  const names = perFile ? fileColumns.map((column) => allNames[column]) : allNames;
  const count = fileColumns.length;
  if (names && (names.length !== count || names.includes(undefined as never))) {
    throw new FileFormatError(
      where,
      `names lists ${allNames?.length} columns, and the file has ${first.length}`,
      "name every column, or only those that { usecols } selects",
    );
  }
  const dtypes = columnTypes(options.dtype, count, where);
  return { selected: wanted !== undefined, fileColumns, names, allNames, dtypes, count };
}

const isName = (column: number | string): boolean => typeof column === "string";

function columnNames(first: readonly string[], options: GenfromtxtOptions): string[] | undefined {
  const names = options.names || undefined;
  if (names === true)
    return validNames(
      first.map((name) => name.trim()),
      options,
    );
  if (typeof names === "string") return validNames(names.split(","), options);
  return names?.length ? validNames(names, options) : undefined;
}

function wantedColumns(usecols: GenfromtxtOptions["usecols"]): (number | string)[] | undefined {
  if (usecols === undefined) return undefined;
  if (typeof usecols === "string") return usecols.split(",").map((name) => name.trim());
  return typeof usecols === "number" ? [usecols] : [...usecols];
}

function fileColumn(
  column: number | string,
  count: number,
  names: readonly string[] | undefined,
  where: Where,
): number {
  if (typeof column === "number") {
    if (!Number.isInteger(column)) throw new TypeError(`usecols must hold integers or names, got ${column}`);
    return column < 0 ? column + count : column;
  }
  const found = names?.indexOf(column) ?? -1;
  if (found >= 0) return found;
  const known = names
    ? `the names are ${names.map(quote).join(", ")}`
    : "pass { names: true } to read them from the file";
  throw new FileFormatError(where, `has no column ${quote(column)}`, known);
}

function columnTypes(dtype: GenfromtxtOptions["dtype"], count: number, where: Where): (DType | null)[] {
  if (typeof dtype !== "object" || dtype === null) {
    return Array<DType | null>(count).fill(dtype === undefined ? "float64" : dtype);
  }
  if (dtype.length !== count) {
    throw new FileFormatError(
      where,
      `dtype lists ${dtype.length} columns and ${count} are read`,
      "select as many with { usecols }",
    );
  }
  return [...dtype];
}
