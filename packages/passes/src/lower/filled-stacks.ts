/**
 * Stacks that a loop fills, one slice a step, before anything reads them (the outputs of a scan): what they hold at the
 * start is never seen, so it need not be written.
 *
 *     while (i = 0, s = zeros) i < 100 { i + 1, dynamic_update_slice(s, y, i, 0) }      s: 100 × …, y: 1 × …
 */

import {
  type Block,
  type CountedLoop,
  type Operation,
  type OperationOf,
  returned,
  type Value,
} from "@fluxion/ir";
import { capturedBy } from "../fusion/analysis.ts";

type DefinitionMap = ReadonlyMap<Value, Operation>;

/** Whether the loop writes every element of a carry and reads none that it had at the start. */
export function isFilled(
  op: OperationOf<"while">,
  carry: number,
  counted: CountedLoop | undefined,
  definitions: DefinitionMap,
): boolean {
  const [condition, body] = op.regions;
  const stack = body.arguments[carry];
  const update = definitions.get(returned(body)[carry]);
  if (counted === undefined || update?.opcode !== "dynamic_update_slice") return false;
  const [operand, slice, ...starts] = update.operands;
  const isRead = usesOf(condition, condition.arguments[carry]) > 0 || usesOf(body, stack) > 1;
  // Whatever else uses the updated stack sees slices that are yet to come.
  if (operand !== stack || isRead || usesOf(body, update.results[0]) > 1) return false;
  const [length, ...rest] = stack.type.shape;
  const [thickness, ...whole] = slice.type.shape;
  if (thickness !== 1 || length !== counted.trips || !rest.every((size, i) => size === whole[i]))
    return false;
  const at = new Affine(counted, body.arguments[counted.counter], definitions).of(starts[0]);
  if (at === undefined) return false;
  const [first, last] = [at.first, at.first + at.step * (length - 1)];
  return Math.abs(at.step) === 1 && Math.min(first, last) === 0;
}

/** How often a block uses a value, its nested regions included. */
const usesOf = ({ operations }: Block, value: Value): number =>
  operations.reduce(
    (sum, op) => sum + [...op.operands, ...capturedBy(op)].filter((used) => used === value).length,
    0,
  );

/** The values first, first + step, first + 2 step, … in the turns of a loop. */
interface Progression {
  readonly first: number;
  readonly step: number;
}

/** Finds values that grow by the same amount in every turn. */
class Affine {
  readonly #loop: CountedLoop;
  readonly #counter: Value;
  readonly #definitions: DefinitionMap;

  constructor(loop: CountedLoop, counter: Value, definitions: DefinitionMap) {
    this.#loop = loop;
    this.#counter = counter;
    this.#definitions = definitions;
  }

  of(value: Value): Progression | undefined {
    if (value === this.#counter) return { first: this.#loop.start, step: this.#loop.step };
    const op = this.#definitions.get(value);
    switch (op?.opcode) {
      case "constant":
        return value.type.shape.length === 0
          ? { first: Number(op.attributes.value.data[0]), step: 0 }
          : undefined;
      case "add":
        return this.#sum(op.operands, 1);
      case "subtract":
        return this.#sum(op.operands, -1);
      case "select":
        return this.#select(op);
      default:
        return undefined;
    }
  }

  #sum([a, b]: readonly Value[], sign: number): Progression | undefined {
    const [x, y] = [this.of(a), this.of(b)];
    return x && y && { first: x.first + sign * y.first, step: x.step + sign * y.step };
  }

  /** A choice by `x < y`, where that is the same in the first turn and in the last. */
  #select({ operands: [predicate, yes, no] }: OperationOf<"select">): Progression | undefined {
    const test = this.#definitions.get(predicate);
    if (test?.opcode !== "compare" || test.attributes.comparison_direction !== "LT") return undefined;
    if (test.operands[0].type.dtype !== "int32") return undefined;
    const [x, y] = test.operands.map((operand) => this.#inRange(this.of(operand)));
    if (x === undefined || y === undefined) return undefined;
    const first = x.first < y.first;
    const last = this.#last(x) < this.#last(y);
    return first === last ? this.of(first ? yes : no) : undefined;
  }

  #last({ first, step }: Progression): number {
    return first + step * (this.#loop.trips - 1);
  }

  /** Sums are taken modulo 2³² by the machine, which a comparison would notice. */
  #inRange(values: Progression | undefined): Progression | undefined {
    const ends = values && [values.first, this.#last(values)];
    return ends?.every((end) => Math.abs(end) < 2 ** 31) ? values : undefined;
  }
}
