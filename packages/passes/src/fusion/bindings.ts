/** How many arrays a group's kernel binds: a GPU allows a few only. */

import type { Operation, Value } from "@fluxion/ir";
import { type BlockFacts, capturedBy } from "./analysis.ts";
import { isFree } from "./costs.ts";
import type { Group } from "./group.ts";

/**
 * Arrays that a group's kernel would bind if the group took `op`: its outputs, and what it reads as things stand. An operand that
 * is not in the group counts as one array; it stays one, or joins after a count of its own.
 */
export function arraysBound(group: Group, op: Operation, isOutput: boolean, facts: BlockFacts): number {
  const reads = new Set<Value>();
  const seen = new Set<Operation>();
  const visit = (current: Operation): void => {
    if (seen.has(current)) return;
    seen.add(current);
    for (const value of [...current.operands, ...capturedBy(current)]) {
      const definition = facts.definitions.get(value);
      if (definition === undefined) reads.add(value);
      else if (definition === op || group.operations.has(definition)) continue;
      else if (definition.opcode === "constant" && !definition.attributes.value.splat) reads.add(value);
      else if (isFree(definition)) visit(definition);
      else reads.add(value);
    }
  };
  visit(op);
  for (const member of group.operations) visit(member);
  return reads.size + group.outputs.size + (isOutput ? op.results.length : 0);
}
