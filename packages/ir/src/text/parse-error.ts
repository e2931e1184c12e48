/** A place in a text, and errors that show it. */

export interface Place {
  /** Lines and columns count from 1; columns in UTF-16 units. */
  readonly line: number;
  readonly column: number;
}

export function placeOf(source: string, offset: number): Place {
  const before = source.slice(0, offset);
  const start = before.lastIndexOf("\n") + 1;
  return { line: before.split("\n").length, column: offset - start + 1 };
}

const WIDEST = 120;

/** The line around an offset and a caret under it; long lines are cut around the caret. */
function excerpt(source: string, offset: number): string {
  const start = source.lastIndexOf("\n", offset - 1) + 1;
  const newline = source.indexOf("\n", offset);
  const end = newline < 0 ? source.length : newline;
  const from = Math.max(start, offset - WIDEST / 2);
  const cut = source
    .slice(from, Math.min(end, from + WIDEST))
    .replaceAll("\t", " ")
    .replaceAll("\r", "");
  const lead = from > start ? "…" : "";
  const tail = from + WIDEST < end ? "…" : "";
  return `  ${lead}${cut}${tail}\n  ${" ".repeat(lead.length + offset - from)}^`;
}

/** Text that is no StableHLO module, or one beyond what Fluxion reads. */
export class ParseError extends Error {
  override readonly name = "ParseError";
  readonly file: string;
  readonly line: number;
  readonly column: number;

  constructor(file: string, source: string, offset: number, problem: string) {
    const { line, column } = placeOf(source, offset);
    super(`${file}:${line}:${column}: ${problem}\n${excerpt(source, offset)}`);
    this.file = file;
    this.line = line;
    this.column = column;
  }
}
