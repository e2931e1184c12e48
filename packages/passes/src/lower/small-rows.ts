/**
 * Short innermost dimensions: several rows become one loop that fills vectors. Operands that repeat with every row are
 * loaded once for a block of rows, which a loop inside walks down, where rows and columns divide well:
 *
 *     y[r, c] = x[r, c] − m[c], 3 columns:
 *       for c in 0..12 { let v = m[c mod 3]; for r in 0..500 { y[6000 g + 12 r + c] = x[6000 g + 12 r + c] − v } }
 *
 * Elsewhere they are written out once into a tile that is as long as the loop:
 *
 *       for j in 0..96: y[96 g + j] = x[96 g + j] − tile[j], tile[j] = m[j mod 3]
 */

import { kernel as k } from "@fluxion/ir";
import type { Space } from "./iteration.ts";
import { isRunTime, varsOfIndex } from "./scope.ts";

/** Loops shorter than this are widened, to about `wideExtent`. */
const shortExtent = 32;
const wideExtent = 96;

/** Takes rows together where the innermost loop is short and the next one can be divided. */
export function widened(space: Space): Space {
  if (space.loops.length < 2) return space;
  const outer = space.loops[space.loops.length - 2];
  const inner = space.loops[space.loops.length - 1];
  const group = inner.extent < shortExtent ? rowsTogether(outer.extent, inner.extent) : undefined;
  if (group === undefined) return space;
  const [o, j] = [new k.LoopVar("o"), new k.LoopVar("j")];
  const row = k.indexAdd(k.indexVar(o, group), k.indexFloorDiv(k.indexVar(j), inner.extent));
  const substitution = new Map([
    [outer.var, row],
    [inner.var, k.indexMod(k.indexVar(j), inner.extent)],
  ]);
  return {
    indices: space.indices.map((index) => k.indexSubstitute(index, substitution)),
    loops: [
      ...space.loops.slice(0, -2),
      { var: o, extent: outer.extent / group },
      { var: j, extent: group * inner.extent },
    ],
  };
}

/** A space whose two inner loops became three: blocks of rows, the columns of a few rows, and steps down a block. */
export interface ColumnBlocks extends Space {
  readonly column: Space["loops"][number];
  readonly step: Space["loops"][number];
}

/** Elements of a block, at most: it stays in the first cache while columns are walked down one after the other. */
const blockElements = 6144;
const leastAcross = 12;
const mostAcross = 16;
/** Steps that make it worth loading what repeats before them. */
const leastSteps = 64;

/** The other loop order for a space with short rows, if its extents divide well; `loops` are those of the grid. */
export function columnBlocks({ loops, indices }: Space): ColumnBlocks | undefined {
  if (loops.length < 2) return undefined;
  const [outer, inner] = loops.slice(-2);
  const group = rowsAcross(outer.extent, inner.extent);
  if (group === undefined) return undefined;
  const across = group * inner.extent;
  const steps = largestDivisor(outer.extent / group, Math.floor(blockElements / across));
  if (steps < leastSteps) return undefined;
  const [o, c, r] = ["o", "c", "r"].map((name) => new k.LoopVar(name));
  const first = k.indexAdd(k.indexVar(o, group * steps), k.indexVar(r, group));
  const substitution = new Map([
    [outer.var, k.indexAdd(first, k.indexFloorDiv(k.indexVar(c), inner.extent))],
    [inner.var, k.indexMod(k.indexVar(c), inner.extent)],
  ]);
  return {
    indices: indices.map((index) => k.indexSubstitute(index, substitution)),
    loops: [...loops.slice(0, -2), { var: o, extent: outer.extent / group / steps }],
    column: { var: c, extent: across },
    step: { var: r, extent: steps },
  };
}

/** How many rows to take side by side: whole vectors, as many as registers hold with what repeats. */
function rowsAcross(rows: number, columns: number): number | undefined {
  // Rows of whole vectors repeat from vector to vector: a tile serves them as well.
  if (columns % 4 === 0) return columns >= leastAcross && columns <= mostAcross ? 1 : undefined;
  for (let group = Math.ceil(leastAcross / columns); group * columns <= mostAcross; group++)
    if (rows % group === 0 && (group * columns) % 4 === 0) return group;
  return undefined;
}

function largestDivisor(n: number, most: number): number {
  for (let d = Math.min(n, most); d > 1; d--) if (n % d === 0) return d;
  return 1;
}

/** A divisor of the rows that makes whole vectors of at least `wideExtent` elements, if there is one in reach. */
function rowsTogether(rows: number, columns: number): number | undefined {
  for (let group = Math.ceil(wideExtent / columns); group * columns <= 8 * wideExtent; group++) {
    if (rows % group === 0 && (group * columns) % 4 === 0) return group;
  }
  return undefined;
}

/** Puts loads whose index is not affine in the loop, and depends on nothing else, into tiles that the prologue fills. */
export function tileRepeats(
  body: readonly k.Stmt[],
  loop: Space["loops"][number],
  prologue: k.Stmt[],
): { readonly body: readonly k.Stmt[]; readonly tiles: readonly k.Tile[] } {
  const tiles: k.Tile[] = [];
  const replaced = body.map((stmt): k.Stmt => {
    if (stmt.kind !== "let" || stmt.value.kind !== "load" || !repeats(stmt.value.index, loop.var))
      return stmt;
    const tile = new k.Tile("repeat", stmt.value.dtype, loop.extent);
    tiles.push(tile);
    const fill = k.store(tile, k.indexVar(loop.var), stmt.value);
    prologue.push({ kind: "for", var: loop.var, extent: loop.extent, mode: "simd", body: [fill] });
    return { ...stmt, value: k.load(tile, k.indexVar(loop.var)) };
  });
  return { body: replaced, tiles };
}

function repeats(index: k.Index, variable: k.LoopVar): boolean {
  const vars = varsOfIndex(index);
  return (
    vars.size === 1 && vars.has(variable) && !isRunTime(index) && k.strideIn(index, variable) === undefined
  );
}
