/** Uses and definitions in a block, with the free variables of regions counted as operands. */

import type { Block, Operation, Value } from "@fluxion/ir";

const none: ReadonlySet<Value> = new Set();

/** Values of the blocks around them that the regions of an operation use. */
export function capturedBy(op: Operation): ReadonlySet<Value> {
  if (op.regions.length === 0) return none;
  const captured = new Set<Value>();
  for (const region of op.regions) captureBlock(region, captured);
  return captured;
}

function captureBlock(block: Block, captured: Set<Value>): void {
  const own = new Set<Value>(block.arguments);
  const inner = new Set<Value>();
  for (const op of block.operations) {
    for (const operand of op.operands) inner.add(operand);
    for (const value of capturedBy(op)) inner.add(value);
    for (const result of op.results) own.add(result);
  }
  for (const value of inner) if (!own.has(value)) captured.add(value);
}

export interface BlockFacts {
  readonly definitions: ReadonlyMap<Value, Operation>;
  /** Operations that use a value, as operand or inside a region. */
  readonly users: ReadonlyMap<Value, readonly Operation[]>;
  /** Operations that use a value in a region. */
  readonly capturers: ReadonlyMap<Value, readonly Operation[]>;
}

export function blockFacts(block: Block): BlockFacts {
  const definitions = new Map<Value, Operation>();
  const users = new Map<Value, Operation[]>();
  const capturers = new Map<Value, Operation[]>();
  const add = (map: Map<Value, Operation[]>, value: Value, op: Operation): void => {
    const list = map.get(value);
    if (list === undefined) map.set(value, [op]);
    else if (list[list.length - 1] !== op) list.push(op);
  };
  for (const op of block.operations) {
    for (const operand of op.operands) add(users, operand, op);
    for (const value of capturedBy(op)) {
      add(users, value, op);
      add(capturers, value, op);
    }
    for (const result of op.results) definitions.set(result, op);
  }
  return { definitions, users, capturers };
}
