/**
 * The parallel loop that packs operands which several items read. One iteration packs one panel: all of k, or in the
 * outer loop the block at hand.
 */
import { FunctionBuilder, type Local } from "../emit/function-builder.ts";
import type { EmitContext } from "./context.ts";
import { loadOuter } from "./outer.ts";
import { callPack } from "./pack.ts";
import { type GemmPlan, packedBatches, sharedBatchBytes } from "./plan.ts";
import { panelBytes } from "./rows.ts";
import { type Side, scaled } from "./source.ts";

/** Panels of this operand that are packed in the loop. */
function panelCount(plan: GemmPlan, side: Side): number {
  if (plan.packing[side] !== "shared" || plan.spec.k === 0) return 0;
  return packedBatches(plan, side) * (side === "lhs" ? plan.rows : plan.columns).count;
}

/** Iterations of the packing loop; 0 if there is nothing to pack. */
export const sharedPanels = (plan: GemmPlan): number => panelCount(plan, "lhs") + panelCount(plan, "rhs");

/** Emits the kernel `name(frame, begin, end)` that packs panels [begin, end): first those of lhs, then those of rhs. */
export function emitSharedPacking(ctx: EmitContext, name: string, plan: GemmPlan): void {
  const { b, m } = ctx;
  const f = new FunctionBuilder(b, m, [b.i32, b.i32, b.i32], b.none);
  const [frame, begin, end] = [f.param(0), f.param(1), f.param(2)];
  const ofLhs = panelCount(plan, "lhs");
  f.forRange(begin, end, 1, (index) => {
    if (panelCount(plan, "rhs") === 0) return packPanel(ctx, f, plan, "lhs", frame, index);
    if (ofLhs === 0) return packPanel(ctx, f, plan, "rhs", frame, index);
    const inRhs = f.let(b.i32, m.i32.sub(f.get(index), m.i32.const(ofLhs)));
    f.if(
      m.i32.lt_s(f.get(inRhs), m.i32.const(0)),
      () => packPanel(ctx, f, plan, "lhs", frame, index),
      () => packPanel(ctx, f, plan, "rhs", frame, inRhs),
    );
  });
  f.finish(name);
}

function packPanel(
  ctx: EmitContext,
  f: FunctionBuilder,
  plan: GemmPlan,
  side: Side,
  frame: Local,
  index: Local,
): void {
  const { i32 } = f.m;
  const { count } = side === "lhs" ? plan.rows : plan.columns;
  const packed = f.let(f.b.i32, i32.div_u(f.get(index), i32.const(count)));
  const panel = f.let(f.b.i32, i32.rem_u(f.get(index), i32.const(count)));
  const region = i32.add(ctx.scratch(f, frame), i32.const(plan.scratch[side]));
  const matrix = i32.add(region, scaled(f, packed, sharedBatchBytes(plan, side)));
  const to = f.let(f.b.i32, i32.add(matrix, scaled(f, panel, panelBytes(ctx, plan, side))));
  const batch = plan.outer ? f.let(f.b.i32, loadOuter(ctx, f, frame, "batch")) : packed;
  const k = f.let(f.b.i32, plan.outer ? loadOuter(ctx, f, frame, "k") : i32.const(0));
  const steps = f.let(f.b.i32, i32.sub(i32.const(plan.spec.k), f.get(k)));
  if (plan.outer)
    f.if(i32.gt_s(f.get(steps), i32.const(plan.kBlock)), () => f.set(steps, i32.const(plan.kBlock)));
  callPack(ctx, f, plan, side, panel, { frame, batch, k, steps, to });
}
