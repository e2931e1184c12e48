/** The passes over tensor IR, in order. The name of a pass buys its dump, its timing and its verification. */

import type { Module } from "@fluxion/ir";
import type { TargetInfo } from "./lower/target.ts";
import { constantFold } from "./tensor/constant-fold.ts";
import { cse } from "./tensor/cse.ts";
import { dce } from "./tensor/dce.ts";
import { dropBarriers } from "./tensor/drop-barriers.ts";
import { expandTopK } from "./tensor/expand-top-k.ts";
import { hoist } from "./tensor/hoist.ts";
import { inline } from "./tensor/inline.ts";
import { simplify } from "./tensor/simplify.ts";
import { splitReductions } from "./tensor/split-reductions.ts";
import { splitScans } from "./tensor/split-scans.ts";

export interface TensorPass {
  readonly name: string;
  /** The op that only this pass takes away and that lowering refuses: without the pass, programs with it are errors. */
  readonly removes?: "call" | "optimization_barrier" | "chlo.top_k";
  readonly run: (module: Module, target: TargetInfo) => Module;
}

export const tensorPasses: readonly TensorPass[] = [
  // First: the passes below see one function.
  { name: "inline", removes: "call", run: inline },
  { name: "expand-top-k", removes: "chlo.top_k", run: expandTopK },
  { name: "constant-fold", run: constantFold },
  // After folding: its rules look for constants.
  { name: "simplify", run: simplify },
  { name: "cse", run: cse },
  // After cse, so that a value moves once.
  { name: "hoist", run: hoist },
  // After cse, which would not see that a whole and a split reduction are the same.
  { name: "split-reductions", run: splitReductions },
  { name: "split-scans", run: splitScans },
  // After the passes that a barrier stops.
  { name: "drop-barriers", removes: "optimization_barrier", run: dropBarriers },
  // Last: every pass may leave unused values behind.
  { name: "dce", run: dce },
];

export interface OptimizeOptions {
  /** Names of passes to leave out. */
  readonly without?: readonly string[];
  /** Called with the module before the first pass (`traced`) and after each. */
  readonly onStage?: (name: string, module: Module, milliseconds: number) => void;
}

/** Runs the tensor passes. */
export function optimize(module: Module, target: TargetInfo, options: OptimizeOptions = {}): Module {
  options.onStage?.("traced", module, 0);
  let current = module;
  for (const pass of tensorPasses) {
    if (options.without?.includes(pass.name)) continue;
    const start = performance.now();
    current = pass.run(current, target);
    options.onStage?.(pass.name, current, performance.now() - start);
  }
  return current;
}
