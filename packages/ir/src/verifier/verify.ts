/**
 * The verifier of the tensor IR. What holds in a valid module:
 *
 * - function names are unique, every `call` names a function whose signature it fits, and calls never recur;
 * - every block ends with its only `return`, and a function returns its declared result types;
 * - every value is defined once, before it is used, in its own block or one around it; functions capture nothing;
 * - an operation has every attribute that its declaration requires, of the declared kind, and no other;
 * - it has the declared number of regions, and its result types are those that inference gives;
 * - a constant holds as many elements as its type says, in the storage of its dtype.
 */

import { inferTypes } from "../builder.ts";
import { InferenceError } from "../errors.ts";
import type { Block, Func, Module, Operation, Value } from "../module.ts";
import type { AttributeKind } from "../ops/schema.ts";
import { declarationOf, isOpcode, qualifiedName } from "../ops/table.ts";
import { formatTypes, sameType, type TensorType } from "../tensor-type.ts";
import { symbol } from "../text/syntax.ts";
import { attributeProblem, typeProblem } from "./attribute-kinds.ts";
import { type Diagnostic, VerificationError, withLines } from "./diagnostics.ts";

/** Every error of the module, in the order of its text. */
export function verify(module: Module): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const names = new Set<string>();
  for (const func of module.functions) {
    const verifier = new FunctionVerifier(module, func);
    if (names.has(func.name))
      verifier.report(undefined, `the name ${symbol(func.name)} is taken by another function`);
    names.add(func.name);
    verifier.run();
    diagnostics.push(...withLines(func, verifier.diagnostics));
  }
  diagnostics.push(...recursions(module));
  return diagnostics;
}

/** Throws `VerificationError`, which shows every error under its line of IR. */
export function assertValid(module: Module): void {
  const diagnostics = verify(module);
  if (diagnostics.length > 0) throw new VerificationError(diagnostics);
}

class FunctionVerifier {
  readonly diagnostics: Diagnostic[] = [];
  readonly #module: Module;
  readonly #func: Func;
  readonly #defined = new Set<Value>();
  readonly #visible = new Set<Value>();

  constructor(module: Module, func: Func) {
    this.#module = module;
    this.#func = func;
  }

  report(operation: Operation | undefined, message: string): void {
    this.diagnostics.push({ func: this.#func, operation, message, line: "" });
  }

  run(): void {
    const { body, resultTypes } = this.#func;
    this.#block(body, undefined);
    const last = body.operations[body.operations.length - 1];
    if (last?.opcode !== "return") return;
    const returned = last.operands.map(({ type }) => type);
    if (!sameTypes(returned, resultTypes))
      this.report(
        last,
        `returns (${formatTypes(returned)}), the function declares (${formatTypes(resultTypes)})`,
      );
  }

  /** Verifies a block; its values leave scope at its end. */
  #block(block: Block, owner: Operation | undefined): void {
    const own: Value[] = [];
    for (const argument of block.arguments) this.#define(argument, own, owner);
    const last = block.operations.length - 1;
    if (last < 0) this.report(owner, "a block must end with return, this one is empty");
    block.operations.forEach((operation, index) => {
      const ends = operation.opcode === "return";
      if (ends && index < last) this.report(operation, "return stands before the end of its block");
      this.#operation(operation);
      if (!ends && index === last) this.report(operation, "the block ends here without return");
      for (const result of operation.results) this.#define(result, own, operation);
    });
    for (const value of own) this.#visible.delete(value);
  }

  #define(value: Value, own: Value[], operation: Operation | undefined): void {
    if (this.#defined.has(value)) this.report(operation, "this value is defined twice");
    const problem = typeProblem(value.type);
    if (problem !== undefined) this.report(operation, `a value ${problem}`);
    this.#defined.add(value);
    this.#visible.add(value);
    own.push(value);
  }

  #operation(operation: Operation): void {
    if (!isOpcode(operation.opcode)) {
      this.report(operation, `unknown opcode ${String(operation.opcode)}`);
      return;
    }
    operation.operands.forEach((operand, index) => {
      if (this.#visible.has(operand)) return;
      const known = this.#defined.has(operand);
      this.report(
        operation,
        `operand ${index} is ${known ? "out of scope here" : "not defined before this use"}`,
      );
    });
    const sound = [this.#attributes(operation), this.#regions(operation)].every(Boolean);
    for (const region of operation.regions) this.#block(region, operation);
    if (sound) this.#types(operation);
    if (operation.opcode === "call") this.#call(operation);
  }

  #attributes(operation: Operation): boolean {
    const before = this.diagnostics.length;
    const schema = declarationOf(operation.opcode).attributes;
    const values = operation.attributes as Readonly<Record<string, unknown>>;
    for (const [name, declared] of Object.entries(schema)) {
      const kind = declared.replace("?", "") as AttributeKind;
      const value = values[name];
      if (value === undefined) {
        if (!declared.endsWith("?")) this.report(operation, `attribute ${name} is missing`);
        continue;
      }
      const problem = attributeProblem(kind, value);
      if (problem !== undefined) this.report(operation, `attribute ${name} ${problem}`);
    }
    for (const name of Object.keys(values)) {
      if (!Object.hasOwn(schema, name))
        this.report(operation, `${qualifiedName(operation.opcode)} has no attribute ${name}`);
    }
    return this.diagnostics.length === before;
  }

  #regions(operation: Operation): boolean {
    const { regions: names } = declarationOf(operation.opcode);
    const any = names[names.length - 1]?.startsWith("*") ?? false;
    const count = operation.regions.length;
    const counted = any ? count >= names.length - 1 : count === names.length;
    if (!counted) this.report(operation, `needs ${names.length} regions, has ${count}`);
    return (
      counted &&
      operation.regions.every(({ operations }) => operations[operations.length - 1]?.opcode === "return")
    );
  }

