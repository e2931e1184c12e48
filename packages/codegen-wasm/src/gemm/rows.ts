/** A row of tiles: one panel of lhs against the rhs panels of an item, one call of the micro-kernel each. */
import { dtypeTable } from "@fluxion/ir";
import type { Expr, FunctionBuilder, Local } from "../emit/function-builder.ts";
import { advance } from "./algebra.ts";
import type { EmitContext } from "./context.ts";
import type { GemmPlan } from "./plan.ts";
import { type Arguments, Signature } from "./signature.ts";
import { roleStrides, type Side } from "./source.ts";
import { emitTile, type TileParameter, tileSignature } from "./tile.ts";

/** The tile's parameters (those of its first tile), and the range of rhs panels. */
export type RowParameter = TileParameter | "from" | "to";

export function rowSignature(plan: GemmPlan, final: boolean): Signature<RowParameter> {
  return new Signature<RowParameter>([...tileSignature(plan, final).names, "from", "to"]);
}

/** Calls the tiles of a row of panels with `rows` rows; adds the functions that it needs to the module. */
export function callRow(
  ctx: EmitContext,
  f: FunctionBuilder,
  plan: GemmPlan,
  rows: number,
  final: boolean,
  args: Arguments<RowParameter>,
): void {
  if (plan.columns.count === 1) {
    const columns = plan.columns.whole === 1 ? plan.columns.size : plan.columns.rest;
    callTile(ctx, f, plan, rows, columns, final, args);
    return;
  }
  const name = `${ctx.name}.row${rows}${final ? "" : ".partial"}`;
  if (ctx.m.getFunction(name) === 0) emitRow(ctx, name, plan, rows, final);
  rowSignature(plan, final).call(f, name, args);
}

function callTile(
  ctx: EmitContext,
  f: FunctionBuilder,
  plan: GemmPlan,
  rows: number,
  columns: number,
  final: boolean,
  args: Arguments<TileParameter>,
): void {
  const name = `${ctx.name}.tile${rows}x${columns}${final ? "" : ".partial"}`;
  if (ctx.m.getFunction(name) === 0) emitTile(ctx, name, plan, { rows, columns, final });
  tileSignature(plan, final).call(f, name, args);
}

function emitRow(ctx: EmitContext, name: string, plan: GemmPlan, rows: number, final: boolean): void {
  const signature = rowSignature(plan, final);
  const { f, param } = signature.open(ctx);
  const { columns } = plan;
  const { i32 } = f.m;
  const args = Object.fromEntries(
    signature.names.map((n) => [n, (): Expr => f.get(param(n))]),
  ) as Arguments<RowParameter>;
  const strides = columnSteps(ctx, plan);
  const panel = param("from");
  f.while(
    () => i32.lt_s(f.get(panel), wholeEnd(f, plan, param("to"))),
    () => {
      callTile(ctx, f, plan, rows, columns.size, final, args);
      for (const [n, stride] of strides) if (signature.names.includes(n)) advance(f, param(n), stride);
      advance(f, panel, 1);
    },
  );
  if (columns.rest > 0)
    f.if(i32.gt_s(f.get(param("to")), i32.const(columns.whole)), () =>
      callTile(ctx, f, plan, rows, columns.rest, final, args),
    );
  f.finish(name);
}

/** min(to, number of whole panels) */
function wholeEnd(f: FunctionBuilder, { columns }: GemmPlan, to: Local): Expr {
  const { i32 } = f.m;
  if (columns.rest === 0) return f.get(to);
  const whole = i32.const(columns.whole);
  return f.m.select(i32.lt_s(f.get(to), i32.const(columns.whole)), f.get(to), whole);
}

/** How far each parameter moves from one whole panel to the next. */
function columnSteps(ctx: EmitContext, plan: GemmPlan): [TileParameter, number][] {
  const { columns, spec } = plan;
  const steps: [TileParameter, number][] = [
    ["b", panelBytes(ctx, plan, "rhs")],
    ["p", columns.size * ctx.alg.bytes],
    ["j", columns.size],
  ];
  if (spec.out.kind === "memory")
    steps.push(["c", columns.size * spec.out.strides.column * dtypeTable[spec.out.dtype].bytes]);
  return steps;
}

/** Bytes from one whole panel of an operand to the next. */
export function panelBytes(ctx: EmitContext, plan: GemmPlan, side: Side): number {
  const { packing, spec, kBlock, outer } = plan;
  const { size } = side === "lhs" ? plan.rows : plan.columns;
  const operand = spec[side];
  if (packing[side] === "direct" && operand.kind === "memory") return roleStrides(side, operand).outer * size;
  return size * ctx.alg.bytes * (packing[side] === "shared" && !outer ? spec.k : kBlock);
}
