/**
 * Running functions that take functions of the user. Inside a trace their body is inlined; outside, it is traced,
 * compiled and run at once. Nothing is cached by the user's functions: what they close over may have changed. Programs are cached
 * by what was traced.
 */

import { asArrayOrKey } from "../../core/as-array.ts";
import { formatAval } from "../../core/aval.ts";
import { userLocation } from "../../core/location.ts";
import type { NDArray } from "../../core/ndarray.ts";
import { moduleName, refusePromise } from "../../core/outputs.ts";
import { currentTrace, traceFunction, withTrace } from "../../core/trace.ts";
import { type TreeDef, treeFlatten, treeUnflatten } from "../../core/tree.ts";
import { typeError } from "../../core/user-error.ts";
import { programLike } from "../../transforms/program-cache.ts";

/** A pytree taken apart. */
export interface Flat {
  readonly leaves: readonly NDArray[];
  readonly treedef: TreeDef;
}

const describe = (value: unknown): string =>
  typeof value === "object" && value !== null ? (value.constructor?.name ?? "an object") : typeof value;

/** A pytree of arrays and scalars. @throws TypeError if a leaf is neither. */
export function flatten(where: string, tree: unknown): Flat {
  const [values, treedef] = treeFlatten(tree);
  const leaves = values.map((value, i) => {
    refusePromise(value, where);
    try {
      return asArrayOrKey(value, where, i);
    } catch {
      throw typeError(`${where}: value of type ${describe(value)} is not a valid JAX type.`);
    }
  });
  return { leaves, treedef };
}

export const unflatten = (treedef: TreeDef, leaves: readonly NDArray[]): unknown =>
  treeUnflatten(treedef, leaves);

/** Runs `body`, which emits, on arrays. */
export function runStaged(
  name: string,
  leaves: readonly NDArray[],
  body: (leaves: readonly NDArray[]) => readonly NDArray[],
): NDArray[] {
  if (currentTrace() !== undefined) return [...body(leaves)];
  const origin = { transform: name, functionName: name, location: userLocation() };
  const avals = leaves.map(({ aval }) => aval);
  const traced = withTrace(undefined, () => traceFunction(origin, avals, body));
  const { func, module, captured, resultAvals } = traced;
  const program = programLike({ ...func, name: moduleName(name) }, module, name);
  return program.call([...leaves, ...captured], resultAvals);
}

export const formatAvals = (leaves: readonly NDArray[]): string =>
  `[${leaves.map(({ aval }) => formatAval(aval)).join(", ")}]`;
