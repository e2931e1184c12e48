/**
 * Matrix products in WebAssembly: packed panels, a register tile, one fork and join (two if an operand is packed by all
 * threads first). `planGemm` decides from the shapes, `emitGemm` writes the functions.
 */
import { FunctionBuilder } from "../emit/function-builder.ts";
import { algebraOf } from "./algebra.ts";
import type { EmitContext, GemmTarget } from "./context.ts";
import { emitItems } from "./items.ts";
import { storeOuter } from "./outer.ts";
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
  if (!plan.empty) emitProduct(ctx, f, plan);
  f.finish(name);
  return name;
}

function emitProduct(ctx: EmitContext, f: FunctionBuilder, plan: GemmPlan): void {
  const { name } = ctx;
  const frame = f.param(0);
  const panels = sharedPanels(plan);
  const kernels: { kernel: number; extent: number; grain: number }[] = [];
  if (panels > 0) {
    emitSharedPacking(ctx, `${name}.packing`, plan);
    const grain = Math.max(1, Math.ceil((panels * plan.grain) / plan.tasks));
    kernels.push({ kernel: ctx.addTask(`${name}.packing`), extent: panels, grain });
  }
  emitItems(ctx, `${name}.items`, plan);
  kernels.push({ kernel: ctx.addTask(`${name}.items`), extent: plan.tasks, grain: plan.grain });
  const run = (): void => {
    for (const { kernel, extent, grain } of kernels) f.push(ctx.parallel(f, kernel, frame, extent, grain));
  };
  if (plan.outer) emitOuterLoop(ctx, f, plan, run);
  else run();
}

function emitOuterLoop(ctx: EmitContext, f: FunctionBuilder, plan: GemmPlan, run: () => void): void {
  const { i32 } = f.m;
  const frame = f.param(0);
  f.forRange(i32.const(0), { const: plan.batch }, 1, (batch) => {
    storeOuter(ctx, f, frame, "batch", f.get(batch));
    f.forRange(i32.const(0), { const: plan.spec.k }, plan.kBlock, (k) => {
      storeOuter(ctx, f, frame, "k", f.get(k));
      run();
    });
  });
}
