/**
 * The pass over operations: each result gets a batched value. An operation that the batch does not concern is kept as the
 * same object; so is every value without a batch, unless a rule made another one for it.
 */

import {
  type Block,
  Builder,
  declarationOf,
  type Func,
  type Location,
  type Operation,
  returned,
  sizeOf,
  Value,
} from "@fluxion/ir";
import { cloneBlock, substitute, usesOf } from "../blocks.ts";
import { DifferentiationError } from "../errors.ts";
import { functionOf } from "../live.ts";
import { calledFunction, type FunctionScope, member, memoised } from "../scope.ts";
import { axisOf, batchedType, isBatched, moveAxis, repeat, unbatched } from "./axes.ts";
import { namesAxis } from "./collectives.ts";
import type {
  BatchAxis,
  BatchContext,
  Batched,
  BatchRule,
  BatchRules,
  CustomBatching,
  MemberAxes,
  NamedBatch,
  ResultAxis,
} from "./rule.ts";

export interface BatchState {
  readonly scope: FunctionScope;
  readonly size: number;
  readonly axisName: string | undefined;
  readonly customBatching: CustomBatching | undefined;
  readonly rules: BatchRules;
  /** Values that follow from constants alone. */
  readonly constants: Set<Value>;
}

export class BatchPass implements BatchContext {
  readonly b = new Builder();
  readonly state: BatchState;
  readonly #outer: BatchPass | undefined;
  readonly #values = new Map<Value, Batched>();

  constructor(state: BatchState, outer?: BatchPass) {
    this.state = state;
    this.#outer = outer;
  }

  get scope(): FunctionScope {
    return this.state.scope;
  }
  get size(): number {
    return this.state.size;
  }
  get axisName(): string | undefined {
    return this.state.axisName;
  }
  get customBatching(): CustomBatching | undefined {
    return this.state.customBatching;
  }

  get(value: Value): Batched {
    return this.#values.get(value) ?? this.#outer?.get(value) ?? unbatched(value);
  }

  set(value: Value, batched: Batched): void {
    this.#values.set(value, batched);
  }

  at({ value, axis: from }: Batched, to: number): Value {
    return from === undefined ? repeat(this.b, value, this.size, to) : moveAxis(this.b, value, from, to);
  }

  nested(): BatchPass {
    const inner = new BatchPass(this.state, this);
    inner.b.location = this.b.location;
    return inner;
  }

  run(block: Block): readonly Batched[] {
    return this.through(block.operations, returned(block));
  }

  through(operations: readonly Operation[], results: readonly Value[]): readonly Batched[] {
    for (const operation of operations) if (operation.opcode !== "return") this.#operation(operation);
    return results.map((value) => this.get(value));
  }

  overElements(b: Builder, block: Block, arrays: readonly Value[]): readonly Value[] {
    const { shape } = arrays[0].type;
    const size = sizeOf(shape);
    const pass = new BatchPass({ ...this.state, size, axisName: undefined });
    const copy = cloneBlock(block);
    copy.arguments.forEach((arg, i) => {
      pass.set(arg, { value: b.reshape(arrays[i], [size]), axis: 0 });
    });
    const results = pass.run(copy).map((result) => pass.at(result, 0));
    b.operations.push(...pass.b.operations);
    return results.map((value) => b.reshape(value, shape));
  }

  concerns(op: Operation): boolean {
    return (
      usesOf(op).some((value) => isBatched(this.get(value))) ||
      (this.axisName !== undefined && namesAxis(this.scope, op, this.axisName))
    );
  }

