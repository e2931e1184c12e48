/** Reads StableHLO text: modules as Fluxion and as JAX write them, in pretty and in generic form. */

import type { Func, Module } from "../module.ts";
import type { TensorType } from "../tensor-type.ts";
import { assertValid } from "../verifier/verify.ts";
import { Cursor } from "./cursor.ts";
import { keptDictionary, parseDictionary } from "./parse-attributes.ts";
import { LocationParser } from "./parse-locations.ts";
import { OperationParser } from "./parse-operation.ts";
import { parseFunctionType, parseType } from "./parse-types.ts";

export interface ParseOptions {
  /** Name of the text in errors. */
  readonly file?: string;
  /** Check the module after reading it; on unless switched off. */
  readonly verify?: boolean;
}

type Kept = Readonly<Record<string, string>>;

/**
 * Reads one module, or functions without a module around them. Throws `ParseError` (line, column, what was found and
 * what was expected) and, when the text reads but the module is not valid, `VerificationError`.
 */
export function parseModule(text: string, options: ParseOptions = {}): Module {
  const cursor = new Cursor(text, options.file ?? "input.mlir");
  const module = new ModuleParser(cursor).top();
  if (options.verify ?? true) assertValid(module);
  return module;
}

/** Reads a file of several modules, split by lines of `// -----`. */
export const parseModules = (text: string, options: ParseOptions = {}): Module[] =>
  text
    .split(/^\/\/ -----.*$/m)
    .filter((part) => part.replace(/\/\/.*$/gm, "").trim() !== "")
    .map((part) => parseModule(part, options));

class ModuleParser {
  readonly #cursor: Cursor;
  readonly #locations: LocationParser;
  readonly #functions: Func[] = [];
  readonly #declarations: string[] = [];

  constructor(cursor: Cursor) {
    this.#cursor = cursor;
    this.#locations = new LocationParser(cursor);
  }

  top(): Module {
    this.#aliases();
    const cursor = this.#cursor;
    let name: string | undefined;
    let attributes: Kept | undefined;
    if (cursor.token.kind === "string" && cursor.token.text === "builtin.module")
      ({ name, attributes } = this.#generic());
    else if (cursor.accept("module") || cursor.accept("builtin.module")) {
      if (cursor.token.kind === "symbol") name = cursor.take("symbol");
      if (cursor.accept("attributes")) attributes = keptDictionary(cursor);
      cursor.expect("{");
      while (!cursor.accept("}")) this.#topLevel();
    } else
      do this.#topLevel();
      while (cursor.token.kind !== "end" && cursor.token.kind !== "hash");
    this.#locations.optional();
    this.#aliases();
    if (cursor.token.kind !== "end") cursor.expected("the end of the text");
    return {
      name,
      functions: this.#functions,
      ...(attributes && Object.keys(attributes).length > 0 ? { attributes } : {}),
      ...(this.#declarations.length > 0 ? { declarations: this.#declarations } : {}),
    };
  }

  /** `#name = …` lines; locations find theirs by themselves, nothing else is read. */
  #aliases(): void {
    while (this.#cursor.token.kind === "hash") {
      this.#cursor.next();
      this.#cursor.expect("=");
      this.#cursor.skipValue();
    }
  }

  /** `"builtin.module"() <{sym_name = "m"}> ({ … }) {…} : () -> ()` */
  #generic(): { name: string | undefined; attributes: Kept | undefined } {
    const cursor = this.#cursor;
    cursor.next();
    cursor.expect("(");
    cursor.expect(")");
    const properties = this.#properties();
    cursor.expect("(");
    cursor.expect("{");
    while (!cursor.accept("}")) this.#topLevel();
    cursor.expect(")");
    const attributes = cursor.is("{") ? keptDictionary(cursor) : undefined;
    cursor.expect(":");
    parseFunctionType(cursor);
    const name = properties.sym_name;
    return { name: name === undefined ? undefined : unquote(name), attributes };
  }

  #properties(): Kept {
    if (!this.#cursor.accept("<")) return {};
    const kept = keptDictionary(this.#cursor);
    this.#cursor.expect(">");
    return kept;
  }

  #topLevel(): void {
    const cursor = this.#cursor;
    const { token } = cursor;
    if (cursor.accept("func.func")) this.#func();
    else if (token.kind === "string" && token.text === "func.func") this.#genericFunc();
    else if (token.text === "sdy.mesh") this.#declaration();
    else cursor.expected("func.func");
  }

