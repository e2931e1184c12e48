/**
 * Tiles of few rows whose rhs lies along k: dot products with vectors along k, which read both operands in place and as
 * fast as memory delivers them. A matrix times a vector is the usual case.
 */
import { dtypeTable } from "@fluxion/ir";
import type { Expr, FunctionBuilder, Local } from "../emit/function-builder.ts";
import { advance, computeBytes, zeroVector } from "./algebra.ts";
import type { EmitContext } from "./context.ts";
import type { GemmPlan } from "./plan.ts";
import type { OpenFunction } from "./signature.ts";
import { roleStrides, unitOf } from "./source.ts";
import type { GemmSpec, MemoryMatrix } from "./spec.ts";
import { loadElement, loadElements } from "./storage.ts";
import type { TileParameter, TileVariant } from "./tile.ts";
import { transposeBlock } from "./transpose.ts";

/** Columns of a tile: four sums per row hide the latency of additions and share the loads of lhs. */
export const DOT_COLUMNS = 4;
/** With more rows the sums no longer fit the registers. */
const MOST_ROWS = 3;
const LEAST_K = 16;

/** Whether the product is better computed by dot products than from packed panels. */
export function suitsDot(spec: GemmSpec): boolean {
  const { m, k, rhs, lhs } = spec;
  if (rhs.kind !== "memory" || unitOf("rhs", rhs) !== "k" || k < LEAST_K || m < 1) return false;
  // With one row a packed lhs is a vector, too.
  return m === 1 || (m <= MOST_ROWS && lhs.kind === "memory" && unitOf("lhs", lhs) === "k");
}

/** An operand as dot products read it. */
interface Vectors {
  load(row: number, k: number): Expr;
  loadOne(row: number, k: number): Expr;
  readonly pointer: Local;
  /** Bytes from one k to the next. */
  readonly step: number;
}

/** Emits sums[row][…] += dot products of `variant.rows` rows and `variant.columns` columns. */
export function emitDot(
  ctx: EmitContext,
  { f, param }: OpenFunction<TileParameter>,
  plan: GemmPlan,
  variant: TileVariant,
  sums: readonly (readonly Local[])[],
): void {
  const { lanes } = ctx.alg;
  const { k } = plan.spec;
  const unroll = variant.rows === 1 ? 2 : 1;
  const dot = new Dot(
    ctx,
    f,
    variant,
    lhsVectors(f, plan, param("a")),
    rhsVectors(f, plan, param("b")),
    unroll,
  );
  const left = f.let(f.b.i32, f.m.i32.const(Math.floor(k / (lanes * unroll))));
  f.while(
    () => f.get(left),
    () => {
      for (let u = 0; u < unroll; u++) dot.vector(u);
      dot.next(unroll * lanes);
      advance(f, left, -1);
    },
  );
  const rest = k % (lanes * unroll);
  const whole = Math.floor(rest / lanes);
  for (let v = 0; v < whole; v++) dot.vector(v);
  for (let e = whole * lanes; e < rest; e++) dot.element(e);
  dot.collect(sums);
}

class Dot {
  readonly #ctx: EmitContext;
  readonly #f: FunctionBuilder;
  readonly #variant: TileVariant;
  readonly #lhs: Vectors;
  readonly #rhs: Vectors;
  /** Partial sums by row, column and unrolled step; each lane adds up every lanes-th product. */
  readonly #partial: readonly (readonly (readonly Local[])[])[];

  constructor(
    ctx: EmitContext,
    f: FunctionBuilder,
    variant: TileVariant,
    lhs: Vectors,
    rhs: Vectors,
    unroll: number,
  ) {
    this.#ctx = ctx;
    this.#f = f;
    this.#variant = variant;
    this.#lhs = lhs;
    this.#rhs = rhs;
    const { rows, columns } = variant;
    const each = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);
    this.#partial = each(rows, () => each(columns, () => each(unroll, () => f.local(f.b.v128))));
  }

  /** Adds the products of the vectors number `v` from the place on. */
  vector(v: number): void {
    const { lanes } = this.#ctx.alg;
    this.#add(
      v,
      (row) => this.#lhs.load(row, v * lanes),
      (column) => this.#rhs.load(column, v * lanes),
    );
  }

  /** Adds the products of the elements at `k` from the place on, in the first lane. */
  element(k: number): void {
    const { m } = this.#f;
    const first = new Uint8Array(16).fill(0xff, 0, this.#ctx.alg.bytes);
    this.#add(
      0,
      (row) => m.v128.and(this.#lhs.loadOne(row, k), m.v128.const(first)),
      (column) => m.v128.and(this.#rhs.loadOne(column, k), m.v128.const(first)),
    );
  }

  next(elements: number): void {
    for (const { pointer, step } of [this.#lhs, this.#rhs]) advance(this.#f, pointer, elements * step);
  }

  #add(step: number, left: (row: number) => Expr, right: (column: number) => Expr): void {
    const f = this.#f;
    const rows = this.#partial.map((_, row) => f.let(f.b.v128, left(row)));
    for (let column = 0; column < this.#variant.columns; column++) {
      const vector = f.let(f.b.v128, right(column));
      rows.forEach((x, row) => {
        const sum = this.#partial[row][column][step];
        f.set(sum, this.#ctx.alg.multiplyAdd(f.get(x), f.get(vector), f.get(sum)));
      });
    }
  }

  /** Adds the lanes of each partial sum, which gives one lane of a vector of sums. */
  collect(sums: readonly (readonly Local[])[]): void {
    const f = this.#f;
    const { add, lanes } = this.#ctx.alg;
    const total = (values: readonly Local[]): Expr =>
      values.slice(1).reduce((sum, value) => add(sum, f.get(value)), f.get(values[0]));
    this.#partial.forEach((columns, row) => {
      sums[row].forEach((sum, v) => {
        const group = Array.from({ length: lanes }, (_, lane) => columns[v * lanes + lane]);
        const transposed = transposeBlock(
          f,
          group.map((steps) => (steps === undefined ? zeroVector(f) : total(steps))),
        );
        f.set(sum, total(transposed));
      });
    });
  }
}

/** Rows of lhs: in memory, or one packed row. */
function lhsVectors(f: FunctionBuilder, plan: GemmPlan, pointer: Local): Vectors {
  const { lhs, compute } = plan.spec;
  if (plan.packing.lhs === "direct" && lhs.kind === "memory")
    return memoryVectors(f, lhs, pointer, roleStrides("lhs", lhs).outer);
  const packed =
    compute === "f32" ? "float32" : compute === "f64" ? "float64" : compute === "i32" ? "int32" : "int64";
  const bytes = computeBytes(compute);
  return {
    pointer,
    step: bytes,
    load: (_, k) => loadElements(f, packed, pointer, k * bytes),
    loadOne: (_, k) => loadElement(f, packed, pointer, k * bytes),
  };
}

function rhsVectors(f: FunctionBuilder, plan: GemmPlan, pointer: Local): Vectors {
  const { rhs } = plan.spec;
  if (rhs.kind !== "memory") throw new Error("gemm: dot products read rhs from memory");
  return memoryVectors(f, rhs, pointer, roleStrides("rhs", rhs).outer);
}

function memoryVectors(f: FunctionBuilder, matrix: MemoryMatrix, pointer: Local, outer: number): Vectors {
  const { dtype } = matrix;
  const { bytes } = dtypeTable[dtype];
  return {
    pointer,
    step: bytes,
    load: (o, k) => loadElements(f, dtype, pointer, o * outer + k * bytes),
    loadOne: (o, k) => loadElement(f, dtype, pointer, o * outer + k * bytes),
  };
}
