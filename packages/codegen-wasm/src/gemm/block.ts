/**
 * One item at one block of k: packs what it has to, and runs its tiles row by row. The rhs panels of the block stay in
 * the L2 cache, one panel of lhs in L1.
 */
import { dtypeTable } from "@fluxion/ir";
import { type Expr, FunctionBuilder, type Local } from "../emit/function-builder.ts";
import { advance } from "./algebra.ts";
import type { EmitContext } from "./context.ts";
import { callPack } from "./pack.ts";
import { type GemmPlan, type Panels, sharedBatchBytes } from "./plan.ts";
import { callRow, panelBytes, type RowParameter } from "./rows.ts";
import { share } from "./share.ts";
import type { Arguments } from "./signature.ts";
import { matrixAddress, type Side, scaled } from "./source.ts";
import { lhsLayout, partialStride, rhsLayout } from "./tile.ts";

/** row, column: numbers of the item's blocks of panels; k, steps: first element and length of the block of k. */
const PARAMETERS = ["frame", "task", "row", "column", "batch", "k", "steps"] as const;

/** Calls the block function; `args` in the order of `PARAMETERS`. `final`: the block of k is the last one. */
export function callBlock(
  ctx: EmitContext,
  f: FunctionBuilder,
  plan: GemmPlan,
  final: boolean,
  args: readonly Local[],
): void {
  const { b, m } = ctx;
  const name = `${ctx.name}.block${final ? "" : ".partial"}`;
  if (m.getFunction(name) === 0) {
    const body = new FunctionBuilder(b, m, new Array(PARAMETERS.length).fill(b.i32), b.none);
    new Block(ctx, body, plan).emit(final);
    body.finish(name);
  }
  const values = args.map((l) => f.get(l));
  f.push(m.call(name, values, b.none));
}

/** `value + index · factor` */
const plus = (f: FunctionBuilder, value: Expr, index: Local, factor: number): Expr =>
  factor === 0 ? value : f.m.i32.add(value, scaled(f, index, factor));

class Block {
  readonly #ctx: EmitContext;
  readonly #f: FunctionBuilder;
  readonly #plan: GemmPlan;
  readonly #frame: Local;
  readonly #task: Local;
  readonly #batch: Local;
  /** Ranges of panels. */
  readonly #rows: readonly [from: Local, to: Local];
  readonly #columns: readonly [from: Local, to: Local];
  /** First element of the block of k, and its length. */
  readonly #k: Local;
  readonly #steps: Local;
  /** Addresses at the first panels and the first k of the block. */
  readonly #start: Readonly<Record<Side, Local>>;

  constructor(ctx: EmitContext, f: FunctionBuilder, plan: GemmPlan) {
    this.#ctx = ctx;
    this.#f = f;
    this.#plan = plan;
    const [frame, task, row, column, batch, k, steps] = PARAMETERS.map((_, i) => f.param(i));
    [this.#frame, this.#task, this.#batch, this.#k, this.#steps] = [frame, task, batch, k, steps];
    this.#rows = this.#range(row, plan.rows);
    this.#columns = this.#range(column, plan.columns);
    this.#start = { lhs: this.#operandStart("lhs"), rhs: this.#operandStart("rhs") };
  }

  #range(block: Local, { count, blocks }: Panels): [Local, Local] {
    const f = this.#f;
    const first = f.let(f.b.i32, blocks === 1 ? f.m.i32.const(0) : share(f, block, count, blocks));
    if (count % blocks === 0)
      return [first, f.let(f.b.i32, f.m.i32.add(f.get(first), f.m.i32.const(count / blocks)))];
    const next = f.let(f.b.i32, f.m.i32.add(f.get(block), f.m.i32.const(1)));
    return [first, f.let(f.b.i32, share(f, next, count, blocks))];
  }

