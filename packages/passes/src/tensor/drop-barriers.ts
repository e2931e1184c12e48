/**
 * drop-barriers: replaces the results of every optimization_barrier by its operands.
 *
 * Why: a barrier keeps the passes before this one from merging or moving what it separates; fusion may look through it.
 *
 *     %1:2 = stablehlo.optimization_barrier %a, %b
 *     %2 = stablehlo.add %1#0, %1#1                   →  %2 = stablehlo.add %a, %b
 */

import type { Module } from "@fluxion/ir";
import { rewriteEach } from "./rewrite.ts";

export const dropBarriers = (module: Module): Module =>
  rewriteEach(module, "optimization_barrier", (_, operands) => operands);
