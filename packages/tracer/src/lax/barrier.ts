/** Computation that the compiler must not move or merge. */

import { emit, withWeakType } from "../core/emit.ts";
import { flatten, runStaged, unflatten } from "./control/run.ts";

/** The pytree itself; nothing is moved across this point by the compiler. */
export function optimizationBarrier<T>(operand: T): T {
  const { leaves, treedef } = flatten("optimization_barrier", operand);
  const results = runStaged("optimization_barrier", leaves, (operands) =>
    emit("optimization_barrier", operands, {}, { weakType: false }).map((x, i) =>
      withWeakType(x, operands[i].weakType),
    ),
  );
  return unflatten(treedef, results) as T;
}
