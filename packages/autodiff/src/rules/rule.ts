/** What rules are, and makers of the common ones. */

import type {
  Block,
  Builder,
  CountedLoop,
  Opcode,
  Operation,
  OperationOf,
  opTable,
  Region,
  Value,
} from "@fluxion/ir";
import type { FunctionScope } from "../scope.ts";

/** A tangent or cotangent; nothing stands for zero, which is never computed with. */
export type Tangent = Value | undefined;

/** What a jvp rule works with. The operation itself has been emitted already. */
export interface JvpContext {
  readonly b: Builder;
  /** Differentiates more operations in place of the rule's own, and gives the tangent of one of their results. */
  through(operations: readonly Operation[], result: Value): Tangent;
}

/** What a transpose rule works with. */
export interface TransposeContext {
  readonly b: Builder;
  readonly scope: FunctionScope;
  isLinear(value: Value): boolean;
  /** The cotangent that a value has so far. */
  cotangent(value: Value): Tangent;
  /** Adds to the cotangent of a value. */
  accumulate(value: Value, cotangent: Tangent): void;
  /** Puts a sum that holds the cotangent so far in its place. */
  replace(value: Value, cotangent: Value): void;
  /** The loop as a counted one; undefined if the number of its turns is not known. */
  countedLoop(op: OperationOf<"while">): CountedLoop | undefined;
  /** The transpose of a function of the scope for cotangents of the given results, derived once. */
  transposedFunction(callee: string, isLinear: readonly boolean[], given: readonly boolean[]): NamedTranspose;
  /** A region that gives the cotangents of `wanted` for cotangents of what the block returns. */
  transposed(block: Block, request: TransposedBlock): Region;
}

export interface NamedTranspose {
  readonly name: string;
  /** Which linear operands get a cotangent. */
  readonly produced: readonly boolean[];
}

export interface TransposedBlock {
  /** Arguments of the region. */
  readonly args: readonly Value[];
  /** Values that are linear besides those that are so outside. */
  readonly linear: readonly Value[];
  /** Cotangents of what the block returns. */
  readonly cotangents: readonly Tangent[];
  /** Cotangents that sums start from. */
  readonly initial: ReadonlyMap<Value, Value>;
  /** Emits what the block's own operations need first. */
  prepare?(b: Builder): void;
  /** What the region returns, from the cotangents after the pass. */
  results(b: Builder, cotangent: (value: Value) => Tangent): readonly Value[];
}

/** `ẏ` from `ẋ`: tangents of the results (those that are left out are zero) from those of the operands. */
export type JvpRule<K extends Opcode> = (
  c: JvpContext,
  operation: OperationOf<K>,
  tangents: readonly Tangent[],
) => readonly Tangent[];

/** `x̄` from `ȳ`: cotangents of the linear operands (others are left out) from those of the results. */
export type TransposeRule<K extends Opcode> = (
  c: TransposeContext,
  operation: OperationOf<K>,
  cotangents: readonly Tangent[],
) => readonly Tangent[];

/** An op that has no rule; the reason is the user's error text. */
export interface NotDifferentiable {
  readonly reason: string;
}
export const notDifferentiable = (reason: string): NotDifferentiable => ({ reason });

/** Ops whose derivative follows their regions or callee: transforms give them rules of their own. */
export type StructuralOpcode = "call" | "case" | "if" | "while";

/** Ops that are linear in some operand by their declaration: these owe a transpose rule. */
export type LinearOpcode = {
  [K in Opcode]: (typeof opTable)[K]["linear"] extends "none" ? never : K;
}[Opcode];

export type RuleOf<K extends Opcode> = K extends StructuralOpcode
  ? never
  : { readonly jvp: JvpRule<K> | NotDifferentiable } & (K extends LinearOpcode
      ? { readonly transpose: TransposeRule<K> | NotDifferentiable }
      : unknown);

/** Rules of some ops. */
export type RulesOf<K extends Opcode> = { readonly [O in K]: RuleOf<O> };

/** The result does not move with the operands: ẏ = 0. */
export const zeroTangent = { jvp: (): readonly Tangent[] => [] };
