/** How often a counted loop runs. */

import { type Operation, type OperationOf, returned, type Value } from "@fluxion/ir";

/** The trip count of `i = first; while (i < last) i += 1` with constants; nothing for other loops. */
export function staticTripCount(
  op: OperationOf<"while">,
  definitions: ReadonlyMap<Value, Operation>,
): number | undefined {
  const [condition, body] = op.regions;
  const inBody = new Map(body.operations.flatMap((inner) => inner.results.map((r) => [r, inner] as const)));
  const test = condition.operations.find(({ results }) => results[0] === returned(condition)[0]);
  if (test?.opcode !== "compare" || test.attributes.comparison_direction !== "LT") return undefined;
  const inTest = new Map(
    condition.operations.flatMap((inner) => inner.results.map((r) => [r, inner] as const)),
  );
  const constant = (value: Value): number | undefined =>
    integerOf(inTest.get(value) ?? inBody.get(value) ?? definitions.get(value));
  const at = condition.arguments.indexOf(test.operands[0]);
  const next = at < 0 ? undefined : inBody.get(returned(body)[at]);
  if (next?.opcode !== "add") return undefined;
  const [a, b] = next.operands;
  const counter = body.arguments[at];
  const step = a === counter ? constant(b) : b === counter ? constant(a) : undefined;
  const [first, last] = [constant(op.operands[at]), constant(test.operands[1])];
  if (step !== 1 || first === undefined || last === undefined) return undefined;
  return Math.max(0, last - first);
}

/** The value of a constant integer of up to 32 bits. */
function integerOf(op: Operation | undefined): number | undefined {
  if (op?.opcode !== "constant" || !/^u?int(8|16|32)$/.test(op.attributes.value.type.dtype)) return undefined;
  return op.attributes.value.type.shape.length === 0 ? Number(op.attributes.value.data[0]) : undefined;
}
