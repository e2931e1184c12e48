/** The parallel loop: each task runs a range of items, each item is a block of tiles of one batch element. */
import { dtypeTable } from "@fluxion/ir";
import { type Expr, FunctionBuilder, type Local } from "../emit/function-builder.ts";
import { advance } from "./algebra.ts";
import type { EmitContext } from "./context.ts";
import { callPack } from "./pack.ts";
import { type GemmPlan, type Panels, sharedBatchBytes } from "./plan.ts";
import { callRow, lhsPanelBytes, type RowParameter, rhsPanelBytes } from "./rows.ts";
import type { Arguments } from "./signature.ts";
import { matrixAddress, type Side, scaled } from "./source.ts";
import { lhsLayout, partialStride, rhsLayout } from "./tile.ts";

/** Emits the kernel `name(frame, begin, end)` that runs tasks [begin, end). */
export function emitItems(ctx: EmitContext, name: string, plan: GemmPlan): void {
  const { b, m } = ctx;
  const itemName = `${ctx.name}.item`;
  emitItem(ctx, itemName, plan);
  const f = new FunctionBuilder(b, m, [b.i32, b.i32, b.i32], b.none);
  const [frame, begin, end] = [f.param(0), f.param(1), f.param(2)];
  f.forRange(begin, end, 1, (task) => {
    const item = f.let(b.i32, share(f, task, plan.items, plan.tasks));
    const next = f.let(b.i32, m.i32.add(f.get(task), m.i32.const(1)));
    const last = f.let(b.i32, share(f, next, plan.items, plan.tasks));
    f.forRange(item, last, 1, (i) => f.push(m.call(itemName, [f.get(frame), f.get(task), f.get(i)], b.none)));
  });
  f.finish(name);
}

/** floor(index · total / parts): where part `index` of an even division begins. */
function share(f: FunctionBuilder, index: Local, total: number, parts: number): Expr {
  const { i32, i64 } = f.m;
  if (total % parts === 0) return scaled(f, index, total / parts);
  const product = i64.mul(i64.extend_u(f.get(index)), i64.const(total));
  return i32.wrap(i64.div_u(product, i64.const(parts)));
}

/** `name(frame, task, item)` */
function emitItem(ctx: EmitContext, name: string, plan: GemmPlan): void {
  const { b, m } = ctx;
  const f = new FunctionBuilder(b, m, [b.i32, b.i32, b.i32], b.none);
  new Item(ctx, f, plan).emit();
  f.finish(name);
}

class Item {
  readonly #ctx: EmitContext;
  readonly #f: FunctionBuilder;
  readonly #plan: GemmPlan;
  readonly #frame: Local;
  readonly #task: Local;
  readonly #batch: Local;
  /** Ranges of panels. */
  readonly #rows: readonly [from: Local, to: Local];
  readonly #columns: readonly [from: Local, to: Local];
  /** First element of the current block of k, and its length. */
  readonly #k: Local;
  readonly #steps: Local;
  /** Addresses at the item's first panels, for k = 0 (packed by the item: for the current block). */
  readonly #base: Readonly<Record<Side, Local>>;