  /** Infers the result types again and compares. */
  #types(operation: Operation): void {
    const declared = operation.results.map(({ type }) => type);
    let inferred: readonly TensorType[];
    try {
      inferred = inferTypes(
        operation.opcode,
        operation.operands,
        operation.attributes as never,
        operation.regions,
        declared,
      );
    } catch (error) {
      if (!(error instanceof InferenceError)) throw error;
      this.report(operation, error.message);
      return;
    }
    if (!sameTypes(inferred, declared))
      this.report(
        operation,
        `results are (${formatTypes(declared)}), inference gives (${formatTypes(inferred)})`,
      );
  }

  #call(operation: Operation & { readonly opcode: "call" }): void {
    const { callee, custom_jvp, custom_vjp_forward, custom_vjp_backward } = operation.attributes;
    const rules = { custom_jvp, custom_vjp_forward, custom_vjp_backward };
    for (const [attribute, name] of Object.entries(rules)) {
      if (name !== undefined && !this.#module.functions.some((func) => func.name === name))
        this.report(operation, `${attribute} names ${symbol(name)}, which the module does not have`);
    }
    const target = this.#module.functions.find(({ name }) => name === callee);
    if (target === undefined) {
      this.report(operation, `the module has no function ${symbol(String(callee))}`);
      return;
    }
    const given = operation.operands.map(({ type }) => type);
    const taken = target.body.arguments.map(({ type }) => type);
    if (!sameTypes(given, taken))
      this.report(operation, `${symbol(callee)} takes (${formatTypes(taken)}), got (${formatTypes(given)})`);
    const results = operation.results.map(({ type }) => type);
    if (!sameTypes(results, target.resultTypes))
      this.report(
        operation,
        `${symbol(callee)} returns (${formatTypes(target.resultTypes)}), the call declares (${formatTypes(results)})`,
      );
  }
}

const sameTypes = (a: readonly TensorType[], b: readonly TensorType[]): boolean =>
  a.length === b.length && a.every((type, index) => sameType(type, b[index]));

/** Functions that call themselves, directly or through others. */
function recursions(module: Module): Diagnostic[] {
  const callees = new Map<string, Set<string>>();
  for (const { name, body } of module.functions)
    callees.set(name, new Set([...(callees.get(name) ?? []), ...calledBy(body)]));
  return module.functions
    .filter(({ name }) => reaches(callees, name, name))
    .flatMap((func) => {
      const message = `${symbol(func.name)} calls itself: recursion is not allowed`;
      return withLines(func, [{ func, operation: undefined, message, line: "" }]);
    });
}

const calledBy = (block: Block): string[] =>
  block.operations.flatMap((operation) => [
    ...(operation.opcode === "call" ? [operation.attributes.callee] : []),
    ...operation.regions.flatMap(calledBy),
  ]);

function reaches(callees: ReadonlyMap<string, ReadonlySet<string>>, from: string, to: string): boolean {
  const seen = new Set<string>();
  const pending = [...(callees.get(from) ?? [])];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (name === to) return true;
    if (seen.has(name)) continue;
    seen.add(name);
    pending.push(...(callees.get(name) ?? []));
  }
  return false;
}
