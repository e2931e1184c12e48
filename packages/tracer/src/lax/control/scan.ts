/** `scan`: a loop over the leading axis of arrays. */

import { type Aval, avalOf, formatAval } from "../../core/aval.ts";
import { broadcastTo, full, withAval } from "../../core/emit.ts";
import { atLocation } from "../../core/errors.ts";
import { userLocation } from "../../core/location.ts";
import { isAbstract, NDArray, wordsOf } from "../../core/ndarray.ts";
import { refusePromise } from "../../core/outputs.ts";
import { currentTrace, type TracedFunction, traceFunction } from "../../core/trace.ts";
import { concretizationError } from "../../core/tracer-errors.ts";
import { type TreeDef, treeFlatten } from "../../core/tree.ts";
import { rangeError, typeError } from "../../core/user-error.ts";
import { dynamicIndexInDim, dynamicUpdateIndexInDim } from "../dynamic.ts";
import { add, lt, sub } from "../elementwise.ts";
import { checkCarry, promoteWeakCarry } from "./carry.ts";
import { flatten, runStaged, unflatten } from "./run.ts";
import { emitWhile } from "./while.ts";

export interface ScanOptions {
  /** Number of steps, where there is no array to take it from. */
  readonly length?: number;
  /** Whether to go from the last element to the first. */
  readonly reverse?: boolean;
  /** How many turns each step of the loop takes; true for no loop at all. */
  readonly unroll?: number | boolean;
}

type Step = (carry: unknown, x: unknown) => readonly [unknown, unknown];

/** A traced step: the user's function is traced once, not once for each use. */
interface StagedStep {
  readonly name: string;
  readonly traced: TracedFunction;
  readonly carryDef: TreeDef;
  readonly outDef: TreeDef;
}

function stageStep(
  f: Step,
  carry: readonly NDArray[],
  carryDef: TreeDef,
  xAvals: readonly Aval[],
  xDef: TreeDef,
): StagedStep {
  const trace = currentTrace();
  if (trace === undefined) throw new Error("scan was staged outside a trace");
  let defs: { readonly carryDef: TreeDef; readonly outDef: TreeDef } | undefined;
  const origin = { ...trace.origin, functionName: f.name || "scan_body" };
  const avals = [...carry.map(({ aval }) => aval), ...xAvals];
  const traced = traceFunction(origin, avals, (leaves) => {
    const state = unflatten(carryDef, leaves.slice(0, carry.length));
    const out = f(state, unflatten(xDef, leaves.slice(carry.length)));
    refusePromise(out, `scan body ${f.name || "<lambda>"}`);
    if (!Array.isArray(out) || out.length !== 2)
      throw new TypeError(
        `scan body output must be a pair, got ${describe(out)}. Return [next carry, output]; the output may be null.` +
          atLocation(userLocation()),
      );
    const [next, y] = [flatten("scan body", out[0]), flatten("scan body", out[1])];
    defs = { carryDef: next.treedef, outDef: y.treedef };
    return [...next.leaves, ...y.leaves];
  });
  if (defs === undefined) throw new Error("scan was not traced");
  return { name: origin.functionName.replace(/[^A-Za-z0-9_]/g, "_"), traced, ...defs };
}

/** Adds the step to the module; the result calls it. */
function linkStep({ name, traced }: StagedStep): (args: readonly NDArray[]) => NDArray[] {
  const callee = traced.module.add({ ...traced.func, name });
  const types = traced.func.resultTypes;
  return (args) => {
    const trace = currentTrace();
    if (trace === undefined) throw new Error("a staged function was called outside a trace");
    const results = trace.emit("call", [...args, ...traced.captured], { callee }, { types });
    return results.map((x, i) => withAval(x, traced.resultAvals[i]));
  };
}

function describe(x: unknown): string {
  if (Array.isArray(x)) return `a list of ${x.length}`;
  return x instanceof NDArray ? formatAval(x.aval) : typeof x;
}

/**
 * The option `length` as a number.
 * @throws ConcretizationTypeError if it is traced, TypeError unless it is a non-negative integer.
 */
function readLength(length: unknown): number | undefined {
  if (length === undefined || length === null) return undefined;
  if (length instanceof NDArray && isAbstract(length))
    throw concretizationError(
      length,
      "The `length` argument to `scan` expects a concrete `int` value. For scan-like iteration with a dynamic length, use " +
        "`while_loop` or `fori_loop` (whileLoop, foriLoop).",
      "Use whileLoop or foriLoop",
    );
  const number = length instanceof NDArray ? length.item() : length;
  if (Number.isInteger(number) && Number(number) >= 0) return Number(number);
  throw typeError(`scan: \`length\` must be a non-negative integer, got ${String(number)}.`);
}

/** Size of the leading axis. @throws RangeError if arrays differ in it or none has one. */
function scanLength(xs: readonly NDArray[], length: number | undefined): number {
  if (xs.some(({ ndim }) => ndim === 0))
    throw rangeError("scan got value with no leading axis to scan over: a scalar cannot be scanned.");
  const sizes = [...new Set(xs.map(({ shape }) => shape[0]))];
  if (sizes.length > 1)
    throw rangeError(
      `scan got values with different leading axis sizes: ${xs.map(({ shape }) => shape[0]).join(", ")}.`,
    );
  if (sizes.length === 0) {
    if (length === undefined) throw rangeError("scan got no values to scan over and `length` not provided.");
    return length;
  }
  if (length !== undefined && length !== sizes[0])
    throw rangeError(
      `scan got \`length\` argument of ${length} which disagrees with leading axis sizes [${sizes[0]}].`,
    );
  return sizes[0];
}

