/** The sizes that a product is cut into, and where its operands are packed. Tuned by measurement; see bench/dev/gemm.ts. */
import { computeBytes, computeLanes } from "./algebra.ts";
import { DOT_COLUMNS } from "./dot.ts";
import { roleStrides, type Side, unitOf } from "./source.ts";
import type { GemmSpec } from "./spec.ts";
import { isNative } from "./storage.ts";

/** Multiply-adds below which a second thread costs more than it saves. */
export const PARALLEL_WORK = 128 * 1024;
/** Bytes of lhs and multiply-adds from which on the outer loop pays for its forks. */
const LARGE_BYTES = 1024 * 1024;
const LARGE_WORK = 32 * 1024 * 1024;
/** Parallel iterations to aim at: enough that threads of unequal speed finish together. */
const TARGET_TASKS = 16;
/**
 * Each step of the outer loop ends with a join, so its items are smaller, by this many blocks of rows: the last ones
 * then keep nobody waiting for long.
 */
const LARGE_ROW_BLOCKS = 4;
/** Panels of both operands for so much of k stay in L1. */
const K_BLOCK = 512;
/** Rows of an rhs that is read in place as it streams by: as many as the hardware prefetches side by side. */
const STREAM_K_BLOCK = 8;
/** Bytes of those rows that an item should read in one go. */
const STREAM_BYTES = 4096;
/** Bytes of an item's block of rhs, which should stay in L2. */
const RHS_BLOCK_BYTES = 256 * 1024;
/** Operands up to this size are read where they lie, if they can be. */
const DIRECT_BYTES = 64 * 1024;

/**
 * - `packed`: register tiles over packed panels (or small operands in place)
 * - `stream`: so few rows that each element of rhs is used by one tile only: rhs is read in place, once
 * - `dot`: few rows, and rhs lies along k: dot products
 */
export type Strategy = "packed" | "stream" | "dot";

export interface TileShape {
  readonly rows: number;
  readonly vectors: number;
}

/**
 * - `direct`: tiles read the operand where it lies.
 * - `item`: every item packs its own part, into scratch memory of its task.
 * - `shared`: all of it is packed in a parallel loop of its own first, because several items read it.
 */
export type Packing = "direct" | "item" | "shared";

export const ceilDiv = (a: number, b: number): number => Math.ceil(a / b);
export const clamp = (a: number, low: number, high: number): number => Math.max(low, Math.min(a, high));
/** Multiply-adds of one batch element. */
export const workOf = ({ m, n, k }: GemmSpec): number => m * n * Math.max(k, 1);

const nativeBytes = (spec: GemmSpec, side: Side): number =>
  spec.k * (side === "lhs" ? spec.m : spec.n) * computeBytes(spec.compute);

export function chooseStrategy(spec: GemmSpec, dot: boolean, rows: number): Strategy {
  if (dot) return "dot";
  const streams = spec.m <= rows && readableRows(spec) && nativeBytes(spec, "rhs") > DIRECT_BYTES;
  return streams ? "stream" : "packed";
}

/** Whether tiles can read the rows of rhs where they lie. */
function readableRows({ rhs }: GemmSpec): boolean {
  return rhs.kind === "memory" && isNative(rhs.dtype) && unitOf("rhs", rhs) === "outer";
}

/**
 * 12 sums, 2 vectors of rhs and one of lhs are 15 of the 16 registers of x86. Without a fused multiply-add products
 * need registers too.
 */
export function tileRows({ compute }: GemmSpec, relaxed: boolean): number {
  return relaxed && (compute === "f32" || compute === "f64") ? 6 : 4;
}

export function tileShape(spec: GemmSpec, strategy: Strategy, rows: number, wide: boolean): TileShape {
  const { m, compute } = spec;
  if (strategy === "dot") return { rows: m, vectors: DOT_COLUMNS / computeLanes(compute) };
  const vectors = wide && rows === 6 ? 4 : 2;
  if (m >= rows) return { rows, vectors };
  // Few rows: wider tiles keep as many sums in flight.
  const few = Math.max(m, 1);
  return { rows: few, vectors: clamp(Math.floor((rows * vectors) / few), vectors, 8) };
}

