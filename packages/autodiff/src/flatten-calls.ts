/** A function with the bodies of those that it calls in place of the calls. */

import { type Func, type Operation, returned, type Value } from "@fluxion/ir";
import { cloneBlock, substitute } from "./blocks.ts";
import { calledFunction, type FunctionScope } from "./scope.ts";

/** Calls with attributes of their own stay; so do those in regions. */
const isPlain = (op: Operation): op is Extract<Operation, { opcode: "call" }> =>
  op.opcode === "call" && Object.keys(op.attributes).length === 1;

export function flattenCalls(scope: FunctionScope, func: Func): Func {
  const map = new Map<Value, Value>();
  const operations = expand(scope, func.body.operations, map);
  return { ...func, body: { arguments: func.body.arguments, operations } };
}

function expand(
  scope: FunctionScope,
  operations: readonly Operation[],
  map: Map<Value, Value>,
): readonly Operation[] {
  return operations.flatMap((given) => {
    const [op] = substitute([given], map);
    if (!isPlain(op)) return [op];
    const body = cloneBlock(calledFunction(scope, op.attributes.callee).body);
    const inner = new Map(body.arguments.map((arg, i) => [arg, op.operands[i]]));
    const inlined = expand(scope, body.operations.slice(0, -1), inner);
    returned(body).forEach((value, i) => {
      map.set(op.results[i], inner.get(value) ?? value);
    });
    return inlined;
  });
}
