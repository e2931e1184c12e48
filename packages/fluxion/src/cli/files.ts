import { readFileSync } from "node:fs";
import { CliError } from "./errors.ts";

/** Text of a file. @throws CliError if it cannot be read. */
export function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new CliError(`cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