interface Plan {
  readonly length: number;
  readonly reverse: boolean;
  readonly unroll: number;
  readonly carryCount: number;
}

/** @throws TypeError unless it is a bool or a non-negative integer. */
function readUnroll(unroll: unknown, length: number): number {
  if (unroll === undefined || unroll === false) return 1;
  if (unroll === true) return Math.max(2, length);
  if (Number.isInteger(unroll) && Number(unroll) >= 0) return Math.max(1, Number(unroll));
  throw typeError(`scan: \`unroll\` must be a \`bool\` or a non-negative \`int\`, got ${String(unroll)}.`);
}

/** Emits the loop; returns the last state, then the stacked outputs. */
function emitScan(
  f: Step,
  operands: readonly NDArray[],
  carryDef: TreeDef,
  xDef: TreeDef,
  { length, reverse, unroll, carryCount }: Plan,
): { readonly results: NDArray[]; readonly outDef: TreeDef } {
  const xs = operands.slice(carryCount);
  const xAvals = xs.map(({ aval }) => avalOf(aval.dtype, aval.shape.slice(1), aval.weakType, aval.key));
  const given = operands.slice(0, carryCount);
  const trial = stageStep(f, given, carryDef, xAvals, xDef);
  const init = promoteWeakCarry(given, trial.traced.resultAvals.slice(0, trial.carryDef.leaves));
  const step = init === given ? trial : stageStep(f, init, carryDef, xAvals, xDef);
  const avals = step.traced.resultAvals;
  const nextAvals = avals.slice(0, step.carryDef.leaves);
  checkCarry("scan body", init, carryDef, nextAvals, step.carryDef);
  const call = linkStep(step);
  const stacks = avals
    .slice(carryCount)
    .map(({ dtype, shape, weakType }) => broadcastTo(full([], 0, dtype, weakType), [length, ...shape]));
  const last = full([], length - 1, "int32");
  /** One turn: carries and stacks after it. */
  const turn = (i: NDArray, values: readonly NDArray[]): NDArray[] => {
    const at = reverse ? sub(last, i) : i;
    const elements = xs.map((x) => dynamicIndexInDim(wordsOf(x), at, 0, false));
    const out = call([...values.slice(0, carryCount), ...elements]);
    const stacked = values
      .slice(carryCount)
      .map((stack, k) => dynamicUpdateIndexInDim(stack, wordsOf(out[carryCount + k]), at, 0));
    return [...out.slice(0, carryCount), ...stacked];
  };
  const outputs = emitTurns([...init, ...stacks], turn, length, unroll);
  return {
    results: outputs.map((x, i) => withAval(x, i < carryCount ? avals[i] : stackAval(avals[i], length))),
    outDef: step.outDef,
  };
}

const stackAval = ({ dtype, shape, weakType, key }: Aval, length: number): Aval =>
  avalOf(dtype, [length, ...shape], weakType, key);

/** A loop of `length` turns, `unroll` of them in each step; what is left over follows it. */
function emitTurns(
  init: readonly NDArray[],
  turn: (i: NDArray, values: readonly NDArray[]) => NDArray[],
  length: number,
  unroll: number,
): NDArray[] {
  const turnsFrom = (i: (k: number) => NDArray, count: number, values: readonly NDArray[]): NDArray[] => {
    let current = [...values];
    for (let k = 0; k < count; k++) current = turn(i(k), current);
    return current;
  };
  const index = (k: number): NDArray => full([], k, "int32");
  const whole = unroll >= length && unroll > 1 ? 0 : length - (length % unroll);
  const state = [index(0), ...init];
  const [, ...looped] =
    whole === 0
      ? state
      : emitWhile(
          "scan body",
          state,
          treeFlatten(state)[1],
          ([i]) => lt(i, index(whole)),
          ([i, ...values]) => [
            add(i, index(unroll)),
            ...turnsFrom((k) => (k === 0 ? i : add(i, index(k))), unroll, values),
          ],
        );
  return turnsFrom((k) => index(whole + k), length - whole, looped);
}

/**
 * Runs `f(carry, x) → [carry, y]` over the leading axis of the arrays of `xs`, and gives the last carry and the stacked
 * `y`. Carry, `x` and `y` are pytrees; `xs` may be null if `length` is given.
 * @throws TypeError if the body returns no pair or changes the types of the carry, RangeError if lengths differ.
 */
export function scan<C, Y>(
  f: (carry: C, x: never) => readonly [C, Y],
  init: C,
  xs: unknown = null,
  options: ScanOptions = {},
): [C, Y] {
  if (typeof f !== "function") throw typeError("lax.scan: f argument should be a callable.");
  const [carry, inputs] = [flatten("scan init", init), flatten("scan xs", xs)];
  const length = scanLength(inputs.leaves, readLength(options.length));
  const plan: Plan = {
    length,
    reverse: options.reverse === true,
    unroll: readUnroll(options.unroll, length),
    carryCount: carry.leaves.length,
  };
  let outDef: TreeDef | undefined;
  const results = runStaged("scan", [...carry.leaves, ...inputs.leaves], (operands) => {
    const staged = emitScan(f as Step, operands, carry.treedef, inputs.treedef, plan);
    outDef = staged.outDef;
    return staged.results;
  });
  if (outDef === undefined) throw new Error("scan was not traced");
  return [
    unflatten(carry.treedef, results.slice(0, plan.carryCount)) as C,
    unflatten(outDef, results.slice(plan.carryCount)) as Y,
  ];
}
