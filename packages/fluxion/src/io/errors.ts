/** Where in which file something was found. */
export interface Where {
  /** Path of the file, or `<bytes>` for data that came without one. */
  readonly file: string;
  /** Name of the array inside an archive. */
  readonly array?: string;
}

/**
 * A file that is truncated, contradicts itself, or holds what Fluxion has no array type for. The message names the file
 * and the array, says what was found, and what to do about it.
 */
export class FileFormatError extends Error {
  override readonly name = "FileFormatError";
  readonly file: string;
  readonly array: string | undefined;

  constructor(where: Where, found: string, help?: string, options?: ErrorOptions) {
    const place = where.array === undefined ? where.file : `${where.file}, array "${where.array}"`;
    super(`${place}: ${found}${help ? `\n\n  help: ${help}` : ""}`, options);
    this.file = where.file;
    this.array = where.array;
  }
}

const shown = 60;

/** Text from a file, quoted and cut for use in a message. */
export function quote(text: string): string {
  return JSON.stringify(text.length > shown ? `${text.slice(0, shown)}…` : text);
}
