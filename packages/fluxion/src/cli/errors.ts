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
    throw new CliError(`${file}: ${message}`);
  }
}
