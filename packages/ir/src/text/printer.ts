/** StableHLO text of modules, in the form that XLA's parser accepts. */

import type { Block, Func, Location, Module, Operation, Region, Value } from "../module.ts";
import { declarationOf, qualifiedName } from "../ops/table.ts";
import { formatType, formatTypes, sameType } from "../tensor-type.ts";
import { formOf } from "./forms/table.ts";
import { Names } from "./names.ts";
import { attributeEntries, dictionary, printKept } from "./print-attributes.ts";
import { quote, symbol } from "./syntax.ts";

export interface PrintOptions {
  /** Write `loc("file":line:column)` after every operation that has a location. */
  readonly locations?: boolean;
  /** `generic` writes every operation in the quoted form with `<{…}>`, which needs no knowledge of the op to read. */
  readonly form?: "pretty" | "generic";
  /**
   * Called with every function and operation and the first line of its text; gives comment lines to print under that
   * line. Operations that are not valid print too, in the generic form if need be.
   */
  readonly annotate?: (subject: Operation | Func, line: string) => readonly string[];
}

export function printModule(module: Module, options: PrintOptions = {}): string {
  const name = module.name === undefined ? "" : ` ${symbol(module.name)}`;
  const kept = module.attributes ? printKept(module.attributes) : [];
  const attributes = kept.length > 0 ? ` attributes${dictionary(kept)}` : "";
  const body = [
    ...(module.declarations ?? []).map((text) => `  ${text}\n`),
    ...module.functions.map((func) => new Printer(options, 1).func(func)),
  ];
  return `module${name}${attributes} {\n${body.join("")}}\n`;
}

export const printFunc = (func: Func, options: PrintOptions = {}): string =>
  new Printer(options, 0).func(func);

/** One operation on its own; values that it uses but that nothing defines here are named by their hints. */
export function printOperation(operation: Operation, options: PrintOptions = {}): string {
  const printer = new Printer(options, 0);
  printer.operands(operation.operands);
  return printer.operation(operation).trimEnd();
}

export const printLocation = ({ file, line, column, scope }: Location): string => {
  const place = `${quote(file)}:${line}:${column}`;
  return scope === undefined ? `loc(${place})` : `loc(${quote(scope)}(${place}))`;
};

/** Prints one function: it holds the names given so far and the depth of indentation. */
export class Printer {
  readonly names = new Names();
  readonly #options: PrintOptions;
  #depth: number;
  /** `return` and `call` are spelled without dialect in a function's own block. */
  #inRegion = false;

  constructor(options: PrintOptions, depth: number) {
    this.#options = options;
    this.#depth = depth;
  }

  get #indent(): string {
    return "  ".repeat(this.#depth);
  }

  func(func: Func): string {
    const args = func.body.arguments.map((argument, index) => {
      const kept = printKept(func.argumentAttributes?.[index] ?? {});
      return `${this.names.argument(argument)}: ${formatType(argument.type)}${dictionary(kept)}`;
    });
    const head = `func.func ${func.visibility} ${symbol(func.name)}(${args.join(", ")})`;
    const open = `${this.#indent}${head}${this.#funcResults(func)} {\n`;
    this.#depth++;
    const body = this.#operations(func.body);
    this.#depth--;
    return `${this.#annotated(func, open)}${body}${this.#indent}}\n`;
  }

