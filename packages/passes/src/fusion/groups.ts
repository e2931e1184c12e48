/**
 * Fusion: which operations become one kernel.
 *
 * Operations are visited from the last to the first. One whose users all belong to a single group joins it if the group
 * can compute it in place; a cheap one is computed again in every group that uses it; anything else founds a group of
 * its own and gets a buffer. A group that reduces trailing dimensions runs row by row, and takes further reductions
 * over the same rows; a group around a matrix product takes elementwise work on its result.
 */

import {
  type Block,
  isComplex,
  type Operation,
  type OperationOf,
  sameShape,
  sizeOf,
  type Value,
} from "@fluxion/ir";
import type { TargetInfo } from "../lower/target.ts";
import { type BlockFacts, blockFacts } from "./analysis.ts";
import { arraysBound } from "./bindings.ts";
import { duplicationBudget, isFree, isLoopOp, opCost } from "./costs.ts";
import { Evaluations } from "./evaluations.ts";
import { type Group, type GroupKind, hasGather, type RowSpace } from "./group.ts";
import { feedsProduct, takesProduct } from "./products.ts";
import { onlyTrailingOnes, reductionBehind, rowSpaceOf, usedAtRow } from "./row-space.ts";

/** An array with this many times fewer elements than a loop has steps is small beside it. */
const smallShare = 16;
/**
 * Most operations of a group, and of a run of free ones that no group holds. More gain nothing, since their values do not
 * fit the registers, and engines compile long functions slowly.
 */
const mostOperations = 256;

export interface Fusion {
  /** In an order that respects dependencies. */
  readonly groups: readonly Group[];
  readonly facts: BlockFacts;
}

export function fuse(block: Block, wanted: ReadonlySet<Value>, target: TargetInfo): Fusion {
  const facts = blockFacts(block);
  return { facts, groups: new Fuser(block, facts, wanted, target).run() };
}

class Fuser {
  readonly block: Block;
  readonly facts: BlockFacts;
  readonly wanted: ReadonlySet<Value>;
  readonly target: TargetInfo;
  /** Groups that compute an operation, directly or through operations computed in place. */
  readonly consumers = new Map<Operation, Set<Group>>();
  readonly groups: Group[] = [];
  readonly evaluations: Evaluations;
  readonly position = new Map<Operation, number>();
  /** How many free operations follow each other from one that is computed in place. */
  readonly #freeRun = new Map<Operation, number>();

  constructor(block: Block, facts: BlockFacts, wanted: ReadonlySet<Value>, target: TargetInfo) {
    this.block = block;
    this.facts = facts;
    this.wanted = wanted;
    this.target = target;
    this.evaluations = new Evaluations(facts);
    block.operations.forEach((op, i) => {
      this.position.set(op, i);
    });
  }

  run(): Group[] {
    for (let i = this.block.operations.length - 1; i >= 0; i--) {
      const op = this.block.operations[i];
      if (op.opcode !== "return") this.#visit(op);
    }
    return this.#ordered();
  }

