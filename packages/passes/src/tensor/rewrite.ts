/** Functional rewriting: a pass walks a block, re-emits into a builder through a value map, and returns a new block. */

import {
  type Block,
  Builder,
  type Func,
  type Module,
  type Opcode,
  type Operation,
  type OperationOf,
  type Region,
  returned,
  Value,
} from "@fluxion/ir";

/** What a pass does with one operation. */
export interface Rewriter {
  /**
   * Called with the operands already mapped. Returns the values that replace the results, or nothing to copy the
   * operation as it is.
   */
  operation(op: Operation, operands: readonly Value[], b: Builder): readonly Value[] | undefined;
}

/**
 * Values of the old function to values of the new one; values that it lacks map to themselves. Nested regions share the
 * map: every value has one definition.
 */
export type ValueMap = Map<Value, Value>;

const mapped = (map: ValueMap, value: Value): Value => map.get(value) ?? value;

/** Re-emits a block. Makes a new rewriter for each nested region, so that a rewriter may keep state of its block. */
export function rewriteBlock(block: Block, makeRewriter: () => Rewriter, map: ValueMap = new Map()): Block {
  const args = block.arguments.map((argument) => {
    const fresh = new Value(argument.type, argument.hint);
    map.set(argument, fresh);
    return fresh;
  });
  const b = new Builder();
  rewriteInto(b, block, makeRewriter(), makeRewriter, map);
  return b.finish(
    args,
    returned(block).map((value) => mapped(map, value)),
  );
}

/** Re-emits the operations of a block, `return` excepted, into an existing builder. */
export function rewriteInto(
  b: Builder,
  block: Block,
  rewriter: Rewriter,
  makeRewriter: () => Rewriter,
  map: ValueMap,
): void {
  for (const op of block.operations) {
    if (op.opcode === "return") continue;
    const operands = op.operands.map((value) => mapped(map, value));
    const regions = op.regions.map((region): Region => rewriteBlock(region, makeRewriter, map));
    b.location = op.location;
    const withRegions = regions.length === 0 ? op : ({ ...op, regions } as Operation);
    const results = rewriter.operation(withRegions, operands, b) ?? b.copy(op, operands, regions);
    op.results.forEach((result, i) => {
      map.set(result, results[i]);
    });
  }
}

/** Rewrites every function of a module. */
export const rewriteModule = (module: Module, makeRewriter: () => Rewriter): Module => ({
  ...module,
  functions: module.functions.map((func): Func => ({ ...func, body: rewriteBlock(func.body, makeRewriter) })),
});

/** Rewrites the operations of one opcode that `isMeant` picks. A module without any is returned as it is. */
export function rewriteEach<K extends Opcode>(
  module: Module,
  opcode: K,
  rewrite: (op: OperationOf<K>, operands: readonly Value[], b: Builder) => readonly Value[] | undefined,
  isMeant: (op: OperationOf<K>) => boolean = () => true,
): Module {
  const isThere = ({ operations }: Block): boolean =>
    operations.some(
      (op) => (op.opcode === opcode && isMeant(op as OperationOf<K>)) || op.regions.some(isThere),
    );
  if (!module.functions.some(({ body }) => isThere(body))) return module;
  return rewriteModule(module, () => ({
    operation: (op, operands, b) =>
      op.opcode === opcode ? rewrite(op as OperationOf<K>, operands, b) : undefined,
  }));
}
