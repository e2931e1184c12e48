/**
 * The micro-kernel: one function that computes one tile of the output, sums in registers.
 *
 * It is called once per tile, so the engine runs its optimised code soon after it is compiled. Each step of k loads the
 * step's vectors of rhs, and for each row one element of lhs in all lanes. All loads precede the first store, and
 * neighbouring vectors are stored one after the other: engines that join pairs of vectors need that.
 */
import type { FunctionBuilder, Local } from "../emit/function-builder.ts";
import { advance, loadFirst, loadSplat, loadVector, storeVector } from "./algebra.ts";
import type { EmitContext } from "./context.ts";
import { emitDot } from "./dot.ts";
import { emitFinish } from "./finish.ts";
import { firstPackedRow } from "./pack.ts";
import type { GemmPlan } from "./plan.ts";
import { type OpenFunction, Signature } from "./signature.ts";
import { roleStrides } from "./source.ts";

/**
 * - a, b: addresses of the panels at the block of k; steps: length of that block
 * - c: address of the tile in the output; p: address of its waiting sums; resume: whether there are any
 * - frame, batch, i, j: position, for callbacks
 */
export type TileParameter = "a" | "b" | "steps" | "c" | "p" | "resume" | "frame" | "batch" | "i" | "j";

export interface TileVariant {
  readonly rows: number;
  /** Columns that exist. */
  readonly columns: number;
  /** Whether the sums are complete afterwards; if not, they are put aside. */
  readonly final: boolean;
}

/** Largest k whose loop is unrolled whole. */
const UNROLLED = 8;

export function tileSignature(plan: GemmPlan, final: boolean): Signature<TileParameter> {
  const { kBlocks, partial, spec } = plan;
  const names: TileParameter[] = spec.k > 0 ? ["a", "b"] : [];
  if (kBlocks > 1) names.push("steps", "resume");
  if (partial === "scratch") names.push("p");
  if (final)
    names.push(...(spec.out.kind === "memory" ? ["c" as const] : (["frame", "batch", "i", "j"] as const)));
  return new Signature(names);
}

/** Bytes between rows of a waiting tile. */
export function partialStride(plan: GemmPlan, ctx: EmitContext): number {
  const { spec, columns } = plan;
  if (plan.partial === "out" && spec.out.kind === "memory") return spec.out.strides.row * ctx.alg.bytes;
  return columns.perBlock * columns.size * ctx.alg.bytes;
}

export function emitTile(ctx: EmitContext, name: string, plan: GemmPlan, variant: TileVariant): void {
  const open = tileSignature(plan, variant.final).open(ctx);
  const { f } = open;
  const { alg } = ctx;
  const vectors = Math.ceil(variant.columns / alg.lanes);
  const sums = Array.from({ length: variant.rows }, () =>
    Array.from({ length: vectors }, () => f.local(f.b.v128)),
  );
  if (plan.strategy === "dot") emitDot(ctx, open, plan, variant, sums);
  else if (plan.spec.k > 0) emitProduct(ctx, open, plan, variant, sums);
  if (plan.kBlocks > 1) f.if(f.get(open.param("resume")), () => emitResume(ctx, open, plan, variant, sums));
  if (variant.final) emitFinish(ctx, open, plan, variant, sums);
  else
    eachVector(sums, (sum, r, v) => {
      storeVector(f, open.param("p"), r * partialStride(plan, ctx) + v * 16, f.get(sum));
    });
  f.finish(name);
}

type Sums = readonly (readonly Local[])[];

function eachVector(sums: Sums, visit: (sum: Local, row: number, vector: number) => void): void {
  sums.forEach((row, r) => {
    row.forEach((sum, v) => {
      visit(sum, r, v);
    });
  });
}

/** sums += lhs panel · rhs panel */
function emitProduct(
  ctx: EmitContext,
  { f, param }: OpenFunction<TileParameter>,
  plan: GemmPlan,
  variant: TileVariant,
  sums: Sums,
): void {
  const { i32 } = f.m;
  const step = new Step(ctx, f, plan, variant, [param("a"), param("b")], sums);
  if (plan.kBlocks === 1 && plan.kBlock <= UNROLLED) {
    step.emit(plan.kBlock);
    return;
  }
  const unroll = ctx.wide ? 1 : 2;
  const steps = plan.kBlocks > 1 ? f.get(param("steps")) : i32.const(plan.kBlock);
  const left = f.let(f.b.i32, i32.sub(steps, i32.const(unroll)));
  const pass = (): void => {
    step.emit(unroll);
    step.next(unroll);
  };
  f.while(
    () => i32.ge_s(f.get(left), i32.const(0)),
    () => {
      pass();
      advance(f, left, -unroll);
    },
  );
  if (unroll > 1 && plan.spec.k % unroll !== 0)
    f.if(i32.ge_s(f.get(left), i32.const(1 - unroll)), () => step.emit(1));
}

