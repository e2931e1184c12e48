/**
 * The structure of a program as text: two functions with equal text compute the same of equal arguments. Caches are keyed
 * by it, so that a function that is traced again needs no second compilation.
 */

import {
  type Block,
  bytesOfStorage,
  type Func,
  type Literal,
  type Operation,
  type TensorType,
  type Value,
} from "@fluxion/ir";
import type { ModuleBuilder } from "../core/trace.ts";

const typeText = ({ dtype, shape }: TensorType): string => `${dtype}${shape.join("x")}`;

const isLiteral = (value: unknown): value is Literal =>
  typeof value === "object" && value !== null && "splat" in value;

const literalText = ({ type, data, splat }: Literal): string =>
  `${typeText(type)}${splat ? "*" : ""}${bytesOfStorage(data).join()}`;

function attributeText(value: unknown): string {
  if (isLiteral(value)) return literalText(value);
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** Attributes of calls that name no function. */
const plain: ReadonlySet<string> = new Set([
  "checkpoint",
  "checkpoint_name",
  "no_tangent",
  "custom_batching",
  "closed_over",
  "symbolic_zeros",
]);

const ids = new WeakMap<ModuleBuilder, number>();
let modules = 0;

/** Of a family of rules nothing is known but itself. */
function idOf(module: ModuleBuilder): number {
  const id = ids.get(module) ?? modules++;
  ids.set(module, id);
  return id;
}

class StructureText {
  readonly #module: ModuleBuilder;
  readonly #withRules: boolean;
  readonly #parts: string[] = [];
  readonly #values = new Map<Value, number>();
  readonly #functions = new Map<string, number>();

  constructor(module: ModuleBuilder, withRules: boolean) {
    this.#module = module;
    this.#withRules = withRules;
  }

  of(func: Func): string {
    this.#function(func, this.#withRules);
    return this.#parts.join(" ");
  }

  #function({ body, resultTypes }: Func, withRules: boolean): void {
    this.#parts.push("(");
    this.#block(body, withRules);
    this.#parts.push(`)${resultTypes.map(typeText).join()}`);
  }

  #block(block: Block, withRules: boolean): void {
    for (const arg of block.arguments) this.#parts.push(`${this.#define(arg)}:${typeText(arg.type)}`);
    for (const op of block.operations) this.#operation(op, withRules);
  }

  #define(value: Value): number {
    const number = this.#values.size;
    this.#values.set(value, number);
    return number;
  }

  #operation(op: Operation, withRules: boolean): void {
    const operands = op.operands.map((value) => this.#values.get(value)).join();
    this.#parts.push(`;${op.opcode}`, operands);
    for (const [name, value] of Object.entries(op.attributes)) {
      if (op.opcode !== "call" || plain.has(name)) this.#parts.push(`${name}=${attributeText(value)}`);
    }
    if (op.opcode === "call") this.#call(op.attributes, withRules);
    for (const region of op.regions) {
      this.#parts.push("{");
      this.#block(region, withRules);
      this.#parts.push("}");
    }
    this.#parts.push(op.results.map((value) => `${this.#define(value)}:${typeText(value.type)}`).join());
  }

  /** Rules of rules are left out: a derivative runs the rules of a function, it does not differentiate them. */
  #call(attributes: Extract<Operation, { opcode: "call" }>["attributes"], withRules: boolean): void {
    const { callee, custom_jvp, custom_vjp_forward, custom_vjp_backward } = attributes;
    const rules = { custom_jvp, custom_vjp_forward, custom_vjp_backward };
    this.#reference("", callee, withRules);
    if (!withRules) return;
    for (const [name, rule] of Object.entries(rules)) {
      if (rule === undefined) continue;
      if (attributes.symbolic_zeros === undefined) this.#reference(name, rule, false);
      else this.#parts.push(`${name}@${idOf(this.#module)} ${rule}`);
    }
  }

  #reference(role: string, name: string, withRules: boolean): void {
    const key = `${withRules} ${name}`;
    const known = this.#functions.get(key);
    this.#parts.push(`${role}@${known ?? ""}`);
    if (known !== undefined) return;
    this.#functions.set(key, this.#functions.size);
    const func = this.#module.find(name);
    if (func === undefined) throw new Error(`the module has no function @${name}`);
    this.#function(func, withRules);
  }
}

/**
 * The structure of a function and of those that it calls.
 * @param withRules Whether the rules that calls name for transformations count; a program that only runs needs none.
 */
export const structureOf = (func: Func, module: ModuleBuilder, withRules: boolean): string =>
  new StructureText(module, withRules).of(func);
