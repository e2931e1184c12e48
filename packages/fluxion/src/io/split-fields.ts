/** Lines into fields, as `genfromtxt` does (`numpy.lib._iotools.LineSplitter`). */

export interface FieldLayout {
  /** Text between fields; null or "" for runs of white space; a number or a list of them for fixed widths. */
  readonly delimiter: string | number | readonly number[] | null;
  readonly comments: string | null;
  /** Remove white space around every field. */
  readonly autostrip: boolean;
}

/** A function from a line to its fields; a line without data has none. */
export function lineSplitter({ delimiter, comments, autostrip }: FieldLayout): (line: string) => string[] {
  const split = splitterFor(delimiter);
  return (line) => {
    const at = comments ? line.indexOf(comments) : -1;
    const fields = split(at >= 0 ? line.slice(0, at) : line);
    return autostrip ? fields.map((field) => field.trim()) : fields;
  };
}

function splitterFor(delimiter: FieldLayout["delimiter"]): (line: string) => string[] {
  if (typeof delimiter === "number" && delimiter !== 0) {
    const width = checkWidth(delimiter);
    return (line) => slices(line, Array<number>(Math.ceil(line.length / width)).fill(width));
  }
  if (typeof delimiter === "object" && delimiter !== null) {
    const widths = delimiter.map(checkWidth);
    return (line) => (line === "" ? [] : slices(line, widths));
  }
  if (typeof delimiter === "string" && delimiter !== "") {
    return (line) => {
      const bare = line.replace(/^ +| +$/g, "");
      return bare === "" ? [] : bare.split(delimiter);
    };
  }
  return (line) => {
    const bare = line.trim();
    return bare === "" ? [] : bare.split(/\s+/);
  };
}

function checkWidth(width: number): number {
  if (!Number.isInteger(width) || width < 1)
    throw new RangeError(`a column width must be a positive integer, got ${width}`);
  return width;
}

function slices(line: string, widths: readonly number[]): string[] {
  let at = 0;
  return widths.map((width) => {
    at += width;
    return line.slice(at - width, at);
  });
}
