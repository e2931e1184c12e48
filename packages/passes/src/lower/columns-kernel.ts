/**
 * Reductions that keep the innermost dimension: a SIMD loop over columns around a serial fold over rows, so that every load
 * is contiguous and each column has its accumulator in a vector lane.
 */

import { kernel as k, type OperationOf } from "@fluxion/ir";
import { ElementEmitter, type EmitContext } from "./emit-at.ts";
import { linearIndex } from "./index-maps.ts";
import { flatten } from "./loop-kernel.ts";
import { emitReduce } from "./reduce-kernel.ts";
import { Scope } from "./scope.ts";
import type { TargetInfo } from "./target.ts";

/** Widest block of columns that one grid iteration takes. */
const maxBlock = 256;

/** Largest block that divides the columns in whole vectors, when blocks are wanted at all. */
function blockOf(columns: number, outer: number, target: TargetInfo): number {
  if (!target.longTasks || outer >= 4 * target.parallelism || columns < 128) return columns;
  for (let block = maxBlock; block >= 32; block -= 4) if (columns % block === 0) return block;
  return columns;
}

export function columnsNest(
  context: EmitContext,
  op: OperationOf<"reduce">,
  outputs: readonly k.BufferRef[],
  target: TargetInfo,
): Pick<k.LoopKernel, "grid" | "prologue" | "body"> {
  const { shape } = op.results[0].type;
  const columns = shape[shape.length - 1];
  const outerShape = shape.slice(0, -1);
  const outer = outerShape.reduce((product, size) => product * size, 1);
  const block = blockOf(columns, outer, target);
  const loops = [...outerShape, columns / block].map((extent, axis) => ({
    var: new k.LoopVar(`i${axis}`),
    extent,
  }));
  const { variable, extent, substitution } = flatten(loops);
  const root = new Scope(undefined, []);
  const grid = new Scope(root, [variable]);
  const column = new k.LoopVar("c");
  const inner = new Scope(grid, [column]);
  const at = loops.map((loop) => k.indexSubstitute(k.indexVar(loop.var), substitution));
  const last = k.indexAdd(k.indexScale(at[at.length - 1], block), k.indexVar(column));
  const indices = [...at.slice(0, -1), last];
  const emitter = new ElementEmitter(context);
  const cells = emitReduce(op, indices, emitter, inner);
  const position = linearIndex(shape, indices);
  cells.forEach((cell, i) => {
    const scaled = cell.im ? k.indexScale(position, 2) : position;
    inner.body.push(k.store(outputs[i], scaled, cell.re));
    if (cell.im) inner.body.push(k.store(outputs[i], k.indexAdd(scaled, k.indexConst(1)), cell.im));
  });
  grid.body.push({ kind: "for", var: column, extent: block, mode: "simd", body: inner.body });
  const folded = op.attributes.dimensions.reduce(
    (product, axis) => product * op.operands[0].type.shape[axis],
    1,
  );
  const grain = Math.max(1, Math.ceil(target.grainElements / Math.max(1, folded * block)));
  return { grid: { var: variable, extent, simd: false, grain }, prologue: root.body, body: grid.body };
}

/** Whether the innermost dimension stays and is wide enough to fill a vector. */
export function keepsColumns(op: OperationOf<"reduce">): boolean {
  const { shape } = op.operands[0].type;
  return (
    shape.length > 0 && !op.attributes.dimensions.includes(shape.length - 1) && shape[shape.length - 1] >= 4
  );
}
