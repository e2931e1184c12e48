/** `jvp`: the value of a function and its directional derivative. */

import { jvp as deriveJvp } from "@fluxion/autodiff";
import { formatShape } from "@fluxion/ir";
import { type Aval, visibleDType } from "../core/aval.ts";
import type { NDArray } from "../core/ndarray.ts";
import { reportTransform } from "../core/transform-stages.ts";
import { formatTreeDef, treeUnflatten } from "../core/tree.ts";
import { rangeError, typeError } from "../core/user-error.ts";
import { readOptions } from "../numpy/options.ts";
import type { AnyFunction, Arrays, GivenArguments, ResultArrays } from "../types/transforms.ts";
import { checkCallable } from "./arguments.ts";
import { type FlatTree, flattenArrays, flattenPrimals } from "./arrays.ts";
import { type StagedAtPrimals, stageAtPrimals } from "./positional.ts";
import { Program } from "./program.ts";
import { derive, settleEffects } from "./staged.ts";
import { asTangent, scatterMask, tangentAval, zeroTangent } from "./tangents.ts";

/** @throws TypeError or RangeError with JAX's phrase where tangents do not have the structure, dtypes and shapes of primals. */
function checkTangents(primals: FlatTree, tangents: FlatTree): readonly NDArray[] {
  if (primals.treedef.key !== tangents.treedef.key)
    throw typeError(
      "primal and tangent arguments to jax.jvp must have the same tree structure; primals have tree structure " +
        `${formatTreeDef(primals.treedef)} whereas tangents have tree structure ${formatTreeDef(tangents.treedef)}.`,
    );
  return primals.leaves.map((primal, i) => {
    const expected = tangentAval(primal.aval);
    const tangent = asTangent(tangents.leaves[i], tangents.given[i], expected);
    checkTangent(primal, tangent, expected);
    return tangent;
  });
}

function checkTangent(primal: NDArray, tangent: NDArray, expected: Aval): void {
  if (tangent.dtype !== visibleDType(expected))
    throw typeError(
      "primal and tangent arguments to jax.jvp do not match; dtypes must be equal, or in case of int/bool primal dtype " +
        `the tangent dtype must be float0. Got primal dtype ${primal.dtype} and so expected tangent dtype ` +
        `${visibleDType(expected)}, but got tangent dtype ${tangent.dtype} instead.`,
    );
  if (tangent.shape.join() !== primal.shape.join())
    throw rangeError(
      `jvp called with different primal and tangent shapes; Got primal shape ${formatShape(primal.shape)} and tangent ` +
        `shape as ${formatShape(tangent.shape)}`,
    );
}

interface DerivedJvp {
  readonly program: Program;
  readonly outputsActive: readonly boolean[];
}

/** Results of the function and tangents of its own results. */
export function callJvp(
  staged: StagedAtPrimals,
  tangents: readonly NDArray[],
): { readonly results: readonly NDArray[]; readonly tangents: readonly NDArray[] } {
  const { active, wanted, resultAvals, outTree } = staged;
  const { program, outputsActive } = derive(
    staged,
    `jvp ${active.join()} ${wanted.join()}`,
    (scope, func): DerivedJvp => {
      const derived = deriveJvp(scope, func, active, wanted);
      reportTransform("jvp", func.name, derived.func);
      return {
        program: new Program(derived.func, scope, `jvp(${func.name})`),
        outputsActive: derived.outputsActive,
      };
    },
  );
  const moving = resultAvals.filter((_, i) => outputsActive[i]);
  const given = tangents.filter((_, i) => active[i]);
  const all = program.call([...staged.operands, ...given], [...resultAvals, ...moving]);
  const results = settleEffects(staged, all.slice(0, resultAvals.length));
  const own = outputsActive.slice(0, outTree.leaves);
  return {
    results,
    tangents: scatterMask(own, all.slice(resultAvals.length), (i) => zeroTangent(resultAvals[i])),
  };
}

/** `[value, tangent, aux]`. */
type WithAuxResult<F extends AnyFunction> =
  ReturnType<F> extends readonly [infer M, infer A]
    ? [value: Arrays<M>, tangent: Arrays<M>, aux: A]
    : // biome-ignore lint/suspicious/noExplicitAny: the function's type does not say that it returns a pair
      any;

/**
 * The value of `fn(...primals)` and its derivative along `tangents`: `[value, tangent]`, or `[value, tangent, aux]` with
 * `hasAux`. Both arguments are lists with one entry for each argument of the function; tangents have the structure, shapes and
 * dtypes of the primals (float0 for integers).
 *
 * @throws TypeError or RangeError if primals and tangents differ.
 *
 * @example
 * const [y, dy] = jvp((x) => jnp.sin(x), [0.5], [1]); // sin(0.5), cos(0.5)
 */
export function jvp<F extends AnyFunction>(
  fn: F,
  primals: readonly [...GivenArguments<F>],
  tangents: readonly [...GivenArguments<F>],
): [value: ResultArrays<F>, tangent: ResultArrays<F>];
export function jvp<F extends AnyFunction>(
  fn: F,
  primals: readonly [...GivenArguments<F>],
  tangents: readonly [...GivenArguments<F>],
  options: { readonly hasAux: true },
): WithAuxResult<F>;
export function jvp(
  fn: AnyFunction,
  primals: unknown,
  tangents: unknown,
  ...rest: readonly unknown[]
): unknown {
  checkCallable(fn, "jvp");
  const options = readOptions("jvp", ["hasAux"], rest);
  if (!Array.isArray(primals) || !Array.isArray(tangents))
    throw typeError(
      "primal and tangent arguments to jax.jvp must be tuples or lists; found " +
        `${typeof primals} and ${typeof tangents}. Write jvp(f, [x], [t]).`,
    );
  const given = checkTangents(flattenPrimals(primals, "primals"), flattenArrays(tangents, "tangents"));
  const staged = stageAtPrimals("jvp", fn, primals, options.hasAux === true);
  const { results, tangents: out } = callJvp(staged, given);
  const { outTree, auxOf } = staged;
  const pair = [treeUnflatten(outTree, results.slice(0, outTree.leaves)), treeUnflatten(outTree, out)];
  return auxOf === undefined ? pair : [...pair, auxOf(results)];
}