  #funcResults({ resultTypes, resultAttributes }: Func): string {
    if (resultTypes.length === 0) return "";
    const results = resultTypes.map(
      (type, index) => `${formatType(type)}${dictionary(printKept(resultAttributes?.[index] ?? {}))}`,
    );
    const bare = results.length === 1 && !results[0].endsWith("}");
    return bare ? ` -> ${results[0]}` : ` -> (${results.join(", ")})`;
  }

  /** One operation with its regions, ending in a newline. */
  operation(operation: Operation): string {
    // Results before regions, so that the numbers in a region follow those around it.
    const results = this.names.results(operation);
    const text = this.#options.annotate === undefined ? this.#assembly(operation) : this.#safely(operation);
    const { location } = operation;
    const trail = this.#options.locations && location ? ` ${printLocation(location)}` : "";
    return this.#annotated(operation, `${this.#indent}${results}${text}${trail}\n`);
  }

  #annotated(subject: Operation | Func, text: string): string {
    if (this.#options.annotate === undefined) return text;
    const end = text.indexOf("\n") + 1;
    const notes = this.#options.annotate(subject, text.slice(0, end).trim());
    return text.slice(0, end) + notes.map((note) => `${this.#indent}// ${note}\n`).join("") + text.slice(end);
  }

  /** The text of an operation that may be invalid: what its own form cannot print is printed generically. */
  #safely(operation: Operation): string {
    try {
      return this.#assembly(operation);
    } catch {
      return this.#generic(operation);
    }
  }

  #assembly(operation: Operation): string {
    const form = this.#options.form === "generic" ? undefined : formOf(operation.opcode);
    if (form !== undefined) return `${this.#opName(operation)}${form.print(operation as never, this)}`;
    if (this.#options.form !== "generic" && declarationOf(operation.opcode).form === "elementwise")
      return `${this.#opName(operation)}${this.#elementwise(operation)}`;
    return this.#generic(operation);
  }

  #opName({ opcode }: Operation): string {
    if (opcode === "call") return this.#inRegion ? "func.call" : "call";
    if (opcode === "return") return this.#inRegion ? "stablehlo.return" : "return";
    return qualifiedName(opcode);
  }

  #elementwise(operation: Operation): string {
    const types = operation.operands.map(({ type }) => type);
    const results = operation.results.map(({ type }) => type);
    const operands = ` ${this.operands(operation.operands)} : `;
    if (operation.opcode.startsWith("chlo."))
      return `${operands}${formatTypes(types)} -> ${formatTypes(results)}`;
    const same = [...types, ...results].every((type) => sameType(type, results[0]));
    return same ? `${operands}${formatType(results[0])}` : `${operands}${this.functionType(operation)}`;
  }

  #generic(operation: Operation): string {
    const name =
      operation.opcode === "return" && !this.#inRegion ? "func.return" : qualifiedName(operation.opcode);
    const entries = attributeEntries(operation);
    const properties = entries.length > 0 ? ` <{${entries.join(", ")}}>` : "";
    const regions = operation.regions.map((region) => this.#genericRegion(region));
    const regionList = regions.length > 0 ? ` (${regions.join(", ")})` : "";
    return `"${name}"(${this.operands(operation.operands)})${properties}${regionList} : ${this.functionType(operation)}`;
  }

  /** `{ ^bb0(…): … }` over several lines. */
  #genericRegion(region: Region): string {
    const args = region.arguments.map((argument) => this.declare(argument));
    const label = args.length > 0 ? `${this.#indent}^bb0(${args.join(", ")}):\n` : "";
    return `{\n${label}${this.body(region)}${this.#indent}}`;
  }

  /** Names a block argument and gives `%name: type`. */
  declare(argument: Value): string {
    return `${this.names.argument(argument)}: ${formatType(argument.type)}`;
  }

  /** The operations of a region one level deeper. */
  body(region: Region): string {
    const outer = this.#inRegion;
    this.#inRegion = true;
    this.#depth++;
    const text = this.#operations(region);
    this.#depth--;
    this.#inRegion = outer;
    return text;
  }

  /** `{`, the region's operations, and `}` at the current indentation. */
  region(region: Region): string {
    return `{\n${this.body(region)}${this.#indent}}`;
  }

  /** A new line at the current indentation. */
  get newline(): string {
    return `\n${this.#indent}`;
  }

  #operations(block: Block): string {
    return block.operations.map((operation) => this.operation(operation)).join("");
  }

  operands(values: readonly Value[]): string {
    return values.map((value) => this.names.of(value)).join(", ");
  }

  /** `(T, U) -> V`. */
  functionType({ operands, results }: Operation): string {
    const outputs = results.map(({ type }) => type);
    const right = outputs.length === 1 ? formatType(outputs[0]) : `(${formatTypes(outputs)})`;
    return `(${formatTypes(operands.map(({ type }) => type))}) -> ${right}`;
  }
}
