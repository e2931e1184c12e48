/** Options objects, checked for names that do not exist. */

import { quote } from "./errors.ts";

/** Throws `TypeError` for an option that the function does not have, with the camel-case name if that is the mistake. */
export function checkOptions(name: string, options: unknown, known: readonly string[]): void {
  if (options === undefined) return;
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`io.${name} takes its options as an object, got ${quote(String(options))}`);
  }
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    const camel = key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    const hint = known.includes(camel) ? `it is called ${camel}` : `it has ${known.join(", ")}`;
    throw new TypeError(`io.${name} has no option ${quote(key)}: ${hint}`);
  }
}
