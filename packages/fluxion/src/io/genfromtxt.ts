/** `genfromtxt`: tables with names, missing values and columns of different type. Reference: NumPy 2, `numpy.genfromtxt`. */

import { CellBuffer } from "./cells.ts";
import { type BadField, type ColumnValues, readColumn } from "./column-reader.ts";
import { FileFormatError, quote, type Where } from "./errors.ts";
import { defaultName } from "./field-names.ts";
import { type GenfromtxtOptions, resolveColumns, type TablePlan } from "./genfromtxt-options.ts";
import type { DType, HostArray, HostTable } from "./host-array.ts";
import { readLines, type TextSource } from "./lines.ts";
import type { TextResult } from "./loadtxt.ts";
import { fillingCells, missingStrings, resolveKey } from "./missing.ts";
import { lineSplitter } from "./split-fields.ts";
import { checkNdmin, finishMatrix, finishTable, type Ndmin } from "./text-shape.ts";

/** Lines with the wrong number of columns that an error lists before it says how many more there are. */
const maxListed = 10;

/**
 * Reads an array, or a column table if there are names or columns of different dtype. Throws `FileFormatError` for rows
 * of different length and for text that is neither a number nor missing.
 */
export function parseGenfromtxt(
  source: TextSource,
  where: Where,
  options: GenfromtxtOptions = {},
): TextResult {
  const ndmin = options.ndmin ?? 0;
  checkNdmin(ndmin);
  checkCounts(options);
  const warnings: string[] = [];
  const lines = readLines(source, where, options.encoding);
  const start = readHead(lines, options);
  if (start.fields.length === 0) warnings.push(`genfromtxt: Empty input file: ${where.file}`);
  const plan = resolveColumns(start.fields, options, where);
  const { rows, invalid } = readRows(start.body, plan, options);
  const problem = describeInvalid(invalid, plan, rows.length, options.skipFooter ?? 0);
  if (problem.text && (options.invalidRaise ?? true)) {
    throw new FileFormatError(
      where,
      problem.text,
      "select columns that every row has with { usecols }, or leave such rows out with { invalidRaise: false }",
    );
  }
  if (problem.text) warnings.push(`genfromtxt: ${where.file}: ${problem.text}`);
  if (problem.footer > 0) rows.length = Math.max(0, rows.length - problem.footer);
  const columns = readColumns(rows, plan, where, options);
  return { value: assemble(columns, rows.length, plan, where, options, ndmin), warnings };
}

function checkCounts({ maxRows, skipFooter, skipHeader }: GenfromtxtOptions): void {
  if (maxRows !== undefined && skipFooter)
    throw new TypeError("skipFooter and maxRows cannot be given together");
  if (maxRows !== undefined && !(maxRows >= 1))
    throw new RangeError(`maxRows must be at least 1, got ${maxRows}`);
  for (const [name, value] of Object.entries({ maxRows, skipFooter, skipHeader })) {
    if (value !== undefined && !(Number.isInteger(value) && value >= 0)) {
      throw new RangeError(`${name} must be a non-negative integer, got ${value}`);
    }
  }
}

type NumberedLine = readonly [line: number, text: string];

/** Skips the header and finds the first line with data or names; `body` starts with that line unless it holds names. */
function readHead(
  lines: Iterator<string>,
  options: GenfromtxtOptions,
): { fields: string[]; body: Iterable<NumberedLine> } {
  const comments = options.comments === undefined ? "#" : options.comments;
  const split = makeSplitter(options);
  let number = 0;
  const next = (): string | undefined => {
    const step = lines.next();
    number++;
    return step.done ? undefined : step.value;
  };
  for (let i = 0; i < (options.skipHeader ?? 0); i++)
    if (next() === undefined) return { fields: [], body: [] };
  let first: string | undefined;
  let fields: string[] = [];
  while (fields.length === 0) {
    first = next();
    if (first === undefined) return { fields: [], body: [] };
    // Names may stand in a comment: "# a b c".
    if (options.names === true && comments)
      first = first.includes(comments) ? first.split(comments).slice(1).join("") : first;
    fields = split(first);
  }
  if (options.names === true && comments?.includes(fields[0].trim())) fields.shift();
  const start: NumberedLine[] = options.names === true ? [] : [[number, first ?? ""]];
  const rest = (function* (): Generator<NumberedLine> {
    yield* start;
    for (let line = next(); line !== undefined; line = next()) yield [number, line];
  })();
  return { fields, body: rest };
}

const makeSplitter = (options: GenfromtxtOptions): ((line: string) => string[]) =>
  lineSplitter({
    delimiter: options.delimiter ?? null,
    comments: options.comments === undefined ? "#" : options.comments,
    autostrip: options.autostrip ?? false,
  });

interface InvalidLine {
  readonly line: number;
  readonly found: number;
  /** Rows read before it: what decides whether a footer covers it. */
  readonly before: number;
}

