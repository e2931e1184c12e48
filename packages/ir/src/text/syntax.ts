/** Spelling rules that printer and parser share. */

/** Operation and symbol names that need no quotes. */
const bareName = /^[A-Za-z_][\w$.]*$/;

/** Names that may follow `%`. */
export const valueName = /^(?:\d+|[A-Za-z$._-][\w$.-]*)$/;

/** `"text"` with MLIR's escapes: quotes, backslashes and everything outside printable ASCII as two hex digits. */
export function quote(text: string): string {
  const bytes = new TextEncoder().encode(text);
  let out = '"';
  for (const byte of bytes) {
    if (byte === 0x22) out += '\\"';
    else if (byte === 0x5c) out += "\\\\";
    else if (byte >= 0x20 && byte < 0x7f) out += String.fromCharCode(byte);
    else out += `\\${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return `${out}"`;
}

/** `@name`, quoted where the name needs it. */
export const symbol = (name: string): string => (bareName.test(name) ? `@${name}` : `@${quote(name)}`);

/** Key of an attribute dictionary, quoted where it needs it. */
export const attributeKey = (name: string): string => (bareName.test(name) ? name : quote(name));

export const isBareName = (name: string): boolean => bareName.test(name);
