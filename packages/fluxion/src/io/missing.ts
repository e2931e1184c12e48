/** Which strings mean "missing" and what stands in for them, per column, from the forms that `genfromtxt` accepts. */

import type { Cell } from "./cells.ts";
import { quote } from "./errors.ts";

/** One for all columns, a list by position, or by column number or name. */
export type PerColumn<T> = T | readonly T[] | Readonly<Record<string, T>>;

export interface ColumnKeys {
  /** Columns of the result. */
  readonly count: number;
  /** Their numbers in the file. */
  readonly fileColumns: readonly number[];
  readonly names: readonly string[] | undefined;
  /** Names of columns that the file has and the result need not have. */
  readonly allNames: readonly string[] | undefined;
}

/**
 * The strings that count as missing in each column; the empty one always does. A string holds several, separated by
 * commas; a list holds one for each column; an object holds one or a list by column.
 */
export function missingStrings(
  given: string | number | readonly (string | number)[] | Readonly<Record<string, unknown>> | undefined,
  columns: ColumnKeys,
): Set<string>[] {
  const sets = Array.from({ length: columns.count }, () => new Set([""]));
  if (typeof given === "string" || typeof given === "number") {
    const strings = String(given).split(",");
    for (const set of sets) for (const text of strings) set.add(text);
  } else if (Array.isArray(given)) {
    given.slice(0, sets.length).forEach((text, i) => void sets[i].add(String(text)));
  } else if (given) {
    for (const [key, value] of Object.entries(given)) {
      const column = resolveKey("missingValues", key, columns);
      if (column === undefined) continue;
      for (const text of Array.isArray(value) ? value : [value]) sets[column].add(String(text));
    }
  }
  return sets;
}

/** What replaces missing values in each column; undefined for the default of its dtype. */
export function fillingCells(given: PerColumn<Cell> | undefined, columns: ColumnKeys): (Cell | undefined)[] {
  const fills = Array<Cell | undefined>(columns.count).fill(undefined);
  if (given === undefined) return fills;
  if (typeof given !== "object") return fills.fill(given);
  if (Array.isArray(given)) {
    given.slice(0, fills.length).forEach((value: Cell, i) => {
      fills[i] = value;
    });
    return fills;
  }
  for (const [key, value] of Object.entries(given as Record<string, Cell>)) {
    const column = resolveKey("fillingValues", key, columns);
    if (column !== undefined) fills[column] = value;
  }
  return fills;
}

/**
 * A key is a column's name, or its number in the file. A column that was not selected has no place in the result; a name
 * that the file does not have is an error (NumPy ignores it).
 */
export function resolveKey(option: string, key: string, columns: ColumnKeys): number | undefined {
  const { names, allNames, fileColumns } = columns;
  const named = names?.indexOf(key) ?? -1;
  if (named >= 0) return named;
  if (allNames?.includes(key)) return undefined;
  if (!/^\d+$/.test(key)) {
    const known = allNames ? `the names are ${allNames.map(quote).join(", ")}` : "the columns have no names";
    throw new TypeError(`${option} mentions column ${quote(key)}, but ${known}`);
  }
  const column = fileColumns.indexOf(Number(key));
  return column >= 0 ? column : undefined;
}
