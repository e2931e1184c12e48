/** Arguments of functions with rules of their own, of which some are no input of the derivative. */

import { isTracer, type NDArray } from "../../core/ndarray.ts";
import { type TreeDef, treeLeaves, treeUnflatten } from "../../core/tree.ts";
import { typeError } from "../../core/user-error.ts";
import { readOptions } from "../../numpy/options.ts";
import { flattenArrays } from "../arrays.ts";
import { stopGradient } from "../stop-gradient.ts";

/** Reads `nondiffArgnums`. @throws TypeError unless it is an integer or a list of them. */
export function readNondiffArgnums(transform: string, rest: readonly unknown[]): readonly number[] {
  const { nondiffArgnums = [] } = readOptions(transform, ["nondiffArgnums"], rest);
  const list: readonly unknown[] = Array.isArray(nondiffArgnums) ? nondiffArgnums : [nondiffArgnums];
  if (list.every(Number.isInteger)) return list as number[];
  throw typeError(
    `nondiffArgnums must be an integer or a list of integers, got ${JSON.stringify(nondiffArgnums)}.`,
  );
}

export interface SplitArguments {
  /** Arguments that rules get first, as they are. */
  readonly nondiff: readonly unknown[];
  readonly leaves: readonly NDArray[];
  /** The structure of the list of the other arguments. */
  readonly treedef: TreeDef;
  /** All arguments, with other leaves. */
  readonly rebuild: (leaves: readonly unknown[]) => unknown[];
}

/** Takes arguments apart. Tangents of those at `nondiffArgnums` end here. */
export function splitArguments(
  name: string,
  args: readonly unknown[],
  nondiffArgnums: readonly number[],
): SplitArguments {
  const positions = new Set(nondiffArgnums.map((i) => (i < 0 ? i + args.length : i)));
  const nondiff = [...positions].map((i) =>
    treeLeaves(args[i]).some(isTracer) ? stopGradient(args[i]) : args[i],
  );
  const stopped = new Map([...positions].map((position, i) => [position, nondiff[i]]));
  const { leaves, treedef } = flattenArrays(
    args.filter((_, i) => !positions.has(i)),
    `${name} arguments`,
  );
  const rebuild = (values: readonly unknown[]): unknown[] => {
    const dynamic = treeUnflatten(treedef, values) as unknown[];
    let next = 0;
    return args.map((_, i) => (positions.has(i) ? stopped.get(i) : dynamic[next++]));
  };
  return { nondiff, leaves, treedef, rebuild };
}
