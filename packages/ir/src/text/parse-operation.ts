/** Reads operations, regions and the values that they use. */

import { type Block, type Location, type Operation, type Region, Value } from "../module.ts";
import type { AttributeKind } from "../ops/schema.ts";
import { declarationOf, isOpcode, type Opcode } from "../ops/table.ts";
import type { TensorType } from "../tensor-type.ts";
import type { Cursor } from "./cursor.ts";
import { type CheckForm, parseCheck } from "./forms/check.ts";
import type { Parsed } from "./forms/form.ts";
import { formOf } from "./forms/table.ts";
import type { Token } from "./lexer.ts";
import { attributeParsers, parseDictionary } from "./parse-attributes.ts";
import type { LocationParser } from "./parse-locations.ts";
import { parseFunctionType, parseType } from "./parse-types.ts";
import { counted, ValueParser } from "./parse-values.ts";
import { Scope } from "./scope.ts";

/** Names left of `=`: each stands for `count` results. */
interface ResultName {
  readonly name: string;
  readonly count: number;
  readonly token: Token;
}

/** An argument of a region: its name if the text gives one, and its type. */
export interface RegionArgument {
  readonly name: string | undefined;
  readonly type: TensorType;
}

export class OperationParser extends ValueParser {
  readonly #locations: LocationParser;
  /** Operations of the block being read; forms that stand for several operations add theirs. */
  #operations: Operation[] = [];

  constructor(cursor: Cursor, locations: LocationParser) {
    super(cursor);
    this.#locations = locations;
  }

  /** Operations up to the closing brace, which is consumed; the block's arguments are already in scope. */
  block(args: readonly Value[]): Block {
    return this.cursor.nested(() => {
      const outer = this.#operations;
      this.#operations = [];
      while (!this.cursor.is("}")) {
        if (this.cursor.token.kind === "block") this.cursor.fail("a region has exactly one block");
        this.operation();
      }
      this.cursor.expect("}");
      const block = { arguments: args, operations: this.#operations };
      this.#operations = outer;
      return block;
    });
  }

  /** `{ … }` in a scope of its own; the form names the arguments, or a `^bb0(…)` label does. */
  region(named: readonly RegionArgument[] = []): Region {
    this.cursor.expect("{");
    const outer = this.scope;
    this.scope = new Scope(outer);
    const args = this.cursor.token.kind === "block" ? this.#label() : named;
    const values = args.map(({ name, type }) => this.argument(name, type));
    const region = this.block(values);
    this.scope = outer;
    return region;
  }

  /** `^bb0(%a: T, %b: U):` */
  #label(): RegionArgument[] {
    this.cursor.take("block");
    const args = this.cursor.accept("(") ? this.cursor.commaList(")", () => this.typedArgument()) : [];
    this.cursor.expect(":");
    return args;
  }

  /** `%a: T` with an optional location. */
  typedArgument(): RegionArgument {
    const name = this.cursor.take("value");
    this.cursor.expect(":");
    const type = parseType(this.cursor);
    this.#locations.optional();
    return { name, type };
  }

  /** A block argument in the current scope. */
  argument(name: string | undefined, type: TensorType): Value {
    const value = new Value(type, hintOf(name));
    if (name !== undefined) this.#define(name, [value], this.cursor.token);
    return value;
  }

