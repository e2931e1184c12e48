/** `loadtxt`: text with the same number of plain numbers in every row. Reference: NumPy 2, `numpy.loadtxt`. */

import { dtypeTable } from "@fluxion/ir";
import { type Cell, CellBuffer } from "./cells.ts";
import { FileFormatError, quote, type Where } from "./errors.ts";
import type { DType, HostArray, HostTable } from "./host-array.ts";
import { readLines, type TextSource } from "./lines.ts";
import { cSyntax, exceedsInt64 } from "./parse-number.ts";
import { checkFieldSyntax, fieldSplitter } from "./split-line.ts";
import { checkNdmin, finishMatrix, finishTable, type Ndmin } from "./text-shape.ts";

/** Turns the text of a field into its value. */
export type Converter = (text: string) => Cell;

export interface LoadtxtOptions {
  /** Element type, default float64; a list gives every column its own, and the result is a column table. */
  readonly dtype?: DType | readonly DType[];
  /** What starts a comment, one or several strings; null for none. Default "#". */
  readonly comments?: string | readonly string[] | null;
  /** The character between fields. Default null: runs of white space. */
  readonly delimiter?: string | null;
  /** A function for all columns, or functions by column number (negative ones count from the end). */
  readonly converters?: Converter | Readonly<Record<number, Converter>>;
  /** Lines to skip at the start, comments and empty ones included. Default 0. */
  readonly skiprows?: number;
  /** Columns to read, in this order; negative numbers count from the end. Default all. */
  readonly usecols?: number | readonly number[];
  /** Transpose the result, so that `const [x, y] = loadtxt(…)` takes columns. Default false. */
  readonly unpack?: boolean;
  /** Keep at least so many dimensions (0, 1 or 2); otherwise axes of length 1 go away. Default 0. */
  readonly ndmin?: number;
  /** Default "utf-8". */
  readonly encoding?: string;
  /** Read at most so many rows; empty lines and comments do not count. Default all. */
  readonly maxRows?: number;
  /** Character around fields that hold delimiters or comment characters. Default null: none. */
  readonly quotechar?: string | null;
}

export const loadtxtOptions = [
  "dtype",
  "comments",
  "delimiter",
  "converters",
  "skiprows",
  "usecols",
  "unpack",
  "ndmin",
  "encoding",
  "maxRows",
  "quotechar",
] as const satisfies readonly (keyof LoadtxtOptions)[];

export interface TextResult {
  readonly value: HostArray | HostTable;
  /** What the user should know, such as that there was no data. */
  readonly warnings: readonly string[];
}

/** Reads an array; throws `FileFormatError` for text that is no such table, with row, column and line. */
export function parseLoadtxt(source: TextSource, where: Where, options: LoadtxtOptions = {}): TextResult {
  const ndmin = options.ndmin ?? 0;
  checkNdmin(ndmin);
  const reader = new RowReader(where, options);
  const lines = readLines(source, where, options.encoding);
  const skip = count("skiprows", options.skiprows ?? 0);
  for (let i = 0; i < skip && !lines.next().done; i++);
  reader.read(lines, skip, options.maxRows === undefined ? Infinity : count("maxRows", options.maxRows));
  const warnings = reader.rows === 0 ? [`loadtxt: ${where.file} contains no data`] : [];
  return { value: reader.finish(ndmin, options.unpack ?? false), warnings };
}

function count(name: string, value: number): number {
  if (!Number.isInteger(value) || value < 0)
    throw new RangeError(`${name} must be a non-negative integer, got ${value}`);
  return value;
}

class RowReader {
  rows = 0;
  readonly #where: Where;
  readonly #options: LoadtxtOptions;
  readonly #usecols: readonly number[] | undefined;
  readonly #dtypes: DType | readonly DType[];
  /** One buffer for all columns of a matrix, or one per column of a table. */
  readonly #buffers: readonly CellBuffer[];
  #columns: number | undefined;
  #line = 0;

  constructor(where: Where, options: LoadtxtOptions) {
    this.#where = where;
    this.#options = options;
    this.#dtypes = options.dtype ?? "float64";
    this.#buffers = [this.#dtypes].flat().map((dtype) => new CellBuffer(dtype));
    const { usecols } = options;
    this.#usecols = usecols === undefined ? undefined : [usecols].flat();
    const bad = this.#usecols?.find((column) => !Number.isInteger(column));
    if (bad !== undefined) throw new TypeError(`usecols must hold integers, got ${bad}`);
  }

