/**
 * How a transform works on a function of the user. `stage` traces it to a function of the IR, in the module of the trace around
 * it if there is one: arrays from outside become further parameters, jitted functions and transforms inside stay functions that it
 * calls. `derive` applies a transform of the IR to that, once for each structure. What it gives are programs, which are staged in
 * their turn under a trace and run otherwise.
 */

import { DifferentiationError } from "@fluxion/autodiff";
import type { Func } from "@fluxion/ir";
import type { Aval } from "../core/aval.ts";
import { config } from "../core/config.ts";
import { alsoClear } from "../core/dispatch.ts";
import {
  collectEffects,
  forwardEffects,
  runEffects,
  type StagedEffect,
  stageEffects,
} from "../core/effects.ts";
import { NotImplementedError, type TraceOrigin, UnexpectedTracerError } from "../core/errors.ts";
import { watchTracers } from "../core/leaks.ts";
import { userLocation } from "../core/location.ts";
import type { NDArray } from "../core/ndarray.ts";
import { moduleName } from "../core/outputs.ts";
import { RecentMap } from "../core/recent-map.ts";
import { currentTrace, type ModuleBuilder, traceFunction } from "../core/trace.ts";
import { TraceValues } from "./known-values.ts";
import { structureOf } from "./structure.ts";
import { hoistNumbers } from "./varying-constants.ts";

export interface StageRequest {
  /** `grad`, `vmap` …, for error messages. */
  readonly transform: string;
  /** Name of the user's function. */
  readonly name: string;
  /** The arrays that it is called with. */
  readonly operands: readonly NDArray[];
  /** Types of its parameters, if they are not those of the operands. */
  readonly avals?: readonly Aval[];
  /**
   * Parameters that stand for their operand as it is, so that code may ask for their values where those are at hand; all of
   * them unless given.
   */
  readonly concrete?: readonly boolean[];
  /** What messages call the parameters. */
  readonly parameterNames?: readonly (string | undefined)[];
  /** Calls the user's function and gives the leaves of what it returns. */
  readonly body: (parameters: readonly NDArray[]) => readonly NDArray[];
}

/** A function of the user as a function of the IR. */
export interface Staged {
  /** Its last parameters stand for arrays from outside; its last results are what callbacks read (`effects`). */
  readonly func: Func;
  readonly module: ModuleBuilder;
  /** An array for each parameter. */
  readonly operands: readonly NDArray[];
  /** How many of the parameters are the function's own. */
  readonly own: number;
  readonly resultAvals: readonly Aval[];
  /** How many of the results are the function's own. */
  readonly outputs: number;
  readonly effects: readonly StagedEffect[];
}

/** Traces a function. @throws whatever the function throws. */
export function stage(request: StageRequest): Staged {
  const { transform, operands, body } = request;
  const origin: TraceOrigin = { transform, functionName: request.name, location: userLocation() };
  const avals = request.avals ?? operands.map(({ aval }) => aval);
  const values = operands.map((x, i) => (request.concrete?.[i] === false ? undefined : x));
  let effects: readonly StagedEffect[] = [];
  let outputs = 0;
  const { func, captured, resultAvals, module } = watchTracers(origin, () =>
    traceFunction(
      origin,
      avals,
      (parameters) => {
        const run = collectEffects(() => body(parameters));
        effects = stageEffects(run.effects);
        outputs = run.result.length;
        return [...run.result, ...run.effects.flatMap((effect) => effect.values)];
      },
      request.parameterNames,
      (trace, parameters) => new TraceValues(trace, parameters, values),
    ),
  );
  // Inside of another trace a constant costs no compilation of its own.
  const { func: own, numbers } =
    currentTrace() === undefined ? hoistNumbers(func, module) : { func, numbers: [] };
  return {
    func: { ...own, name: moduleName(func.name) },
    module,
    operands: [...operands, ...captured, ...numbers],
    own: operands.length,
    resultAvals,
    outputs,
    effects,
  };
}

/**
 * What a transform makes of a staged function; a function of the same structure is transformed once.
 * @param key The transform and everything that `make` depends on besides the function.
 * @throws TypeError, RangeError or NotImplementedError if the function cannot be transformed so.
 */
export function derive<T>(
  staged: Staged,
  key: string,
  make: (scope: ModuleBuilder, func: Func) => T,
  withRules = true,
): T {
  const { func, module } = staged;
  const setting = `${config.traceKey}|${key}`;
  const run = (): T => withUserErrors(() => make(module, func));
  if (currentTrace() !== undefined) return derivedInside(module).of(func, setting, withRules, run) as T;
  const structure = `${setting}|${structureOf(func, module, withRules)}`;
  const known = outside.get(structure) as T | undefined;
  if (known !== undefined) return known;
  const made = run();
  outside.set(structure, made);
  return made;
}

const outside = new RecentMap<unknown>(1024);
const inside = new WeakMap<ModuleBuilder, Derived>();

/** Inside of a trace what is derived belongs to its module. */
function derivedInside(module: ModuleBuilder): Derived {
  const known = inside.get(module) ?? new Derived(module);
  inside.set(module, known);
  return known;
}

interface Derivation {
  readonly func: Func;
  readonly made: unknown;
  /** Known once it was compared with another. */
  structure: string | undefined;
}

/** What was derived from the functions of a module. Most are derived once, so the first of a size is not compared with any. */
class Derived {
  readonly #module: ModuleBuilder;
  readonly #bySize = new Map<string, Derivation[]>();

  constructor(module: ModuleBuilder) {
    this.#module = module;
  }

  of(func: Func, setting: string, withRules: boolean, make: () => unknown): unknown {
    const { operations, arguments: parameters } = func.body;
    const size = `${setting}|${withRules}|${operations.length}|${parameters.length}`;
    const similar = this.#bySize.get(size) ?? [];
    this.#bySize.set(size, similar);
    const structure = similar.length === 0 ? undefined : structureOf(func, this.#module, withRules);
    for (const one of similar) {
      one.structure ??= structureOf(one.func, this.#module, withRules);
      if (one.structure === structure) return one.made;
    }
    const made = make();
    similar.push({ func, made, structure });
    return made;
  }
}

alsoClear(() => outside.clear());

/** The errors of transforms of the IR as the classes that users know. */
export function withUserErrors<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof DifferentiationError)) throw error;
    const classes = { NotImplementedError, TypeError, UnexpectedTracerError, ValueError: RangeError };
    throw new classes[error.kind](error.message, { cause: error });
  }
}

/** Gives what callbacks read to them, and the other results. */
export function settleEffects({ effects, outputs }: Staged, results: readonly NDArray[]): readonly NDArray[] {
  if (effects.length === 0) return results;
  return currentTrace() === undefined
    ? runEffects(effects, results, outputs)
    : forwardEffects(effects, results, outputs);
}
