/** `linearize` and `linearTranspose`: linear maps as functions. */

import { linearize as deriveLinear, transpose } from "@fluxion/autodiff";
import { dtypeTable } from "@fluxion/ir";
import { type Aval, formatAval } from "../core/aval.ts";
import { holding } from "../core/held-arrays.ts";
import type { NDArray } from "../core/ndarray.ts";
import { reportTransform } from "../core/transform-stages.ts";
import { formatTreeDef, treeUnflatten } from "../core/tree.ts";
import { rangeError, typeError } from "../core/user-error.ts";
import { withPlaceholders } from "../stages/abstract.ts";
import type { AnyFunction, Arrays, Given, GivenArguments, ResultArrays } from "../types/transforms.ts";
import { checkCallable, splitOptions } from "./arguments.ts";
import { flattenArrays } from "./arrays.ts";
import { callPrimal, splitProgram } from "./linear-program.ts";
import { stageAtPrimals } from "./positional.ts";
import { Program } from "./program.ts";
import { derive } from "./staged.ts";
import { asTangent, scatterMask, tangentAval, zeroTangent } from "./tangents.ts";

const shown = (aval: Aval): string => formatAval({ ...aval, weakType: false });
const fits = (given: Aval, expected: Aval): boolean => shown(given) === shown(expected);

/**
 * The value of `fn(...primals)` and the linear map of its derivative there: `[value, map]`, or `[value, map, aux]` with a last
 * argument `{ hasAux: true }`. `map(...tangents)` takes a tangent for each argument and does not run `fn` again.
 *
 * @throws RangeError if the map is called with tangents of other shapes or dtypes.
 */
export function linearize<F extends AnyFunction>(
  fn: F,
  ...primals: GivenArguments<F>
): [value: ResultArrays<F>, map: (...tangents: GivenArguments<F>) => ResultArrays<F>];
export function linearize<F extends AnyFunction>(
  fn: F,
  ...args: [...primals: GivenArguments<F>, options: { readonly hasAux: true }]
): ReturnType<F> extends readonly [infer M, infer A]
  ? [value: Arrays<M>, map: (...tangents: GivenArguments<F>) => Arrays<M>, aux: A]
  : // biome-ignore lint/suspicious/noExplicitAny: the function's type does not say that it returns a pair
    any;
export function linearize(fn: AnyFunction, ...args: readonly unknown[]): unknown {
  checkCallable(fn, "linearize");
  const [given, options] = splitOptions(["hasAux"], args);
  const staged = stageAtPrimals("linearize", fn, given, options.hasAux === true);
  const { active, wanted, resultAvals, outTree, auxOf, primals } = staged;
  const split = derive(staged, `linearize ${active.join()} ${wanted.join()}`, (scope, func) => {
    const { primal, linear, outputsActive } = deriveLinear(scope, func, active, wanted);
    reportTransform("linearize", func.name, primal);
    reportTransform("linearize", linear.name, linear);
    return splitProgram(scope, func, primal, linear, outputsActive);
  });
  const { results, residuals } = callPrimal(staged, split);
  const outAvals = resultAvals.slice(0, outTree.leaves);
  const moving = resultAvals.filter((_, i) => split.outputsActive[i]);
  const map = (...tangents: readonly unknown[]): unknown => {
    const leaves = readTangents(primals, [...tangents]).filter((_, i) => active[i]);
    const out = split.linear.call([...residuals, ...leaves], moving);
    const mask = split.outputsActive.slice(0, outTree.leaves);
    return treeUnflatten(
      outTree,
      scatterMask(mask, out, (i) => zeroTangent(outAvals[i])),
    );
  };
  holding(map, residuals);
  const value = treeUnflatten(outTree, results.slice(0, outTree.leaves));
  return auxOf === undefined ? [value, map] : [value, map, auxOf(results)];
}