function readRows(
  body: Iterable<NumberedLine>,
  plan: TablePlan,
  options: GenfromtxtOptions,
): { rows: string[][]; invalid: InvalidLine[] } {
  const split = makeSplitter(options);
  const rows: string[][] = [];
  const invalid: InvalidLine[] = [];
  for (const [line, text] of body) {
    const fields = split(text);
    if (fields.length === 0) continue;
    const fits = plan.selected
      ? plan.fileColumns.every((column) => column >= 0 && column < fields.length)
      : fields.length === plan.fileColumns.length;
    if (fits) rows.push(plan.selected ? plan.fileColumns.map((column) => fields[column]) : fields);
    else invalid.push({ line, found: fields.length, before: rows.length });
    if (rows.length === options.maxRows) break;
  }
  return { rows, invalid };
}

/** Rows of wrong length within the footer are forgiven, and count as rows of it. */
function describeInvalid(
  invalid: readonly InvalidLine[],
  plan: TablePlan,
  rows: number,
  footer: number,
): { text: string; footer: number } {
  const kept = rows + invalid.length - footer;
  const reported = invalid.filter(({ before }, i) => before + i < kept);
  const remaining = footer - (invalid.length - reported.length);
  if (reported.length === 0) return { text: "", footer: remaining };
  const expected = plan.selected
    ? `not enough for the selected columns ${plan.fileColumns.join(", ")}`
    : `instead of ${plan.fileColumns.length}`;
  const listed = reported
    .slice(0, maxListed)
    .map(({ line, found }) => `    Line #${line} (got ${found} columns ${expected})`);
  if (reported.length > maxListed) listed.push(`    … and ${reported.length - maxListed} more`);
  return { text: `Some errors were detected !\n${listed.join("\n")}`, footer: remaining };
}

function readColumns(
  rows: readonly (readonly string[])[],
  plan: TablePlan,
  where: Where,
  options: GenfromtxtOptions,
): ColumnValues[] {
  const missing = missingStrings(options.missingValues, plan);
  const fillings = fillingCells(options.fillingValues, plan);
  const converters = new Map(
    Object.entries(options.converters ?? {}).map(
      ([key, convert]) => [resolveKey("converters", key, plan), convert] as const,
    ),
  );
  return plan.dtypes.map((dtype, i) => {
    const fields = rows.map((row) => row[i]);
    const column = readColumn(fields, {
      dtype,
      missing: missing[i],
      filling: fillings[i],
      converter: converters.get(i),
      loose: options.loose ?? true,
    });
    if ("cells" in column) return column;
    throw badField(column, i, dtype, plan, where);
  });
}

function badField(
  { row, text }: BadField,
  i: number,
  dtype: string | null,
  plan: TablePlan,
  where: Where,
): FileFormatError {
  const name = plan.names ? ` (${quote(plan.names[i])})` : "";
  const place = `row ${row + 1}, column ${plan.fileColumns[i]}${name}`;
  if (dtype !== null) {
    return new FileFormatError(
      where,
      `Cannot convert string ${quote(text)} to ${dtype} at ${place}`,
      "list it in missingValues, or pass { loose: true }",
    );
  }
  return new FileFormatError(
    where,
    `${quote(text)} at ${place} is not a number, and arrays hold numbers only`,
    "leave the column out with { usecols }, map its text to numbers with { converters }, or give a dtype",
  );
}

function assemble(
  columns: readonly ColumnValues[],
  rows: number,
  plan: TablePlan,
  where: Where,
  options: GenfromtxtOptions,
  ndmin: Ndmin,
): HostArray | HostTable {
  const place = (row: number, i: number): string => `row ${row + 1}, column ${plan.fileColumns[i]}`;
  const dtype = plan.names ? undefined : commonType(columns, options.dtype);
  if (dtype) {
    const buffer = new CellBuffer(dtype);
    for (let row = 0; row < rows; row++) {
      for (const [i, { cells }] of columns.entries()) pushCell(buffer, cells[row], place(row, i), where);
    }
    // NumPy makes an empty list of rows one-dimensional.
    const shape = rows === 0 ? [0] : [rows, columns.length];
    return finishMatrix(buffer, shape, ndmin, options.unpack ?? false);
  }
  const buffers = columns.map(({ dtype, cells }, i) => {
    const buffer = new CellBuffer(dtype);
    for (const [row, cell] of cells.entries()) pushCell(buffer, cell, place(row, i), where);
    return buffer;
  });
  const names = plan.names ?? columns.map((_, i) => defaultName(i, options.defaultfmt));
  return finishTable(names, buffers, rows, ndmin);
}

/** The dtype of a matrix of these columns, if they can be one: where the text decides, all that it decided must agree. */
function commonType(columns: readonly ColumnValues[], dtype: GenfromtxtOptions["dtype"]): DType | undefined {
  if (typeof dtype === "object" && dtype !== null) return undefined;
  if (dtype !== null || columns.length === 0) return dtype ?? "float64";
  const decided = new Set(columns.filter(({ certain }) => certain).map((column) => column.dtype));
  return decided.size === 1 ? [...decided][0] : undefined;
}

function pushCell(
  buffer: CellBuffer,
  cell: ColumnValues["cells"][number],
  place: string,
  where: Where,
): void {
  const problem = buffer.push(cell);
  if (problem) {
    throw new FileFormatError(
      where,
      `${problem} at ${place}`,
      "give another dtype, or { fillingValues } that fit",
    );
  }
}
