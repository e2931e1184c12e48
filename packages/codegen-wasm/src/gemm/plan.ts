/**
 * How a product is cut up. Pure arithmetic on shapes and strides: the buffer planner asks here for the scratch size
 * before any code is emitted.
 *
 * Panels are `tileRows` rows of lhs or `tileColumns` columns of rhs; a tile is one panel of each. The parallel loop runs
 * over items: blocks of row panels × column panels of one batch element. Within an item k is cut into blocks; a block
 * of rhs stays in the L2 cache, a panel of lhs in L1, and tiles run along the columns.
 */
import { dtypeTable } from "@fluxion/ir";
import { computeBytes, computeLanes } from "./algebra.ts";
import { OUTER_BYTES } from "./outer.ts";
import { roleStrides, type Side, unitOf } from "./source.ts";
import { checkSpec, type GemmSpec, transposed } from "./spec.ts";
import { isNative } from "./storage.ts";

/**
 * - `direct`: tiles read the operand where it lies.
 * - `item`: every item packs its own part, into scratch memory of its task.
 * - `shared`: all of it is packed in a parallel loop of its own first, because several items read it.
 */
export type Packing = "direct" | "item" | "shared";

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
  /** `dot`: one row times an rhs whose columns lie along k, by dot products. */
  readonly kind: "empty" | "tiles" | "dot";
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

/** Bytes of lhs and multiply-adds from which on the outer loop pays for its forks. */
const LARGE_BYTES = 1024 * 1024;
const LARGE_WORK = 32 * 1024 * 1024;
/** Multiply-adds below which a second thread costs more than it saves. */
const PARALLEL_WORK = 128 * 1024;
/** Parallel iterations to aim at: enough that threads of unequal speed finish together. */
const TARGET_TASKS = 16;
const MAX_TASKS = 32;
/** Panels of both operands for so much of k stay in L1. */
const K_BLOCK = Number(process.env.KB ?? 512);
/** Bytes of an item's block of rhs, which should stay in L2. */
const RHS_BLOCK_BYTES = Number(process.env.RB ?? 256) * 1024;
/** Operands up to this size are read where they lie, if they can be. */
const DIRECT_BYTES = 32 * 1024;

const ceilDiv = (a: number, b: number): number => Math.ceil(a / b);
const roundUp = (a: number, b: number): number => ceilDiv(a, b) * b;
const clamp = (a: number, low: number, high: number): number => Math.max(low, Math.min(a, high));

export function planGemm(given: GemmSpec, options: PlanOptions): GemmPlan {
  checkSpec(given);
  const spec = shouldTranspose(given) ? transposed(given) : given;
  const batch = spec.batch.reduce((product, size) => product * size, 1);
  const tile = tileShape(spec, options);
  const kBlocks = kBlockCount(spec);
  const kBlock = Math.min(spec.k, roundUp(ceilDiv(spec.k, kBlocks), 4));
  const outer = isLarge(spec);
  const { rowBlocks, columnBlocks } = cut(spec, outer ? 1 : batch, tile, kBlock);
  const rows = panels(spec.m, tile.rows, rowBlocks);
  const columns = panels(spec.n, tile.vectors * computeLanes(spec.compute), columnBlocks);
  const items = (outer ? 1 : batch) * rows.blocks * columns.blocks;
  const tasks = outer ? items : Math.min(items, MAX_TASKS);
  const partial: Partial = kBlocks === 1 ? "none" : sumsFitOut(spec) ? "out" : "scratch";
  const kind: GemmPlan["kind"] = batch * spec.m * spec.n === 0 ? "empty" : "tiles";
  const packing = { lhs: lhsPacking(spec, tile.rows, columns.blocks), rhs: rhsPacking(spec, rows) };
  const shape = { spec, kind, rows, columns, kBlock, kBlocks, packing, partial, batch, outer };
  const plan = { ...shape, items, tasks, grain: grainOf(spec, outer ? 1 : batch, tasks) };
  return { ...plan, ...layOut(plan) };
}

const macs = ({ m, n, k }: GemmSpec): number => m * n * Math.max(k, 1);

/** Fewest tasks that are worth a thread. */
function grainOf(spec: GemmSpec, batch: number, tasks: number): number {
  const perTask = (batch * macs(spec)) / Math.max(tasks, 1);
  return clamp(ceilDiv(PARALLEL_WORK, Math.max(perTask, 1)), 1, Math.max(tasks, 1));
}

