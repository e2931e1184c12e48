/** Loops: `whileLoop` and `foriLoop`. */

import { isInteger, isSigned } from "@fluxion/ir";
import { type ArrayLike, asArray } from "../../core/as-array.ts";
import type { Aval } from "../../core/aval.ts";
import { config } from "../../core/config.ts";
import { convert, emit, full, withAval } from "../../core/emit.ts";
import { isTracer, type NDArray, storageOf } from "../../core/ndarray.ts";
import { traceRegion } from "../../core/trace.ts";
import type { TreeDef } from "../../core/tree.ts";
import { typeError } from "../../core/user-error.ts";
import { add, lt } from "../elementwise.ts";
import { checkCarry, promoteWeakCarry } from "./carry.ts";
import { flatten, formatAvals, runStaged, unflatten } from "./run.ts";

/** A loop body that was traced: its region, and the structure and types of what it returns. */
interface TracedBody {
  readonly block: ReturnType<typeof traceRegion>["block"];
  readonly avals: readonly Aval[];
  readonly treedef: TreeDef;
}

export function traceBody(
  where: string,
  init: readonly NDArray[],
  body: (leaves: readonly NDArray[]) => unknown,
): TracedBody {
  let treedef: TreeDef | undefined;
  const { block, resultAvals } = traceRegion(
    init.map(({ aval }) => aval),
    (leaves) => {
      const out = flatten(where, body(leaves));
      treedef = out.treedef;
      return out.leaves;
    },
  );
  if (treedef === undefined) throw new Error(`${where} was not traced`);
  return { block, avals: resultAvals, treedef };
}

/** The region of a condition. @throws TypeError if it does not return one bool. */
function traceCondition(init: readonly NDArray[], condition: (leaves: readonly NDArray[]) => unknown) {
  return traceRegion(
    init.map(({ aval }) => aval),
    (leaves) => {
      const out = flatten("while_loop cond_fun", condition(leaves)).leaves;
      if (out.length !== 1 || out[0].ndim !== 0 || out[0].dtype !== "bool") {
        throw typeError(`cond_fun must return a boolean scalar, but got output type(s) ${formatAvals(out)}.`);
      }
      return out;
    },
  ).block;
}

/** Emits a loop on a flat state. */
export function emitWhile(
  what: string,
  given: readonly NDArray[],
  treedef: TreeDef,
  condition: (leaves: readonly NDArray[]) => unknown,
  body: (leaves: readonly NDArray[]) => unknown,
): NDArray[] {
  let init = given;
  let traced = traceBody(what, init, body);
  const promoted = promoteWeakCarry(init, traced.avals);
  if (promoted !== init) {
    init = promoted;
    traced = traceBody(what, init, body);
  }
  checkCarry(what, init, treedef, traced.avals, traced.treedef);
  const regions = [traceCondition(init, condition), traced.block];
  const results = emit("while", init, {}, { regions, weakType: false });
  return results.map((x, i) => withAval(x, traced.avals[i]));
}

/**
 * Runs `bodyFun` on a pytree for as long as `condFun` holds. The number of steps need not be known while tracing.
 * @throws TypeError if the body changes the structure, a shape or a dtype, or the condition is no bool scalar.
 */
export function whileLoop<T>(condFun: (state: T) => unknown, bodyFun: (state: T) => T, initVal: T): T {
  if (typeof condFun !== "function" || typeof bodyFun !== "function")
    throw typeError("lax.while_loop: body_fun and cond_fun arguments should be callable.");
  const { leaves, treedef } = flatten("while_loop init_val", initVal);
  const state = (values: readonly NDArray[]): T => unflatten(treedef, values) as T;
  if (config.disableJit && !leaves.some(isTracer)) return whileEagerly(condFun, bodyFun, state(leaves));
  const results = runStaged("while_loop", leaves, (init) =>
    emitWhile(
      "while_loop body",
      init,
      treedef,
      (values) => condFun(state(values)),
      (values) => bodyFun(state(values)),
    ),
  );
  return state(results);
}

function whileEagerly<T>(condFun: (state: T) => unknown, bodyFun: (state: T) => T, initVal: T): T {
  let state = initVal;
  while (truth(condFun(state))) state = bodyFun(state);
  return state;
}

const truth = (x: unknown): boolean => Boolean(storageOf(asArray(x))[0]);

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

/**
 * Runs `bodyFun(i, state)` for i = lower, …, upper − 1. Bounds may be traced.
 * @throws TypeError if the body changes the structure, a shape or a dtype of the state.
 */
export function foriLoop<T>(
  lower: ArrayLike,
  upper: ArrayLike,
  bodyFun: (i: NDArray, state: T) => T,
  initVal: T,
): T {
  if (typeof bodyFun !== "function") throw typeError("lax.fori_loop: body_fun argument should be callable.");
  const bounds = [asArray(lower, "foriLoop", 0), asArray(upper, "foriLoop", 1)];
  const { dtype, weakType } = counterType(bounds[0], bounds[1]);
  const { leaves, treedef } = flatten("fori_loop init_val", initVal);
  const state = (values: readonly NDArray[]): T => unflatten(treedef, values) as T;
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
