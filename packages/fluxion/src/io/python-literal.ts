/**
 * The part of Python's literals that `.npy` headers are made of: strings, integers, booleans, `None`, tuples, lists and
 * dictionaries with string keys. Nothing is ever evaluated.
 */

export type PyValue =
  | string
  | bigint
  | boolean
  | null
  | { readonly kind: "tuple" | "list"; readonly items: readonly PyValue[] }
  | { readonly kind: "dict"; readonly entries: ReadonlyMap<string, PyValue> };

/** Deeper nesting than any dtype needs is refused before it can exhaust the stack. */
const maxDepth = 32;

const escapes: Readonly<Record<string, string>> = {
  n: "\n",
  r: "\r",
  t: "\t",
  "\\": "\\",
  "'": "'",
  '"': '"',
};

class LiteralParser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): PyValue {
    const value = this.#value(0);
    this.#skipSpace();
    if (this.#at < this.#text.length) this.#fail("the end");
    return value;
  }

  #fail(expected: string): never {
    const found = this.#at < this.#text.length ? JSON.stringify(this.#text[this.#at]) : "the end";
    throw new SyntaxError(`expected ${expected} at character ${this.#at}, found ${found}`);
  }

  /** Skips white space and comments. */
  #skipSpace(): void {
    this.#match(/(?:[ \t\r\n\f]|#[^\n]*)*/y);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #accept(char: string): boolean {
    this.#skipSpace();
    if (this.#text[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  #value(depth: number): PyValue {
    if (depth > maxDepth) throw new SyntaxError(`nesting deeper than ${maxDepth}`);
    if (this.#accept("(")) return this.#tuple(depth);
    if (this.#accept("[")) return { kind: "list", items: this.#items("]", depth).items };
    if (this.#accept("{")) return this.#dict(depth);
    const start = this.#text[this.#at] ?? "";
    if (/['"uU]/.test(start)) return this.#strings();
    if (/[-+0-9]/.test(start)) return this.#integer();
    const word = this.#match(/(?:True|False|None)\b/y);
    if (word === undefined) this.#fail("a literal");
    return word === "None" ? null : word === "True";
  }

  #items(close: string, depth: number): { items: PyValue[]; comma: boolean } {
    const items: PyValue[] = [];
    let comma = false;
    while (!this.#accept(close)) {
      if (items.length && !comma) this.#fail(`"," or "${close}"`);
      items.push(this.#value(depth + 1));
      comma = this.#accept(",");
    }
    return { items, comma };
  }

  #tuple(depth: number): PyValue {
    const { items, comma } = this.#items(")", depth);
    return items.length === 1 && !comma ? items[0] : { kind: "tuple", items };
  }

  #dict(depth: number): PyValue {
    const entries = new Map<string, PyValue>();
    for (let comma = true; !this.#accept("}"); comma = this.#accept(",")) {
      if (!comma) this.#fail('"," or "}"');
      const key = this.#value(depth + 1);
      if (typeof key !== "string") this.#fail("a string as key before this point");
      if (!this.#accept(":")) this.#fail('":"');
      entries.set(key, this.#value(depth + 1));
    }
    return { kind: "dict", entries };
  }

  /** One or more adjacent string literals, which Python joins. */
  #strings(): string {
    let joined: string | undefined;
    for (;;) {
      this.#skipSpace();
      const literal = this.#match(/[uU]?(?:'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")/y);
      if (literal === undefined) return joined ?? this.#fail("a string");
      const body = literal.slice(/^[uU]/.test(literal) ? 2 : 1, -1);
      joined = (joined ?? "") + body.replace(/\\(.)/g, (all, char: string) => escapes[char] ?? all);
    }
  }

  /** An integer; Python 2 wrote long ones with an `L` behind. */
  #integer(): bigint {
    const text =
      this.#match(/[-+]?(?:0[xX][0-9a-fA-F]+|\d+(?:_\d+)*)(?![\w.])/y) ?? this.#match(/[-+]?\d+(?=L)/y);
    if (text === undefined) this.#fail("an integer");
    this.#match(/L/y);
    const magnitude = BigInt(text.replace(/^[-+]/, "").replaceAll("_", ""));
    return text.startsWith("-") ? -magnitude : magnitude;
  }
}

/** Parses one Python literal; throws `SyntaxError` that says where it went wrong. */
export const parsePythonLiteral = (text: string): PyValue => new LiteralParser(text).parse();
