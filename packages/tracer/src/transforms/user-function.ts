/** The user's function as transforms trace it: pytrees in and out, with what it returns besides its result. */

import { isTracer, type NDArray } from "../core/ndarray.ts";
import { asOutput } from "../core/outputs.ts";
import { type TreeDef, treeFlatten, treeUnflatten } from "../core/tree.ts";
import { typeError } from "../core/user-error.ts";
import { type Staged, stage } from "./staged.ts";

/** A traced function whose results are those of the function, then the traced ones of its auxiliary leaves. */
export interface StagedUserFunction extends Staged {
  readonly outTree: TreeDef;
  /** With `hasAux`: what the function returned besides its result, from all results of the program. */
  readonly auxOf: AuxOf | undefined;
}

type AuxOf = (results: readonly NDArray[]) => unknown;

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

/** Auxiliary leaves that are not traced (strings, numbers, objects, arrays from outside) are passed on as they are. */
function takeAux(aux: unknown, offset: number): readonly [traced: readonly NDArray[], auxOf: AuxOf] {
  const [leaves, treedef] = treeFlatten(aux);
  const traced = leaves.filter(isTracer);
  const auxOf: AuxOf = (results) => {
    let next = offset;
    return treeUnflatten(
      treedef,
      leaves.map((leaf) => (isTracer(leaf) ? results[next++] : leaf)),
    );
  };
  return [traced, auxOf];
}

/** Traces the user's function on arrays. @throws TypeError if it returns no arrays, or no pair with `hasAux`. */
export function stageUserFunction(request: UserFunctionRequest): StagedUserFunction {
  const { transform, name, leaves, hasAux, call } = request;
  let parts: Pick<StagedUserFunction, "outTree" | "auxOf"> | undefined;
  const staged = stage({
    transform,
    name,
    operands: leaves,
    parameterNames: request.parameterNames,
    body: (parameters) => {
      const [out, aux] = splitAux(call(parameters), hasAux);
      const [outLeaves, outTree] = treeFlatten(out);
      const [traced, auxOf] = takeAux(aux, outTree.leaves);
      parts = { outTree, auxOf: hasAux ? auxOf : undefined };
      return [...outLeaves.map((leaf) => asOutput(leaf, name, "differentiated")), ...traced];
    },
  });
  if (parts === undefined) throw new Error(`${transform}: ${name} was not traced`);
  return { ...staged, ...parts };
}
