/**
 * How a product is cut up. Pure arithmetic on shapes and strides: the buffer planner asks here for the scratch size
 * before any code is emitted.
 *
 * Panels are `tileRows` rows of lhs or `tileColumns` columns of rhs; a tile is one panel of each. The parallel loop runs
 * over items: blocks of row panels × column panels of one batch element. Within an item k is cut into blocks; a block
 * of rhs stays in the L2 cache, a panel of lhs in L1, and tiles run along the columns.
 */
import { computeBytes, computeLanes } from "./algebra.ts";
import {
  ceilDiv,
  chooseStrategy,
  clamp,
  cut,
  isLarge,
  kBlockOf,
  lhsPacking,
  PARALLEL_WORK,
  type Packing,
  rhsPacking,
  type Strategy,
  tileRows,
  tileShape,
  workOf,
} from "./blocking.ts";
import { suitsDot } from "./dot.ts";
import { OUTER_BYTES } from "./outer.ts";
import type { Side } from "./source.ts";
import { checkSpec, type GemmSpec, transposed } from "./spec.ts";
import { isNative } from "./storage.ts";

/** Where sums wait between two blocks of k. */
export type Partial = "none" | "out" | "scratch";

export interface Panels {
  /** Rows or columns of a panel. */
  readonly size: number;
  readonly count: number;
  /** Whole panels; the last one may have fewer than `size`. */
  readonly whole: number;
  /** Rows or columns of the last panel if it is not whole, else 0. */
  readonly rest: number;
  /** Blocks that the panels are dealt out in, as evenly as possible. */
  readonly blocks: number;
  /** Panels of the largest block. */
  readonly perBlock: number;
}

export interface GemmPlan {
  /** The product that is computed: the given one or its transpose. */
  readonly spec: GemmSpec;
  readonly strategy: Strategy;
  /** Whether the output has no elements. */
  readonly empty: boolean;
  readonly rows: Panels;
  readonly columns: Panels;
  readonly kBlock: number;
  readonly kBlocks: number;
  readonly packing: Readonly<Record<Side, Packing>>;
  readonly partial: Partial;
  readonly batch: number;
  /**
   * Whether batch and blocks of k are walked outside of the parallel loop, all threads together: for large matrices, so
   * that the slices of both operands at hand fit the last-level cache.
   */
  readonly outer: boolean;
  /** Iterations of the parallel loop: rows.blocks · columns.blocks, times the batch unless that is in the outer loop. */
  readonly items: number;
  /** Parallel iterations; each runs a range of items with scratch memory of its own. */
  readonly tasks: number;
  readonly grain: number;
  readonly scratch: ScratchLayout;
  readonly scratchBytes: number;
}

/** Byte offsets; `…PerTask` are the sizes of one task's part. */
export interface ScratchLayout {
  readonly lhs: number;
  readonly rhs: number;
  readonly partial: number;
  readonly lhsPerTask: number;
  readonly rhsPerTask: number;
  readonly partialPerTask: number;
}

export interface PlanOptions {
  readonly relaxed: boolean;
  readonly wide: boolean;
}

/** Most parallel iterations, each with scratch memory of its own. */
const MAX_TASKS = 32;

const roundUp = (a: number, b: number): number => ceilDiv(a, b) * b;

export function planGemm(given: GemmSpec, options: PlanOptions): GemmPlan {
  checkSpec(given);
  const spec = shouldTranspose(given) ? transposed(given) : given;
  const batch = spec.batch.reduce((product, size) => product * size, 1);
  const tallest = tileRows(spec, options.relaxed);
  const strategy = chooseStrategy(spec, suitsDot(spec), tallest);
  const tile = tileShape(spec, strategy, tallest, options.wide);
  const kBlock = kBlockOf(spec, strategy, sumsFitOut(spec));
  const kBlocks = Math.max(1, ceilDiv(spec.k, Math.max(kBlock, 1)));
  const outer = isLarge(spec, strategy);
  const { rowBlocks, columnBlocks } = cut(spec, strategy, outer ? 1 : batch, tile, kBlock);
  const rows = panels(spec.m, tile.rows, rowBlocks);
  const columns = panels(spec.n, tile.vectors * computeLanes(spec.compute), columnBlocks);
  const items = (outer ? 1 : batch) * rows.blocks * columns.blocks;
  const tasks = outer ? items : Math.min(items, MAX_TASKS);
  const partial: Partial = kBlocks === 1 ? "none" : sumsFitOut(spec) ? "out" : "scratch";
  const packing = {
    lhs: lhsPacking(spec, strategy, tile, columnBlocks),
    rhs: rhsPacking(spec, strategy, rowBlocks),
  };
  const empty = batch * spec.m * spec.n === 0;
  const shape = { spec, strategy, empty, rows, columns, kBlock, kBlocks, packing, partial, batch, outer };
  const plan = { ...shape, items, tasks, grain: grainOf(spec, outer ? 1 : batch, tasks) };
  return { ...plan, ...layOut(plan) };
}

