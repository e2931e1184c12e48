/** Column names as NumPy makes them valid and unique (`numpy.lib._iotools.NameValidator`). */

export interface NameOptions {
  /** Names that get an underscore appended, besides "return", "file" and "print". */
  readonly excludelist?: readonly string[];
  /** Characters to delete from names. */
  readonly deletechars?: string;
  /** What replaces spaces. Default "_". */
  readonly replaceSpace?: string;
  /** false or "upper" for upper case, "lower" for lower case. Default true. */
  readonly caseSensitive?: boolean | "upper" | "lower";
  /** Names of columns without one, the number in place of `%i` or `%02i`. Default "f%i". */
  readonly defaultfmt?: string;
}

const alwaysExcluded = ["return", "file", "print"];
const alwaysDeleted = "~!@#$%^&*()-=+~\\|]}[{';: /?.>,<";

export function validNames(names: readonly string[], options: NameOptions = {}): string[] {
  const excluded = [...(options.excludelist ?? []), ...alwaysExcluded];
  const deleted = new Set(`${options.deletechars ?? alwaysDeleted}"`);
  const seen = new Map<string, number>();
  let unnamed = 0;
  return names.map((raw) => {
    let name = changeCase(raw, options.caseSensitive ?? true).trim();
    if (options.replaceSpace !== "") name = name.replaceAll(" ", options.replaceSpace ?? "_");
    name = [...name].filter((char) => !deleted.has(char)).join("");
    if (name === "") {
      do name = defaultName(unnamed++, options.defaultfmt);
      while (names.includes(name));
    } else if (excluded.includes(name)) {
      name += "_";
    }
    const count = seen.get(name) ?? 0;
    seen.set(name, count + 1);
    return count ? `${name}_${count}` : name;
  });
}

/** The name of column `index` when none is given: `f0`, `f1`, … */
export function defaultName(index: number, format = "f%i"): string {
  return format.replace(/%(0?)(\d*)[id]/, (_, zero: string, width: string) =>
    String(index).padStart(Number(width), zero || " "),
  );
}

function changeCase(name: string, mode: boolean | "upper" | "lower"): string {
  if (mode === true) return name;
  return mode === "lower" ? name.toLowerCase() : name.toUpperCase();
}
