/** A mistake of the user of the command line: shown without a stack. */
export class CliError extends Error {
  override readonly name = "CliError";
}

/** Turns errors of a step into `CliError`s that name the file. */
export async function naming<T>(file: string, step: () => T | Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    if (error instanceof CliError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new CliError(message.startsWith(file) ? message : `${file}: ${message}`, { cause: error });
  }
}

/** The packages folder in the source tree, the dist folder when built. */
const ownFolder = new URL(
  import.meta.url.includes("/packages/fluxion/src/") ? "../../../" : "./",
  import.meta.url,
).href;

/** Whether a line of a stack is a frame of Node's, of Fluxion's or of the command line's. */
const isForeign = (line: string): boolean =>
  /^\s*at /.test(line) &&
  (line.includes("node:") ||
    line.includes("/node_modules/") ||
    (line.includes(ownFolder) && /\/(src|dist)\//.test(line)));

/** An error of a program for its author: what was thrown, with the frames of the program alone. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return `thrown: ${String(error)}`;
  const stack = error.stack ?? `${error.name}: ${error.message}`;
  // V8 writes the name and text into the stack when the error is made; the text may have grown since.
  const head = stack.includes(error.message) ? [] : [`${error.name}: ${error.message}`];
  const lines = stack.split("\n").filter((line) => !isForeign(line));
  const shown = [...(head.length > 0 ? lines.filter((line) => /^\s*at /.test(line)) : lines)];
  const cause = error.cause === undefined ? [] : [`caused by ${describeError(error.cause)}`];
  return [...head, ...shown, ...cause].join("\n");
}
