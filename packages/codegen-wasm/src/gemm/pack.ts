/**
 * Packing: copies (and converts, and computes) one panel of an operand into the order in which tiles read it:
 *
 *     panel[k][o] for k = 0 … count − 1 and the panel's rows of lhs or columns of rhs o
 *
 * so that a tile walks through one contiguous stream per operand. Panels of rhs are as wide as whole vectors, filled
 * up with zeros.
 */
import { type Expr, FunctionBuilder, type Local } from "../emit/function-builder.ts";
import { type Algebra, advance, storeVector, zeroVector } from "./algebra.ts";
import type { EmitContext } from "./context.ts";
import type { GemmPlan } from "./plan.ts";
import { inRegion } from "./region.ts";
import { openSource, type Side, type Source, scaled } from "./source.ts";
import type { Region } from "./spec.ts";
import { transposeBlock, transposePair } from "./transpose.ts";

export interface PanelShape {
  /** Rows or columns that exist. */
  readonly valid: number;
  /** Rows or columns that are stored: those that exist, and zeros up to a whole vector where tiles read vectors. */
  readonly width: number;
  /** Elements from one k to the next. */
  readonly pitch: number;
}

/**
 * Emits `name(frame, batch, outer, k, count, to)`: packs the panel that starts at element (outer, k), count ≥ 1 and a
 * multiple of the lanes if k and its blocks are.
 */
function emitPack(context: EmitContext, name: string, plan: GemmPlan, side: Side, shape: PanelShape): void {
  const { spec, kBlock } = plan;
  const { b, m, alg } = context;
  const f = new FunctionBuilder(b, m, new Array(6).fill(b.i32), b.none);
  const [frame, batch, outer, k, count, to] = [0, 1, 2, 3, 4, 5].map((i) => f.param(i));
  const source = openSource(f, side, spec[side], spec.batch, { frame, batch, outer, k });
  const packer = new Packer(f, alg, source, shape, to);
  const done = f.let(b.i32, m.i32.const(0));
  const loop = (end: Local, step: number, body: () => void): void =>
    f.while(
      () => m.i32.lt_u(f.get(done), f.get(end)),
      () => {
        body();
        packer.next(step);
        advance(f, done, step);
      },
    );
  const vectors = (end: Local): void => loop(end, alg.lanes, () => packer.steps(alg.lanes));
  if (spec.k % alg.lanes === 0 && kBlock % alg.lanes === 0) vectors(count);
  else {
    if (spec.k >= alg.lanes) vectors(f.let(b.i32, m.i32.and(f.get(count), m.i32.const(-alg.lanes))));
    loop(count, 1, () => packer.steps(1));
  }
  f.finish(name);
}

class Packer {
  readonly #f: FunctionBuilder;
  readonly #alg: Algebra;
  readonly #source: Source;
  readonly #shape: PanelShape;
  readonly #to: Local;

  constructor(f: FunctionBuilder, alg: Algebra, source: Source, shape: PanelShape, to: Local) {
    this.#f = f;
    this.#alg = alg;
    this.#source = source;
    this.#shape = shape;
    this.#to = to;
  }

  next(steps: number): void {
    this.#source.advance(steps);
    advance(this.#f, this.#to, steps * this.#shape.pitch * this.#alg.bytes);
  }

  /** Packs `count` values of k: one, or a vector's worth. */
  steps(count: number): void {
    const { unit } = this.#source;
    inRegion(this.#f, (region) => {
      if (count > 1 && unit === "k") this.#transposed(region);
      else
        for (let k = 0; k < count; k++)
          if (unit === "outer") this.#copied(region, k);
          else this.#gathered(region, k, 0);
    });
  }

