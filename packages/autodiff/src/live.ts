/** What of a list of operations its results need: operations, and of loops and branches the carries and results. */

import {
  declarationOf,
  type Func,
  type Operation,
  type OperationOf,
  type Region,
  returned,
  type Value,
} from "@fluxion/ir";
import { blockOf, typesOf, usesOf } from "./blocks.ts";

/** The operations that `roots` need, in order; loops without the carries, and branches without the results, that nothing needs. */
export function liveOperations(operations: readonly Operation[], roots: readonly Value[]): Operation[] {
  const needed = new Set<Value>(roots);
  const live: Operation[] = [];
  for (let i = operations.length - 1; i >= 0; i--) {
    const op = operations[i];
    if (op.opcode === "return") continue;
    const wanted = op.results.some((result) => needed.has(result));
    if (!wanted && !hasEffect(op)) continue;
    const kept = withoutDead(op, needed);
    for (const value of usesOf(kept)) needed.add(value);
    live.push(kept);
  }
  return live.reverse();
}

const hasEffect = (op: Operation): boolean =>
  (declarationOf(op.opcode).sideEffect && op.opcode !== "return") ||
  op.regions.some((region) => region.operations.some(hasEffect));

function withoutDead(op: Operation, needed: ReadonlySet<Value>): Operation {
  if (op.regions.length === 0 || op.results.every((result) => needed.has(result)) || hasEffect(op)) return op;
  if (op.opcode === "while") return pruneLoop(op, needed);
  return op.opcode === "case" || op.opcode === "if" ? pruneBranches(op, needed) : op;
}

const pick = <T>(list: readonly T[], mask: readonly boolean[]): T[] => list.filter((_, i) => mask[i]);

function pruneBranches(op: OperationOf<"case"> | OperationOf<"if">, needed: ReadonlySet<Value>): Operation {
  const mask = op.results.map((result) => needed.has(result));
  const regions = op.regions.map((region) =>
    endingWith(region, region.arguments, pick(returned(region), mask)),
  );
  return { ...op, regions, results: pick(op.results, mask) } as Operation;
}

/** The least set of carries that holds those that are needed after the loop, and is closed under its condition and body. */
function liveCarries([cond, body]: readonly Region[], results: readonly boolean[]): boolean[] {
  const outputs = returned(body);
  const test = argumentsOf(cond, returned(cond));
  let live = results.map((on, i) => on || test.has(cond.arguments[i]));
  for (;;) {
    const used = argumentsOf(body, pick(outputs, live));
    const next = live.map((on, i) => on || used.has(body.arguments[i]));
    if (next.every((on, i) => on === live[i])) return live;
    live = next;
  }
}

/** Values that some results of a block come from, the block's arguments among them. */
function argumentsOf(block: Region, results: readonly Value[]): Set<Value> {
  const uses = new Set<Value>(results);
  for (const op of liveOperations(block.operations, results)) for (const value of usesOf(op)) uses.add(value);
  return uses;
}

function pruneLoop(op: OperationOf<"while">, needed: ReadonlySet<Value>): Operation {
  const [cond, body] = op.regions;
  const live = liveCarries(
    op.regions,
    op.results.map((result) => needed.has(result)),
  );
  if (live.every(Boolean)) return op as Operation;
  const regions = [
    endingWith(cond, pick(cond.arguments, live), returned(cond)),
    endingWith(body, pick(body.arguments, live), pick(returned(body), live)),
  ];
  return { ...op, operands: pick(op.operands, live), regions, results: pick(op.results, live) } as Operation;
}

const endingWith = (region: Region, args: readonly Value[], results: readonly Value[]): Region =>
  blockOf(args, liveOperations(region.operations, results), results);

/** A private function with the live part of these operations. */
export const functionOf = (
  name: string,
  args: readonly Value[],
  operations: readonly Operation[],
  results: readonly Value[],
): Func => ({
  name,
  visibility: "private",
  body: blockOf(args, liveOperations(operations, results), results),
  resultTypes: typesOf(results),
});