  #visit(op: Operation): void {
    const consumers = this.#consumersOf(op);
    const isOutput = op.results.some((result) => this.wanted.has(result));
    if (consumers.size === 0 && !isOutput && !isSideEffect(op)) return;
    if (op.opcode === "constant" && !op.attributes.value.splat) {
      // Dense constants have buffers from the start.
      this.consumers.set(op, consumers);
      return;
    }
    if (this.evaluations.areMany(op)) {
      this.#found(op);
      return;
    }
    const mustExist = isOutput || this.#isReadWhole(op) || this.#isGathered(op);
    if (isFree(op) && !mustExist) {
      if (this.#followsFew(op)) this.consumers.set(op, consumers);
      else this.#found(op);
      return;
    }
    const [only] = consumers;
    if (consumers.size === 1 && this.#join(op, only, mustExist)) return;
    const hoisted = [...consumers].some((group) => this.#isWorthHoisting(op, group));
    const isShared = !mustExist && !hoisted && isLoopOp(op) && this.#isCheap(op) && consumers.size <= 4;
    if (isShared && [...consumers].every((group) => this.#hasRoom(op, group, false))) {
      for (const group of consumers) group.operations.add(op);
      this.consumers.set(op, consumers);
      return;
    }
    if (!this.#joinEarlier(op, consumers)) this.#found(op);
  }

  /**
   * Lets a group compute an operation and leave it in a buffer for others, which saves it the reading. Groups run in the
   * order of their founders, so that may be the first one of several that use it, which depends on none of the others. If
   * a group that uses it is full, it may be the one that was founded last and runs before all.
   */
  #joinEarlier(op: Operation, consumers: ReadonlySet<Group>): boolean {
    const newest = this.groups.at(-1);
    if (consumers.size > 1) {
      const first = [...consumers].reduce((a, b) => (this.#lastAt(a) < this.#lastAt(b) ? a : b));
      if (this.#join(op, first, true)) return true;
    }
    return newest !== undefined && [...consumers].some(isFull) && this.#join(op, newest, true);
  }

  /** Whether few free operations stand between a free one and the groups that compute it. */
  #followsFew(op: Operation): boolean {
    const runs = op.results.flatMap((result) =>
      (this.facts.users.get(result) ?? []).map((user) => this.#freeRun.get(user) ?? 0),
    );
    const run = 1 + Math.max(0, ...runs);
    if (run > mostOperations) return false;
    this.#freeRun.set(op, run);
    return true;
  }

  /** Groups that the users of an operation's results belong to. */
  #consumersOf(op: Operation): Set<Group> {
    const found = new Set<Group>();
    for (const result of op.results) {
      for (const user of this.facts.users.get(result) ?? []) {
        for (const group of this.consumers.get(user) ?? []) found.add(group);
      }
    }
    return found;
  }

  /** Whether a user needs the whole array in memory. */
  #isReadWhole(op: Operation): boolean {
    if (op.opcode === "constant") return false;
    return op.results.some((result) =>
      (this.facts.users.get(result) ?? []).some((user) => {
        if (user.opcode === "return") return false;
        if (this.facts.capturers.get(result)?.includes(user) && user.opcode !== "reduce") return true;
        if (user.opcode === "dot_general") return isComplex(user.results[0].type.dtype);
        return ["while", "case", "if", "custom_call"].includes(user.opcode);
      }),
    );
  }

  /** Whether gathers take at least as many elements from the operation's results as there are: then it runs once, before. */
  #isGathered(op: Operation): boolean {
    if (isFree(op) || !isLoopOp(op)) return false;
    const size = sizeOf(op.results[0].type.shape);
    const taken = (value: Value): boolean =>
      (this.facts.users.get(value) ?? []).some((user) =>
        user.opcode === "gather"
          ? user.operands[0] === value && sizeOf(user.results[0].type.shape) >= size
          : isFree(user) && user.results.some(taken),
      );
    return op.results.some(taken) && !this.#isCheap(op);
  }

  /** A few flops on few inputs; scalars may take some more. */
  #isCheap(op: Operation): boolean {
    const budget = sizeOf(op.results[0].type.shape) === 1 ? 4 * duplicationBudget : duplicationBudget;
    let cost = 0;
    const seen = new Set<Operation>();
    const visit = (current: Operation): void => {
      if (seen.has(current) || !isLoopOp(current)) return;
      seen.add(current);
      // Small arrays beside this one are computed on their own.
      if (sizeOf(current.results[0].type.shape) * smallShare <= sizeOf(op.results[0].type.shape)) return;
      cost += opCost(current);
      if (cost > budget) return;
      for (const operand of current.operands) {
        const definition = this.facts.definitions.get(operand);
        if (definition !== undefined) visit(definition);
      }
    };
    visit(op);
    return cost <= budget;
  }

  /** Takes an operation into the one group that uses it, if that group can compute it. */
  #join(op: Operation, group: Group, mustExist: boolean): boolean {
    const fits = mustExist ? this.#fitsAsOutput(op, group) : true;
    const canTake = fits && !isFull(group) && this.#hasRoom(op, group, mustExist);
    if (!canTake || !this.#canCompute(op, group)) return false;
    group.operations.add(op);
    if (mustExist) for (const result of op.results) group.outputs.add(result);
    this.consumers.set(op, new Set([group]));
    return true;
  }

  /** Whether the group's kernel may bind the arrays that the operation reads and writes. */
  #hasRoom(op: Operation, group: Group, isOutput: boolean): boolean {
    const { maxBuffersPerKernel } = this.target;
    // Joined arrays are copied one at a time.
    if (maxBuffersPerKernel === Number.POSITIVE_INFINITY || group.root?.opcode === "concatenate") return true;
    return arraysBound(group, op, isOutput, this.facts) <= maxBuffersPerKernel;
  }

  #fitsAsOutput(op: Operation, group: Group): boolean {
    if (group.kind !== "loop" && group.kind !== "rows") return false;
    const { shape } = op.results[0].type;
    if (op.opcode === "reduce") return true;
    return sameShape(shape, group.shape) || (group.space !== undefined && sameShape(shape, group.space.rows));
  }

