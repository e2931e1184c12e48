/** `checkpoint`: a function whose derivative computes values again instead of keeping them. */

import { NotImplementedError } from "../core/errors.ts";
import { moduleName } from "../core/outputs.ts";
import { currentTrace } from "../core/trace.ts";
import { treeUnflatten } from "../core/tree.ts";
import { rangeError, typeError } from "../core/user-error.ts";
import { readOptions } from "../numpy/options.ts";
import { type AnyFunction, checkCallable } from "./arguments.ts";
import { flattenArrays } from "./arrays.ts";
import { splitArguments } from "./custom/arguments.ts";
import { Program } from "./program.ts";
import { settleEffects } from "./staged.ts";
import { identity } from "./stop-gradient.ts";
import { stageUserFunction } from "./user-function.ts";

/** What of a checkpointed function is kept for its derivative, besides its arguments; made by `checkpointPolicies`. */
export class CheckpointPolicy {
  /** @internal The policy in the IR. */
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

const policy = (text: string): CheckpointPolicy => new CheckpointPolicy(text);

/** @throws RangeError if a name could not stand in a list of names. */
function nameList(names: readonly string[]): string {
  const bad = names.find((name) => !isName(name));
  if (bad !== undefined)
    throw rangeError(`checkpoint policies: ${JSON.stringify(bad)} is no name of a value.`);
  return names.join(", ");
}

const isName = (name: unknown): boolean => typeof name === "string" && /^[^,()|]+$/.test(name);

const offload = (name: string) => (): never => {
  throw new NotImplementedError(
    `checkpointPolicies.${name}: values cannot be moved to another memory and back. dotsWithNoBatchDimsSaveable and ` +
      "saveOnlyTheseNames keep them where they are.",
  );
};

const dotsSaveable = policy("dots");
const dotsWithNoBatchDimsSaveable = policy("dots_with_no_batch_dims");

/** What a checkpointed function may keep, by JAX's names. */
export const checkpointPolicies = {
  /** Everything: as without `checkpoint`. */
  everythingSaveable: policy("everything"),
  /** Nothing but the arguments. The default. */
  nothingSaveable: policy("nothing"),
  /** Results of matrix products. */
  dotsSaveable,
  checkpointDots: dotsSaveable,
  /** Results of matrix products without batch dimensions. */
  dotsWithNoBatchDimsSaveable,
  checkpointDotsWithNoBatchDims: dotsWithNoBatchDimsSaveable,
  /** Values that `checkpointName` gave one of these names. */
  saveOnlyTheseNames: (...names: readonly string[]): CheckpointPolicy => policy(`only(${nameList(names)})`),
  /** Values that `checkpointName` gave any other name. */
  saveAnyNamesButThese: (...names: readonly string[]): CheckpointPolicy => policy(`but(${nameList(names)})`),
  /** Everything: JAX does not look at the names either. */
  saveAnythingExceptTheseNames: (..._names: readonly string[]): CheckpointPolicy => policy("everything"),
  /** What either of two policies keeps. */
  saveFromBothPolicies: (a: CheckpointPolicy, b: CheckpointPolicy): CheckpointPolicy =>
    policy(`${a.text}|${b.text}`),
  offloadDotWithNoBatchDims: offload("offloadDotWithNoBatchDims"),
  saveAndOffloadOnlyTheseNames: offload("saveAndOffloadOnlyTheseNames"),
} as const;

export interface CheckpointOptions {
  /** What may be kept; nothing unless given. */
  readonly policy?: CheckpointPolicy;
  /** Accepted for compatibility; what is computed again is never merged with what was computed before. */
  readonly preventCse?: boolean;
  /** Positions of arguments that are passed on as they are. */
  readonly staticArgnums?: number | readonly number[];
}

function readPolicy(given: unknown): string {
  if (given === undefined || given === null) return "nothing";
  if (given instanceof CheckpointPolicy) return given.text;
  throw typeError(
    `checkpoint: policy must be one of checkpointPolicies (${Object.keys(checkpointPolicies).join(", ")}), got ${String(given)}.`,
  );
}

/**
 * A function with the same values, whose derivative in reverse mode keeps less and computes again what it needs: by default only
 * arguments are kept, `policy` may allow more.
 *
 * @example
 * const layer = checkpoint((w, x) => jnp.tanh(x.matmul(w)), { policy: checkpointPolicies.dotsSaveable });
 */
export function checkpoint<F extends AnyFunction>(fn: F, ...rest: readonly unknown[]): F {
  checkCallable(fn, "checkpoint");
  const options = readOptions("checkpoint", ["policy", "preventCse", "staticArgnums"], rest);
  const text = readPolicy(options.policy);
  const statics = options.staticArgnums === undefined ? [] : ([options.staticArgnums].flat() as number[]);
  const name = fn.name || "<lambda>";
  const wrapper = (...args: unknown[]): unknown => {
    if (currentTrace() === undefined) return fn(...args);
    const { leaves, rebuild } = splitArguments(name, args, statics);
    const staged = stageUserFunction({
      transform: "checkpoint",
      name,
      leaves,
      hasAux: false,
      call: (values) => fn(...rebuild(values)),
    });
    const program = new Program({ ...staged.func, name: moduleName(name) }, staged.module);
    const results = program.call(staged.operands, staged.resultAvals, { checkpoint: text });
    return treeUnflatten(staged.outTree, settleEffects(staged, results).slice(0, staged.outTree.leaves));
  };
  Object.defineProperty(wrapper, "name", { value: name });
  return wrapper as F;
}

/**
 * Gives the arrays of a pytree a name that checkpoint policies can ask for.
 * @throws TypeError if the name is no text, or holds one of `,()|`.
 */
export function checkpointName<T>(x: T, name: string): T {
  if (!isName(name)) throw typeError(`checkpointName: ${JSON.stringify(name)} is no name of a value.`);
  const { leaves, treedef } = flattenArrays(x, "checkpointName");
  if (currentTrace() === undefined) return x;
  const named = leaves.map(
    (leaf) => identity(leaf.aval, "named").call([leaf], [leaf.aval], { checkpoint_name: name })[0],
  );
  return treeUnflatten(treedef, named) as T;
}
