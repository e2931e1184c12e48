import { readFileSync } from "node:fs";
import { CliError } from "./errors.ts";

/** Version of the package that the command line belongs to. */
export function packageVersion(): string {
  const path = import.meta.url.includes("/src/cli/") ? "../../package.json" : "../package.json";
  const { version } = JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8")) as { version: string };
  return version;
}

/** Text of a file. @throws CliError if it cannot be read. */
export function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new CliError(`cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
