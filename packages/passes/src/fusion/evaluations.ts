/**
 * How often a kernel that computes an operation in place would compute each of its elements: once for the users that read it at
 * their own index, and once more for each path through an op that moves elements, which reads it at another one. Folds
 * written out as trees of slices and pads would otherwise grow by a factor with each level.
 */

import { type Operation, sizeOf } from "@fluxion/ir";
import type { BlockFacts } from "./analysis.ts";
import { isFree, isLoopOp } from "./costs.ts";

/** Most evaluations of an element of an operation that a kernel computes in place, and of one that only moves elements. */
const mostEvaluations = 4;
const mostMoves = 16;

/** Ops whose operand is read at another index than their own. */
const moves = (op: Operation): boolean =>
  op.opcode === "gather" || (isFree(op) && !["constant", "iota", "bitcast_convert"].includes(op.opcode));

/** The index of the kernel's loop itself; others are the moves that lead to them. */
const OWN = 0;

export class Evaluations {
  readonly #facts: BlockFacts;
  /** At which indices each operation is computed. */
  readonly #indices = new Map<Operation, ReadonlySet<number>>();
  /** Names of indices: by the name of the user's, and the user that moves. */
  readonly #names = new Map<Operation, Map<number, number>>();
  #next = OWN + 1;

  constructor(facts: BlockFacts) {
    this.#facts = facts;
  }

  /** Whether an operation, visited after its users, is better computed once in front of them. */
  areMany(op: Operation): boolean {
    if (!isLoopOp(op) || op.operands.length === 0) return false;
    const indices = this.#indicesOf(op);
    this.#indices.set(op, indices);
    return indices.size > (isFree(op) ? mostMoves : mostEvaluations);
  }

  /** A kernel of its own computes it. */
  once(op: Operation): void {
    this.#indices.delete(op);
  }

  #indicesOf(op: Operation): Set<number> {
    const indices = new Set<number>();
    if (op.results.every(({ type }) => sizeOf(type.shape) <= 1)) return indices.add(OWN);
    for (const user of op.results.flatMap((result) => this.#facts.users.get(result) ?? [])) {
      for (const index of this.#indices.get(user) ?? [OWN]) {
        indices.add(moves(user) ? this.#moved(index, user) : index);
      }
    }
    return indices;
  }

  #moved(index: number, by: Operation): number {
    const names = this.#names.get(by) ?? new Map<number, number>();
    this.#names.set(by, names);
    const name = names.get(index) ?? this.#next++;
    names.set(index, name);
    return name;
  }
}
