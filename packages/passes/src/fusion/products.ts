/** Matrix products and the elementwise work around them. */

import { isComplex, type Operation, type OperationOf, sameShape, type Value } from "@fluxion/ir";
import type { BlockFacts } from "./analysis.ts";
import { isFree } from "./costs.ts";
import { type Group, hasGather } from "./group.ts";

/** A product takes the group as its epilogue if the group computes elementwise results of the product's shape. */
export function takesProduct(op: OperationOf<"dot_general">, group: Group, facts: BlockFacts): boolean {
  const { shape, dtype } = op.results[0].type;
  if (group.kind !== "loop" || isComplex(dtype) || !sameShape(group.shape, shape)) return false;
  const direct = !hasGather(group) && [...group.operations].every((member) => !isFree(member));
  const uses = facts.users.get(op.results[0]) ?? [];
  if (!direct || !uses.every((user) => group.operations.has(user))) return false;
  // Every path from the product must stay at the product's own index.
  const others = [...group.operations].filter(({ results }) =>
    results.some(({ type }) => !sameShape(type.shape, group.shape)),
  );
  if (others.some((member) => dependsOn(member, op, facts))) return false;
  group.kind = "gemm";
  group.root = op;
  return true;
}

function dependsOn(op: Operation, on: Operation, { definitions }: BlockFacts): boolean {
  const seen = new Set<Operation>();
  const stack = [op];
  for (let current = stack.pop(); current !== undefined; current = stack.pop()) {
    if (seen.has(current)) continue;
    seen.add(current);
    for (const operand of current.operands) {
      const definition = definitions.get(operand);
      if (definition === on) return true;
      if (definition !== undefined) stack.push(definition);
    }
  }
  return false;
}

/** Whether an operation reaches an operand of the group's product. */
export function feedsProduct(op: Operation, group: Group, facts: BlockFacts): boolean {
  const seen = new Set<Value>();
  const reach = (value: Value): boolean => {
    if (seen.has(value)) return false;
    seen.add(value);
    return (facts.users.get(value) ?? []).some(
      (user) =>
        user === group.root || ((group.operations.has(user) || isFree(user)) && user.results.some(reach)),
    );
  };
  return op.results.some(reach);
}