  #define(name: string, values: readonly Value[], at: { readonly start: number }): void {
    if (this.scope.find(name) !== undefined) this.cursor.fail(`%${name} is already defined`, at);
    this.scope.define(name, values);
  }

  /** One operation with its results and location. */
  operation(): void {
    const names = this.#resultNames();
    const { token } = this.cursor;
    if (token.kind === "string") this.#generic(names);
    else if (token.kind === "bare") this.#pretty(names);
    else this.cursor.expected("an operation");
  }

  #resultNames(): ResultName[] {
    if (this.cursor.token.kind !== "value") return [];
    const names: ResultName[] = [];
    do {
      const { token } = this.cursor;
      const name = this.cursor.take("value");
      names.push({ name, count: this.cursor.accept(":") ? this.cursor.integer() : 1, token });
    } while (this.cursor.accept(","));
    this.cursor.expect("=");
    return names;
  }

  #pretty(names: readonly ResultName[]): void {
    const token = this.cursor.next();
    if (token.text.startsWith("check.")) this.#check(token, names);
    else if (token.text === "sdy.sharding_constraint") this.#shardingConstraint(names, token);
    else {
      const opcode = this.#opcode(token);
      this.add(opcode, this.#form(opcode, token), names, token);
    }
  }

  #form(opcode: Opcode, token: Token): Parsed<Opcode> {
    const form = formOf(opcode);
    if (form !== undefined) return form.parse(this) as Parsed<Opcode>;
    if (declarationOf(opcode).form === "elementwise") return this.#elementwise() as Parsed<Opcode>;
    return this.cursor.fail(`${token.text} has only the generic form: "${token.text}"(…)`, token);
  }

  /** `%a, %b : T`, `: (T, U) -> V`, or CHLO's `: T, U -> V`. */
  #elementwise(): Parsed<"add"> {
    const operands = this.values();
    this.colon();
    const at = this.cursor.token;
    if (this.cursor.is("(")) {
      const { inputs, outputs } = parseFunctionType(this.cursor);
      this.requireTypes(operands, inputs, at);
      return { operands, attributes: {}, types: outputs };
    }
    const stated = this.typeList();
    const arrow = this.cursor.accept("->");
    const inputs = arrow || stated.length > 1 ? stated : operands.map(() => stated[0]);
    this.requireTypes(operands, inputs, at);
    return { operands, attributes: {}, types: [arrow ? parseType(this.cursor) : stated[0]] };
  }

  /** `"dialect.op"(%a) <{…}> ({…}) {…} : (T) -> U` */
  #generic(names: readonly ResultName[]): void {
    const token = this.cursor.next();
    if (token.text === "sdy.sharding_constraint") {
      this.#shardingConstraint(names, token);
      return;
    }
    const opcode = this.#opcode(token);
    const operands = this.valueTuple();
    const attributes: Record<string, unknown> = {};
    if (this.cursor.accept("<")) {
      this.#attributes(opcode, attributes);
      this.cursor.expect(">");
    }
    const regions: Region[] = [];
    if (this.cursor.accept("(")) regions.push(...this.cursor.commaList(")", () => this.region()));
    if (this.cursor.is("{")) this.#attributes(opcode, attributes);
    const types = this.functionType(operands);
    this.add(opcode, { operands, attributes: attributes as never, types, regions }, names, token);
  }

  /** Reads the attributes that the op declares; `custom_call` keeps the others, elsewhere they mean nothing. */
  #attributes(opcode: Opcode, into: Record<string, unknown>): void {
    const schema = declarationOf(opcode).attributes;
    const keeper = Object.keys(schema).find((name) => schema[name].startsWith("text"));
    const kept: Record<string, string> = {};
    parseDictionary(this.cursor, (key, hasValue) => {
      const kind = Object.hasOwn(schema, key) ? (schema[key].replace("?", "") as AttributeKind) : undefined;
      if (kind === undefined || kind === "text") kept[key] = hasValue ? this.cursor.skipValue() : "";
      else if (!hasValue && kind === "bool") into[key] = true;
      else into[key] = attributeParsers[kind](this.cursor);
    });
    if (keeper !== undefined && Object.keys(kept).length > 0)
      into[keeper] = { ...(into[keeper] as object | undefined), ...kept };
  }

  /** The attributes of `custom_call` in its pretty form. */
  declaredAttributes(opcode: Opcode): Record<string, unknown> {
    const attributes: Record<string, unknown> = {};
    if (this.cursor.is("{")) this.#attributes(opcode, attributes);
    return attributes;
  }

  #opcode(token: Token): Opcode {
    return (
      opcodeNamed(token.text) ??
      this.cursor.fail(`'${token.text}' is not an operation that Fluxion has`, token)
    );
  }

  /** The opcode that a token names. */
  opcodeAt(): Opcode {
    const { token } = this.cursor;
    this.cursor.take("bare");
    return this.#opcode(token);
  }

  #check(token: Token, names: readonly ResultName[]): void {
    const { target, operands, constant, rest }: CheckForm = parseCheck(this, token);
    const location = this.#locations.optional();
    const value =
      constant === undefined ? [] : this.add("constant", constantOf(constant), [], token, location);
    const attributes = { call_target_name: target, has_side_effect: true, ...(rest ? { rest } : {}) };
    const call = { operands: [...operands, ...value], attributes, types: [] };
    this.add("custom_call", call, names, token, location);
  }

  /**
   * `sdy.sharding_constraint %a <@mesh, […]> : T` and its generic form become the `Sharding` target, the identity, which
   * says the same with an attribute.
   */
  #shardingConstraint(names: readonly ResultName[], at: Token): void {
    const { cursor } = this;
    const generic = at.kind === "string";
    const operands = generic ? this.valueTuple() : [this.value()];
    if (!cursor.is("<")) cursor.expected("'<'");
    let sharding = "";
    if (generic) {
      cursor.next();
      parseDictionary(cursor, () => {
        sharding = cursor.skipValue().replace("#sdy.sharding", "");
      });
      cursor.expect(">");
    } else sharding = cursor.skipValue(false);
    const types = this.sameOrFunctionType(operands);
    const rest = { "sdy.sharding": `#sdy.sharding_per_value<[${sharding}]>` };
    this.add(
      "custom_call",
      { operands, attributes: { call_target_name: "Sharding", rest }, types },
      names,
      at,
    );
  }

  /** Makes the operation, names its results and appends it to the block. */
  add<K extends Opcode>(
    opcode: K,
    { operands, attributes, types, regions = [] }: Parsed<K>,
    names: readonly ResultName[],
    at: Token,
    location: Location | undefined = this.#locations.optional(),
  ): readonly Value[] {
    const named = names.reduce((sum, { count }) => sum + count, 0);
    if (named !== types.length && names.length > 0)
      this.cursor.fail(
        `the operation has ${counted(types.length, "result")}, the text names ${named}`,
        names[0].token ?? at,
      );
    const results: Value[] = [];
    for (const { name, count } of names) {
      for (let i = 0; i < count; i++)
        results.push(new Value(types[results.length], i === 0 ? hintOf(name) : undefined));
    }
    while (results.length < types.length) results.push(new Value(types[results.length]));
    let first = 0;
    for (const { name, count, token } of names) {
      this.#define(name, results.slice(first, first + count), token);
      first += count;
    }
    this.#operations.push({
      opcode,
      operands,
      attributes,
      regions,
      results,
      location,
    } as unknown as Operation);
    return results;
  }
}

/** `return`, `func.call`, `stablehlo.add`, `chlo.erf`. */
function opcodeNamed(text: string): Opcode | undefined {
  const [dialect, ...rest] = text.split(".");
  const name = rest.length === 0 ? dialect : rest.join(".");
  if (name === "call" && (rest.length === 0 || dialect === "func")) return "call";
  if (name === "return" && (rest.length === 0 || dialect === "func" || dialect === "stablehlo"))
    return "return";
  if (rest.length === 0 || name === "call") return undefined;
  if (dialect === "stablehlo") return isOpcode(name) && !name.includes(".") ? name : undefined;
  return isOpcode(text) ? text : undefined;
}

const constantOf = (value: NonNullable<CheckForm["constant"]>): Parsed<"constant"> => ({
  operands: [],
  attributes: { value },
  types: [value.type],
});

/** Numbers are no hints: printing numbers the values anew. */
const hintOf = (name: string | undefined): string | undefined =>
  name === undefined || /^\d/.test(name) ? undefined : name;
