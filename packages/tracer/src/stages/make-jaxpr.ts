/** `makeJaxpr` and `evalShape`: tracing without running. */

import type { Module } from "@fluxion/ir";
import type { Aval } from "../core/aval.ts";

import { JittedFunction, type Staged } from "../core/jit.ts";
import type { JitOptions } from "../core/jit-options.ts";
import { moduleOf } from "../core/link.ts";
import type { NDArray } from "../core/ndarray.ts";
import { typeError } from "../core/user-error.ts";
import { inliningPrograms } from "../transforms/program.ts";
import { withPlaceholders } from "./abstract.ts";
import { printJaxpr } from "./jaxpr/print.ts";
import { outInfoOf } from "./lower.ts";

/** A traced function with the arrays that it took from outside. `String(jaxpr)` prints it in JAX's notation. */
export class ClosedJaxpr {
  readonly #staged: Staged;

  constructor(staged: Staged) {
    this.#staged = staged;
  }
  /** Arrays from outside of the function, in the order of the parameters that stand for them. */
  get consts(): readonly NDArray[] {
    return this.#staged.traced.captured;
  }
  get inAvals(): readonly Aval[] {
    return this.#staged.parameterAvals;
  }
  get outAvals(): readonly Aval[] {
    return this.#staged.traced.resultAvals;
  }
  /** The function in StableHLO. */
  get module(): Module {
    return moduleOf(this.#staged.traced, this.#staged.name);
  }
  toString(): string {
    const { func, captured } = this.#staged.traced;
    return printJaxpr(this.module, func.body, captured.length);
  }
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

// biome-ignore lint/suspicious/noExplicitAny: takes what the user's function takes
type AnyFunction = (...args: any[]) => unknown;

/** Traces a function. @throws TypeError if `fn` is no function, and whatever tracing it throws. */
function stage(fn: AnyFunction, args: readonly unknown[], options: JitOptions, transform: string): Staged {
  if (typeof fn !== "function") throw typeError(`Expected a callable value, got ${String(fn)}.`);
  return new JittedFunction(fn, options).stage(withPlaceholders(args), transform);
}

/**
 * The program that a function stands for: `String(makeJaxpr(f)(...args))` prints it in JAX's notation. Arguments are
 * arrays, scalars, `ShapeDtypeStruct`, or pytrees of them; nothing is computed. Jitted functions stay functions in it; of
 * derivatives and batches it has the operations.
 */
export const makeJaxpr =
  (fn: AnyFunction, options: Pick<JitOptions, "staticArgnums"> = {}) =>
  (...args: readonly unknown[]): ClosedJaxpr =>
    new ClosedJaxpr(inliningPrograms(() => stage(fn, args, options, "make_jaxpr")));

/** Shapes and dtypes of a function's results as `ShapeDtypeStruct`, without computing anything. */
export function evalShape(fn: AnyFunction, ...args: readonly unknown[]): unknown {
  return outInfoOf(stage(fn, args, {}, "eval_shape"));
}
