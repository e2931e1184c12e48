/** `foriLoop`: a loop over a range of integers. */

import { isInteger, isSigned } from "@fluxion/ir";
import { type ArrayLike, asArray } from "../../core/as-array.ts";
import { convert, full } from "../../core/emit.ts";
import { type NDArray, storageOf } from "../../core/ndarray.ts";
import { rangeError, typeError } from "../../core/user-error.ts";
import { readOptions } from "../../numpy/options.ts";
import { add, lt } from "../elementwise.ts";
import { flatten, runStaged, unflatten } from "./run.ts";
import { scan } from "./scan.ts";
import { emitWhile } from "./while.ts";

/** The dtype of the counter. @throws TypeError if the bounds have different ones. */
function counterType(lower: NDArray, upper: NDArray): { dtype: NDArray["dtype"]; weakType: boolean } {
  for (const bound of [lower, upper]) {
    if (!isInteger(bound.dtype) || bound.ndim !== 0)
      throw typeError(
        `fori_loop bounds must be scalar integers, got ${bound.dtype}[${bound.shape.join(",")}]`,
      );
  }
  if (lower.dtype === upper.dtype) return { dtype: lower.dtype, weakType: lower.weakType && upper.weakType };
  if (isSigned(lower.dtype) && isSigned(upper.dtype) && lower.weakType !== upper.weakType)
    return { dtype: (lower.weakType ? upper : lower).dtype, weakType: false };
  throw typeError(
    `lower and upper arguments to fori_loop must have equal types, got ${lower.dtype} and ${upper.dtype}`,
  );
}

export interface ForiOptions {
  /** How many turns each step of the loop takes, where the bounds are known; true for no loop at all. */
  readonly unroll?: number | boolean;
}

/**
 * Runs `bodyFun(i, state)` for i = lower, …, upper − 1. Bounds may be traced.
 * @throws TypeError if the body changes the structure, a shape or a dtype of the state; RangeError for `unroll` with traced bounds.
 */
export function foriLoop<T>(
  lower: ArrayLike,
  upper: ArrayLike,
  bodyFun: (i: NDArray, state: T) => T,
  initVal: T,
  options: ForiOptions = {},
): T {
  if (typeof bodyFun !== "function") throw typeError("lax.fori_loop: body_fun argument should be callable.");
  const bounds = [asArray(lower, "foriLoop", 0), asArray(upper, "foriLoop", 1)];
  const { dtype, weakType } = counterType(bounds[0], bounds[1]);
  const { leaves, treedef } = flatten("fori_loop init_val", initVal);
  const state = (values: readonly NDArray[]): T => unflatten(treedef, values) as T;
  const { unroll } = readOptions("foriLoop", ["unroll"], [options]);
  if (unroll !== undefined && unroll !== null && unroll !== false && unroll !== 1)
    return unrolled(bounds, bodyFun, initVal, unroll as number | boolean);
  // Bounds that the host knows stay constants of the program, so that the number of steps does too.
  const known = bounds.map(({ payload }) => payload.kind === "host");
  const operands = [...leaves, ...bounds.filter((_, i) => !known[i])];
  const results = runStaged("fori_loop", operands, (args) => {
    const dynamic = args.slice(leaves.length);
    let next = 0;
    const [from, to] = bounds.map((bound, i) => convert(known[i] ? bound : dynamic[next++], dtype, weakType));
    const init = args.slice(0, leaves.length);
    const loop = flatten("fori_loop", [from, state(init)]).treedef;
    return emitWhile(
      "fori_loop body",
      [from, ...init],
      loop,
      ([i]) => lt(i, to),
      ([i, ...values]) => [add(i, full([], 1, dtype, weakType)), bodyFun(i, state(values))],
    ).slice(1);
  });
  return state(results);
}

/** The loop as a scan over no arrays. @throws RangeError if a bound is not known. */
function unrolled<T>(
  bounds: readonly NDArray[],
  bodyFun: (i: NDArray, state: T) => T,
  initVal: T,
  unroll: number | boolean,
): T {
  if (!bounds.every(({ payload }) => payload.kind === "host"))
    throw rangeError("Can only use `unroll` in `fori_loop` if the loop bounds are statically known.");
  const [lower, upper] = bounds.map((bound) => Number(storageOf(bound)[0]));
  const { dtype, weakType } = counterType(bounds[0], bounds[1]);
  const start = full([], lower, dtype, weakType);
  const one = full([], 1, dtype, weakType);
  const step = ([i, state]: readonly [NDArray, T]): readonly [readonly [NDArray, T], null] => [
    [add(i, one), bodyFun(i, state)],
    null,
  ];
  const [[, state]] = scan(step, [start, initVal] as const, null, {
    length: Math.max(0, upper - lower),
    unroll,
  });
  return state;
}