/** Fewest tasks that are worth a thread. */
function grainOf(spec: GemmSpec, batch: number, tasks: number): number {
  const perTask = (batch * workOf(spec)) / Math.max(tasks, 1);
  return clamp(ceilDiv(PARALLEL_WORK, Math.max(perTask, 1)), 1, Math.max(tasks, 1));
}

/** Vectors run along the columns, so those of the output should be contiguous; a single column is better a row. */
function shouldTranspose({ n, m, out }: GemmSpec): boolean {
  if (n === 1) return m !== 1;
  if (out.kind === "computed") return out.unit === "row";
  return out.strides.column !== 1 && out.strides.row === 1 && m > 1;
}

/** Whether unfinished sums may wait in the output itself. */
function sumsFitOut({ out }: GemmSpec): boolean {
  return out.kind === "memory" && isNative(out.dtype) && out.dtype !== "bool" && out.strides.column === 1;
}

function panels(extent: number, size: number, blocks: number): Panels {
  const count = ceilDiv(extent, size);
  const whole = Math.floor(extent / size);
  return { size, count, whole, rest: extent - whole * size, blocks, perBlock: ceilDiv(count, blocks) };
}

/** A plan without its scratch memory. */
type Layoutable = Omit<GemmPlan, "scratch" | "scratchBytes">;

function layOut(plan: Layoutable): { scratch: ScratchLayout; scratchBytes: number } {
  const { rows, columns, packing, spec, kBlock, tasks } = plan;
  const bytes = computeBytes(spec.compute);
  const perTask = (side: Side, { size, perBlock }: Panels): number =>
    packing[side] === "item" ? roundUp(perBlock * size * kBlock * bytes, 64) : 0;
  const shared = (side: Side): number =>
    packing[side] === "shared" ? roundUp(packedBatches(plan, side) * packedBytes(plan, side), 64) : 0;
  const lhsPerTask = perTask("lhs", rows);
  const rhsPerTask = perTask("rhs", columns);
  const partialPerTask =
    plan.partial === "scratch" ? rows.perBlock * rows.size * columns.perBlock * columns.size * bytes : 0;
  const lhs = plan.outer ? OUTER_BYTES : 0;
  const rhs = lhs + shared("lhs") + tasks * lhsPerTask;
  const partial = rhs + shared("rhs") + tasks * rhsPerTask;
  return {
    scratch: { lhs, rhs, partial, lhsPerTask, rhsPerTask, partialPerTask },
    scratchBytes: partial + tasks * partialPerTask,
  };
}

/** How many batch elements a shared packed operand has: one if the batch only broadcasts it. */
export function packedBatches({ spec, batch, outer }: Layoutable, side: Side): number {
  if (outer) return 1;
  const operand = spec[side];
  const broadcast =
    operand.kind === "memory" && operand.strides.batch.every((s, d) => s === 0 || spec.batch[d] === 1);
  return broadcast ? Math.min(batch, 1) : batch;
}

/** Bytes of one whole packed matrix. */
function packedBytes(
  { spec, rows, columns }: Pick<GemmPlan, "spec" | "rows" | "columns">,
  side: Side,
): number {
  const { count, size } = side === "lhs" ? rows : columns;
  return count * size * spec.k * computeBytes(spec.compute);
}

/** Bytes from one batch element's packed matrix to the next; 0 if they share one. */
export function sharedBatchBytes(plan: GemmPlan, side: Side): number {
  return packedBatches(plan, side) > 1 ? packedBytes(plan, side) : 0;
}
