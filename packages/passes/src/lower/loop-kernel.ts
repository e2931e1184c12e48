/** Elementwise groups: one loop nest that stores every output of a group. */

import { entriesPerElement, kernel as k, sizeOf, type Value } from "@fluxion/ir";
import { ElementEmitter, type EmitContext } from "./emit-at.ts";
import { linearIndex } from "./index-maps.ts";
import { accessesOf, mergedSpace, plainSpace, type Space } from "./iteration.ts";
import { type Cell, Scope } from "./scope.ts";
import { type ColumnBlocks, columnBlocks, tileRepeats, widened } from "./small-rows.ts";
import type { TargetInfo } from "./target.ts";

/** An output of a group and the buffer that takes it. */
export interface GroupOutput {
  readonly value: Value;
  readonly to: k.BufferRef;
}

/** Stores one element of a value. */
export function storeCell(
  emitter: ElementEmitter,
  output: GroupOutput,
  indices: readonly k.Index[],
  scope: Scope,
): void {
  storeCellAt(emitter.at(output.value, indices, scope), output, indices, scope);
}

/** Stores one element of each value, after all are known: an output may lie over what another is computed from. */
export function storeCells(
  emitter: ElementEmitter,
  outputs: readonly GroupOutput[],
  indices: readonly k.Index[],
  scope: Scope,
): void {
  const cells = outputs.map(({ value }) => emitter.at(value, indices, scope));
  outputs.forEach((output, i) => {
    storeCellAt(cells[i], output, indices, scope);
  });
}

/** Stores a cell as the output's element at `indices`. */
export function storeCellAt(
  cell: Cell,
  { value, to }: GroupOutput,
  indices: readonly k.Index[],
  scope: Scope,
): void {
  const position = linearIndex(value.type.shape, indices);
  if (entriesPerElement(value.type.dtype) === 1) {
    scope.body.push(k.store(to, position, cell.re));
    return;
  }
  const re = k.indexScale(position, 2);
  scope.body.push(k.store(to, re, cell.re));
  scope.body.push(k.store(to, k.indexAdd(re, k.indexConst(1)), cell.im ?? k.constant(to.dtype, 0)));
}

export interface LoopNest {
  readonly tiles: readonly k.Tile[];
  readonly grid: k.Grid | undefined;
  readonly prologue: readonly k.Stmt[];
  readonly body: readonly k.Stmt[];
}

/** The loops of a group whose outputs all have `shape`. */
export function elementwiseNest(
  context: EmitContext,
  shape: readonly number[],
  outputs: readonly GroupOutput[],
  target: TargetInfo,
): LoopNest {
  const probe = plainSpace(shape);
  const scope = new Scope(
    undefined,
    probe.loops.map(({ var: variable }) => variable),
  );
  const emitter = new ElementEmitter(context);
  for (const output of outputs) storeCell(emitter, output, probe.indices, scope);
  const merged = mergedSpace(shape, probe, accessesOf(scope.body));
  const space = target.longTasks ? widened(merged) : merged;
  const emit: EmitAt = (indices, inner) => storeCells(new ElementEmitter(context), outputs, indices, inner);
  const nest = nestOver(space, target, emit);
  if (nest.tiles.length === 0) return nest;
  const blocks = columnBlocks(merged);
  return blocks === undefined ? nest : nestOfColumns(blocks, target, emit);
}

/** Emits what happens at one point of a space. */
type EmitAt = (indices: readonly k.Index[], scope: Scope) => void;

/** Grid over blocks of rows, a SIMD loop over columns, and in it a loop down the block. */
function nestOfColumns(blocks: ColumnBlocks, target: TargetInfo, emit: EmitAt): LoopNest {
  const { column, step, loops } = blocks;
  const { variable, substitution, extent } = flatten(loops);
  const root = new Scope(undefined, []);
  const grid = new Scope(root, [variable]);
  const columns = new Scope(grid, [column.var]);
  const rows = new Scope(columns, [step.var]);
  emit(
    blocks.indices.map((index) => k.indexSubstitute(index, substitution)),
    rows,
  );
  columns.body.push({ kind: "for", ...step, mode: "serial", body: rows.body });
  grid.body.push({ kind: "for", ...column, mode: "simd", body: columns.body });
  const grain = Math.max(1, Math.ceil(target.grainElements / (column.extent * step.extent)));
  return {
    grid: { var: variable, extent, simd: false, grain },
    prologue: root.body,
    body: grid.body,
    tiles: [],
  };
}

/** Grid over the outer loops, one SIMD loop inside; a single loop is the grid itself. */
export function nestOver(space: Space, target: TargetInfo, emit: EmitAt): LoopNest {
  const root = new Scope(undefined, []);
  if (space.loops.length === 0) {
    emit(space.indices, root);
    return { grid: undefined, prologue: [], body: root.body, tiles: [] };
  }
  const inner = space.loops[space.loops.length - 1];
  if (space.loops.length === 1) {
    const scope = new Scope(root, [inner.var]);
    emit(space.indices, scope);
    const grid = { var: inner.var, extent: inner.extent, simd: true, grain: target.grainElements };
    return { grid, prologue: root.body, body: scope.body, tiles: [] };
  }
  const outer = space.loops.slice(0, -1);
  const { variable, substitution, extent } = flatten(outer);
  const indices = space.indices.map((index) => k.indexSubstitute(index, substitution));
  const outerScope = new Scope(root, [variable]);
  const scope = new Scope(outerScope, [inner.var]);
  emit(indices, scope);
  const { body, tiles } = target.longTasks
    ? tileRepeats(scope.body, inner, root.body)
    : { body: scope.body, tiles: [] };
  outerScope.body.push({ kind: "for", var: inner.var, extent: inner.extent, mode: "simd", body });
  const grain = Math.max(1, Math.ceil(target.grainElements / inner.extent));
  return {
    grid: { var: variable, extent, simd: false, grain },
    prologue: root.body,
    body: outerScope.body,
    tiles,
  };
}

/** One variable for several loops, and what each of theirs is in terms of it. */
export function flatten(loops: Space["loops"]): {
  readonly variable: k.LoopVar;
  readonly extent: number;
  readonly substitution: ReadonlyMap<k.LoopVar, k.Index>;
} {
  const extent = sizeOf(loops.map((loop) => loop.extent));
  const variable = new k.LoopVar("g");
  const substitution = new Map<k.LoopVar, k.Index>();
  let stride = extent;
  loops.forEach((loop, i) => {
    stride /= loop.extent;
    const quotient = k.indexFloorDiv(k.indexVar(variable), stride);
    substitution.set(loop.var, i === 0 ? quotient : k.indexMod(quotient, loop.extent));
  });
  return { variable, extent, substitution };
}