  /** Vectors along k of as many rows as a vector has lanes, turned into vectors along the panel's width. */
  #transposed(region: Region): void {
    const { lanes } = this.#alg;
    const { valid, width } = this.#shape;
    for (let group = 0; group < width; group += lanes) {
      const count = Math.min(lanes, width - group);
      const row = (r: number): Expr =>
        group + r < valid ? this.#source.load(region, group + r, 0, "k")[0] : zeroVector(this.#f);
      if (lanes === 4 && count === 2) this.#transposedPair(group, [row(0), row(1)]);
      else
        transposeBlock(
          this.#f,
          Array.from({ length: lanes }, (_, r) => row(r)),
        ).forEach((column, k) => {
          this.#storeFirst(k, group, column, count);
        });
    }
  }

  /** Two rows of four: each vector holds two columns of two. */
  #transposedPair(group: number, rows: readonly [Expr, Expr]): void {
    const f = this.#f;
    transposePair(f, rows).forEach((columns, i) => {
      for (const half of [0, 1]) {
        const at = this.#offset(2 * i + half, group);
        f.push(f.m.v128.store64_lane(at, 4, half, f.get(this.#to), f.get(columns)));
      }
    });
  }

  /** Vectors along the panel's width as they are. */
  #copied(region: Region, k: number): void {
    const { lanes } = this.#alg;
    const { valid, width } = this.#shape;
    const whole = valid - (valid % lanes);
    if (whole > 0)
      this.#source.load(region, 0, k, "outer", whole / lanes).forEach((vector, v) => {
        this.#store(k, v * lanes, vector);
      });
    if (whole === valid) return;
    // Without padding the last vector may overlap the one before it.
    if (width === valid && valid > lanes)
      this.#store(k, valid - lanes, this.#source.load(region, valid - lanes, k, "outer")[0]);
    else this.#gathered(region, k, whole);
  }

  /** Elements from `first` on one by one. */
  #gathered(region: Region, k: number, first: number): void {
    const { lanes } = this.#alg;
    const { valid, width } = this.#shape;
    if (width > valid) this.#store(k, width - lanes, zeroVector(this.#f));
    for (let o = first; o < valid; o++)
      this.#storeFirst(k, o, this.#f.let(this.#f.b.v128, this.#source.load(region, o, k, "one")[0]), 1);
  }

  #offset(k: number, o: number): number {
    return (k * this.#shape.pitch + o) * this.#alg.bytes;
  }

  #store(k: number, o: number, value: Expr): void {
    storeVector(this.#f, this.#to, this.#offset(k, o), value);
  }

  #storeFirst(k: number, o: number, value: Local, count: number): void {
    const f = this.#f;
    const { v128 } = f.m;
    const { bytes } = this.#alg;
    const at = this.#offset(k, o);
    const [to, from] = [() => f.get(this.#to), () => f.get(value)];
    const size = count * bytes;
    if (size === 16) this.#store(k, o, from());
    else if (size >= 8) f.push(v128.store64_lane(at, 4, 0, to(), from()));
    if (size % 8 === 4) f.push(v128.store32_lane(at + size - 4, 4, count - 1, to(), from()));
  }
}

/** What packing reads besides the panel's number; k, steps: first element and length of the block of k; to: the panel. */
export type PackArguments = Readonly<Record<"frame" | "batch" | "k" | "steps" | "to", Local>>;

/**
 * Packs panel number `panel`. The last panel of lhs is as high as the others: it ends with the last row, and its first
 * rows stand in the panel before it too (`firstPackedRow`).
 */
export function callPack(
  ctx: EmitContext,
  f: FunctionBuilder,
  plan: GemmPlan,
  side: Side,
  panel: Local,
  { frame, batch, k, steps, to }: PackArguments,
): void {
  const { i32 } = f.m;
  const { whole, rest, size } = side === "lhs" ? plan.rows : plan.columns;
  const outer = f.let(f.b.i32, scaled(f, panel, size));
  const call = (valid: number): void => {
    const name = `${ctx.name}.pack.${side}${valid}`;
    const width = side === "lhs" ? valid : Math.ceil(valid / ctx.alg.lanes) * ctx.alg.lanes;
    if (ctx.m.getFunction(name) === 0) emitPack(ctx, name, plan, side, { valid, width, pitch: size });
    const args = [frame, batch, outer, k, steps, to].map((l) => f.get(l));
    f.push(ctx.m.call(name, args, ctx.b.none));
  };
  if (rest === 0) call(size);
  else if (whole === 0) call(rest);
  else if (side === "lhs") {
    const last = plan.spec.m - size;
    const isLast = i32.gt_s(f.get(outer), i32.const(last));
    f.set(outer, f.m.select(isLast, i32.const(last), f.get(outer)));
    call(size);
  } else {
    const isWhole = i32.lt_s(f.get(panel), i32.const(whole));
    f.if(
      isWhole,
      () => call(size),
      () => call(rest),
    );
  }
}

/** Where in a panel of lhs a tile of so many rows begins. */
export const firstPackedRow = ({ rows, packing }: GemmPlan, height: number): number =>
  packing.lhs === "direct" || rows.whole === 0 ? 0 : rows.size - height;
