/**
 * How a matrix product is divided.
 *
 * - `rows`: a product with few columns is one reduction for each element of the result.
 * - `direct`: an invocation computes up to 8 × 8 elements, its operands read from memory: small products, and adapters that
 *   run on the CPU, where a barrier costs more than the cache misses that it saves.
 * - `subgroup`: a subgroup of four computes up to 32 × 32 elements (adapters that run on the CPU and have subgroups).
 * - `tiled`: a workgroup of 16 × 16 computes 64 × 64 elements from tiles of 16 columns and rows in workgroup memory.
 */

import { dtypeTable, kernel as k } from "@fluxion/ir";
import { substituteBody } from "../plan/rewrite.ts";
import type { WgslLimits } from "../types.ts";

export interface DirectPlan {
  readonly kind: "direct";
  /** Elements of an invocation: rows, and columns in fours. */
  readonly rows: number;
  readonly quads: number;
  /** Invocations of a workgroup across and down. */
  readonly across: number;
  readonly down: number;
}

export interface SubgroupPlan {
  readonly kind: "subgroup";
  /** Elements of an invocation: rows, a multiple of four, and columns in fours. */
  readonly rows: number;
  readonly quads: number;
}

export type GemmPlan = DirectPlan | SubgroupPlan | { readonly kind: "tiled" } | { readonly kind: "rows" };

/** Products of at least so many multiplications, with sides of at least a tile's half, are worth tiles. */
const tiledWork = 1 << 18;
const tiledSide = 32;
/** On a CPU, so many make up for compiling long shaders, and so many for longer ones. */
const largeWork = 1 << 21;
const hugeWork = 1 << 24;

export function gemmPlan(kernel: k.GemmKernel, limits: WgslLimits): GemmPlan {
  const { m, n, k: depth, batch, accumulate } = kernel;
  if (n.extent < 4 || depth.extent === 0) return { kind: "rows" };
  const work = m.extent * n.extent * depth.extent;
  const room = limits.invocationsPerWorkgroup >= 256 && limits.workgroupBytes >= 8192;
  if (!limits.software && room && work >= tiledWork && Math.min(m.extent, n.extent) >= tiledSide)
    return { kind: "tiled" };
  const fours = limits.subgroups && limits.subgroupSize === 4;
  // Subgroups exchange numbers only, and four rows at a time.
  if (limits.software && fours && work >= 4096 && m.extent >= 4 && accumulate !== "bool")
    return subgroupPlan(kernel, work);
  const wide = n.extent >= 8;
  // One invocation has all the rows: others below it would have none.
  if (limits.software && m.extent < 4)
    return { kind: "direct", rows: m.extent, quads: wide ? 2 : 1, across: 4, down: 1 };
  const batches = batch.reduce((product, { extent }) => product * extent, 1);
  const elements = batches * m.extent * n.extent;
  // Fewer elements for each invocation where there would be too few of them.
  const large = elements >= 64 * 512;
  const rows = Math.min(m.extent, large ? 8 : 4);
  return { kind: "direct", rows, quads: large && wide ? 2 : 1, across: 4, down: 8 };
}

/** The more sums in an invocation, the faster, and the longer the shader compiles: unpacking narrow elements is much code. */
function subgroupPlan({ m, n, buffers }: k.GemmKernel, work: number): SubgroupPlan {
  const isNarrow = buffers.some(({ dtype }) => dtypeTable[dtype].bytes < 4);
  const most = isNarrow ? 4 : work < largeWork ? 8 : work < hugeWork ? 16 : 32;
  const quads = !isNarrow && work >= largeWork && n.extent > 16 ? 2 : 1;
  const blocks = Math.ceil(m.extent / most);
  return { kind: "subgroup", rows: 4 * Math.ceil(m.extent / blocks / 4), quads };
}

/** The product as a loop kernel: a reduction over k for every element. */
export function asReduction(kernel: k.GemmKernel): k.LoopKernel {
  const { accumulate, lhs, rhs, sum, epilogue } = kernel;
  const loops = [...kernel.batch, kernel.m, kernel.n];
  const extent = loops.reduce((product, loop) => product * loop.extent, 1);
  const grid = new k.LoopVar("g");
  let stride = extent;
  const map = new Map<k.LoopVar, k.Index>();
  loops.forEach((loop, i) => {
    stride /= loop.extent;
    const quotient = k.indexFloorDiv(k.indexVar(grid), stride);
    map.set(loop.var, i === 0 ? quotient : k.indexMod(quotient, loop.extent));
  });
  const [a, b] = [new k.Local("a", accumulate), new k.Local("b", accumulate)];
  const reduce: k.Stmt = {
    kind: "reduce",
    loops: [kernel.k],
    simd: true,
    body: [],
    elements: [k.scalarOp("multiply", accumulate, lhs, rhs)],
    accumulators: [sum],
    init: [k.constant(accumulate, 0)],
    combine: {
      lhs: [a],
      rhs: [b],
      body: [],
      results: [k.scalarOp("add", accumulate, k.use(a), k.use(b))],
      monoid: "add",
    },
  };
  return {
    kind: "loops",
    name: kernel.name,
    buffers: kernel.buffers,
    tiles: [],
    grid: { var: grid, extent, simd: false, grain: 1 },
    prologue: [],
    body: substituteBody([reduce, ...epilogue], map),
    origin: kernel.origin,
  };
}
