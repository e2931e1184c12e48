/**
 * Which values of a block are written over others, so that nothing is copied:
 *
 * - the result of an op that updates an array (a slice, scattered elements, what a loop carries) lies in the buffer of that
 *   array, if nothing else reads it;
 * - the next value of a carry is written over the carry, after everything that reads the carry has run. An update of a
 *   slice then writes the slice alone.
 */

import type { Operation, Value } from "@fluxion/ir";
import type { Group } from "../fusion/group.ts";
import type { Fusion } from "../fusion/groups.ts";
import { GroupOrder } from "../fusion/reads.ts";
import type { Lowering } from "./function.ts";

/** What a loop carries: the arguments of its body and what they become. */
export interface Carries {
  readonly arguments: readonly Value[];
  readonly next: readonly Value[];
}

/** Gives buffers to values that share them, and returns the groups in an order for which that is right. */
export function placeValues(
  lowering: Lowering,
  fusion: Fusion,
  wanted: readonly Value[],
  carries?: Carries,
): readonly Group[] {
  const placing = new Placing(lowering, fusion, wanted);
  carries?.arguments.forEach((_, i) => {
    placing.carry(carries, i);
  });
  return placing.share();
}

class Placing {
  readonly #lowering: Lowering;
  readonly #fusion: Fusion;
  readonly #wanted: ReadonlySet<Value>;
  readonly #order: GroupOrder;

  constructor(lowering: Lowering, fusion: Fusion, wanted: readonly Value[]) {
    this.#lowering = lowering;
    this.#fusion = fusion;
    this.#wanted = new Set(wanted);
    this.#order = new GroupOrder(fusion);
  }

  /** Lets the next value of one carry lie over it if that can be. */
  carry({ arguments: args, next }: Carries, i: number): void {
    const { buffers, overwrites } = this.#lowering;
    const [argument, value] = [args[i], next[i]];
    const target = buffers.get(argument);
    // A carry that becomes another one is read when the body has run.
    if (target === undefined || next.includes(argument) || next.indexOf(value) !== i) return;
    const group = this.#order.ownerOf(value);
    if (group === undefined || buffers.has(value)) return;
    const chain = this.#updatesOf(argument, value);
    if (chain !== undefined) {
      if (!this.#order.runAfterReaders(chain.first, argument)) return;
      for (const updated of chain.values) buffers.set(updated, target);
    } else if (group.kind !== "opaque" && this.#order.runAfterReaders(group, argument)) {
      overwrites.set(this.#lowering.ensureBuffer(value), { value, target });
    }
  }

  /** The updates, one of the other's result, that make `value` of `argument`; and the group of the first. */
  #updatesOf(argument: Value, value: Value): { values: Value[]; first: Group } | undefined {
    const values: Value[] = [];
    for (let current = value; ; ) {
      values.push(current);
      const group = this.#order.ownerOf(current);
      const operand = group && updatedBy(group.root, current);
      if (group?.root === undefined || operand === undefined) return undefined;
      if (operand === argument)
        return this.#mayUpdate(group.root, argument) ? { values, first: group } : undefined;
      if (!this.#isOnlyFor(operand, group.root) || this.#wanted.has(operand)) return undefined;
      current = operand;
    }
  }

  /** Slices are computed from the old elements that they replace; other updates must read nothing of the array. */
  #mayUpdate(op: Operation, argument: Value): boolean {
    return op.opcode === "dynamic_update_slice" || this.#isOnlyFor(argument, op);
  }

  /** Whether one op uses a value, as one operand. */
  #isOnlyFor(value: Value, op: Operation): boolean {
    const { users, capturers } = this.#fusion.facts;
    return (
      users.get(value)?.every((user) => user === op) === true &&
      op.operands.filter((operand) => operand === value).length === 1 &&
      capturers.get(value) === undefined
    );
  }

  /** From the last group to the first: operands that nothing else needs lie where the updated array will. */
  share(): readonly Group[] {
    const groups = this.#order.sorted();
    const { buffers } = this.#lowering;
    for (const { root } of [...groups].reverse()) {
      for (const result of root?.results ?? []) {
        const operand = updatedBy(root, result);
        if (root === undefined || operand === undefined || this.#wanted.has(operand)) continue;
        if (buffers.has(operand) || this.#order.ownerOf(operand) === undefined) continue;
        if (this.#isOnlyFor(operand, root)) buffers.set(operand, this.#lowering.ensureBuffer(result));
      }
    }
    return groups;
  }
}

/** The operand that an op turns into one of its results by changing some of it. */
function updatedBy(op: Operation | undefined, result: Value): Value | undefined {
  if (op === undefined) return undefined;
  if (op.opcode !== "dynamic_update_slice" && op.opcode !== "scatter" && op.opcode !== "while")
    return undefined;
  return op.operands[op.results.indexOf(result)];
}
