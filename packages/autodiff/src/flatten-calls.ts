/** Bodies of functions in place of calls. */

import { type Func, type Operation, returned, type Value } from "@fluxion/ir";
import { cloneBlock, substitute } from "./blocks.ts";
import { calledFunction, type FunctionScope } from "./scope.ts";

/** Calls with attributes of their own stay; so do those in regions. */
const isPlain = (op: Operation): op is Extract<Operation, { opcode: "call" }> =>
  op.opcode === "call" && Object.keys(op.attributes).length === 1;

/** Whether the body of a function, by its name, takes the place of its calls. */
type IsInlined = (callee: string) => boolean;

/** A function with the bodies of those that it calls in place of the calls. */
export function flattenCalls(scope: FunctionScope, func: Func): Func {
  const map = new Map<Value, Value>();
  const operations = expand(scope, func.body.operations, map, () => true);
  return { ...func, body: { arguments: func.body.arguments, operations } };
}

/** What stands for a call of a function on these operands. */
export function inlineFunction(
  scope: FunctionScope,
  { body }: Pick<Func, "body">,
  operands: readonly Value[],
  isInlined: IsInlined,
): { readonly operations: readonly Operation[]; readonly results: readonly Value[] } {
  const copy = cloneBlock(body);
  const map = new Map(copy.arguments.map((arg, i) => [arg, operands[i]]));
  const operations = expand(scope, copy.operations.slice(0, -1), map, isInlined);
  return { operations, results: returned(copy).map((value) => map.get(value) ?? value) };
}

function expand(
  scope: FunctionScope,
  operations: readonly Operation[],
  map: Map<Value, Value>,
  isInlined: IsInlined,
): readonly Operation[] {
  return operations.flatMap((given) => {
    const [op] = substitute([given], map);
    if (!isPlain(op) || !isInlined(op.attributes.callee)) return [op];
    const called = calledFunction(scope, op.attributes.callee);
    const inlined = inlineFunction(scope, called, op.operands, isInlined);
    op.results.forEach((result, i) => {
      map.set(result, inlined.results[i]);
    });
    return inlined.operations;
  });
}