function isLarge(spec: GemmSpec): boolean {
  return spec.m * spec.k * computeBytes(spec.compute) >= LARGE_BYTES && macs(spec) >= LARGE_WORK;
}

/** Vectors run along the columns, so those of the output should be contiguous; a single column is better a row. */
function shouldTranspose({ n, m, out }: GemmSpec): boolean {
  if (n === 1) return m !== 1;
  if (out.kind === "computed") return out.unit === "row";
  return out.strides.column !== 1 && out.strides.row === 1 && m > 1;
}

interface TileShape {
  readonly rows: number;
  readonly vectors: number;
}

/**
 * 12 sums, 2 vectors of rhs and one of lhs are 15 of the 16 registers of x86. Without a fused multiply-add products
 * need registers too.
 */
function tileShape({ compute, m }: GemmSpec, { relaxed, wide }: PlanOptions): TileShape {
  const fused = relaxed && (compute === "f32" || compute === "f64");
  const rows = fused ? 6 : 4;
  const vectors = fused && wide ? 4 : 2;
  if (m >= rows) return { rows, vectors };
  // Few rows: wider tiles keep as many sums in flight.
  return { rows: Math.max(m, 1), vectors: clamp(Math.floor((rows * vectors) / Math.max(m, 1)), vectors, 8) };
}

function kBlockCount(spec: GemmSpec): number {
  // Sums that would need scratch memory between blocks: a longer k costs less than that.
  const limit = sumsFitOut(spec) ? K_BLOCK : 4 * K_BLOCK;
  const block = (limit * 4) / computeBytes(spec.compute);
  return Math.max(1, ceilDiv(spec.k, block));
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

/** Into how many blocks rows and columns are cut. */
function cut(
  spec: GemmSpec,
  batch: number,
  tile: TileShape,
  kBlock: number,
): { rowBlocks: number; columnBlocks: number } {
  const rowPanels = Math.max(1, ceilDiv(spec.m, tile.rows));
  const width = tile.vectors * computeLanes(spec.compute);
  const columnPanels = Math.max(1, ceilDiv(spec.n, width));
  const wanted = clamp(
    ceilDiv(TARGET_TASKS, Math.max(batch, 1)),
    1,
    Math.max(1, Math.floor(macs(spec) / PARALLEL_WORK)),
  );
  const panelBytes = width * kBlock * computeBytes(spec.compute);
  const forCache = ceilDiv(columnPanels * panelBytes, RHS_BLOCK_BYTES);
  const columnBlocks = Math.min(columnPanels, Math.max(wanted, forCache));
  const rowBlocks = Math.min(rowPanels, Math.max(1, Math.round(wanted / columnBlocks)));
  return { rowBlocks, columnBlocks };
}

function lhsPacking(spec: GemmSpec, tileRows: number, columnBlocks: number): Packing {
  if (spec.lhs.kind === "memory" && isNative(spec.lhs.dtype)) {
    const { outer, k } = roleStrides("lhs", spec.lhs);
    const bytes = spec.m * spec.k * dtypeTable[spec.lhs.dtype].bytes;
    if (bytes <= DIRECT_BYTES || spec.m === 1) return "direct";
    if (unitOf("lhs", spec.lhs) === "k" && !rowsCollide(outer, Math.min(tileRows, spec.m)) && k > 0)
      return "direct";
  }
  return columnBlocks > 1 ? "shared" : "item";
}

/**
 * Rows that lie a multiple of a large power of two apart fall into the same set of the L1 cache (4096 bytes a way), and
 * reading them side by side is up to four times slower.
 */
function rowsCollide(stride: number, rows: number): boolean {
  const lines = Array.from({ length: rows }, (_, r) =>
    Math.floor(((((r * stride) % 4096) + 4096) % 4096) / 64),
  );
  return new Set(lines).size < rows;
}

function rhsPacking(spec: GemmSpec, rows: Panels): Packing {
  if (spec.rhs.kind === "memory" && isNative(spec.rhs.dtype) && unitOf("rhs", spec.rhs) === "outer") {
    const bytes = spec.k * spec.n * dtypeTable[spec.rhs.dtype].bytes;
    if (bytes <= DIRECT_BYTES || rows.count === 1) return "direct";
  }
  return rows.blocks > 1 ? "shared" : "item";
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
