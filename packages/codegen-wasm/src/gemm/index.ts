/**
 * Matrix products in WebAssembly: packed panels, a register tile, one fork and join (two if an operand is packed by all
 * threads first). `planGemm` decides from the shapes, `emitGemm` writes the functions.
 */
import { FunctionBuilder } from "../emit/function-builder.ts";
import { algebraOf } from "./algebra.ts";
import type { EmitContext, GemmTarget } from "./context.ts";
import { emitItems } from "./items.ts";
import type { GemmPlan } from "./plan.ts";
import { emitSharedPacking, sharedPanels } from "./shared.ts";

export type { GemmTarget } from "./context.ts";
export { type GemmPlan, type PlanOptions, planGemm } from "./plan.ts";
export * from "./spec.ts";

/** Adds the function `target.name(frame)`, which computes the whole product; returns its name. */
export function emitGemm(target: GemmTarget, plan: GemmPlan): string {
  const { b, m, name, relaxed } = target;
  const ctx: EmitContext = { ...target, alg: algebraOf(plan.spec.compute, b, m, relaxed) };
  const f = new FunctionBuilder(b, m, [b.i32], b.none);
  const frame = f.param(0);
  if (plan.kind !== "empty") {
    const panels = sharedPanels(plan);
    if (panels > 0) {
      const grain = Math.max(1, Math.ceil((panels * plan.grain) / plan.tasks));
      emitSharedPacking(ctx, `${name}.packing`, plan);
      f.push(target.parallel(f, target.addTask(`${name}.packing`), frame, panels, grain));
    }
    emitItems(ctx, `${name}.items`, plan);
    f.push(target.parallel(f, target.addTask(`${name}.items`), frame, plan.tasks, plan.grain));
  }
  f.finish(name);
  return name;
}
