/** Functions under `jvp`, `linearize` and `vjp`: all of their positional arguments are differentiated by. */

import type { NDArray } from "../core/ndarray.ts";
import { leafNames, parameterNames } from "../core/parameter-names.ts";
import { type TreeDef, treeUnflatten } from "../core/tree.ts";
import type { AnyFunction } from "./arguments.ts";
import { type FlatTree, flattenPrimals } from "./arrays.ts";
import { carriesTangent } from "./tangents.ts";
import { type StagedUserFunction, stageUserFunction } from "./user-function.ts";

/** A function traced on its primals. */
export interface StagedAtPrimals extends StagedUserFunction {
  readonly primals: FlatTree;
  /** Parameters that carry a tangent. */
  readonly active: readonly boolean[];
  /** Results whose tangents are asked for: those of the function itself, of a float or complex type. */
  readonly wanted: readonly boolean[];
}

const childrenOf = (treedef: TreeDef): TreeDef[] => [...treedef.children];

/** Traces `fn(...primals)`. @throws TypeError if an argument or a result is no array. */
export function stageAtPrimals(
  transform: string,
  fn: AnyFunction,
  given: readonly unknown[],
  hasAux: boolean,
): StagedAtPrimals {
  const primals = flattenPrimals([...given], "primals");
  const names = leafNames(parameterNames(fn), childrenOf(primals.treedef), new Set());
  const staged = stageUserFunction({
    transform,
    name: fn.name || "<lambda>",
    leaves: primals.leaves,
    parameterNames: names,
    hasAux,
    call: (leaves: readonly NDArray[]) => fn(...(treeUnflatten(primals.treedef, leaves) as unknown[])),
  });
  return {
    ...staged,
    primals,
    active: staged.operands.map(({ aval }, i) => i < staged.own && carriesTangent(aval)),
    wanted: staged.resultAvals.map((aval, i) => i < staged.outTree.leaves && carriesTangent(aval)),
  };
}
