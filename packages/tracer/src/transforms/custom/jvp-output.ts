/** What the rule of a `customJvp` function returns, and what is checked of it. */

import { type Aval, formatAval, sameType } from "../../core/aval.ts";
import { NDArray } from "../../core/ndarray.ts";
import { isLeafLike } from "../../core/signature.ts";
import { formatTreeDef, treeFlatten, treeUnflatten } from "../../core/tree.ts";
import { typeError } from "../../core/user-error.ts";
import { flattenArrays } from "../arrays.ts";
import { asTangent, carriesTangent, tangentAval } from "../tangents.ts";
import type { Output } from "./ruled-function.ts";
import { SymbolicZero } from "./symbolic-zeros.ts";

const shown = (aval: Aval): string => formatAval({ ...aval, weakType: false });
const listOf = (avals: readonly Aval[]): string => `[${avals.map(shown).join(", ")}]`;

/** @throws TypeError with JAX's phrase where the rule's primal result is not the function's. */
function checkPrimal(names: RuleNames, rule: Output, out: Output): void {
  const phrase =
    `Custom JVP rule ${names.rule} for function ${names.fn} must produce a pair (list or tuple of length two) where the first ` +
    `element represents the primal output (equal in value to the output of the custom_jvp-decorated function ${names.fn}, `;
  if (rule.treedef.key !== out.treedef.key)
    throw typeError(
      `${phrase}and in particular of the same container/pytree structure), but instead the JVP rule output's first element had ` +
        `container/pytree structure ${formatTreeDef(rule.treedef)} while the custom_jvp-decorated function ${names.fn} had ` +
        `output container/pytree structure ${formatTreeDef(out.treedef)}.`,
    );
  if (!rule.avals.every((aval, i) => sameType(aval, out.avals[i])))
    throw typeError(
      `${phrase}and in particular with leaves of the same shape/dtype), but instead the JVP rule output's first element had ` +
        `shapes/dtypes of ${listOf(rule.avals)} while the custom_jvp-decorated function ${names.fn} had output shapes/dtypes ` +
        `of ${listOf(out.avals)}.`,
    );
}

/** A pytree with arrays in place of symbolic zeros. */
function withoutSymbols(tree: unknown): unknown {
  const [leaves, treedef] = treeFlatten(tree, isLeafLike);
  return treeUnflatten(
    treedef,
    leaves.map((leaf) => (leaf instanceof SymbolicZero ? leaf.toArray() : leaf)),
  );
}

export interface RuleNames {
  readonly fn: string;
  readonly rule: string;
}

/** The two results of a rule as leaves: primals, then the tangents of floats among them. */
export function readRuleOutput(names: RuleNames, pair: unknown, out: Output): NDArray[] {
  if (!Array.isArray(pair) || pair.length !== 2)
    throw typeError(
      `Custom JVP rule ${names.rule} for function ${names.fn} must produce a pair (list or tuple of length two) representing ` +
        `primal and tangent outputs, but got ${pair instanceof NDArray ? formatAval(pair.aval) : String(pair)}.`,
    );
  const primals = flattenArrays(pair[0], names.rule);
  const tangents = flattenArrays(withoutSymbols(pair[1]), names.rule);
  if (primals.treedef.key !== tangents.treedef.key)
    throw typeError(
      `Custom JVP rule ${names.rule} for function ${names.fn} must produce primal and tangent outputs with equal container ` +
        `(pytree) structures, but got ${formatTreeDef(primals.treedef)} and ${formatTreeDef(tangents.treedef)} respectively.`,
    );
  checkPrimal(names, { treedef: primals.treedef, avals: primals.leaves.map(({ aval }) => aval) }, out);
  const moving = tangents.leaves.flatMap((leaf, i) => {
    const primal = primals.leaves[i].aval;
    if (!carriesTangent(primal)) return [];
    const tangent = asTangent(leaf, tangents.given[i], primal);
    if (sameType(tangent.aval, primal)) return [tangent];
    throw typeError(
      "Custom JVP rule must produce primal and tangent outputs with corresponding shapes and dtypes. Expected " +
        `${shown(tangentAval(primal))} (tangent type of ${shown(primal)}) but got ${shown(tangent.aval)}.`,
    );
  });
  return [...primals.leaves, ...moving];
}
