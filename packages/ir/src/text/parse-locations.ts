/** `loc(…)` trailers. Of the forms that MLIR has, the innermost file position and the name nearest to it are kept. */

import type { Location } from "../module.ts";
import type { Cursor } from "./cursor.ts";

/** Reads locations of one text; aliases (`#loc3 = loc(…)`) may stand anywhere in it. */
export class LocationParser {
  readonly #cursor: Cursor;
  /** Token index of each alias's definition. */
  readonly #aliases = new Map<string, number>();
  readonly #known = new Map<string, Location | undefined>();

  constructor(cursor: Cursor) {
    this.#cursor = cursor;
    cursor.tokens.forEach((token, index) => {
      const definition = token.kind === "hash" && cursor.tokens[index + 1]?.text === "=";
      if (definition && cursor.tokens[index + 2]?.text === "loc") this.#aliases.set(token.text, index + 2);
    });
  }

  /** `loc(…)` if it is there. */
  optional(): Location | undefined {
    if (!this.#cursor.is("loc") || this.#cursor.peek(1).text !== "(") return undefined;
    return this.#trailer();
  }

  #trailer(): Location | undefined {
    this.#cursor.expect("loc");
    this.#cursor.expect("(");
    const location = this.#location();
    this.#cursor.expect(")");
    return location;
  }

  #location(): Location | undefined {
    return this.#cursor.nested(() => {
      const { token } = this.#cursor;
      if (token.kind === "hash") return this.#alias(this.#cursor.next().text);
      if (token.kind === "string") return this.#named();
      if (this.#cursor.is("loc")) return this.#trailer();
      if (this.#cursor.accept("callsite")) return this.#callSite();
      if (this.#cursor.accept("fused")) return this.#fused();
      if (this.#cursor.accept("unknown")) return undefined;
      return this.#cursor.expected("a location");
    });
  }

  #alias(name: string): Location | undefined {
    if (this.#known.has(name)) return this.#known.get(name);
    const index = this.#aliases.get(name);
    if (index === undefined) return undefined;
    this.#known.set(name, undefined); // an alias that names itself ends here
    const location = this.#cursor.elsewhere(index, () => this.#trailer());
    this.#known.set(name, location);
    return location;
  }

  /** `"file":1:2`, `"file":1:2 to :5`, `"name"`, `"name"(…)` */
  #named(): Location | undefined {
    const cursor = this.#cursor;
    const name = cursor.take("string");
    if (cursor.accept("(")) {
      const inner = this.#location();
      cursor.expect(")");
      return inner === undefined || inner.scope !== undefined ? inner : { ...inner, scope: name };
    }
    if (!cursor.accept(":")) return undefined;
    const line = cursor.integer();
    cursor.expect(":");
    const column = cursor.integer();
    if (cursor.accept("to")) {
      if (cursor.token.kind === "integer") cursor.next();
      cursor.expect(":");
      cursor.integer();
    }
    return { file: name, line, column };
  }

  /** `callsite(callee at caller)`: the callee is where the operation stands. */
  #callSite(): Location | undefined {
    this.#cursor.expect("(");
    const callee = this.#location();
    this.#cursor.expect("at");
    const caller = this.#location();
    this.#cursor.expect(")");
    return callee ?? caller;
  }

  #fused(): Location | undefined {
    if (this.#cursor.accept("<")) {
      this.#cursor.skipValue();
      this.#cursor.expect(">");
    }
    this.#cursor.expect("[");
    const parts = this.#cursor.commaList("]", () => this.#location());
    return parts.find((part) => part !== undefined);
  }
}