  #canCompute(op: Operation, group: Group): boolean {
    if (isLoopOp(op)) return this.#takesElementwise(op, group);
    if (op.opcode === "reduce") return this.#takesReduction(op, group);
    return op.opcode === "dot_general" && takesProduct(op, group, this.facts);
  }

  #takesElementwise(op: Operation, group: Group): boolean {
    if (this.#isWorthHoisting(op, group)) return false;
    if (group.kind === "opaque") return group.root !== undefined && readsElements.has(group.root.opcode);
    if (op.opcode === "gather") return group.kind === "loop";
    if (group.kind !== "gemm") return true;
    // Packing may evaluate an operand's element more than once.
    return this.#isCheap(op) || !feedsProduct(op, group, this.facts);
  }

  /**
   * Work on a small array that is broadcast over a large loop is done once, not for every element. Scalars, and values of one
   * row in a group that runs by rows, are computed before the inner loop anyway.
   */
  #isWorthHoisting(op: Operation, group: Group): boolean {
    if (isFree(op)) return false;
    const own = sizeOf(op.results[0].type.shape);
    const loops = group.space
      ? sizeOf(group.space.rows) * sizeOf(group.space.columns)
      : sizeOf(this.#loopShape(group));
    if (own === 1 || own * smallShare > loops) return false;
    const space = group.space ?? this.#spaceToCome(op, group);
    return space === undefined || !onlyTrailingOnes(space.rows, op.results[0].type.shape);
  }

  /** The rows that a group will run by once it has taken the reduction that an operation is computed from. */
  #spaceToCome(op: Operation, group: Group): RowSpace | undefined {
    const reduction = reductionBehind(op, this.facts);
    const space = reduction && rowSpaceOf(reduction);
    if (space === undefined || !this.#fitsRows(space, group)) return undefined;
    return usedAtRow(op, group, space, this.facts) ? space : undefined;
  }

  #loopShape(group: Group): readonly number[] {
    return group.root?.opcode === "reduce" ? group.root.operands[0].type.shape : group.shape;
  }

  /** A reduction joins a group whose loops are its rows, or its rows × columns. */
  #takesReduction(op: OperationOf<"reduce">, group: Group): boolean {
    const space = rowSpaceOf(op);
    if (space === undefined || !this.#fitsRows(space, group)) return false;
    if (!usedAtRow(op, group, space, this.facts)) return false;
    group.kind = "rows";
    group.space = space;
    return true;
  }

  /** Whether a group runs over these rows and columns, or may. */
  #fitsRows(space: RowSpace, group: Group): boolean {
    if ((group.kind !== "loop" && group.kind !== "rows") || hasGather(group)) return false;
    if (!this.#worthRows(space)) return false;
    const { rows, columns } = space;
    if (group.space !== undefined)
      return sameShape(group.space.rows, rows) && sameShape(group.space.columns, columns);
    return sameShape(group.shape, rows) || sameShape(group.shape, [...rows, ...columns]);
  }

  /** Enough rows to keep every thread busy, or little work in all. */
  #worthRows({ rows, columns }: RowSpace): boolean {
    const work = sizeOf(rows) * sizeOf(columns);
    if (sizeOf(columns) > this.target.rowElements) return false;
    return sizeOf(rows) >= 4 * this.target.parallelism || work <= 2 * this.target.grainElements;
  }

  #found(op: Operation): void {
    this.evaluations.once(op);
    const space = op.opcode === "reduce" ? rowSpaceOf(op) : undefined;
    const asRows = space !== undefined && this.#worthRows(space);
    const kind = kindOf(op, asRows);
    const group: Group = {
      kind,
      operations: new Set([op]),
      outputs: new Set(op.results),
      shape: op.results[0]?.type.shape ?? [],
      space: asRows ? space : undefined,
      root: kind === "loop" || kind === "rows" ? undefined : op,
    };
    this.groups.push(group);
    this.consumers.set(op, new Set([group]));
  }

  /** Groups in the order of their last operation; dependencies always point to earlier operations. */
  #ordered(): Group[] {
    return [...this.groups].reverse().map((group) => {
      const operations = [...group.operations].sort((a, b) => this.#at(a) - this.#at(b));
      return { ...group, operations: new Set(operations) };
    });
  }

  #at(op: Operation): number {
    return this.position.get(op) ?? -1;
  }

  /** Where a group's last operation stands: the one that founded it. */
  #lastAt({ operations: [founder] }: Group): number {
    return this.#at(founder);
  }
}

const isFull = ({ operations }: Group): boolean => operations.size >= mostOperations;

/** The kind of the group that an operation founds. */
function kindOf(op: Operation, asRows: boolean): GroupKind {
  if (isLoopOp(op)) return "loop";
  if (op.opcode === "reduce") return asRows ? "rows" : "reduce";
  if (op.opcode === "reduce_window") return "reduce";
  return op.opcode === "dot_general" ? "gemm" : "opaque";
}

/** Opaque ops whose operands may be computed where they are read, element by element. */
const readsElements = new Set<Operation["opcode"]>([
  "concatenate",
  "dynamic_update_slice",
  "scatter",
  "sort",
]);

const isSideEffect = (op: Operation): boolean => op.opcode === "custom_call";
