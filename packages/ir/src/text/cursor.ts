/** A position in the tokens of a text, with the questions that every parser asks. */

import { lex, type Token, type TokenKind } from "./lexer.ts";
import { ParseError } from "./parse-error.ts";

/** Lists and regions may nest this deep. */
const DEEPEST = 200;

const openers = new Map([
  ["(", ")"],
  ["[", "]"],
  ["{", "}"],
  ["<", ">"],
]);

const kindNames: Readonly<Record<TokenKind, string>> = {
  value: "a value",
  result: "a result number",
  symbol: "a symbol",
  hash: "an attribute",
  block: "a block label",
  bare: "a name",
  type: "a tensor type",
  integer: "an integer",
  float: "a float",
  string: "a string",
  punctuation: "punctuation",
  end: "the end of the text",
};

export class Cursor {
  readonly source: string;
  readonly file: string;
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(source: string, file: string) {
    this.source = source;
    this.file = file;
    this.#tokens = lex(source, (offset, problem) => this.fail(problem, { start: offset }));
  }

  get token(): Token {
    return this.#tokens[this.#at];
  }

  /** The token `ahead` places further on. */
  peek(ahead: number): Token {
    return this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)];
  }

  /** The text from a token to the one before the current. */
  textSince(start: Token): string {
    return this.source.slice(start.start, this.#tokens[this.#at - 1].end);
  }

  next(): Token {
    const { token } = this;
    if (token.kind !== "end") this.#at++;
    return token;
  }

  /** Every token of the text, for look-ups out of order. */
  get tokens(): readonly Token[] {
    return this.#tokens;
  }

  /** Moves to the token with this index, runs, and comes back. */
  elsewhere<T>(index: number, run: () => T): T {
    const here = this.#at;
    this.#at = index;
    const result = run();
    this.#at = here;
    return result;
  }

  get index(): number {
    return this.#at;
  }

  fail(problem: string, at: { readonly start: number } = this.token): never {
    throw new ParseError(this.file, this.source, at.start, problem);
  }

  expected(what: string): never {
    const { kind, start, end } = this.token;
    const found = kind === "end" ? kindNames.end : `'${shorten(this.source.slice(start, end))}'`;
    this.fail(`expected ${what}, found ${found}`);
  }

  /** Whether the current token is this punctuation or bare word. */
  is(text: string): boolean {
    const { kind, text: found } = this.token;
    return found === text && (kind === "punctuation" || kind === "bare");
  }

  accept(text: string): boolean {
    const found = this.is(text);
    if (found) this.#at++;
    return found;
  }

  expect(text: string): Token {
    return this.is(text) ? this.next() : this.expected(`'${text}'`);
  }

  /** The text of a token of this kind. */
  take(kind: TokenKind): string {
    return this.token.kind === kind ? this.next().text : this.expected(kindNames[kind]);
  }

  /** Items between commas up to the closing bracket, which is consumed; the opening one has been. */
  commaList<T>(close: string, item: () => T): T[] {
    const items: T[] = [];
    if (this.accept(close)) return items;
    do items.push(item());
    while (this.accept(","));
    if (!this.accept(close)) this.expected(`',' or '${close}'`);
    return items;
  }

  /** Runs a parser one level deeper; text that nests without end is refused before the stack overflows. */
  nested<T>(run: () => T): T {
    if (this.#depth >= DEEPEST) this.fail(`this nests more than ${DEEPEST} levels deep`);
    this.#depth++;
    const result = run();
    this.#depth--;
    return result;
  }

  /** `-`? integer. */
  integer(): number {
    const { start } = this.token;
    const value = this.bigInteger();
    if (value > Number.MAX_SAFE_INTEGER || value < Number.MIN_SAFE_INTEGER)
      this.fail("this integer is too large", { start });
    return Number(value);
  }

  bigInteger(): bigint {
    const negative = this.accept("-");
    const size = BigInt(this.take("integer"));
    return negative ? -size : size;
  }

  /** `[1, -2, 3]` */
  integerList(): number[] {
    this.expect("[");
    return this.commaList("]", () => this.integer());
  }

  /**
   * Skips one attribute value, whatever it is, and gives its text: `1 : i32`, `[…]`, `#dialect.name<…>`,
   * `(T) -> U`. `typed` off leaves a type behind a colon alone.
   */
  skipValue(typed = true): string {
    const first = this.token;
    this.#skipAtom();
    while (typed && (this.accept("->") || this.accept(":") || this.accept("::"))) this.#skipAtom();
    return this.textSince(first);
  }

  #skipAtom(): void {
    this.accept("-");
    const { kind, text } = this.token;
    if (kind === "end" || (kind === "punctuation" && !openers.has(text))) this.expected("an attribute");
    const named = kind === "bare" || kind === "hash";
    if (kind !== "punctuation") this.next();
    if (kind === "punctuation" || (named && (this.is("<") || this.is("(")))) this.#skipBrackets();
  }

  /** Skips from an opening bracket to the one that closes it. */
  #skipBrackets(): void {
    const open = this.token;
    const closers: string[] = [];
    do {
      const { kind, text } = this.token;
      if (kind === "end") this.fail(`this '${open.text}' is not closed`, open);
      const closer = kind === "punctuation" ? openers.get(text) : undefined;
      if (closer !== undefined) closers.push(closer);
      else if (kind === "punctuation" && [")", "]", "}", ">"].includes(text) && closers.pop() !== text)
        this.expected("a matching bracket");
      this.next();
    } while (closers.length > 0);
  }
}

const shorten = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text);