  read(lines: Iterator<string>, skipped: number, maxRows: number): void {
    const syntax = {
      delimiter: this.#options.delimiter ?? null,
      comments: this.#options.comments === null ? [] : [this.#options.comments ?? "#"].flat(),
      quote: this.#options.quotechar ?? null,
    };
    checkFieldSyntax(syntax);
    const split = fieldSplitter(syntax);
    this.#line = skipped;
    const next = (): string | undefined => {
      const step = lines.next();
      if (step.done) return undefined;
      this.#line++;
      return step.value;
    };
    while (this.rows < maxRows) {
      const line = next();
      if (line === undefined) break;
      const fields = split(line, next);
      if (fields) this.#take(fields);
    }
  }

  finish(ndmin: Ndmin, unpack: boolean): HostArray | HostTable {
    if (typeof this.#dtypes === "string") {
      const columns = this.#usecols?.length ?? this.#columns ?? 1;
      return finishMatrix(this.#buffers[0], [this.rows, columns], ndmin, unpack);
    }
    const names = this.#buffers.map((_, i) => `f${i}`);
    return finishTable(names, this.#buffers, this.rows, ndmin);
  }

  #fail(found: string, help?: string): never {
    throw new FileFormatError(this.#where, `${found} (line ${this.#line})`, help);
  }

  #take(fields: readonly string[]): void {
    const columns = this.#usecols?.length ?? fields.length;
    this.#checkColumns(fields.length, columns);
    const tables = this.#buffers.length > 1 || typeof this.#dtypes !== "string";
    for (let i = 0; i < columns; i++) {
      const column = this.#usecols ? this.#resolve(this.#usecols[i], fields.length) : i;
      const buffer = this.#buffers[tables ? i : 0];
      const cell = this.#convert(fields[column], column, fields.length, buffer.dtype);
      const problem = cell === undefined ? "" : buffer.push(cell);
      if (problem !== undefined) {
        const why = problem ? `: ${problem}` : "";
        this.#fail(
          `could not convert string ${quote(fields[column])} to ${buffer.dtype} at row ${this.rows}, ` +
            `column ${column + 1}${why}`,
          "give delimiter, skiprows, usecols or converters; genfromtxt reads tables with missing values",
        );
      }
    }
    this.rows++;
  }

  #checkColumns(found: number, columns: number): void {
    if (typeof this.#dtypes !== "string" && columns !== this.#dtypes.length) {
      this.#fail(
        `dtype lists ${this.#dtypes.length} columns but ${columns} were found at row ${this.rows + 1}`,
        "use `usecols` to select a subset",
      );
    }
    if (this.rows === 0) this.#checkConverters(found);
    if (this.#usecols) return;
    this.#columns ??= found;
    if (found === this.#columns) return;
    this.#fail(
      `the number of columns changed from ${this.#columns} to ${found} at row ${this.rows + 1}`,
      "use `usecols` to select a subset and avoid this error",
    );
  }

  #checkConverters(found: number): void {
    const { converters } = this.#options;
    if (typeof converters !== "object") return;
    const wrong = Object.keys(converters).find((key) => !(Number(key) >= -found && Number(key) < found));
    if (wrong !== undefined)
      this.#fail(`converter specified for column ${wrong}, but there are ${found} columns`);
  }

  #resolve(column: number, found: number): number {
    const resolved = column < 0 ? column + found : column;
    if (resolved < 0 || resolved >= found) {
      this.#fail(`invalid column index ${column} at row ${this.rows + 1} with ${found} columns`);
    }
    return resolved;
  }

  #convert(text: string, column: number, columns: number, dtype: DType): Cell | undefined {
    const { converters } = this.#options;
    if (converters === undefined) return parseCell(text, dtype);
    const convert =
      typeof converters === "function" ? converters : (converters[column] ?? converters[column - columns]);
    return convert ? convert(text) : parseCell(text, dtype);
  }
}

/** A boolean is an integer that C's `long` can hold; an unsigned integer has no minus sign, not even before 0. */
function parseCell(text: string, dtype: DType): Cell | undefined {
  const { kind } = dtypeTable[dtype];
  if (kind === "float") return cSyntax.float(text);
  if (kind === "complex") return cSyntax.complex(text);
  const value = cSyntax.int(text);
  if (kind === "bool") return value === undefined || exceedsInt64(value) ? undefined : Number(value) !== 0;
  return kind === "uint" && text.trimStart().startsWith("-") ? undefined : value;
}
