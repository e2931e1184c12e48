/** Reads uses of values and the types that stand behind them. */

import type { Value } from "../module.ts";
import { formatType, sameType, type TensorType } from "../tensor-type.ts";
import type { Cursor } from "./cursor.ts";
import type { Token } from "./lexer.ts";
import { keptDictionary } from "./parse-attributes.ts";
import { parseFunctionType, parseType } from "./parse-types.ts";
import { Scope } from "./scope.ts";

export const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

export class ValueParser {
  readonly cursor: Cursor;
  /** The names that can be used here. */
  protected scope = new Scope();

  constructor(cursor: Cursor) {
    this.cursor = cursor;
  }

  /** `%name` or `%name#1`. */
  value(): Value {
    const { token } = this.cursor;
    const name = this.cursor.take("value");
    const number = this.cursor.token.kind === "result" ? Number(this.cursor.next().text) : 0;
    const values = this.scope.find(name);
    if (values === undefined) this.cursor.fail(`%${name} is not defined here`, token);
    return (
      values[number] ??
      this.cursor.fail(`%${name} has ${counted(values.length, "result")}, there is no #${number}`, token)
    );
  }

  /** Values between commas; stops before a comma that no value follows. */
  values(): Value[] {
    if (this.cursor.token.kind !== "value") return [];
    const values = [this.value()];
    while (this.cursor.is(",") && this.cursor.peek(1).kind === "value") {
      this.cursor.next();
      values.push(this.value());
    }
    return values;
  }

  /** `(%a, %b)` */
  valueTuple(): Value[] {
    this.cursor.expect("(");
    return this.cursor.commaList(")", () => this.value());
  }

  /** The types that the text states for values must be those they have. */
  requireTypes(values: readonly Value[], stated: readonly TensorType[], at: Token): void {
    if (values.length !== stated.length)
      this.cursor.fail(`${counted(values.length, "operand")} with ${counted(stated.length, "type")}`, at);
    values.forEach(({ type }, index) => {
      if (!sameType(type, stated[index]))
        this.cursor.fail(
          `operand ${index} is a ${formatType(type)}, its type here is ${formatType(stated[index])}`,
          at,
        );
    });
  }

  /** `: (T, U) -> V` behind the operands; the types of the results. */
  functionType(operands: readonly Value[]): TensorType[] {
    this.colon();
    const at = this.cursor.token;
    const { inputs, outputs } = parseFunctionType(this.cursor);
    this.requireTypes(operands, inputs, at);
    return outputs;
  }

  /** CHLO's `: T, U -> V` or `: T -> (U, V)` behind the operands; the types of the results. */
  chloType(operands: readonly Value[]): TensorType[] {
    this.colon();
    const at = this.cursor.token;
    this.requireTypes(operands, this.typeList(), at);
    this.cursor.expect("->");
    if (!this.cursor.accept("(")) return [parseType(this.cursor)];
    return this.cursor.commaList(")", () => parseType(this.cursor));
  }

  /** `: T` for operands and result alike, or `: (T, U) -> V`. */
  sameOrFunctionType(operands: readonly Value[]): TensorType[] {
    this.colon();
    const at = this.cursor.token;
    if (this.cursor.is("(")) {
      const { inputs, outputs } = parseFunctionType(this.cursor);
      this.requireTypes(operands, inputs, at);
      return outputs;
    }
    const type = parseType(this.cursor);
    this.requireTypes(
      operands,
      operands.map(() => type),
      at,
    );
    return [type];
  }

  /** `T, U` */
  typeList(): TensorType[] {
    const types = [parseType(this.cursor)];
    while (this.cursor.accept(",")) types.push(parseType(this.cursor));
    return types;
  }

  /** Skips a dictionary of attributes that no form reads, then the colon before the types. */
  colon(): void {
    this.skipAttributes();
    this.cursor.expect(":");
  }

  skipAttributes(): void {
    if (this.cursor.is("{")) keptDictionary(this.cursor);
  }

  /** `, name = ` before the value of a named part. */
  named(name: string): void {
    this.cursor.expect(",");
    this.cursor.expect(name);
    this.cursor.expect("=");
  }
}
