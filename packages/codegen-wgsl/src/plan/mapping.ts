/**
 * How the iterations of a loop kernel are laid out on the GPU.
 *
 * - `flat`: one invocation computes one element, or four neighbours. Elementwise kernels, whose inner loop is made part
 *   of the grid; column reductions, windows and scans, whose inner loops an invocation runs alone.
 * - `group`: one workgroup computes one iteration of the grid, its invocations sharing the inner loops: rows with
 *   reductions.
 * - `lone`: one invocation computes one iteration of the grid, its inner loops four neighbours at a time. Rows on an adapter
 *   that is a program on the CPU: a workgroup that waits for a barrier costs as much there as folding thousands of elements.
 */

import { kernel as k } from "@fluxion/ir";
import type { WgslLimits } from "../types.ts";
import { substituteBody } from "./rewrite.ts";

export interface FlatMapping {
  readonly kind: "flat";
  readonly variable: k.LoopVar;
  readonly extent: number;
  readonly body: readonly k.Stmt[];
  /** Whether four neighbours may be computed as one vector. */
  readonly vector: boolean;
}

/** Rows: `size` is that of a workgroup. */
export interface TeamMapping {
  readonly kind: "group" | "lone";
  readonly variable: k.LoopVar;
  readonly extent: number;
  readonly size: number;
  readonly body: readonly k.Stmt[];
}

export type Mapping = FlatMapping | TeamMapping;

/** Inner loops of at least this many iterations are shared by a workgroup. */
const sharedExtent = 64;
/** With so many grid iterations every invocation has one of its own. */
const enoughInvocations = 16384;
/** Bytes of variables that a function may have. */
const functionBytes = 8192;

export function mappingOf(kernel: k.LoopKernel, limits: WgslLimits): Mapping {
  const variable = kernel.grid?.var ?? new k.LoopVar("g");
  const extent = kernel.grid?.extent ?? 1;
  const body = [...kernel.prologue, ...kernel.body];
  const shared = sharedLoops(body);
  if (limits.software && shared !== undefined && isWorthLone(kernel, shared, extent))
    return { kind: "lone", variable, extent, size: extent < 4096 ? loneSize : 64, body };
  if (kernel.tiles.length > 0 || (shared !== undefined && isWorthGroup(shared, extent)))
    return { kind: "group", variable, extent, size: groupSize(shared, limits), body };
  return flattened(variable, extent, body, limits);
}

/** A small workgroup, so that few rows are still several. */
const loneSize = 4;

/** Rows enough for several subgroups, or so short that sharing them would cost more than they do. */
function isWorthLone({ tiles, body }: k.LoopKernel, { longest }: Shared, extent: number): boolean {
  const bytes = tiles.reduce((sum, { elements }) => sum + 4 * elements, 0);
  const several = body.filter(({ kind }) => kind === "for" || kind === "reduce").length > 1;
  const rows = several || body.some(({ kind }) => kind === "reduce");
  if (!rows || bytes > functionBytes / 2) return false;
  return extent >= 8 ? longest >= 8 : longest < 512;
}

/** Iterations of the loops that a workgroup could share; nothing if a branch is in the way. */
interface Shared {
  readonly longest: number;
  /** The shortest reduction whose elements must be folded in order: each invocation needs one. */
  readonly shortest: number;
}

function sharedLoops(body: readonly k.Stmt[]): Shared | undefined {
  let longest = 1;
  let shortest = Number.POSITIVE_INFINITY;
  for (const stmt of body) {
    if (stmt.kind === "if" || stmt.kind === "while") return undefined;
    if (stmt.kind === "for" && stmt.mode === "simd") longest = Math.max(longest, stmt.extent);
    if (stmt.kind === "for" && stmt.mode === "serial") {
      const inner = sharedLoops(stmt.body);
      if (inner === undefined) return undefined;
      longest = Math.max(longest, inner.longest);
      shortest = Math.min(shortest, inner.shortest);
    }
    if (stmt.kind === "reduce") {
      const iterations = stmt.loops.reduce((product, loop) => product * loop.extent, 1);
      longest = Math.max(longest, iterations);
      if (k.foldOrder(stmt)?.kind !== "any") shortest = Math.min(shortest, iterations);
    }
  }
  return { longest, shortest };
}

function isWorthGroup({ longest }: Shared, extent: number): boolean {
  return longest >= sharedExtent && (extent < enoughInvocations || longest >= 4 * sharedExtent);
}

const powerBelow = (n: number): number => 2 ** Math.floor(Math.log2(Math.max(1, n)));

/** Invocations of a workgroup: a power of two, with a few vectors of work for each. */
function groupSize(shared: Shared | undefined, limits: WgslLimits): number {
  if (shared === undefined) return 1;
  const wanted = limits.software ? loneSize : shared.longest >= 4096 ? 256 : 64;
  const room = Math.min(limits.invocationsPerWorkgroup, limits.workgroupSizeX);
  const useful = Math.min(powerBelow(shared.longest), powerBelow(shared.shortest));
  return Math.min(wanted, powerBelow(room), useful);
}

/** Grid × inner SIMD loop becomes one loop: g = ⌊i / extent⌋, c = i mod extent. */
function flattened(
  variable: k.LoopVar,
  extent: number,
  body: readonly k.Stmt[],
  { software }: WgslLimits,
): FlatMapping {
  const loops = body.filter((stmt) => stmt.kind !== "let");
  const [inner] = loops;
  if (loops.length !== 1 || inner.kind !== "for" || inner.mode !== "simd")
    return { kind: "flat", variable, extent, body, vector: canVectorise(body, extent, software) };
  const flat = new k.LoopVar("i");
  const map = new Map([
    [variable, k.indexFloorDiv(k.indexVar(flat), inner.extent)],
    [inner.var, extent === 1 ? k.indexVar(flat) : k.indexMod(k.indexVar(flat), inner.extent)],
  ]);
  if (extent === 1) map.set(variable, k.indexConst(0));
  const before = body.slice(0, body.indexOf(inner));
  const all = substituteBody([...before, ...inner.body], map);
  const total = extent * inner.extent;
  return {
    kind: "flat",
    variable: flat,
    extent: total,
    body: all,
    vector: canVectorise(all, total, software),
  };
}

/** Iterations with loops inside are worth vectors only if there are enough of them to keep the machine busy. */
function canVectorise(body: readonly k.Stmt[], extent: number, software: boolean): boolean {
  const plain = (list: readonly k.Stmt[]): boolean =>
    list.every((stmt) => stmt.kind !== "if" && stmt.kind !== "while" && k.bodiesOf(stmt).every(plain));
  const loops = body.some((stmt) => stmt.kind === "for" || stmt.kind === "reduce");
  const enough = software ? 256 : 65536;
  return extent >= (loops ? enough : 4) && plain(body);
}
