/** The parallel loop over items. Each task runs a range of items and has scratch memory of its own. */
import { type Expr, FunctionBuilder, type Local } from "../emit/function-builder.ts";
import { advance } from "./algebra.ts";
import { callBlock } from "./block.ts";
import type { EmitContext } from "./context.ts";
import { loadOuter } from "./outer.ts";
import type { GemmPlan } from "./plan.ts";
import { share } from "./share.ts";

/** Emits the kernel `name(frame, begin, end)` that runs tasks [begin, end). */
export function emitItems(ctx: EmitContext, name: string, plan: GemmPlan): void {
  const { b, m } = ctx;
  const itemName = `${ctx.name}.item`;
  emitItem(ctx, itemName, plan);
  const f = new FunctionBuilder(b, m, [b.i32, b.i32, b.i32], b.none);
  const [frame, begin, end] = [f.param(0), f.param(1), f.param(2)];
  f.forRange(begin, end, 1, (task) => {
    if (plan.items === plan.tasks) {
      f.push(m.call(itemName, [f.get(frame), f.get(task), f.get(task)], b.none));
      return;
    }
    const item = f.let(b.i32, share(f, task, plan.items, plan.tasks));
    const next = f.let(b.i32, m.i32.add(f.get(task), m.i32.const(1)));
    const last = f.let(b.i32, share(f, next, plan.items, plan.tasks));
    f.forRange(item, last, 1, (i) => f.push(m.call(itemName, [f.get(frame), f.get(task), f.get(i)], b.none)));
  });
  f.finish(name);
}

/** Quotient and remainder. */
function divided(f: FunctionBuilder, value: Local, by: number): [Local, Local] {
  const { i32 } = f.m;
  const part = (e: Expr): Local => f.let(f.b.i32, e);
  if (by === 1) return [value, part(i32.const(0))];
  return [part(i32.div_u(f.get(value), i32.const(by))), part(i32.rem_u(f.get(value), i32.const(by)))];
}

/** `name(frame, task, item)`: all blocks of k of an item, or (in the outer loop) the one that is at hand. */
function emitItem(ctx: EmitContext, name: string, plan: GemmPlan): void {
  const { b, m } = ctx;
  const f = new FunctionBuilder(b, m, [b.i32, b.i32, b.i32], b.none);
  const [frame, task, item] = [f.param(0), f.param(1), f.param(2)];
  const { rows, columns, kBlocks, kBlock, spec } = plan;
  const [rest, column] = divided(f, item, columns.blocks);
  const [quotient, row] = divided(f, rest, rows.blocks);
  const batch = plan.outer ? f.let(b.i32, loadOuter(ctx, f, frame, "batch")) : quotient;
  const k = f.let(b.i32, plan.outer ? loadOuter(ctx, f, frame, "k") : m.i32.const(0));
  const lastFrom = (kBlocks - 1) * kBlock;
  const run = (final: boolean, steps: Expr): void =>
    callBlock(ctx, f, plan, final, [frame, task, row, column, batch, k, f.let(b.i32, steps)]);
  const last = (): void => run(true, m.i32.const(spec.k - lastFrom));
  const earlier = (): void => run(plan.partial === "out", m.i32.const(kBlock));
  const more = (): Expr => m.i32.lt_s(f.get(k), m.i32.const(lastFrom));
  if (kBlocks === 1) last();
  else if (plan.outer) f.if(more(), earlier, last);
  else {
    f.while(more, () => {
      earlier();
      advance(f, k, kBlock);
    });
    last();
  }
  f.finish(name);
}
