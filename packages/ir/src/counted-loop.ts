/** Loops whose number of turns is known: `for (i = start; i < limit; i += step)`. */

import { type DType, dtypeTable } from "./dtype.ts";
import type { Literal } from "./literal.ts";
import { type Operation, type OperationOf, returned, type Value } from "./module.ts";

export interface CountedLoop {
  /** Position of the counter among the carries. */
  readonly counter: number;
  readonly start: number;
  readonly step: number;
  /** Number of turns. */
  readonly trips: number;
}

export type Definitions = ReadonlyMap<Value, Operation>;

/** The integer that a scalar holds, if it is a constant. */
export function constantInteger(definitions: Definitions, value: Value): number | undefined {
  const op = definitions.get(value);
  if (op?.opcode === "convert" || op?.opcode === "reshape")
    return constantInteger(definitions, op.operands[0]);
  if (op?.opcode !== "constant") return undefined;
  const { type, data }: Literal = op.attributes.value;
  return type.shape.length === 0 && /^u?int/.test(type.dtype) ? Number(data[0]) : undefined;
}

/** Value of a carry before the loop where the loop never changes it; any other value is itself. */
function outside(op: OperationOf<"while">, value: Value): Value {
  for (const region of op.regions) {
    const at = region.arguments.indexOf(value);
    if (at >= 0 && returned(op.regions[1])[at] === op.regions[1].arguments[at]) return op.operands[at];
  }
  return value;
}

/**
 * The loop as a counted one; undefined if the number of turns is not known. `definitions` holds what defines the values
 * of the loop's regions and those around them.
 */
export function countedLoop(op: OperationOf<"while">, definitions: Definitions): CountedLoop | undefined {
  const [cond, body] = op.regions;
  const test = definitions.get(returned(cond)[0]);
  if (test?.opcode !== "compare") return undefined;
  const constant = (value: Value): number | undefined => constantInteger(definitions, outside(op, value));
  const counter = cond.arguments.indexOf(test.operands[0]);
  const limit = constant(test.operands[1]);
  if (counter < 0 || limit === undefined) return undefined;
  const start = constantInteger(definitions, op.operands[counter]);
  const next = definitions.get(returned(body)[counter]);
  if (start === undefined || next?.opcode !== "add") return undefined;
  const arg = body.arguments[counter];
  const by =
    next.operands[0] === arg ? next.operands[1] : next.operands[1] === arg ? next.operands[0] : undefined;
  const step = by && constant(by);
  if (step === undefined || step === 0) return undefined;
  const trips = tripCount(test.attributes.comparison_direction, start, limit, step);
  // A counter that wraps around counts on.
  if (trips === undefined || !holds(arg.type.dtype, start + trips * step)) return undefined;
  return { counter, start, step, trips };
}

/** Whether a number is one of an integer dtype. */
function holds(dtype: DType, value: number): boolean {
  const { kind, bits } = dtypeTable[dtype];
  const [low, high] = kind === "uint" ? [0, 2 ** bits] : [-(2 ** (bits - 1)), 2 ** (bits - 1)];
  return low <= value && value < high && Number.isSafeInteger(value);
}

function tripCount(direction: string, start: number, limit: number, step: number): number | undefined {
  const span = (limit - start) / step;
  if (step > 0 ? direction === "LT" : direction === "GT") return Math.max(0, Math.ceil(span));
  if (step > 0 ? direction === "LE" : direction === "GE") return Math.max(0, Math.floor(span) + 1);
  if (direction === "NE" && Number.isInteger(span) && span >= 0) return span;
  return undefined;
}
