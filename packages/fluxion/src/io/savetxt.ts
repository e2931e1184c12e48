/** `savetxt`: a vector or a matrix as text. Reference: NumPy 2, `numpy.savetxt`. */

import { isComplex, realPart } from "@fluxion/ir";
import { checkHostArray, type HostArray, lanes, shapeText } from "./host-array.ts";
import { parseFormat } from "./printf.ts";
import { scalarText, scalarValue } from "./scalar-text.ts";

export interface SavetxtOptions {
  /**
   * A printf format for every number, a list of one per column, or one for a whole row. For complex arrays: one for both
   * parts, or formats that name both. Default "%.18e".
   */
  readonly fmt?: string | readonly string[];
  /** Text between columns, unless `fmt` is for a whole row. Default one space. */
  readonly delimiter?: string;
  /** Text behind every row. Default "\n". */
  readonly newline?: string;
  /** Text at the start, its lines marked as comments. Default none. */
  readonly header?: string;
  /** Text at the end, its lines marked as comments. Default none. */
  readonly footer?: string;
  /** What marks the lines of header and footer. Default "# ". */
  readonly comments?: string;
  /** Encoding of the file: "utf-8" or "latin1". Default "utf-8". */
  readonly encoding?: "utf-8" | "latin1";
}

export const savetxtOptions = [
  "fmt",
  "delimiter",
  "newline",
  "header",
  "footer",
  "comments",
  "encoding",
] as const satisfies readonly (keyof SavetxtOptions)[];

/** The text, in pieces of one line or more. Throws `TypeError` for a format that does not fit the array. */
export function* formatSavetxt(array: HostArray, options: SavetxtOptions = {}): Generator<string> {
  checkHostArray(array);
  const { dtype, shape, data } = array;
  if (shape.length !== 1 && shape.length !== 2) {
    throw new TypeError(`savetxt needs a 1D or 2D array, got shape ${shapeText(shape)}; reshape it first`);
  }
  const [rows, columns] = shape.length === 1 ? [shape[0], 1] : shape;
  const newline = options.newline ?? "\n";
  const comments = options.comments ?? "# ";
  const marked = (text: string): string => comments + text.replaceAll("\n", `\n${comments}`) + newline;
  const complex = isComplex(dtype);
  const part = realPart(dtype);
  const text = rowFormat(options.fmt ?? "%.18e", options.delimiter ?? " ", columns, complex);
  const { literals, conversions } = parseFormat(text, (value) => scalarText(value, part));
  const perRow = columns * lanes(dtype);
  if (conversions.length !== perRow) {
    const fmt = JSON.stringify(options.fmt);
    throw new TypeError(`fmt ${fmt} formats ${conversions.length} of ${perRow} values in a row`);
  }
  if (options.header) yield marked(options.header);
  for (let row = 0; row < rows; row++) {
    let line = "";
    for (let i = 0; i < perRow; i++) {
      line += literals[i] + conversions[i](scalarValue(data[row * perRow + i], part));
    }
    line += literals[perRow] + newline;
    yield complex ? line.replaceAll("+-", "-") : line;
  }
  if (options.footer) yield marked(options.footer);
}

/** The format of a whole row. */
function rowFormat(
  fmt: string | readonly string[],
  delimiter: string,
  columns: number,
  complex: boolean,
): string {
  if (typeof fmt !== "string") {
    if (fmt.length === columns) return fmt.join(delimiter);
    throw new TypeError(`fmt has wrong shape: ${fmt.length} formats for ${columns} columns`);
  }
  const expected = complex ? 2 * columns : columns;
  const conversions = fmt.split("%").length - 1;
  if (conversions === 1) {
    const single = complex ? ` (${fmt}+${fmt}j)` : fmt;
    return Array<string>(columns).fill(single).join(delimiter);
  }
  if (conversions === expected) return fmt;
  const need = expected === 1 ? "1" : `1 or ${expected}`;
  throw new TypeError(
    `fmt has wrong number of % formats: ${JSON.stringify(fmt)} has ${conversions}, needed ${need}`,
  );
}
