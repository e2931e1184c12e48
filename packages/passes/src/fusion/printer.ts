/** Text of the fused IR: the groups of a block, each with its loops, what it reads and writes, and its operations. */

import { type Block, formatShape, type Value } from "@fluxion/ir";
import type { Group } from "./group.ts";
import type { Fusion } from "./groups.ts";

export function printFusion(block: Block, { groups }: Fusion): string {
  const numbers = new Map<Value, string>();
  block.arguments.forEach((value, i) => {
    numbers.set(value, value.hint ?? `arg${i}`);
  });
  const nameOf = (value: Value): string => {
    const known = numbers.get(value) ?? `v${numbers.size}`;
    numbers.set(value, known);
    return known;
  };
  return groups.map((group, i) => groupText(group, i, nameOf)).join("\n");
}

function groupText(group: Group, index: number, nameOf: (value: Value) => string): string {
  const inside = new Set<Value>([...group.operations].flatMap((op) => op.results));
  const inputs = new Set<Value>();
  for (const op of group.operations) {
    for (const operand of op.operands) if (!inside.has(operand)) inputs.add(operand);
  }
  const space = group.space
    ? `rows ${formatShape(group.space.rows)} x columns ${formatShape(group.space.columns)}`
    : `over ${formatShape(group.shape)}`;
  const outputs = [...group.outputs].map(nameOf).join(", ");
  const head = `group ${index} ${group.kind} ${space} (${[...inputs].map(nameOf).join(", ")}) -> (${outputs}) {`;
  const operations = [...group.operations].map(
    (op) => `  ${op.results.map(nameOf).join(", ")} = ${op.opcode}(${op.operands.map(nameOf).join(", ")})`,
  );
  return [head, ...operations, "}"].join("\n");
}
