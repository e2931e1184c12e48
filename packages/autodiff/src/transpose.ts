/** Transposition: from a function that is linear in some parameters to the one that takes cotangents back. */

import {
  type Block,
  Builder,
  type CountedLoop,
  countedLoop,
  type Func,
  type Operation,
  type OperationOf,
  opTable,
  type Region,
  returned,
  Value,
} from "@fluxion/ir";
import { blockOf, indexDefinitions, usesOf } from "./blocks.ts";
import { noRule } from "./errors.ts";
import { functionOf } from "./live.ts";
import { add, zeros } from "./rules/math.ts";
import type {
  NamedTranspose,
  NotDifferentiable,
  StructuralOpcode,
  Tangent,
  TransposeContext,
  TransposedBlock,
  TransposeRule,
} from "./rules/rule.ts";
import { ruleTable } from "./rules/table.ts";
import { calledFunction, type FunctionScope, maskKey, memoised } from "./scope.ts";
import { structuralTransposes } from "./transpose-control.ts";

/**
 * The transpose of `linear`, which must be linear in the parameters that `isLinear` marks:
 * (other params…, cotangents of results…) → cotangents of linear params. Over ℂ nothing is conjugated, as in JAX.
 *
 * @throws DifferentiationError when an operation on linear values has no transpose.
 */
export function transpose(scope: FunctionScope, linear: Func, isLinear: readonly boolean[]): Func {
  const given = linear.resultTypes.map(() => true);
  const { func, args, cotangents } = transposeParts(scope, linear, isLinear, given);
  const b = new Builder();
  const results = args.map((arg, i) => cotangents[i] ?? zeros(b, arg));
  return functionOf(func.name, func.body.arguments, [...func.body.operations, ...b.operations], results);
}

export interface TransposedParts {
  /** (other params…, given cotangents…) → cotangents of the linear params that have any. */
  readonly func: Func;
  /** The linear params. */
  readonly args: readonly Value[];
  /** Their cotangents; nothing for zero. */
  readonly cotangents: readonly Tangent[];
}

/** As `transpose`, for cotangents of some results only, and without zeros. */
export function transposeParts(
  scope: FunctionScope,
  linear: Func,
  isLinear: readonly boolean[],
  given: readonly boolean[],
): TransposedParts {
  const definitions = new Map<Value, Operation>();
  indexDefinitions(linear.body, definitions);
  const pass = new TransposePass(scope, definitions);
  const args = linear.body.arguments.filter((_, i) => isLinear[i]);
  const others = linear.body.arguments.filter((_, i) => !isLinear[i]);
  const incoming = linear.resultTypes.map((type, i) => (given[i] ? new Value(type) : undefined));
  pass.run(linear.body, args, incoming);
  const cotangents = args.map((arg) => pass.cotangent(arg));
  const params = [...others, ...incoming.filter((ct) => ct !== undefined)];
  const results = cotangents.filter((ct) => ct !== undefined);
  return { func: functionOf(`${linear.name}_t`, params, pass.b.operations, results), args, cotangents };
}

/** Transposes one block. A pass over a region sees what is linear around it, and sums cotangents of its own. */
export class TransposePass implements TransposeContext {
  readonly b = new Builder();
  readonly scope: FunctionScope;
  readonly definitions: Map<Value, Operation>;
  readonly #outer: TransposePass | undefined;
  readonly #linear = new Set<Value>();
  readonly #cotangents = new Map<Value, Value>();

  constructor(scope: FunctionScope, definitions: Map<Value, Operation>, outer?: TransposePass) {
    this.scope = scope;
    this.definitions = definitions;
    this.#outer = outer;
  }

  isLinear(value: Value): boolean {
    return this.#linear.has(value) || (this.#outer?.isLinear(value) ?? false);
  }

  cotangent(value: Value): Tangent {
    return this.#cotangents.get(value);
  }

  accumulate(value: Value, cotangent: Tangent): void {
    if (cotangent === undefined || !this.isLinear(value)) return;
    const soFar = this.#cotangents.get(value);
    this.#cotangents.set(value, soFar ? add(this.b, soFar, cotangent) : cotangent);
  }

