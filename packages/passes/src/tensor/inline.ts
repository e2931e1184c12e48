/**
 * inline: replaces every call by the body of the function that it calls, and drops the functions that nothing calls any
 * more.
 *
 * Why: fusion works within one function.
 *
 *     %1 = call @f(%0)              %1 = stablehlo.sine %0
 *     func private @f(%a) {…}  →
 */

import { type Func, findFunction, type Module, mainFunction, returned } from "@fluxion/ir";
import { type Rewriter, rewriteInto, rewriteModule, type ValueMap } from "./rewrite.ts";

export function inline(module: Module): Module {
  const makeRewriter = (): Rewriter => ({
    operation(op, operands, b) {
      if (op.opcode !== "call") return undefined;
      const { body } = findFunction(module, op.attributes.callee);
      const map: ValueMap = new Map(body.arguments.map((argument, i) => [argument, operands[i]]));
      rewriteInto(b, body, makeRewriter(), makeRewriter, map);
      return returned(body).map((value) => map.get(value) ?? value);
    },
  });
  const main = mainFunction(module);
  if (module.functions.length === 1 && !hasCall(main)) return module;
  const { functions } = rewriteModule({ ...module, functions: [main] }, makeRewriter);
  return { ...module, functions };
}

function hasCall(func: Func): boolean {
  const inBlock = (block: Func["body"]): boolean =>
    block.operations.some((op) => op.opcode === "call" || op.regions.some(inBlock));
  return inBlock(func.body);
}
