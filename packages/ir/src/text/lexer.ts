/** Splits MLIR text into tokens. Every step consumes at least one character, so that no input can loop it. */

export type TokenKind =
  | "value" // %name
  | "result" // #1 behind a value
  | "symbol" // @name
  | "hash" // #name.part
  | "block" // ^bb0
  | "bare" // name.part
  | "type" // tensor<…>, whole
  | "integer"
  | "float"
  | "string"
  | "punctuation"
  | "end";

export interface Token {
  readonly kind: TokenKind;
  /** The token without its sigil; strings and quoted symbols decoded; `%0` is "0". */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Called with the offset and the problem; must throw. */
export type Fail = (offset: number, problem: string) => never;

const patterns: readonly (readonly [TokenKind, RegExp])[] = [
  ["value", /%(?:\d+|[A-Za-z$._-][\w$.-]*)/y],
  ["symbol", /@[A-Za-z_][\w$.]*/y],
  ["result", /#\d+/y],
  ["hash", /[#!][A-Za-z_][\w$.]*/y],
  ["block", /\^[\w$.-]+/y],
  ["bare", /[A-Za-z_][\w$.]*/y],
  ["float", /\d+\.\d*(?:[eE][-+]?\d+)?/y],
  ["integer", /0x[0-9A-Fa-f]+|\d+/y],
  ["punctuation", /->|::|>=|==|[(){}[\]<>,:=*+?|/-]/y],
];
const blank = /(?:[ \t\r\n]+|\/\/[^\n]*)+/y;

export function lex(source: string, fail: Fail): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (true) {
    blank.lastIndex = at;
    if (blank.test(source)) at = blank.lastIndex;
    if (at >= source.length) break;
    const token =
      source[at] === '"' || source.startsWith('@"', at) ? quoted(source, at, fail) : plain(source, at, fail);
    tokens.push(token);
    at = token.end;
  }
  // Errors at the end show the last line that says something.
  const end = source.trimEnd().length;
  tokens.push({ kind: "end", text: "", start: end, end });
  return tokens;
}

function plain(source: string, start: number, fail: Fail): Token {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = start;
    const match = pattern.exec(source);
    if (match === null) continue;
    const end = start + match[0].length;
    if (kind === "bare" && match[0] === "tensor" && source[end] === "<")
      return typeToken(source, start, end, fail);
    const sigil = kind === "value" || kind === "symbol" || kind === "result" || kind === "block";
    return { kind, text: sigil ? match[0].slice(1) : match[0], start, end };
  }
  const character = String.fromCodePoint(source.codePointAt(start) ?? 0);
  return fail(start, `unexpected character ${JSON.stringify(character)}`);
}

/** A type is one token: `0x3xf32` would read as a hexadecimal number otherwise. */
function typeToken(source: string, start: number, open: number, fail: Fail): Token {
  let depth = 0;
  for (let at = open; at < source.length; at++) {
    const character = source[at];
    if (character === "<") depth++;
    else if (character === ">" && source[at - 1] !== "-") depth--;
    else if (character === "\n") break;
    if (depth === 0) return { kind: "type", text: source.slice(start, at + 1), start, end: at + 1 };
  }
  return fail(start, "this type is not closed with >");
}

function quoted(source: string, start: number, fail: Fail): Token {
  const open = source[start] === "@" ? start + 1 : start;
  const kind = open === start ? "string" : "symbol";
  let escaped = false;
  for (let at = open + 1; at < source.length; at++) {
    const character = source[at];
    if (character === '"') {
      const raw = source.slice(open + 1, at);
      return { kind, text: escaped ? decodeEscapes(raw) : raw, start, end: at + 1 };
    }
    if (character === "\\") {
      escaped = true;
      at++;
    } else if (character === "\n") break;
  }
  return fail(start, "this string is not closed");
}

/** `\n`, `\t`, `\"`, `\\`, and two hex digits for any byte. */
function decodeEscapes(raw: string): string {
  const bytes: number[] = [];
  for (let at = 0; at < raw.length; at++) {
    if (raw[at] !== "\\") {
      const code = raw.codePointAt(at) ?? 0;
      bytes.push(...new TextEncoder().encode(String.fromCodePoint(code)));
      if (code > 0xffff) at++;
      continue;
    }
    const hex = raw.slice(at + 1, at + 3);
    if (/^[0-9A-Fa-f]{2}$/.test(hex)) {
      bytes.push(Number.parseInt(hex, 16));
      at += 2;
    } else {
      const named = { n: 10, t: 9 }[raw[at + 1]];
      bytes.push(named ?? raw.charCodeAt(at + 1));
      at++;
    }
  }
  return new TextDecoder().decode(Uint8Array.from(bytes));
}
