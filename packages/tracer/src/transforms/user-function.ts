/** The user's function as transforms trace it: pytrees in and out, with what it returns besides its result. */

import type { NDArray } from "../core/ndarray.ts";
import { asOutput } from "../core/outputs.ts";
import { type TreeDef, treeFlatten } from "../core/tree.ts";
import { typeError } from "../core/user-error.ts";
import { type Staged, stage } from "./staged.ts";

/** A traced function whose results are those of the function, then its auxiliary ones. */
export interface StagedUserFunction extends Staged {
  readonly outTree: TreeDef;
  readonly auxTree: TreeDef | undefined;
}

export interface UserFunctionRequest {
  readonly transform: string;
  readonly name: string;
  readonly leaves: readonly NDArray[];
  readonly parameterNames?: readonly (string | undefined)[];
  /** Whether the function returns a pair, of which the second is passed on as it is. */
  readonly hasAux: boolean;
  readonly call: (leaves: readonly NDArray[]) => unknown;
}

/** The two parts of what a function with `hasAux` returns. */
function splitAux(out: unknown, hasAux: boolean): readonly [out: unknown, aux: unknown] {
  if (!hasAux) return [out, null];
  if (Array.isArray(out) && out.length === 2) return [out[0], out[1]];
  const got = Array.isArray(out) ? `a list of ${out.length}` : out === null ? "null" : typeof out;
  throw typeError(
    `expected function with aux output to return a two-element tuple, but got ${got}: with hasAux the function returns ` +
      "[result, aux].",
  );
}

/** Traces the user's function on arrays. @throws TypeError if it returns no arrays, or no pair with `hasAux`. */
export function stageUserFunction(request: UserFunctionRequest): StagedUserFunction {
  const { transform, name, leaves, hasAux, call } = request;
  let trees: { readonly outTree: TreeDef; readonly auxTree: TreeDef | undefined } | undefined;
  const staged = stage({
    transform,
    name,
    operands: leaves,
    parameterNames: request.parameterNames,
    body: (parameters) => {
      const [out, aux] = splitAux(call(parameters), hasAux);
      const [outLeaves, outTree] = treeFlatten(out);
      const [auxLeaves, auxTree] = treeFlatten(aux);
      trees = { outTree, auxTree: hasAux ? auxTree : undefined };
      return [...outLeaves, ...auxLeaves].map((leaf) => asOutput(leaf, name, "differentiated"));
    },
  });
  if (trees === undefined) throw new Error(`${transform}: ${name} was not traced`);
  return { ...staged, ...trees };
}