  #operandStart(side: Side): Local {
    const { spec, packing, scratch, outer } = this.#plan;
    const f = this.#f;
    const { i32 } = f.m;
    if (spec.k === 0) return f.let(f.b.i32, i32.const(0));
    const operand = spec[side];
    if (packing[side] === "item") return this.#scratch(scratch[side], this.#task, scratch[`${side}PerTask`]);
    const matrix =
      packing[side] === "direct" && operand.kind === "memory"
        ? matrixAddress(f, operand, spec.batch, this.#frame, this.#batch)
        : f.get(this.#scratch(scratch[side], this.#batch, sharedBatchBytes(this.#plan, side)));
    const first = (side === "lhs" ? this.#rows : this.#columns)[0];
    const panel = plus(f, matrix, first, panelBytes(this.#ctx, this.#plan, side));
    if (packing[side] === "shared" && outer) return f.let(f.b.i32, panel);
    const { step } = (side === "lhs" ? lhsLayout : rhsLayout)(this.#ctx, this.#plan);
    return f.let(f.b.i32, this.#plan.kBlocks === 1 ? panel : plus(f, panel, this.#k, step));
  }

  /** Address of part `index` of a region of the scratch memory. */
  #scratch(offset: number, index: Local, bytes: number): Local {
    const f = this.#f;
    const { i32 } = f.m;
    const region = this.#ctx.scratch(f, this.#frame);
    const start = offset === 0 ? region : i32.add(region, i32.const(offset));
    return f.let(f.b.i32, plus(f, start, index, bytes));
  }

  emit(final: boolean): void {
    const { packing, spec, rows } = this.#plan;
    const f = this.#f;
    const { i32 } = f.m;
    if (spec.k > 0) {
      if (packing.lhs === "item") this.#pack("lhs", this.#rows);
      if (packing.rhs === "item") this.#pack("rhs", this.#columns);
    }
    const args = this.#rowArguments();
    const panel = f.let(f.b.i32, f.get(this.#rows[0]));
    const pointers = args.moving;
    const row = (size: number): void => callRow(this.#ctx, f, this.#plan, size, final, args.all);
    if (rows.whole > 0) {
      const end = f.let(f.b.i32, this.#wholeEnd(rows, this.#rows[1]));
      f.while(
        () => i32.lt_s(f.get(panel), f.get(end)),
        () => {
          row(rows.size);
          for (const [pointer, stride] of pointers) advance(f, pointer, stride);
          advance(f, panel, 1);
        },
      );
    }
    if (rows.rest > 0) f.if(i32.gt_s(f.get(this.#rows[1]), i32.const(rows.whole)), () => row(rows.rest));
  }

  #wholeEnd({ whole, rest }: Panels, to: Local): Expr {
    const f = this.#f;
    if (rest === 0) return f.get(to);
    const { i32 } = f.m;
    return f.m.select(i32.lt_s(f.get(to), i32.const(whole)), f.get(to), i32.const(whole));
  }

  /** Packs the block's panels. */
  #pack(side: Side, [from, to]: readonly [Local, Local]): void {
    const f = this.#f;
    const bytes = panelBytes(this.#ctx, this.#plan, side);
    const target = f.let(f.b.i32, f.get(this.#start[side]));
    const place = { frame: this.#frame, batch: this.#batch, k: this.#k, steps: this.#steps, to: target };
    f.forRange(from, to, 1, (panel) => {
      callPack(this.#ctx, f, this.#plan, side, panel, place);
      advance(f, target, bytes);
    });
  }

  /** What the row functions take, and which of it moves from one row of panels to the next. */
  #rowArguments(): { all: Arguments<RowParameter>; moving: [Local, number][] } {
    const f = this.#f;
    const { i32 } = f.m;
    const plan = this.#plan;
    const { rows, columns, spec, partial, scratch } = plan;
    const a = f.let(f.b.i32, f.get(this.#start.lhs));
    const b = this.#start.rhs;
    const i = f.let(f.b.i32, scaled(f, this.#rows[0], rows.size));
    const j = f.let(f.b.i32, scaled(f, this.#columns[0], columns.size));
    const moving: [Local, number][] = [
      [a, panelBytes(this.#ctx, plan, "lhs")],
      [i, rows.size],
    ];
    const c = f.let(f.b.i32, i32.const(0));
    if (spec.out.kind === "memory") {
      const { bytes } = dtypeTable[spec.out.dtype];
      const { row, column } = spec.out.strides;
      const corner = matrixAddress(f, spec.out, spec.batch, this.#frame, this.#batch);
      f.set(c, i32.add(i32.add(corner, scaled(f, i, row * bytes)), scaled(f, j, column * bytes)));
      moving.push([c, rows.size * row * bytes]);
    }
    let p = c;
    if (partial === "scratch") {
      p = this.#scratch(scratch.partial, this.#task, scratch.partialPerTask);
      moving.push([p, rows.size * partialStride(plan, this.#ctx)]);
    }
    const locals = { a, b, c, p, i, j, frame: this.#frame, batch: this.#batch, steps: this.#steps };
    const [from, to] = this.#columns;
    const all = Object.fromEntries(
      Object.entries({ ...locals, resume: this.#k, from, to }).map(([n, l]) => [n, () => f.get(l)]),
    ) as Arguments<RowParameter>;
    return { all, moving };
  }
}
