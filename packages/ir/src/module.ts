/**
 * Modules, functions, blocks and operations: typed SSA. Every structure is immutable once built; passes re-emit into
 * a `Builder`.
 */

import type { AttributesOf, Opcode } from "./ops/table.ts";
import type { TensorType } from "./tensor-type.ts";

/** A place in the user's program. Lines and columns count from 1. */
export interface Location {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Name of the user's function that holds the line, if it has one. */
  readonly scope?: string;
}

/** An SSA value: identity is the object itself. */
export class Value {
  readonly type: TensorType;
  /** Name that the user or the text gave it; printing makes it unique. */
  readonly hint: string | undefined;

  constructor(type: TensorType, hint?: string) {
    this.type = type;
    this.hint = hint;
  }
}

/** One straight line of operations; the last is always `return`. */
export interface Block {
  readonly arguments: readonly Value[];
  readonly operations: readonly Operation[];
}

/** A region of the IR has exactly one block; it may capture values of the blocks around it. */
export type Region = Block;

/** One operation with opcode `K`. */
export interface OperationOf<K extends Opcode> {
  readonly opcode: K;
  readonly operands: readonly Value[];
  readonly attributes: AttributesOf<K>;
  readonly regions: readonly Region[];
  readonly results: readonly Value[];
  readonly location: Location | undefined;
}

/** Any operation; testing `opcode` narrows the attributes. */
export type Operation = { readonly [K in Opcode]: OperationOf<K> }[Opcode];

export interface Func {
  readonly name: string;
  readonly visibility: "public" | "private";
  readonly body: Block;
  readonly resultTypes: readonly TensorType[];
  /** Attribute dictionaries of the arguments and results, as text kept from parsing (`jax.result_info` and so on). */
  readonly argumentAttributes?: readonly Readonly<Record<string, string>>[];
  readonly resultAttributes?: readonly Readonly<Record<string, string>>[];
}

export interface Module {
  readonly name: string | undefined;
  readonly functions: readonly Func[];
  /** Attributes as text kept from parsing (`mhlo.num_partitions`). */
  readonly attributes?: Readonly<Record<string, string>>;
  /** Other top-level operations as text kept from parsing (`sdy.mesh`). */
  readonly declarations?: readonly string[];
}

/** The function that a module runs: `main`, or the only public one. */
export const mainFunction = (module: Module): Func => {
  const publicOnes = module.functions.filter((f) => f.visibility === "public");
  const main = module.functions.find((f) => f.name === "main") ?? publicOnes[0] ?? module.functions[0];
  if (main === undefined) throw new Error("the module has no function to run");
  return main;
};

export const findFunction = (module: Module, name: string): Func => {
  const found = module.functions.find((f) => f.name === name);
  if (found === undefined) throw new Error(`the module has no function @${name}`);
  return found;
};

/** The values that the block returns. */
export const returned = (block: Block): readonly Value[] => {
  const last = block.operations[block.operations.length - 1];
  if (last === undefined || last.opcode !== "return") throw new Error("a block must end with return");
  return last.operands;
};