/** Adds the sums that earlier blocks of k left. */
function emitResume(
  ctx: EmitContext,
  { f, param }: OpenFunction<TileParameter>,
  plan: GemmPlan,
  variant: TileVariant,
  sums: Sums,
): void {
  const pointer = param(plan.partial === "scratch" ? "p" : "c");
  const { lanes, bytes } = ctx.alg;
  // In the output only the lanes that exist may be read; scratch rows are whole vectors.
  const count = (v: number): number =>
    plan.partial === "scratch" ? lanes : Math.min(lanes, variant.columns - v * lanes);
  eachVector(sums, (sum, r, v) => {
    const waiting = loadFirst(
      f,
      ctx.alg,
      count(v),
      pointer,
      r * partialStride(plan, ctx) + v * lanes * bytes,
    );
    f.set(sum, ctx.alg.add(f.get(sum), waiting));
  });
}

/** One step of k: the outer product of a column of the lhs panel and a row of the rhs panel. */
class Step {
  readonly #ctx: EmitContext;
  readonly #f: FunctionBuilder;
  readonly #variant: TileVariant;
  readonly #a: Local;
  readonly #b: Local;
  readonly #sums: Sums;
  readonly #lhs: { first: number; row: number; step: number };
  readonly #rhs: { step: number; exact: boolean };

  constructor(
    ctx: EmitContext,
    f: FunctionBuilder,
    plan: GemmPlan,
    variant: TileVariant,
    [a, b]: [Local, Local],
    sums: Sums,
  ) {
    this.#ctx = ctx;
    this.#f = f;
    this.#variant = variant;
    this.#a = a;
    this.#b = b;
    this.#sums = sums;
    const { row, step } = lhsLayout(ctx, plan);
    this.#lhs = { first: firstPackedRow(plan, variant.rows) * row, row, step };
    this.#rhs = rhsLayout(ctx, plan);
  }

  emit(count: number): void {
    for (let k = 0; k < count; k++) this.#one(k);
  }

  next(count: number): void {
    advance(this.#f, this.#a, count * this.#lhs.step);
    advance(this.#f, this.#b, count * this.#rhs.step);
  }

  #one(k: number): void {
    const f = this.#f;
    const { alg } = this.#ctx;
    const right = this.#sums[0].map((_, v) => f.let(f.b.v128, this.#loadRhs(k, v)));
    this.#sums.forEach((row, r) => {
      const { first, row: rowBytes, step } = this.#lhs;
      const left = f.let(f.b.v128, loadSplat(f, alg, this.#a, first + r * rowBytes + k * step));
      row.forEach((sum, v) => {
        f.set(sum, alg.multiplyAdd(f.get(left), f.get(right[v]), f.get(sum)));
      });
    });
  }

  #loadRhs(k: number, v: number) {
    const { alg } = this.#ctx;
    const offset = k * this.#rhs.step + v * 16;
    if (!this.#rhs.exact) return loadVector(this.#f, this.#b, offset);
    const count = Math.min(alg.lanes, this.#variant.columns - v * alg.lanes);
    return loadFirst(this.#f, alg, count, this.#b, offset);
  }
}

/** Bytes from row to row and from step to step of a panel of lhs. */
export function lhsLayout({ alg }: EmitContext, plan: GemmPlan): { row: number; step: number } {
  const { lhs } = plan.spec;
  if (plan.packing.lhs !== "direct") return { row: alg.bytes, step: plan.rows.size * alg.bytes };
  if (lhs.kind !== "memory") throw new Error("gemm: only memory can be read directly");
  const { outer, k } = roleStrides("lhs", lhs);
  return { row: outer, step: k };
}

/** Bytes from step to step of a panel of rhs; `exact`: nothing may be read beyond its columns. */
export function rhsLayout({ alg }: EmitContext, plan: GemmPlan): { step: number; exact: boolean } {
  const { rhs } = plan.spec;
  if (plan.packing.rhs !== "direct") return { step: plan.columns.size * alg.bytes, exact: false };
  if (rhs.kind !== "memory") throw new Error("gemm: only memory can be read directly");
  return { step: roleStrides("rhs", rhs).k, exact: true };
}