  replace(value: Value, cotangent: Value): void {
    this.#cotangents.set(value, cotangent);
  }

  countedLoop(op: OperationOf<"while">): CountedLoop | undefined {
    return countedLoop(op, this.definitions);
  }

  transposedFunction(
    callee: string,
    isLinear: readonly boolean[],
    given: readonly boolean[],
  ): NamedTranspose {
    const { scope } = this;
    return memoised(scope, `transpose ${maskKey(isLinear)} ${maskKey(given)} ${callee}`, () => {
      const { func, cotangents } = transposeParts(scope, calledFunction(scope, callee), isLinear, given);
      return { name: scope.add(func), produced: cotangents.map((ct) => ct !== undefined) };
    });
  }

  /** Emits the operations that are not linear, then goes back over those that are. */
  run(block: Block, linear: readonly Value[], cotangents: readonly Tangent[]): void {
    for (const value of linear) this.#linear.add(value);
    const pending: Operation[] = [];
    for (const op of block.operations) {
      if (op.opcode === "return") continue;
      if (usesOf(op).some((value) => this.isLinear(value))) {
        for (const result of op.results) this.#linear.add(result);
        pending.push(op);
      } else {
        this.b.operations.push(op);
      }
    }
    returned(block).forEach((value, i) => {
      this.accumulate(value, cotangents[i]);
    });
    for (let op = pending.pop(); op !== undefined; op = pending.pop()) this.#transpose(op);
  }

  #transpose(op: Operation): void {
    const cotangents = op.results.map((result) => this.#cotangents.get(result));
    if (cotangents.every((ct) => ct === undefined)) return;
    this.#requireLinear(op);
    this.b.location = op.location;
    const structural = structuralTransposes[op.opcode as StructuralOpcode] as
      | ((pass: TransposePass, op: Operation, cotangents: readonly Tangent[]) => void)
      | undefined;
    if (structural !== undefined) {
      structural(this, op, cotangents);
      return;
    }
    const rules = ruleTable[op.opcode as Exclude<Operation["opcode"], StructuralOpcode>] as {
      readonly transpose?: TransposeRule<never> | NotDifferentiable;
    };
    const rule = rules.transpose ?? { reason: "it is not linear" };
    if (typeof rule !== "function") throw noRule("Transpose", op, rule.reason);
    const results = rule(this, op as never, cotangents);
    op.operands.forEach((operand, i) => {
      this.accumulate(operand, results[i]);
    });
  }

  /** @throws DifferentiationError if the operation is not linear in what it takes: it multiplies two linear values, or divides by one. */
  #requireLinear(op: Operation): void {
    const positions = op.operands.flatMap((operand, i) => (this.isLinear(operand) ? [i] : []));
    const { linear } = opTable[op.opcode];
    if (op.opcode === "case" || op.opcode === "if") {
      if (positions.length > 0)
        throw noRule("Transpose", op, "which branch is taken depends on a linear value");
      return;
    }
    if (typeof linear === "string") return;
    const allowed: readonly number[] = linear;
    const strange = positions.find((i) => !allowed.includes(i));
    if (strange !== undefined) throw noRule("Transpose", op, `it is not linear in operand ${strange}`);
    // select is linear in both of its sides together; the others are products
    if (positions.length > 1 && op.opcode !== "select")
      throw noRule("Transpose", op, "it is not linear: both operands depend on the linear inputs");
  }

  transposed(block: Block, request: TransposedBlock): Region {
    const inner = new TransposePass(this.scope, this.definitions, this);
    inner.b.location = this.b.location;
    request.prepare?.(inner.b);
    for (const [value, ct] of request.initial) inner.#cotangents.set(value, ct);
    inner.run(block, request.linear, request.cotangents);
    const results = request.results(inner.b, (value) => inner.cotangent(value));
    return blockOf(request.args, inner.b.operations, results);
  }
}
