import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The installed version of an npm package, for the report. */
export function packageVersion(name: string): string {
  for (
    let directory = import.meta.dirname;
    directory !== join(directory, "..");
    directory = join(directory, "..")
  ) {
    const file = join(directory, "node_modules", name, "package.json");
    if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8")).version;
  }
  return "of unknown version";
}
