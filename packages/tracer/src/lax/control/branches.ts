/** Choices: `cond` and `switch`. */

import { dtypeTable, formatShape, isInteger } from "@fluxion/ir";
import { type ArrayLike, asArray } from "../../core/as-array.ts";
import { type Aval, formatAval, sameType } from "../../core/aval.ts";
import { config } from "../../core/config.ts";
import { convert, emit, full, withAval } from "../../core/emit.ts";
import { atLocation } from "../../core/errors.ts";
import { userLocation } from "../../core/location.ts";
import { isTracer, type NDArray, storageOf } from "../../core/ndarray.ts";
import { traceRegion } from "../../core/trace.ts";
import { formatTreeDef, leafPaths, type TreeDef } from "../../core/tree.ts";
import { rangeError, typeError } from "../../core/user-error.ts";
import { ne } from "../elementwise.ts";
import { clamp } from "../select.ts";
import { flatten, runStaged, unflatten } from "./run.ts";

// biome-ignore lint/suspicious/noExplicitAny: a branch takes what the user passes
type Branch<R> = (...operands: any[]) => R;

interface TracedBranch {
  readonly block: ReturnType<typeof traceRegion>["block"];
  readonly avals: readonly Aval[];
  readonly treedef: TreeDef;
}

/** Branches take no arguments: they use the operands of the trace around them. */
function traceBranch(where: string, run: () => unknown): TracedBranch {
  let treedef: TreeDef | undefined;
  const { block, resultAvals } = traceRegion([], () => {
    const out = flatten(where, run());
    treedef = out.treedef;
    return out.leaves;
  });
  if (treedef === undefined) throw new Error(`${where} was not traced`);
  return { block, avals: resultAvals, treedef };
}

/** @throws TypeError with JAX's phrase if two branches return different things. */
function checkBranches(
  what: string,
  [first, second]: readonly [TracedBranch, TracedBranch],
  names: readonly [string, string],
): void {
  if (first.treedef.key !== second.treedef.key) {
    throw new TypeError(
      `${what} branch outputs must have the same pytree structure, but they differ:\n\n` +
        `${names[0]} returns ${formatTreeDef(first.treedef)}, ${names[1]} returns ${formatTreeDef(second.treedef)}.\n\n` +
        `Revise ${names[0]} and/or ${names[1]} so that they return the same structure.${atLocation(userLocation())}`,
    );
  }
  const paths = leafPaths(first.treedef);
  const differences = first.avals.flatMap((a, i) => {
    const b = second.avals[i];
    if (sameType(a, b)) return [];
    return [
      `The output${paths[i] === "" ? "" : ` at ${paths[i]}`} of ${names[0]} has type ${formatAval(a)}, that of ${names[1]} ${formatAval(b)}.`,
    ];
  });
  if (differences.length === 0) return;
  throw new TypeError(
    `${what} branches must have equal output types but they differ.\n\n${differences.join("\n")}${atLocation(userLocation())}`,
  );
}

/** Emits a case over branches and gives the result of the one that `index` names. */
function emitCase(
  what: string,
  index: NDArray,
  branches: readonly TracedBranch[],
  names: readonly string[],
): readonly NDArray[] {
  branches.slice(1).forEach((branch, i) => {
    checkBranches(what, [branches[0], branch], [names[0], names[i + 1]]);
  });
  const results = emit("case", [index], {}, { regions: branches.map(({ block }) => block), weakType: false });
  return results.map((x, i) =>
    withAval(x, branches.find(({ avals }) => !avals[i].weakType)?.avals[i] ?? branches[0].avals[i]),
  );
}

/** Runs one of several branches on pytrees. */
function choose(
  what: string,
  selector: NDArray,
  branches: readonly Branch<unknown>[],
  names: readonly string[],
  operands: readonly unknown[],
  toIndex: (selector: NDArray) => NDArray,
): unknown {
  const { leaves, treedef } = flatten(`${what} operands`, operands);
  let outDef: TreeDef | undefined;
  const results = runStaged(what, [selector, ...leaves], ([chosen, ...values]) => {
    const args = unflatten(treedef, values) as unknown[];
    const index = toIndex(chosen);
    const traced = branches.map((branch, i) => traceBranch(names[i], () => branch(...args)));
    outDef = traced[0].treedef;
    return emitCase(what, index, traced, names);
  });
  if (outDef === undefined) throw new Error(`${what} was not traced`);
  return unflatten(outDef, results);
}

/**
 * `trueFun(...operands)` if `pred` holds, else `falseFun(...operands)`. Both are traced, one runs.
 * @throws TypeError if `pred` is no scalar, or the functions return different structures, shapes or dtypes.
 */
export function cond<R>(
  pred: ArrayLike,
  trueFun: Branch<R>,
  falseFun: Branch<R>,
  ...operands: readonly unknown[]
): R {
  if (typeof trueFun !== "function" || typeof falseFun !== "function")
    throw typeError("lax.cond: true_fun and false_fun arguments should be callable.");
  const p = asArray(pred, "cond", 0);
  if (p.ndim !== 0)
    throw typeError(`Pred must be a scalar, got ${p.dtype} of shape ${formatShape(p.shape)}.`);
  if (dtypeTable[p.dtype].kind === "complex")
    throw typeError(`Pred type must be either boolean or number, got ${p.dtype}.`);
  if (config.disableJit && !isTracer(p))
    return storageOf(p)[0] ? trueFun(...operands) : falseFun(...operands);
  const toIndex = (x: NDArray): NDArray =>
    convert(x.dtype === "bool" ? x : ne(x, full([], 0, x.dtype)), "int32");
  return choose("cond", p, [falseFun, trueFun], ["false_fun", "true_fun"], operands, toIndex) as R;
}

/**
 * The result of `branches[index](...operands)`; an index outside is moved to the nearest branch. All are traced, one runs.
 * @throws TypeError if `index` is no integer scalar or the branches return different structures, shapes or dtypes.
 */
export function switchCase<R>(
  index: ArrayLike,
  branches: readonly Branch<R>[],
  ...operands: readonly unknown[]
): R {
  const i = asArray(index, "switch", 0);
  if (i.ndim !== 0)
    throw typeError(`Branch index must be scalar, got ${i.dtype} of shape ${formatShape(i.shape)}.`);
  if (!isInteger(i.dtype)) throw typeError(`Index type must be an integer, got ${i.dtype}`);
  if (branches.length === 0) throw rangeError("Empty branch sequence");
  if (!branches.every((branch) => typeof branch === "function"))
    throw typeError("lax.switch: branches argument should be a sequence of callables.");
  if (branches.length === 1) return branches[0](...operands);
  const last = branches.length - 1;
  if (config.disableJit && !isTracer(i))
    return branches[Math.min(Math.max(Number(storageOf(i)[0]), 0), last)](...operands);
  const toIndex = (x: NDArray): NDArray =>
    clamp(full([], 0, "int32"), convert(x, "int32"), full([], last, "int32"));
  const names = branches.map((_, k) => `branch ${k}`);
  return choose("switch", i, branches, names, operands, toIndex) as R;
}
export { switchCase as switch };
