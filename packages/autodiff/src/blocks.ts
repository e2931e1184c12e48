/** Blocks as graphs: what they capture, what of them is live, and copies. */

import {
  type Block,
  type Builder,
  type Location,
  type Opcode,
  type Operation,
  type OperationOf,
  type Region,
  type TensorType,
  Value,
} from "@fluxion/ir";

export const typesOf = (values: readonly Value[]): TensorType[] => values.map(({ type }) => type);

const captureMemory = new WeakMap<Operation, readonly Value[]>();

/** Values from around an operation that its regions use, each once. */
export function capturesOf(op: Operation): readonly Value[] {
  if (op.regions.length === 0) return [];
  let captures = captureMemory.get(op);
  if (captures === undefined) {
    captures = [...new Set(op.regions.flatMap((region) => freeValues(region)))];
    captureMemory.set(op, captures);
  }
  return captures;
}

/** Values that a block uses but does not define, each once. */
export function freeValues(block: Block): Value[] {
  const own = new Set<Value>(block.arguments);
  const free = new Set<Value>();
  for (const op of block.operations) {
    for (const value of usesOf(op)) if (!own.has(value)) free.add(value);
    for (const result of op.results) own.add(result);
  }
  return [...free];
}

/** Operands and captures. */
export const usesOf = (op: Operation): readonly Value[] =>
  op.regions.length === 0 ? op.operands : [...op.operands, ...capturesOf(op)];

/** Records which operation defines each value, regions included. */
export function indexDefinitions(block: Block, into: Map<Value, Operation>): void {
  for (const op of block.operations) {
    for (const result of op.results) into.set(result, op);
    for (const region of op.regions) indexDefinitions(region, into);
  }
}

interface Parts<K extends Opcode> {
  readonly operands: readonly Value[];
  readonly attributes: OperationOf<K>["attributes"];
  readonly results: readonly Value[];
  readonly regions?: readonly Region[];
  readonly location?: Location | undefined;
}

/** An operation whose results are given values: how a value keeps its identity in a derived function. */
export const operation = <K extends Opcode>(opcode: K, parts: Parts<K>): Operation =>
  ({ opcode, regions: [], location: undefined, ...parts }) as unknown as Operation;

/** A block that ends with these results. */
export const blockOf = (
  args: readonly Value[],
  operations: readonly Operation[],
  results: readonly Value[],
): Block => ({
  arguments: args,
  operations: [...operations, operation("return", { operands: results, attributes: {}, results: [] })],
});

/** The operations with other values in place of some; what they define keeps its identity. */
export function substitute(
  operations: readonly Operation[],
  map: ReadonlyMap<Value, Value>,
): readonly Operation[] {
  if (map.size === 0) return operations;
  return operations.map((op) => {
    if (!usesOf(op).some((value) => map.has(value))) return op;
    const regions = op.regions.map(
      (region): Region => ({
        arguments: region.arguments,
        operations: substitute(region.operations, map),
      }),
    );
    return { ...op, operands: op.operands.map((value) => map.get(value) ?? value), regions } as Operation;
  });
}

/** A copy with values of its own; `map` says what stands for values from outside, and learns the copies. */
export function cloneOperations(operations: readonly Operation[], map: Map<Value, Value>): Operation[] {
  const fresh = (value: Value): Value => {
    const copy = new Value(value.type, value.hint);
    map.set(value, copy);
    return copy;
  };
  return operations.map((op) => {
    const operands = op.operands.map((value) => map.get(value) ?? value);
    const regions = op.regions.map((region) => {
      const args = region.arguments.map(fresh);
      return { arguments: args, operations: cloneOperations(region.operations, map) };
    });
    return { ...op, operands, regions, results: op.results.map(fresh) } as Operation;
  });
}

/** A copy of a block; see `cloneOperations`. */
export function cloneBlock(block: Block): Block {
  const map = new Map<Value, Value>();
  const args = block.arguments.map((arg) => {
    const copy = new Value(arg.type, arg.hint);
    map.set(arg, copy);
    return copy;
  });
  return { arguments: args, operations: cloneOperations(block.operations, map) };
}

/** The operation again on other operands, its regions copied so that no value is defined twice. */
export const copyOn = (b: Builder, op: unknown, operands: readonly Value[]): readonly Value[] => {
  const like = op as Operation;
  return b.copy(like, operands, like.regions.map(cloneBlock));
};
