/**
 * Callbacks of traced functions: `debug.print` and `debug.callback`. A compiled program cannot call JavaScript while it
 * runs, so what a callback reads becomes a further result of the program, and the callback runs on it when the program is done.
 */

import { atLocation, NotImplementedError } from "./errors.ts";
import { userLocation } from "./location.ts";
import type { NDArray } from "./ndarray.ts";
import { currentTrace, type Trace } from "./trace.ts";

/** A callback that waits for its arrays. */
export interface Effect {
  readonly values: readonly NDArray[];
  readonly run: (values: readonly NDArray[]) => void;
}

/** What is left of an effect once its arrays are results of a program. */
export interface StagedEffect {
  readonly count: number;
  readonly run: Effect["run"];
}

/** Callbacks of the jitted function that is being traced; its own trace is the innermost at its beginning. */
interface Collector {
  readonly trace: Trace | undefined;
  readonly effects: Effect[];
}

let collector: Collector | undefined;

/** Runs `fn`, the body of a jitted function, and gives the callbacks that it asked for in order. */
export function collectEffects<T>(fn: () => T): { readonly result: T; readonly effects: readonly Effect[] } {
  const saved = collector;
  const own: Collector = { trace: currentTrace(), effects: [] };
  collector = own;
  try {
    return { result: fn(), effects: own.effects };
  } finally {
    collector = saved;
  }
}

/**
 * Runs a callback on arrays: at once outside of a trace, after the program in a jitted function.
 * @throws NotImplementedError inside of a loop body, a branch or another transformation.
 */
export function addEffect(what: string, effect: Effect): void {
  const trace = currentTrace();
  if (trace === undefined) {
    runOnValues(effect.run, effect.values);
    return;
  }
  if (collector?.trace === trace) {
    collector.effects.push(effect);
    return;
  }
  throw new NotImplementedError(
    `${what} inside of a loop body, a branch or a transformation other than jit is not implemented: a compiled program ` +
      "cannot call JavaScript while it runs. Return the value (from lax.scan as an element of y) and look at it outside, or " +
      `run with config.disableJit${atLocation(userLocation())}`,
  );
}

export const stageEffects = (effects: readonly Effect[]): StagedEffect[] =>
  effects.map(({ values, run }) => ({ count: values.length, run }));

/** Callbacks that wait for the elements of arrays on a GPU. */
let waiting: Promise<void> = Promise.resolve();

/** Runs a callback; where its arrays cannot be read at once, when their elements are there, in the order of the program. */
function runOnValues(run: Effect["run"], values: readonly NDArray[]): void {
  const reads = values.flatMap(({ payload }) => {
    const copying = payload.kind === "device" ? payload.buffer.copyToHost?.() : undefined;
    return copying === undefined ? [] : [copying];
  });
  if (reads.length === 0) {
    run(values);
    return;
  }
  const before = waiting;
  const done = Promise.all(reads).then(async () => {
    await before;
    run(values);
  });
  void done.then(() => {}); // what a callback throws is an unhandled rejection
  waiting = done.catch(() => {});
}

/** Waits until every callback of `debug.print` and `debug.callback` has run; only those on a GPU take their time. */
export const effectsBarrier = (): Promise<void> => waiting;

/** Runs callbacks on the results behind the first `own` ones, and gives those. */
export function runEffects(
  effects: readonly StagedEffect[],
  results: readonly NDArray[],
  own: number,
): readonly NDArray[] {
  if (effects.length === 0) return results;
  let next = own;
  for (const { count, run } of effects) {
    runOnValues(run, results.slice(next, next + count));
    next += count;
  }
  return results.slice(0, own);
}

/** As `runEffects` where the program was called inside of another function: that one runs the callbacks. */
export function forwardEffects(
  effects: readonly StagedEffect[],
  results: readonly NDArray[],
  own: number,
): readonly NDArray[] {
  let next = own;
  for (const { count, run } of effects) {
    addEffect("debug.print", { values: results.slice(next, next + count), run });
    next += count;
  }
  return effects.length === 0 ? results : results.slice(0, own);
}
