/** Lines into fields, as `loadtxt` does: comments cut off, one delimiter character or white space, optional quotes. */

export interface FieldSyntax {
  /** One character; null for runs of white space. */
  readonly delimiter: string | null;
  readonly comments: readonly string[];
  /** A character that protects what stands between two of it; inside, two of it stand for one. */
  readonly quote: string | null;
}

/** Throws `TypeError` for characters that contradict each other, with NumPy's rules. */
export function checkFieldSyntax({ delimiter, comments, quote }: FieldSyntax): void {
  for (const [name, char] of [
    ["delimiter", delimiter],
    ["quotechar", quote],
  ] as const) {
    if (char === null) continue;
    if ([...char].length !== 1)
      throw new TypeError(`${name} must be a single character or null, got ${JSON.stringify(char)}`);
    if (/[\r\n]/.test(char)) throw new TypeError(`${name} cannot be a line break`);
  }
  if (comments.includes(""))
    throw new TypeError("comments cannot be an empty string; null reads no comments");
  if (delimiter !== null && comments.includes(delimiter)) {
    throw new TypeError(`comments and delimiter are both ${JSON.stringify(delimiter)}`);
  }
  if (quote !== null && (quote === delimiter || comments.includes(quote))) {
    throw new TypeError(`quotechar ${JSON.stringify(quote)} is also the delimiter or starts comments`);
  }
  if (quote !== null && (comments.length > 1 || comments.some((comment) => comment.length > 1))) {
    throw new TypeError(
      "quotechar works with one comment character only; give comments as one character or null",
    );
  }
}

/** A function that takes fields from lines: one call is one row, or undefined for a line without data. */
export function fieldSplitter(
  syntax: FieldSyntax,
): (line: string, more: () => string | undefined) => string[] | undefined {
  const { quote } = syntax;
  if (quote !== null) return (line, more) => splitQuoted(line, syntax, quote, more);
  return (line) => splitPlain(cutComment(line, syntax.comments), syntax.delimiter);
}

function cutComment(line: string, comments: readonly string[]): string {
  let cut = line;
  for (const comment of comments) {
    const at = cut.indexOf(comment);
    if (at >= 0) cut = cut.slice(0, at);
  }
  return cut;
}

function splitPlain(line: string, delimiter: string | null): string[] | undefined {
  if (delimiter !== null) return line === "" ? undefined : line.split(delimiter);
  const bare = line.trim();
  return bare === "" ? undefined : bare.split(/\s+/);
}

/** Character by character; a quoted field that does not end in its line goes on in the next. */
function splitQuoted(
  line: string,
  { delimiter, comments }: FieldSyntax,
  quote: string,
  more: () => string | undefined,
): string[] | undefined {
  const comment = comments[0];
  const separates = (char: string): boolean => (delimiter === null ? /\s/.test(char) : char === delimiter);
  const fields: string[] = [];
  let field: string | undefined = delimiter === null ? undefined : "";
  let text = line;
  let at = 0;
  let fresh = true; // a quote opens only at the start of a field
  for (; at < text.length && text[at] !== comment; at++) {
    const char = text[at];
    if (separates(char)) {
      if (field !== undefined) fields.push(field);
      field = delimiter === null ? undefined : "";
      fresh = true;
    } else if (char === quote && fresh) {
      const quoted = readQuoted(text, at + 1, quote, more);
      field = (field ?? "") + quoted.value;
      [text, at] = [quoted.text, quoted.stop];
      fresh = false;
    } else {
      field = (field ?? "") + char;
      fresh = false;
    }
  }
  if (field !== undefined && (field !== "" || fields.length > 0 || !fresh)) fields.push(field);
  return fields.length ? fields : undefined;
}

/** From behind the opening quote to the closing one, at which `stop` points. */
function readQuoted(
  line: string,
  start: number,
  quote: string,
  more: () => string | undefined,
): { value: string; text: string; stop: number } {
  let [text, at, value] = [line, start, ""];
  for (;;) {
    const close = text.indexOf(quote, at);
    if (close < 0) {
      value += text.slice(at);
      const next = more();
      if (next === undefined) return { value, text, stop: text.length };
      value += "\n";
      [text, at] = [next, 0];
    } else {
      value += text.slice(at, close);
      if (text[close + 1] !== quote) return { value, text, stop: close };
      value += quote;
      at = close + 2;
    }
  }
}