/** @throws TypeError or RangeError with JAX's phrase if the tangents are not those of the primals. */
function readTangents(primals: ReturnType<typeof flattenArrays>, given: readonly unknown[]): NDArray[] {
  const tangents = flattenArrays(given, "tangents");
  if (tangents.treedef.key !== primals.treedef.key)
    throw typeError(
      `linearized function: expected ${formatTreeDef(primals.treedef)}, got ${formatTreeDef(tangents.treedef)}`,
    );
  return primals.leaves.map(({ aval }, i) => {
    const expected = tangentAval(aval);
    const tangent = asTangent(tangents.leaves[i], tangents.given[i], expected);
    if (fits(tangent.aval, expected)) return tangent;
    throw rangeError(
      "linearized function called on tangent values inconsistent with the original primal values:\n" +
        `Got tangent aval ${shown(tangent.aval)} for primal aval ${shown(aval)} but expected ${shown(expected)}.`,
    );
  });
}

/**
 * The transpose of a linear function: `linearTranspose(fn, ...primals)(cotangent)` gives a list with a cotangent for each
 * argument. Of the primals only structure, shapes and dtypes matter; they may be `ShapeDtypeStruct`. Over ℂ nothing is conjugated.
 *
 * @throws TypeError if dtypes are not all float or complex, or all integer; NotImplementedError if an operation of `fn` is not
 * linear.
 */
export function linearTranspose<F extends AnyFunction>(
  fn: F,
  ...primals: readonly unknown[]
): (cotangent: Given<ReturnType<F>>) => Arrays<Parameters<F>> {
  checkCallable(fn, "linearTranspose");
  const staged = stageAtPrimals("linear_transpose", fn, withPlaceholders(primals), false);
  const { outTree, resultAvals, own, operands } = staged;
  const inAvals = operands.slice(0, own).map(({ aval }) => aval);
  checkLinearTypes(inAvals, resultAvals);
  const program = derive(staged, "transpose", (scope, func) => {
    const isLinear = func.body.arguments.map((_, i) => i < own);
    const transposed = transpose(scope, func, isLinear);
    reportTransform("transpose", func.name, transposed);
    return new Program(transposed, scope, `linearTranspose(${func.name})`);
  });
  const back = (cotangent: Given<ReturnType<F>>): Arrays<Parameters<F>> => {
    const flat = flattenArrays(cotangent, "cotangent");
    if (flat.treedef.key !== outTree.key)
      throw typeError(
        `cotangent tree does not match function output, expected ${formatTreeDef(outTree)} but got ${formatTreeDef(flat.treedef)}`,
      );
    const cts = flat.leaves.map((ct, i) => asTangent(ct, flat.given[i], resultAvals[i]));
    if (!cts.every(({ aval }, i) => fits(aval, resultAvals[i])))
      throw typeError(
        `cotangent type does not match function output, expected [${resultAvals.map(shown).join(", ")}] but got ` +
          `[${cts.map(({ aval }) => shown(aval)).join(", ")}]`,
      );
    const results = program.call([...operands.slice(own), ...cts], inAvals);
    return treeUnflatten(staged.primals.treedef, results) as Arrays<Parameters<F>>;
  };
  return holding(back, operands.slice(own));
}

/** @throws TypeError with JAX's phrase. */
function checkLinearTypes(inputs: readonly Aval[], outputs: readonly Aval[]): void {
  const kinds = [...inputs, ...outputs].map(({ dtype }) => dtypeTable[dtype].kind);
  const inexact = kinds.every((kind) => kind === "float" || kind === "complex");
  if (inexact || kinds.every((kind) => kind === "int" || kind === "uint")) return;
  const list = (avals: readonly Aval[]): string => `[${avals.map(({ dtype }) => dtype).join(", ")}]`;
  throw typeError(
    "linear_transpose only supports [float or complex] -> [float or complex], and integer -> integer functions, but got " +
      `${list(inputs)} -> ${list(outputs)}.`,
  );
}
