/** What batching rules are, and what they work with. */

import type { Block, Builder, Location, Opcode, Operation, OperationOf, Value } from "@fluxion/ir";
import type { FunctionScope } from "../scope.ts";

/** A value under batching: the dimension that holds the batch; none where every example has the same value. */
export interface Batched {
  readonly value: Value;
  readonly axis: number | undefined;
}

/** Where the batch lies in a parameter or a result; null if it has none. */
export type BatchAxis = number | null;

/**
 * Where a result of a derived function has to have its batch: as it comes, at an axis, nowhere (an error if it has one),
 * or nowhere after a sum over it.
 */
export type ResultAxis = BatchAxis | "any" | "sum";

/** A function of the scope, batched and added to it. */
export interface NamedBatch {
  readonly name: string;
  readonly outAxes: readonly BatchAxis[];
}

/** What a rule of the user for batching a call is asked. */
export interface CustomBatchingRequest {
  /** What the call's `custom_batching` says. */
  readonly rule: string;
  readonly size: number;
  /** Which operands have a batch; it is their first dimension. */
  readonly inBatched: readonly boolean[];
  readonly operandTypes: readonly Value["type"][];
  readonly location: Location | undefined;
}

/** A function of the scope on the batched operands, and which of its results have a batch, as their first dimension. */
export interface CustomBatchingAnswer {
  readonly name: string;
  readonly outBatched: readonly boolean[];
}

export type CustomBatching = (request: CustomBatchingRequest) => CustomBatchingAnswer;

/** What a batching rule works with. */
export interface BatchContext {
  readonly scope: FunctionScope;
  /** Receives operations. */
  readonly b: Builder;
  /** Number of examples. */
  readonly size: number;
  /** Name that collective operations know the batch by. */
  readonly axisName: string | undefined;
  readonly customBatching: CustomBatching | undefined;
  get(value: Value): Batched;
  set(value: Value, batched: Batched): void;
  /** The value with its batch at an axis; repeated for every example if it has none. */
  at(batched: Batched, axis: number): Value;
  /** Whether a value follows from constants alone. */
  isConstant(value: Value): boolean;
  /** Whether an operation does something else under batching: it uses a batched value or names the axis. */
  concerns(operation: Operation): boolean;
  /** A pass over a region of the operation at hand; it sees the values around it. */
  nested(): BatchContext;
  /** Batches the operations of a block in place, and gives what it returns. */
  run(block: Block): readonly Batched[];
  /** Batches operations that stand for the one at hand, and gives some of their values. */
  through(operations: readonly Operation[], results: readonly Value[]): readonly Batched[];
  /** Emits what a block of scalars does, for each element of arrays of one shape. */
  overElements(b: Builder, block: Block, arrays: readonly Value[]): readonly Value[];
  /** A function of the scope, batched once for each pattern of axes. */
  batched(name: string, inAxes: readonly BatchAxis[], outAxes?: readonly ResultAxis[]): NamedBatch;
  /** The same, batched when somebody looks for it; gives its name. */
  batchedLater(name: string, inAxes: readonly BatchAxis[], outAxes: readonly ResultAxis[]): string;
  /** The same for a family. `key` says what the axes depend on besides the member. */
  batchedFamily(name: string, key: string, axesOf: MemberAxes): string;
}

/** Where parameters and results of a member of a family have the batch. */
export type MemberAxes = (...masks: readonly (readonly boolean[])[]) => {
  readonly inAxes: readonly BatchAxis[];
  readonly outAxes: readonly ResultAxis[];
};

/** Results from operands. It is asked only where the operation concerns the batch. */
export type BatchRule<K extends Opcode> = (
  c: BatchContext,
  operation: OperationOf<K>,
  operands: readonly Batched[],
) => readonly Batched[];

/** Rules of some ops. */
export type BatchRules<K extends Opcode = Opcode> = { readonly [O in K]: BatchRule<O> };
