/**
 * dce: removes operations whose results nobody uses, unless they have an effect.
 *
 * Why: transforms leave values behind that only they needed.
 *
 *     %1 = stablehlo.sine %0            return %0
 *     return %0                  →
 */

import {
  type Block,
  declarationOf,
  type Func,
  type Module,
  type Operation,
  type Region,
  type Value,
} from "@fluxion/ir";

export const dce = (module: Module): Module => ({
  ...module,
  functions: module.functions.map((func): Func => ({ ...func, body: liveBlock(func.body, new Set()) })),
});

/** `used` receives what the block needs of the blocks around it. */
function liveBlock(block: Block, used: Set<Value>): Block {
  const kept: Operation[] = [];
  for (let i = block.operations.length - 1; i >= 0; i--) {
    const op = block.operations[i];
    if (!hasEffect(op) && !op.results.some((result) => used.has(result))) continue;
    for (const operand of op.operands) used.add(operand);
    const regions = op.regions.map((region): Region => liveBlock(region, used));
    kept.push(regions.length === 0 ? op : ({ ...op, regions } as Operation));
  }
  return { arguments: block.arguments, operations: kept.reverse() };
}

/** Whether an operation, or one in its regions other than their `return`, has an effect. */
function hasEffect(op: Operation): boolean {
  if (declarationOf(op.opcode).sideEffect) return true;
  return op.regions.some((region) => region.operations.slice(0, -1).some(hasEffect));
}
