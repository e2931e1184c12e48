/**
 * Programs: functions of the IR that run on arrays. Inside of a trace a program is called, and stays a function; outside it is
 * compiled once for each device, and runs.
 */

import { inlineFunction, member } from "@fluxion/autodiff";
import type { AttributesOf, Block, Func, Operation } from "@fluxion/ir";
import type { Device } from "@fluxion/runtime";
import type { Aval } from "../core/aval.ts";
import { config } from "../core/config.ts";
import { defaultDevice, deviceOf } from "../core/devices.ts";
import { alsoClear, type Compiled, compileTraced, runCompiled } from "../core/dispatch.ts";
import { withAval } from "../core/emit.ts";
import type { NDArray } from "../core/ndarray.ts";
import { RecentMap } from "../core/recent-map.ts";
import { currentTrace, type ModuleBuilder, type Trace } from "../core/trace.ts";
import { keepBatchingRule } from "./custom/batching-rules.ts";
import { structureOf } from "./structure.ts";

/** Attributes of a call that do not change what it computes. */
export type Treatment = Omit<AttributesOf<"call">, "callee">;

const compiledPrograms = new RecentMap<Compiled>(1024);
alsoClear(() => compiledPrograms.clear());

let inlines = false;

/** Runs `trace`, in which programs are no functions of their own: where somebody reads what is traced. */
export function inliningPrograms<T>(trace: () => T): T {
  const saved = inlines;
  inlines = true;
  try {
    return trace();
  } finally {
    inlines = saved;
  }
}

/** A function of the IR with the functions that it calls. */
export class Program {
  readonly func: Func;
  readonly module: ModuleBuilder;
  /** What messages and dumps call it. */
  readonly label: string;
  /** Functions of the module that belong to this one alone. */
  readonly #parts: readonly string[];
  readonly #compiled = new Map<string, Compiled>();
  readonly #names = new WeakMap<ModuleBuilder, string>();

  constructor(func: Func, module: ModuleBuilder, label = func.name, parts: readonly string[] = []) {
    this.func = func;
    this.module = module;
    this.label = label;
    this.#parts = parts;
  }

  /**
   * The results of the program for these operands: staged under a trace, computed otherwise.
   * @param avals Types of the results; weak types and keys are not part of the IR.
   * @param treatment How transformations treat a staged call.
   */
  call(operands: readonly NDArray[], avals: readonly Aval[], treatment: Treatment = {}): NDArray[] {
    const trace = currentTrace();
    if (trace === undefined) return this.#run(operands, avals);
    if (inlines && Object.keys(treatment).length === 0) return this.#inline(trace, operands, avals);
    const attributes = { ...treatment, callee: this.nameIn(trace.module) };
    const results = trace.emit("call", operands, attributes, { types: this.func.resultTypes });
    return results.map((x, i) => withAval(x, avals[i]));
  }

  /** Emits the operations of the program into a trace. */
  #inline(trace: Trace, operands: readonly NDArray[], avals: readonly Aval[]): NDArray[] {
    const { module } = trace;
    const func = module === this.module ? this.func : new Importer(this.module, module).copy(this.func);
    const values = operands.map((x) => trace.lift(x));
    const { operations, results } = inlineFunction(module, func, values, (name) =>
      this.#parts.includes(name),
    );
    trace.builder.operations.push(...operations);
    return results.map((value, i) => trace.wrap(value, avals[i]));
  }

  /** The name of the function in a module, to which it is added when first asked for. */
  nameIn(module: ModuleBuilder): string {
    const known = this.#names.get(module);
    if (known !== undefined) return known;
    const name =
      module === this.module ? module.add(this.func) : new Importer(this.module, module).add(this.func);
    this.#names.set(module, name);
    return name;
  }

  #run(operands: readonly NDArray[], avals: readonly Aval[]): NDArray[] {
    const device = deviceOf(operands, this.label) ?? defaultDevice();
    const key = `${device}${config.traceKey}`;
    const compiled = this.#compiled.get(key) ?? this.#compile(device, avals, key);
    return runCompiled({ ...compiled, resultAvals: avals }, operands);
  }

  /** Compiles the program, unless another of the same structure has been compiled. */
  #compile(device: Device, avals: readonly Aval[], key: string): Compiled {
    const { func, module } = this;
    const structure = `${key}|${structureOf(func, module, false)}`;
    const traced = { func, captured: [], resultAvals: avals, module };
    const compiled =
      compiledPrograms.get(structure) ?? compileTraced(traced, device, func.name, { label: this.label });
    compiledPrograms.set(structure, compiled);
    this.#compiled.set(key, compiled);
    return compiled;
  }
}

/** Attributes of calls that name functions. */
const symbols = ["callee", "custom_jvp", "custom_vjp_forward", "custom_vjp_backward"] as const;

/** Copies functions from one module to another, with those that they call and the rules that they name. */
class Importer {
  readonly #from: ModuleBuilder;
  readonly #to: ModuleBuilder;
  readonly #names = new Map<string, string>();

  constructor(from: ModuleBuilder, to: ModuleBuilder) {
    this.#from = from;
    this.#to = to;
  }

  add(func: Func): string {
    return this.#to.add(this.copy(func));
  }

  copy(func: Func): Func {
    return { ...func, body: this.#block(func.body) };
  }

  #block(block: Block): Block {
    return { ...block, operations: block.operations.map((op) => this.#operation(op)) };
  }

  #operation(op: Operation): Operation {
    if (op.opcode === "call") {
      const renamed = symbols.flatMap((attribute) => {
        const name = op.attributes[attribute];
        if (name === undefined) return [];
        const isFamily = attribute !== "callee" && op.attributes.symbolic_zeros !== undefined;
        const own = isFamily ? this.#importFamily(name) : this.#import(name, attribute !== "callee");
        return [[attribute, own] as const];
      });
      keepBatchingRule(this.#to, op.attributes.custom_batching);
      return { ...op, attributes: { ...op.attributes, ...Object.fromEntries(renamed) } };
    }
    if (op.regions.length === 0) return op;
    return { ...op, regions: op.regions.map((region) => this.#block(region)) } as Operation;
  }

  #importFamily(name: string): string {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    const own = this.#to.addFamily(name, (...masks) => this.#copyOf(member(name, ...masks)));
    this.#names.set(name, own);
    return own;
  }

  #copyOf(name: string): Func {
    const func = this.#from.find(name);
    if (func === undefined) throw new Error(`the module has no function @${name}`);
    return this.copy(func);
  }

  /** A rule may call the function that it belongs to, so it is copied when it is looked for. */
  #import(name: string, isRule: boolean): string {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    const own = isRule ? this.#to.addLazy(name, () => this.#copyOf(name)) : this.#to.add(this.#copyOf(name));
    this.#names.set(name, own);
    return own;
  }
}
