/**
 * Moves what every step of a loop computes alike before the loop, and takes carries that never change out of it:
 *
 *     while (i, w = w0) { i + 1, x = dot(h, exp(w)), w }   →   e = exp(w0); while (i) { i + 1, x = dot(h, e) }
 *
 * Ops that cost nothing where they are read (broadcasts, constants) stay in the loop.
 */

import {
  type Block,
  Builder,
  type Module,
  type Opcode,
  type Operation,
  type OperationOf,
  returned,
  Value,
} from "@fluxion/ir";
import { isFree } from "../fusion/costs.ts";
import { type Rewriter, rewriteEach, rewriteInto, type ValueMap } from "./rewrite.ts";

/** Ops that must stay where and as often as they are. */
const fixed = new Set<Opcode>(["custom_call", "optimization_barrier", "return"]);

export const hoist = (module: Module): Module => rewriteEach(module, "while", hoistFrom);

/** The results of the smaller loop; nothing if there is nothing to move. */
function hoistFrom(
  op: OperationOf<"while">,
  operands: readonly Value[],
  b: Builder,
): readonly Value[] | undefined {
  const next = returned(op.regions[1]);
  const kept = next.flatMap((value, i) => (value === op.regions[1].arguments[i] ? [] : [i]));
  if (kept.length === 0) return undefined;
  const outside: ValueMap = new Map();
  for (const region of op.regions) {
    region.arguments.forEach((argument, i) => {
      if (!kept.includes(i)) outside.set(argument, operands[i]);
    });
  }
  for (const region of op.regions) moveOut(region, outside, b);
  if (outside.size === 0) return undefined;
  const results = smallerLoop(op, operands, kept, outside, b);
  return op.results.map((_, i) => (kept.includes(i) ? results[kept.indexOf(i)] : operands[i]));
}

/** Emits the work of a region that depends on nothing that changes, and adds its results to `outside`. */
function moveOut(region: Block, outside: ValueMap, b: Builder): void {
  const changing = new Set(region.arguments.filter((argument) => !outside.has(argument)));
  const definitions = new Map(region.operations.flatMap((op) => op.results.map((r) => [r, op] as const)));
  /** Copies of free ops that only moved ops use. */
  const copies: ValueMap = new Map();
  const moved = (value: Value): Value => {
    const known = outside.get(value) ?? copies.get(value);
    const op = definitions.get(value);
    if (known !== undefined || op === undefined) return known ?? value;
    emit(op, copies);
    return moved(value);
  };
  const emit = (op: Operation, into: ValueMap): void => {
    const operands = op.operands.map(moved);
    b.location = op.location;
    const values = b.copy(op, operands, []);
    op.results.forEach((result, i) => {
      into.set(result, values[i]);
    });
  };
  for (const op of region.operations) {
    const stays = fixed.has(op.opcode) || op.regions.length > 0;
    if (stays || op.operands.some((value) => changing.has(value)))
      for (const result of op.results) changing.add(result);
    else if (!isFree(op)) emit(op, outside);
  }
}

function smallerLoop(
  op: OperationOf<"while">,
  operands: readonly Value[],
  kept: readonly number[],
  outside: ValueMap,
  b: Builder,
): readonly Value[] {
  const leave: Rewriter = {
    operation: ({ results }) => {
      const known = results.map((result) => outside.get(result));
      return known.length > 0 && known.every((value) => value !== undefined) ? known : undefined;
    },
  };
  const regions = op.regions.map((region, which) => {
    const map: ValueMap = new Map(outside);
    const args = kept.map((i) => {
      const { type, hint } = region.arguments[i];
      const fresh = new Value(type, hint);
      map.set(region.arguments[i], fresh);
      return fresh;
    });
    const inner = new Builder();
    rewriteInto(inner, region, leave, () => leave, map);
    const all = returned(region);
    const values = which === 0 ? all : kept.map((i) => all[i]);
    return inner.finish(
      args,
      values.map((value) => map.get(value) ?? value),
    );
  });
  b.location = op.location;
  return b.emit(
    "while",
    kept.map((i) => operands[i]),
    {},
    { regions },
  );
}