  #operation(original: Operation): void {
    const op = this.#renamed(original);
    if (!this.concerns(original)) {
      this.b.operations.push(op);
      this.#noteConstant(op);
      return;
    }
    this.b.location = op.location;
    const rule = this.state.rules[op.opcode] as BatchRule<never>;
    const results = rule(
      this,
      op as never,
      original.operands.map((operand) => this.get(operand)),
    );
    original.results.forEach((result, i) => {
      this.set(result, results[i]);
    });
  }

  /** The operation on the values that stand for those without a batch. */
  #renamed(op: Operation): Operation {
    const renames = new Map<Value, Value>();
    for (const value of usesOf(op)) {
      const now = this.get(value);
      if (!isBatched(now) && now.value !== value) renames.set(value, now.value);
    }
    return substitute([op], renames)[0];
  }

  #noteConstant(op: Operation): void {
    const { constants } = this.state;
    const isPure = op.regions.length === 0 && declarationOf(op.opcode).family !== "call";
    if (!isPure || !op.operands.every((operand) => constants.has(operand))) return;
    for (const result of op.results) constants.add(result);
  }

  isConstant(value: Value): boolean {
    return this.state.constants.has(value);
  }

  batched(name: string, inAxes: readonly BatchAxis[], outAxes?: readonly ResultAxis[]): NamedBatch {
    return memoised(this.scope, this.#key("batch", name, inAxes, outAxes), () => {
      const { func, outAxes: axes } = this.#derive(name, inAxes, outAxes);
      return { name: this.scope.add(func), outAxes: axes };
    });
  }

  batchedLater(name: string, inAxes: readonly BatchAxis[], outAxes: readonly ResultAxis[]): string {
    return memoised(this.scope, this.#key("batch later", name, inAxes, outAxes), () =>
      this.scope.addLazy(`${name}_batched`, () => this.#derive(name, inAxes, outAxes).func),
    );
  }

  batchedFamily(name: string, key: string, axesOf: MemberAxes): string {
    return memoised(this.scope, this.#key(`batch family ${key}`, name), () =>
      this.scope.addFamily(`${name}_batched`, (...masks) => {
        const { inAxes, outAxes } = axesOf(...masks);
        return this.#derive(member(name, ...masks), inAxes, outAxes).func;
      }),
    );
  }

  #derive(name: string, inAxes: readonly BatchAxis[], outAxes: readonly ResultAxis[] | undefined) {
    return batchFunction(this.state, calledFunction(this.scope, name), inAxes, outAxes);
  }

  #key(what: string, name: string, ...axes: readonly (readonly ResultAxis[] | undefined)[]): string {
    const { size, axisName } = this;
    const lists = axes.map((list) => list?.map(String).join() ?? "");
    return JSON.stringify([what, size, axisName ?? null, ...lists, name]);
  }
}

/** A function batched at the given axes of its parameters; private, not added to the scope. */
export function batchFunction(
  shared: Omit<BatchState, "constants">,
  func: Func,
  inAxes: readonly BatchAxis[],
  outAxes: readonly ResultAxis[] | undefined,
): { readonly func: Func; readonly outAxes: readonly BatchAxis[] } {
  const state: BatchState = { ...shared, constants: new Set() };
  const pass = new BatchPass(state);
  const args = func.body.arguments.map((arg, i) => {
    const axis = inAxes[i];
    if (axis === null) return arg;
    const value = new Value(batchedType(arg.type, axis, state.size), arg.hint);
    pass.set(arg, { value, axis });
    return value;
  });
  const results = pass.run(func.body);
  const placed = results.map((result, i) => place(pass, result, outAxes?.[i] ?? defaultAxis(outAxes, i), i));
  return {
    func: functionOf(
      `${func.name}_batched`,
      args,
      pass.b.operations,
      placed.map(({ value }) => value),
    ),
    outAxes: placed.map(axisOf),
  };
}

const defaultAxis = (outAxes: readonly ResultAxis[] | undefined, i: number): ResultAxis =>
  outAxes === undefined ? "any" : (outAxes[i] as ResultAxis);

/** A result with its batch where it has to be. */
export function place(c: BatchContext, result: Batched, axis: ResultAxis, index: number): Batched {
  if (axis === "any") return result;
  if (axis === "sum") return isBatched(result) ? unbatched(sumOver(c.b, result.value, result.axis)) : result;
  if (axis !== null) return { value: c.at(result, axis), axis };
  if (isBatched(result)) throw batchedResult(index, c.b.location);
  return result;
}

function sumOver(b: Builder, value: Value, axis: number): Value {
  return b.reduceWith("add", value, b.scalar(value.type.dtype, 0), [axis]);
}

const batchedResult = (index: number, location: Location | undefined): DifferentiationError =>
  new DifferentiationError(
    "ValueError",
    `result ${index} has a batch, but its axis was given as null: every example has a value of its own`,
    location,
  );
