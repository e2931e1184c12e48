/** Ahead-of-time stages of a jitted function: traced, then compiled. */

import { type Module, printModule } from "@fluxion/ir";
import type { Device } from "@fluxion/runtime";
import { type Aval, formatAval, sameType } from "../core/aval.ts";
import { type Compiled, compileTraced, runCompiled } from "../core/dispatch.ts";
import { runEffects } from "../core/effects.ts";
import type { Staged } from "../core/jit.ts";
import { moduleOf } from "../core/link.ts";
import type { NDArray } from "../core/ndarray.ts";
import { treeUnflatten } from "../core/tree.ts";
import { typeError } from "../core/user-error.ts";
import { structOf } from "./abstract.ts";

/** What lowering knows of a function. */
export interface LoweringInput {
  readonly staged: Staged;
  readonly device: Device;
  readonly donated: readonly number[];
  /** Takes the arguments of a later call apart. */
  readonly leavesOf: (args: readonly unknown[]) => readonly NDArray[];
}

/** A function traced for one signature: `jit(f).lower(...args)`. */
export class Lowered {
  readonly #input: LoweringInput;
  #compiled: CompiledFunction | undefined;

  constructor(input: LoweringInput) {
    this.#input = input;
  }

  /** Shapes and dtypes of the results, in their structure. */
  get outInfo(): unknown {
    return outInfoOf(this.#input.staged);
  }

  /** The module as traced. */
  get module(): Module {
    const { traced, name } = this.#input.staged;
    return moduleOf(traced, `jit_${name.replace(/[^A-Za-z0-9_]/g, "_")}`);
  }

  /**
   * The program as text: StableHLO as traced, or another stage of the compilation by name.
   * @throws Error if there is no such stage; the text lists those of the device.
   */
  asText(stage = "traced"): string {
    if (stage === "traced" || stage === "stablehlo") return printModule(this.module);
    return this.compile().asText(stage);
  }

  /** Compiles for the device of the arguments, or the default one. */
  compile(): CompiledFunction {
    this.#compiled ??= compiledFunction(this.#input);
    return this.#compiled;
  }
}

/** A compiled program: takes arguments of the shapes and dtypes that it was lowered for. */
export interface CompiledFunction {
  // biome-ignore lint/suspicious/noExplicitAny: as the user's function
  (...args: any[]): any;
  /** Text of a stage of the compilation. @throws Error if there is no such stage. */
  asText(stage?: string): string;
  readonly outInfo: unknown;
}

/** Shapes and dtypes of what the user's function returns, in its structure. */
export const outInfoOf = ({ traced, outTree }: Staged): unknown =>
  treeUnflatten(outTree, traced.resultAvals.slice(0, outTree.leaves).map(structOf));

function compiledFunction(input: LoweringInput): CompiledFunction {
  const { staged, device, donated, leavesOf } = input;
  const compiled: Compiled = compileTraced(staged.traced, device, staged.name, {
    donated,
    label: `jit(${staged.name})`,
  });
  const call = (...args: readonly unknown[]): unknown => {
    const leaves = leavesOf(args);
    checkAvals(
      staged,
      leaves.map(({ aval }) => aval),
    );
    const results = runCompiled(compiled, leaves);
    return treeUnflatten(staged.outTree, runEffects(staged.effects, results, staged.outTree.leaves));
  };
  return Object.assign(call, {
    asText: (stage = "traced") => compiled.executable.asText(stage),
    outInfo: outInfoOf(staged),
  });
}

/** A compiled program serves one signature; weak types do not matter to it. */
function checkAvals({ parameterAvals, name }: Staged, given: readonly Aval[]): void {
  const fits =
    given.length === parameterAvals.length && given.every((aval, i) => sameType(aval, parameterAvals[i]));
  if (fits) return;
  const list = (avals: readonly Aval[]): string =>
    avals.map((aval) => formatAval({ ...aval, weakType: false })).join(", ");
  throw typeError(
    `Argument types differ from the types for which this computation was compiled: ${name} was compiled for ` +
      `(${list(parameterAvals)}) and called with (${list(given)}). jit(f) compiles anew for other types.`,
  );
}
