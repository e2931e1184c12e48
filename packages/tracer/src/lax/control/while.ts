/** `whileLoop`: a loop for as long as a condition holds. */

import { asArray } from "../../core/as-array.ts";
import type { Aval } from "../../core/aval.ts";
import { config } from "../../core/config.ts";
import { emit, withAval } from "../../core/emit.ts";
import { isTracer, type NDArray, storageOf } from "../../core/ndarray.ts";
import { traceRegion } from "../../core/trace.ts";
import { formatTreeDef, type TreeDef } from "../../core/tree.ts";
import { typeError } from "../../core/user-error.ts";
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
      const { leaves: out, treedef } = flatten("while_loop cond_fun", condition(leaves));
      if (treedef.kind !== "leaf")
        throw typeError(`cond_fun must return a boolean scalar, but got pytree ${formatTreeDef(treedef)}.`);
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