/** Length of a block of k. `sumsWait`: unfinished sums may wait in the output itself. */
export function kBlockOf(spec: GemmSpec, strategy: Strategy, sumsWait: boolean): number {
  const { k } = spec;
  if (strategy === "dot") return k;
  if (strategy === "stream") return Math.min(k, STREAM_K_BLOCK);
  // Where sums would need scratch memory between blocks, a longer k costs less than that.
  const limit = ((sumsWait ? 1 : 4) * K_BLOCK * 4) / computeBytes(spec.compute);
  const blocks = Math.max(1, ceilDiv(k, limit));
  return Math.min(k, ceilDiv(ceilDiv(k, blocks), 4) * 4);
}

export function isLarge(spec: GemmSpec, strategy: Strategy): boolean {
  return strategy === "packed" && nativeBytes(spec, "lhs") >= LARGE_BYTES && workOf(spec) >= LARGE_WORK;
}

/** Into how many blocks rows and columns are cut; `batch`: items that there are anyway. */
export function cut(
  spec: GemmSpec,
  strategy: Strategy,
  batch: number,
  tile: TileShape,
  kBlock: number,
): { rowBlocks: number; columnBlocks: number } {
  const bytes = computeBytes(spec.compute);
  const rowPanels = Math.max(1, ceilDiv(spec.m, tile.rows));
  const width = tile.vectors * computeLanes(spec.compute);
  const columnPanels = Math.max(1, ceilDiv(spec.n, width));
  const mostItems = Math.max(1, Math.floor(workOf(spec) / PARALLEL_WORK));
  const wanted = clamp(ceilDiv(TARGET_TASKS, Math.max(batch, 1)), 1, mostItems);
  if (strategy === "stream") {
    const blocks = clamp(Math.floor((spec.n * bytes) / STREAM_BYTES), Math.min(wanted, 4), wanted);
    return { rowBlocks: 1, columnBlocks: Math.min(columnPanels, blocks) };
  }
  const blockBytes = columnPanels * width * kBlock * bytes;
  const forCache = strategy === "dot" ? 1 : ceilDiv(blockBytes, RHS_BLOCK_BYTES);
  const columnBlocks = Math.min(columnPanels, Math.max(wanted, forCache));
  const rowFactor = isLarge(spec, strategy) ? LARGE_ROW_BLOCKS : 1;
  const rowBlocks = Math.min(rowPanels, Math.max(1, Math.round((wanted * rowFactor) / columnBlocks)));
  return { rowBlocks, columnBlocks };
}

export function lhsPacking(
  spec: GemmSpec,
  strategy: Strategy,
  tile: TileShape,
  columnBlocks: number,
): Packing {
  const { lhs } = spec;
  const readable =
    lhs.kind === "memory" && (strategy === "dot" ? unitOf("lhs", lhs) === "k" : isNative(lhs.dtype));
  if (lhs.kind === "memory" && readable) {
    const small = nativeBytes(spec, "lhs") <= DIRECT_BYTES || spec.m === 1 || strategy === "dot";
    const { outer } = roleStrides("lhs", lhs);
    const apart = unitOf("lhs", lhs) === "k" && !rowsCollide(outer, Math.min(tile.rows, spec.m));
    if (small || apart) return "direct";
  }
  return columnBlocks > 1 ? "shared" : "item";
}

/**
 * Rows that lie a multiple of a large power of two apart fall into the same set of the L1 cache (4096 bytes a way).
 * Reading more than three of those side by side is up to four times slower.
 */
function rowsCollide(stride: number, rows: number): boolean {
  const lines = new Set(Array.from({ length: rows }, (_, r) => Math.floor(Math.abs(r * stride) / 64)));
  const sets = Map.groupBy(lines, (line) => line % 64);
  return [...sets.values()].some((sharing) => sharing.length > 3);
}

export function rhsPacking(spec: GemmSpec, strategy: Strategy, rowBlocks: number): Packing {
  if (strategy !== "packed") return "direct";
  if (readableRows(spec) && nativeBytes(spec, "rhs") <= DIRECT_BYTES) return "direct";
  return rowBlocks > 1 ? "shared" : "item";
}
