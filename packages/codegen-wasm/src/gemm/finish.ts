/** What becomes of a tile's sums: they are stored, or handed to the epilogue. */
import { dtypeTable } from "@fluxion/ir";
import { type Expr, FunctionBuilder, type Local } from "../emit/function-builder.ts";
import type { EmitContext } from "./context.ts";
import type { GemmPlan } from "./plan.ts";
import { coordinateValue, inRegion } from "./region.ts";
import type { OpenFunction } from "./signature.ts";
import { batchIndices } from "./source.ts";
import type { ComputedOutput, Coordinate, MemoryMatrix, Position } from "./spec.ts";
import { encode, storeElement, storeElements } from "./storage.ts";
import type { TileParameter, TileVariant } from "./tile.ts";

type Sums = readonly (readonly Local[])[];

export function emitFinish(
  ctx: EmitContext,
  open: OpenFunction<TileParameter>,
  plan: GemmPlan,
  variant: TileVariant,
  sums: Sums,
): void {
  const { out } = plan.spec;
  if (out.kind === "memory") storeTile(ctx, open.f, out, open.param("c"), variant, sums);
  else emitEpilogues(ctx, open, plan, out, variant, sums);
}

function storeTile(
  { alg }: EmitContext,
  f: FunctionBuilder,
  out: MemoryMatrix,
  c: Local,
  variant: TileVariant,
  sums: Sums,
): void {
  const { bytes } = dtypeTable[out.dtype];
  const { row: rowStride, column: columnStride } = out.strides;
  const encoded = sums.map((row) => row.map((sum) => encode(f, out.dtype, sum)));
  encoded.forEach((row, r) => {
    row.forEach((value, v) => {
      const count = Math.min(alg.lanes, variant.columns - v * alg.lanes);
      const offset = (r * rowStride + v * alg.lanes * columnStride) * bytes;
      if (columnStride === 1) {
        storeElements(f, out.dtype, c, offset, value, count);
        return;
      }
      for (let lane = 0; lane < count; lane++)
        storeElement(f, out.dtype, c, offset + lane * columnStride * bytes, value, lane);
    });
  });
}

/** Whole vectors go through the epilogue here, single sums through a function of their own. */
function emitEpilogues(
  ctx: EmitContext,
  { f, param }: OpenFunction<TileParameter>,
  plan: GemmPlan,
  out: ComputedOutput,
  variant: TileVariant,
  sums: Sums,
): void {
  const { lanes } = ctx.alg;
  const [frame, flat, i, j] = [param("frame"), param("batch"), param("i"), param("j")];
  const batch = batchIndices(f, plan.spec.batch, flat);
  inRegion(f, (region) => {
    const stores: (() => void)[] = [];
    const single: (() => void)[] = [];
    sums.forEach((sumsOfRow, r) => {
      const row: Coordinate = { base: i, offset: r };
      const whole = out.unit === "column" ? Math.floor(variant.columns / lanes) : 0;
      const at: Position = { frame, batch, row, column: { base: j, offset: 0 }, region };
      if (whole > 0) stores.push(out.emit(f, sumsOfRow.slice(0, whole), at, "column"));
      for (let c = whole * lanes; c < variant.columns; c++)
        single.push(() => {
          const column: Coordinate = { base: j, offset: c };
          const place = [f.get(frame), f.get(flat), ...[row, column].map((x) => coordinateValue(f, x))];
          callEpilogue(ctx, f, plan, out, laneOf(ctx, f, sumsOfRow[Math.floor(c / lanes)], c % lanes), place);
        });
    });
    for (const emit of [...stores, ...single]) emit();
  });
}

/** One lane in all lanes. */
function laneOf({ alg }: EmitContext, f: FunctionBuilder, value: Local, lane: number): Expr {
  const bytes = Array.from({ length: 16 }, (_, byte) => lane * alg.bytes + (byte % alg.bytes));
  return f.m.i8x16.shuffle(f.get(value), f.get(value), bytes);
}

function callEpilogue(
  ctx: EmitContext,
  f: FunctionBuilder,
  plan: GemmPlan,
  out: ComputedOutput,
  sum: Expr,
  place: readonly Expr[],
): void {
  const name = `${ctx.name}.epilogue`;
  if (ctx.m.getFunction(name) === 0) emitEpilogue(ctx, name, plan, out);
  f.push(ctx.m.call(name, [sum, ...place], ctx.b.none));
}

/** `name(sum, frame, batch, row, column)`: the epilogue of one sum. */
function emitEpilogue({ b, m }: EmitContext, name: string, plan: GemmPlan, out: ComputedOutput): void {
  const f = new FunctionBuilder(b, m, [b.v128, b.i32, b.i32, b.i32, b.i32], b.none);
  const batch = batchIndices(f, plan.spec.batch, f.param(2));
  const [row, column] = [3, 4].map((i): Coordinate => ({ base: f.param(i), offset: 0 }));
  inRegion(f, (region) => {
    out.emit(f, [f.param(0)], { frame: f.param(1), batch, row, column, region }, "one")();
  });
  f.finish(name);
}
