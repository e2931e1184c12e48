/** Python's replacement fields, as `jax.debug.print` has them: `{}`, `{0}`, `{name}`, `{{`, `}}`. */

import { atLocation } from "./errors.ts";
import { userLocation } from "./location.ts";

/** A text cut at its fields: strings stand for themselves, objects for a value. */
export type MessagePart = string | { readonly field: string | number };

const fail = (text: string): never => {
  throw new TypeError(`debug.print: ${text}${atLocation(userLocation())}`);
};

/**
 * Reads a format.
 * @throws TypeError on a single brace, or a field with a conversion or a format of its own.
 */
export function parseMessage(format: string): MessagePart[] {
  const parts: MessagePart[] = [];
  let automatic = 0;
  for (const [piece] of format.matchAll(/\{\{|\}\}|\{[^{}]*\}|[^{}]+|[{}]/g)) {
    if (piece === "{{" || piece === "}}") parts.push(piece[0]);
    else if (piece === "{" || piece === "}")
      fail(`single '${piece}' in ${JSON.stringify(format)}; write it twice`);
    else if (piece.startsWith("{")) {
      const name = piece.slice(1, -1);
      if (!/^\w*$/.test(name))
        fail(`the field ${piece} is not understood; {}, {0} and {name} are (arrays print as String(x) does)`);
      parts.push({ field: name === "" ? automatic++ : /^\d+$/.test(name) ? Number(name) : name });
    } else parts.push(piece);
  }
  return parts;
}

/** The text with its fields filled in. @throws TypeError where a field has no value. */
export const fillMessage = (
  parts: readonly MessagePart[],
  textOf: (field: string | number) => string | undefined,
): string =>
  parts
    .map((part) => {
      if (typeof part === "string") return part;
      return textOf(part.field) ?? fail(`no value was given for the field {${part.field}}`);
    })
    .join("");