  constructor(ctx: EmitContext, f: FunctionBuilder, plan: GemmPlan) {
    this.#ctx = ctx;
    this.#f = f;
    this.#plan = plan;
    const { i32 } = f.m;
    [this.#frame, this.#task] = [f.param(0), f.param(1)];
    const { rows, columns } = plan;
    const column = f.let(f.b.i32, i32.rem_u(f.get(f.param(2)), i32.const(columns.blocks)));
    const rest = f.let(f.b.i32, i32.div_u(f.get(f.param(2)), i32.const(columns.blocks)));
    const row = f.let(f.b.i32, i32.rem_u(f.get(rest), i32.const(rows.blocks)));
    this.#batch = f.let(f.b.i32, i32.div_u(f.get(rest), i32.const(rows.blocks)));
    this.#rows = this.#range(row, rows);
    this.#columns = this.#range(column, columns);
    this.#k = f.let(f.b.i32, i32.const(0));
    this.#steps = f.let(f.b.i32, i32.const(plan.kBlock));
    this.#base = { lhs: this.#operandBase("lhs"), rhs: this.#operandBase("rhs") };
  }

  emit(): void {
    const { kBlocks, kBlock, spec } = this.#plan;
    const f = this.#f;
    const { i32 } = f.m;
    if (kBlocks === 1) {
      this.#block(true);
      return;
    }
    const lastFrom = (kBlocks - 1) * kBlock;
    f.while(
      () => i32.lt_s(f.get(this.#k), i32.const(lastFrom)),
      () => {
        this.#block(this.#plan.partial === "out");
        advance(f, this.#k, kBlock);
      },
    );
    f.set(this.#steps, i32.const(spec.k - lastFrom));
    this.#block(true);
  }

  #range(block: Local, { count, blocks }: Panels): [Local, Local] {
    const f = this.#f;
    const next = f.let(f.b.i32, f.m.i32.add(f.get(block), f.m.i32.const(1)));
    return [f.let(f.b.i32, share(f, block, count, blocks)), f.let(f.b.i32, share(f, next, count, blocks))];
  }

  #operandBase(side: Side): Local {
    const { spec, packing, scratch } = this.#plan;
    const f = this.#f;
    if (spec.k === 0) return f.let(f.b.i32, f.m.i32.const(0));
    const operand = spec[side];
    const first = (side === "lhs" ? this.#rows : this.#columns)[0];
    if (packing[side] === "item") {
      const perTask = side === "lhs" ? scratch.lhsPerTask : scratch.rhsPerTask;
      return this.#scratch(scratch[side], this.#task, perTask);
    }
    const panelBytes = (side === "lhs" ? lhsPanelBytes : rhsPanelBytes)(this.#ctx, this.#plan);
    const base =
      packing[side] === "direct" && operand.kind === "memory"
        ? f.let(f.b.i32, matrixAddress(f, operand, spec.batch, this.#frame, this.#batch))
        : this.#scratch(scratch[side], this.#batch, sharedBatchBytes(this.#plan, side));
    return f.let(f.b.i32, f.m.i32.add(f.get(base), scaled(f, first, panelBytes)));
  }

  /** Address of part `index` of a region of the scratch memory. */
  #scratch(offset: number, index: Local, bytes: number): Local {
    const f = this.#f;
    const { i32 } = f.m;
    const start = i32.add(this.#ctx.scratch(f, this.#frame), i32.const(offset));
    return f.let(f.b.i32, i32.add(start, scaled(f, index, bytes)));
  }

  /** All tiles of the item, for the current block of k. */
  #block(final: boolean): void {
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

  /** Packs the item's panels of the current block of k. */
  #pack(side: Side, [from, to]: readonly [Local, Local]): void {
    const f = this.#f;
    const panels = side === "lhs" ? this.#plan.rows : this.#plan.columns;
    const bytes = (side === "lhs" ? lhsPanelBytes : rhsPanelBytes)(this.#ctx, this.#plan);
    const target = f.let(f.b.i32, f.get(this.#base[side]));
    f.forRange(from, to, 1, (panel) => {
      const outer = f.let(f.b.i32, scaled(f, panel, panels.size));
      callPack(this.#ctx, f, this.#plan, side, panel, [
        this.#frame,
        this.#batch,
        outer,
        this.#k,
        this.#steps,
        target,
      ]);
      advance(f, target, bytes);
    });
  }

  /** What the row functions take, and which of it moves from one row of panels to the next. */
  #rowArguments(): { all: Arguments<RowParameter>; moving: [Local, number][] } {
    const f = this.#f;
    const { i32 } = f.m;
    const plan = this.#plan;
    const { rows, columns, spec, partial, scratch } = plan;
    const a = f.let(f.b.i32, this.#atBlock("lhs"));
    const b = this.#atBlock("rhs");
    const bAt = f.let(f.b.i32, b);
    const i = f.let(f.b.i32, scaled(f, this.#rows[0], rows.size));
    const j = f.let(f.b.i32, scaled(f, this.#columns[0], columns.size));
    const moving: [Local, number][] = [
      [a, lhsPanelBytes(this.#ctx, plan)],
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
    const locals = { a, b: bAt, c, p, i, j, frame: this.#frame, batch: this.#batch, steps: this.#steps };
    const [from, to] = this.#columns;
    const all = Object.fromEntries(
      Object.entries({ ...locals, resume: this.#k, from, to }).map(([n, l]) => [n, () => f.get(l)]),
    ) as Arguments<RowParameter>;
    return { all, moving };
  }

  /** Address of the first panel at the current block of k. */
  #atBlock(side: Side): Expr {
    const f = this.#f;
    const { packing } = this.#plan;
    const base = f.get(this.#base[side]);
    if (packing[side] === "item" || this.#plan.kBlocks === 1) return base;
    const { step } = (side === "lhs" ? lhsLayout : rhsLayout)(this.#ctx, this.#plan);
    return f.m.i32.add(base, scaled(f, this.#k, step));
  }
}
