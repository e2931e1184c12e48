/** A module of a traced function: with the functions that it reaches, and no others. */

import type { Block, Func, Module, Operation } from "@fluxion/ir";
import type { ModuleBuilder, TracedFunction } from "./trace.ts";

type Call = Extract<Operation, { opcode: "call" }>;

const rules = ["custom_jvp", "custom_vjp_forward", "custom_vjp_backward"] as const;
/** What says something of rules. */
const ofRules = ["closed_over", "symbolic_zeros"];

/** Rules that nobody has asked for are not made: a program that runs does not need them. */
function withMadeRules(op: Call, functions: ModuleBuilder): Call {
  const named = rules.filter((rule) => op.attributes[rule] !== undefined);
  const missing = named.filter((rule) => !functions.has(op.attributes[rule] ?? ""));
  if (missing.length === 0) return op;
  const dropped: readonly string[] = missing.length === named.length ? [...missing, ...ofRules] : missing;
  const kept = Object.entries(op.attributes).filter(([name]) => !dropped.includes(name));
  return { ...op, attributes: Object.fromEntries(kept) as unknown as Call["attributes"] };
}

class Linker {
  readonly #functions: ModuleBuilder;
  readonly reached = new Map<string, Func>();

  constructor(functions: ModuleBuilder) {
    this.#functions = functions;
  }

  func(func: Func): Func {
    const body = this.#block(func.body);
    return body === func.body ? func : { ...func, body };
  }

  #block(block: Block): Block {
    const operations = block.operations.map((op) => this.#operation(op));
    const same = operations.every((op, i) => op === block.operations[i]);
    return same ? block : { ...block, operations };
  }

  #operation(op: Operation): Operation {
    if (op.opcode === "call") return this.#call(op);
    if (op.regions.length === 0) return op;
    const regions = op.regions.map((region) => this.#block(region));
    return regions.every((region, i) => region === op.regions[i]) ? op : ({ ...op, regions } as Operation);
  }

  #call(given: Call): Call {
    const op = withMadeRules(given, this.#functions);
    this.#reach(op.attributes.callee);
    for (const rule of rules) {
      const name = op.attributes[rule];
      if (name !== undefined) this.#reach(name);
    }
    return op;
  }

  #reach(name: string): void {
    if (this.reached.has(name)) return;
    const func = this.#functions.find(name);
    if (func === undefined) throw new Error(`the module has no function @${name}`);
    this.reached.set(name, func); // first, for a rule may call the function that it belongs to
    this.reached.set(name, this.func(func));
  }
}

/** The traced function as `main`, with what it calls. */
export function moduleOf(traced: TracedFunction, name: string): Module {
  const linker = new Linker(traced.module);
  const main: Func = { ...linker.func(traced.func), name: "main", visibility: "public" };
  const functions = traced.module.functions.flatMap((func) => linker.reached.get(func.name) ?? []);
  return { name, functions: [main, ...functions] };
}
