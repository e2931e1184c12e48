/** `vjp`: the value of a function and the map that takes cotangents of it back to its arguments. */

import { vjp as deriveVjp } from "@fluxion/autodiff";
import { type Aval, formatAval } from "../core/aval.ts";
import { holding } from "../core/held-arrays.ts";
import type { NDArray } from "../core/ndarray.ts";
import { reportTransform } from "../core/transform-stages.ts";
import { formatTreeDef, type TreeDef, treeUnflatten } from "../core/tree.ts";
import { rangeError, typeError } from "../core/user-error.ts";
import type { AnyFunction, Arrays, Given, GivenArguments, ResultArrays } from "../types/transforms.ts";
import { checkCallable, splitOptions } from "./arguments.ts";
import { flattenArrays } from "./arrays.ts";
import { callPrimal, type SplitProgram, splitProgram } from "./linear-program.ts";
import { type StagedAtPrimals, stageAtPrimals } from "./positional.ts";
import { derive } from "./staged.ts";
import { asTangent, scatterMask, tangentAval, zeroTangent } from "./tangents.ts";

/** A function split by `vjp`, and run. */
export interface Pullback {
  /** Leaves of the function's results, with those that are auxiliary. */
  readonly results: readonly NDArray[];
  /** Cotangents of the argument leaves, from cotangents of the function's own results. */
  readonly pull: (cotangents: readonly NDArray[]) => NDArray[];
  /** What `pull` holds. */
  readonly residuals: readonly NDArray[];
}

/** Runs a staged function and keeps what its way back needs. */
export function pullback(staged: StagedAtPrimals): Pullback {
  const { active, wanted } = staged;
  const split: SplitProgram = derive(staged, `vjp ${active.join()} ${wanted.join()}`, (scope, func) => {
    const { forward, backward, outputsActive } = deriveVjp(scope, func, active, wanted);
    reportTransform("linearize", func.name, forward);
    reportTransform("transpose", func.name, backward);
    return splitProgram(scope, func, forward, backward, outputsActive);
  });
  const { results, residuals } = callPrimal(staged, split);
  const avals = staged.operands.slice(0, staged.own).map(({ aval }) => aval);
  const mask = active.slice(0, staged.own);
  const pull = (cotangents: readonly NDArray[]): NDArray[] => {
    const given = cotangents.filter((_, i) => split.outputsActive[i]);
    const moving = avals.filter((_, i) => mask[i]);
    const back =
      given.length === 0 ? moving.map(zeroTangent) : split.linear.call([...residuals, ...given], moving);
    return scatterMask(mask, back, (i) => zeroTangent(avals[i]));
  };
  return { results, pull, residuals };
}

const shown = (aval: Aval): string => formatAval({ ...aval, weakType: false });

/** @throws RangeError with JAX's phrase if cotangents do not have the structure and types of the results. */
function readCotangents(given: unknown, outTree: TreeDef, avals: readonly Aval[], name: string): NDArray[] {
  const { leaves, treedef, given: values } = flattenArrays(given, "the argument of a VJP function");
  if (treedef.key !== outTree.key)
    throw rangeError(
      "unexpected tree structure.\n\nThe argument to a VJP function returned by `jax.vjp` must match the pytree structure of " +
        `the differentiated function ${name}.\n\nBut the tree structures differ: the output was ` +
        `${formatTreeDef(outTree)}, the argument is ${formatTreeDef(treedef)}.`,
    );
  return leaves.map((leaf, i) => {
    const expected = tangentAval(avals[i]);
    const cotangent = asTangent(leaf, values[i], expected);
    if (shown(cotangent.aval) === shown(expected)) return cotangent;
    throw rangeError(
      "unexpected JAX type (e.g. shape/dtype) for argument to VJP function: got " +
        `${shown(cotangent.aval)}, but expected ${shown(expected)} because the corresponding output of the differentiated ` +
        `function had JAX type ${shown(avals[i])}`,
    );
  });
}

/**
 * The value of `fn(...primals)` and the pullback of its derivative there: `[value, pull]`, or `[value, pull, aux]` with a last
 * argument `{ hasAux: true }`. `pull(cotangent)` takes a cotangent of the structure and types of the value, and gives a list with
 * one for each argument (float0 for integers). Nothing is conjugated over ℂ.
 *
 * @throws RangeError if `pull` is called with a cotangent of another structure or type.
 *
 * @example
 * const [y, pull] = vjp((x, y) => x.mul(y), 2.5, 3.5);
 * const [dx, dy] = pull(1); // 3.5, 2.5
 */
export function vjp<F extends AnyFunction>(
  fn: F,
  ...primals: GivenArguments<F>
): [value: ResultArrays<F>, pull: (cotangent: Given<ReturnType<F>>) => Arrays<Parameters<F>>];
export function vjp<F extends AnyFunction>(
  fn: F,
  ...args: [...primals: GivenArguments<F>, options: { readonly hasAux: true }]
): ReturnType<F> extends readonly [infer M, infer A]
  ? [value: Arrays<M>, pull: (cotangent: Given<M>) => Arrays<Parameters<F>>, aux: A]
  : // biome-ignore lint/suspicious/noExplicitAny: the function's type does not say that it returns a pair
    any;
export function vjp(fn: AnyFunction, ...args: readonly unknown[]): unknown {
  checkCallable(fn, "vjp");
  const [primals, options] = splitOptions(["hasAux"], args);
  const staged = stageAtPrimals("vjp", fn, primals, options.hasAux === true);
  const { outTree, auxOf } = staged;
  const { results, pull, residuals } = pullback(staged);
  const outAvals = staged.resultAvals.slice(0, outTree.leaves);
  const name = fn.name || "<lambda>";
  const pullTree = (...cotangents: readonly unknown[]): unknown => {
    if (cotangents.length !== 1) throw tooManyArguments(name, cotangents.length);
    return treeUnflatten(
      staged.primals.treedef,
      pull(readCotangents(cotangents[0], outTree, outAvals, name)),
    );
  };
  holding(pullTree, residuals);
  const value = treeUnflatten(outTree, results.slice(0, outTree.leaves));
  return auxOf === undefined ? [value, pullTree] : [value, pullTree, auxOf(results)];
}

const tooManyArguments = (name: string, count: number): TypeError =>
  typeError(
    `The function returned by \`jax.vjp\` applied to ${name} was called with ${count} arguments, but functions returned by ` +
      "`jax.vjp` must be called with a single argument corresponding to the single value returned by the function being " +
      "differentiated (even if that returned value is a tuple or other container): pull([a, b]), not pull(a, b).",
  );