  /** `sdy.mesh @mesh = <["x"=2]> {…}` or its generic form: kept as text. */
  #declaration(): void {
    const cursor = this.#cursor;
    const start = cursor.next();
    if (start.kind === "string") {
      cursor.expect("(");
      cursor.expect(")");
      if (cursor.is("<")) cursor.skipValue(false);
    } else {
      cursor.take("symbol");
      cursor.expect("=");
      cursor.skipValue();
    }
    if (cursor.is("{")) keptDictionary(cursor);
    if (cursor.accept(":")) parseFunctionType(cursor);
    this.#declarations.push(cursor.textSince(start));
    this.#locations.optional();
  }

  /** `func.func public @name(%a: T {…}, …) -> (U {…}, …) attributes {…} { … }` */
  #func(): void {
    const cursor = this.#cursor;
    const visibility = cursor.accept("private") ? "private" : "public";
    cursor.accept("public");
    const name = cursor.take("symbol");
    const parser = new OperationParser(cursor, this.#locations);
    cursor.expect("(");
    const argumentAttributes: Kept[] = [];
    const args = cursor.commaList(")", () => {
      const argumentName = cursor.take("value");
      cursor.expect(":");
      const type = parseType(cursor);
      argumentAttributes.push(cursor.is("{") ? keptDictionary(cursor) : {});
      this.#locations.optional();
      return parser.argument(argumentName, type);
    });
    const results = cursor.accept("->") ? this.#results() : [];
    if (cursor.accept("attributes")) keptDictionary(cursor);
    if (!cursor.is("{")) cursor.fail(`@${name} has no body: external functions are not supported`);
    cursor.expect("{");
    const body = parser.block(args);
    this.#locations.optional();
    this.#functions.push({
      name,
      visibility,
      body,
      resultTypes: results.map(({ type }) => type),
      ...attributesOf(
        argumentAttributes,
        results.map(({ kept }) => kept),
      ),
    });
  }

  /** Result attributes stand only in parentheses: a brace behind a bare type opens the body. */
  #results(): { type: TensorType; kept: Kept }[] {
    const cursor = this.#cursor;
    if (!cursor.accept("(")) return [{ type: parseType(cursor), kept: {} }];
    return cursor.commaList(")", () => ({
      type: parseType(cursor),
      kept: cursor.is("{") ? keptDictionary(cursor) : {},
    }));
  }

  /** `"func.func"() <{function_type = (T) -> U, sym_name = "f", …}> ({ ^bb0(…): … }) : () -> ()` */
  #genericFunc(): void {
    const cursor: Cursor = this.#cursor;
    const start = cursor.next();
    cursor.expect("(");
    cursor.expect(")");
    const header: GenericHeader = {
      name: undefined,
      visibility: "public",
      resultTypes: [],
      args: [],
      results: [],
    };
    cursor.expect("<");
    parseDictionary(cursor, (key) => this.#property(key, header));
    cursor.expect(">");
    cursor.expect("(");
    const body = new OperationParser(cursor, this.#locations).region();
    cursor.expect(")");
    if (cursor.is("{")) keptDictionary(cursor);
    cursor.expect(":");
    parseFunctionType(cursor);
    this.#locations.optional();
    const { name, visibility, resultTypes } = header;
    if (name === undefined) cursor.fail("this function has no sym_name", start);
    this.#functions.push({
      name,
      visibility,
      body,
      resultTypes,
      ...attributesOf(header.args, header.results),
    });
  }

  #property(key: string, header: GenericHeader): void {
    const cursor = this.#cursor;
    if (key === "sym_name") header.name = cursor.take("string");
    else if (key === "sym_visibility")
      header.visibility = cursor.take("string") === "private" ? "private" : "public";
    else if (key === "function_type") header.resultTypes = parseFunctionType(cursor).outputs;
    else if (key === "arg_attrs" || key === "res_attrs") {
      cursor.expect("[");
      const list = cursor.commaList("]", () => keptDictionary(cursor));
      if (key === "arg_attrs") header.args = list;
      else header.results = list;
    } else cursor.skipValue();
  }
}

interface GenericHeader {
  name: string | undefined;
  visibility: Func["visibility"];
  resultTypes: readonly TensorType[];
  args: readonly Kept[];
  results: readonly Kept[];
}

/** Leaves out lists of empty dictionaries. */
function attributesOf(
  args: readonly Kept[],
  results: readonly Kept[],
): Pick<Func, "argumentAttributes" | "resultAttributes"> {
  const some = (list: readonly Kept[]) => list.some((kept) => Object.keys(kept).length > 0);
  return {
    ...(some(args) ? { argumentAttributes: args } : {}),
    ...(some(results) ? { resultAttributes: results } : {}),
  };
}

const unquote = (text: string): string => (text.startsWith('"') ? text.slice(1, -1) : text);
