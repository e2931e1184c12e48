/** `closureConvert`: a function whose closed-over traced arrays are arguments. */

import { isTracer, type NDArray } from "../core/ndarray.ts";
import { formatTreeDef, treeUnflatten } from "../core/tree.ts";
import { typeError } from "../core/user-error.ts";
import { type AnyFunction, checkCallable } from "./arguments.ts";
import { flattenArrays } from "./arrays.ts";
import { Program } from "./program.ts";
import { settleEffects } from "./staged.ts";
import { carriesTangent } from "./tangents.ts";
import { stageUserFunction } from "./user-function.ts";

/**
 * Makes explicit what a function closes over: `[converted, consts]`, where `converted(...args, ...consts)` equals `fn(...args)`
 * for arguments of the structure, shapes and dtypes of the examples. `consts` are the traced float arrays that a derivative could
 * reach; others stay in the function. So rules of `customVjp` can treat a function that they are given as differentiable.
 *
 * @throws TypeError if the converted function is called with another structure.
 */
export function closureConvert(
  fn: AnyFunction,
  ...exampleArgs: readonly unknown[]
): [converted: (...args: unknown[]) => unknown, consts: NDArray[]] {
  checkCallable(fn, "closureConvert");
  const example = flattenArrays([...exampleArgs], "closureConvert");
  const staged = stageUserFunction({
    transform: "closure_convert",
    name: fn.name || "<lambda>",
    leaves: example.leaves,
    hasAux: false,
    call: (leaves) => fn(...(treeUnflatten(example.treedef, leaves) as unknown[])),
  });
  const program = new Program(staged.func, staged.module);
  const captured = staged.operands.slice(staged.own);
  const hoisted = captured.filter((x) => isTracer(x) && carriesTangent(x.aval));
  const converted = (...args: unknown[]): unknown => {
    const own = args.length - hoisted.length;
    const given = flattenArrays(args.slice(0, Math.max(own, 0)), "closureConvert");
    if (given.treedef.key !== example.treedef.key)
      throw typeError(
        "The inputs to the closure produced by closure_convert must have the same Pytree structure as the example arguments " +
          `passed when closure_convert was called. Expected ${formatTreeDef(example.treedef)}, but got ` +
          `${formatTreeDef(given.treedef)}`,
      );
    const consts = flattenArrays(args.slice(own), "closureConvert").leaves;
    const outer = captured.map((x) => consts[hoisted.indexOf(x)] ?? x);
    const results = settleEffects(staged, program.call([...given.leaves, ...outer], staged.resultAvals));
    return treeUnflatten(staged.outTree, results.slice(0, staged.outTree.leaves));
  };
  return [converted, hoisted];
}
