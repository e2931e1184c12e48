/**
 * Row groups: one kernel whose grid runs over rows; each reduction of a row is a stage, and the last stage stores the
 * outputs. A row is read from memory once: the stages find it in cache. Values that are dear and that several stages need are
 * kept in a tile.
 *
 *     m = max(x, 1); e = exp(x − m); s = sum(e, 1); y = e / s
 *
 *     parallel r:  reduce m over c; reduce s over c { e = exp(x[r,c] − m); tile[c] = e }; for c: y[r,c] = tile[c] / s
 */

import {
  isComplex,
  kernel as k,
  type Operation,
  type OperationOf,
  sameShape,
  sizeOf,
  type Value,
} from "@fluxion/ir";
import { isFree, opCost } from "../fusion/costs.ts";
import type { Group, RowSpace } from "../fusion/group.ts";
import { ElementEmitter, type EmitContext } from "./emit-at.ts";
import { split } from "./gemm-kernel.ts";
import { flatten, type GroupOutput, storeCell } from "./loop-kernel.ts";
import { emitReduceOver } from "./reduce-kernel.ts";
import { type Cell, Scope } from "./scope.ts";
import type { TargetInfo } from "./target.ts";

type ReduceOp = OperationOf<"reduce">;

/** Values worth a tile cost at least this much to compute again. */
const tileCost = 5;

/** One pass over the columns of a row. */
interface Stage {
  readonly loop: k.LoopVar;
  /** Index of the full shape at this stage. */
  readonly full: readonly k.Index[];
}

class RowsLowering {
  readonly group: Group;
  readonly space: RowSpace;
  readonly context: EmitContext;
  readonly definitions: (value: Value) => Operation | undefined;
  readonly columns: number;
  readonly rowIndices: readonly k.Index[];
  readonly grid: k.LoopVar;
  readonly extent: number;
  readonly tiles = new Map<Value, k.Tile>();
  readonly stored = new Set<Value>();
  readonly reduced = new Map<Value, Cell>();
  stage: Stage | undefined;

  constructor(group: Group, space: RowSpace, context: EmitContext) {
    this.group = group;
    this.space = space;
    this.definitions = (value) => context.definition(value);
    this.context = { ...context, override: (value, indices) => this.#override(value, indices) };
    this.columns = sizeOf(space.columns);
    const loops = space.rows.map((extent, axis) => ({ var: new k.LoopVar(`r${axis}`), extent }));
    const { variable, extent, substitution } = flatten(
      loops.length > 0 ? loops : [{ var: new k.LoopVar("r"), extent: 1 }],
    );
    this.grid = variable;
    this.extent = extent;
    this.rowIndices = loops.map((loop) =>
      extent > 1 ? k.indexSubstitute(k.indexVar(loop.var), substitution) : k.indexConst(0),
    );
  }

  lower(
    outputs: readonly GroupOutput[],
    target: TargetInfo,
  ): Pick<k.LoopKernel, "grid" | "prologue" | "body" | "tiles"> {
    this.#planTiles(target.tileBytes);
    const root = new Scope(undefined, []);
    // A single row has one scope: what depends on its reductions must come after them.
    const row = this.extent > 1 ? new Scope(root, [this.grid]) : root;
    const emitter = new ElementEmitter(this.context);
    for (const op of this.group.operations) if (op.opcode === "reduce") this.#reduce(op, emitter, row);
    this.#storeOutputs(outputs, emitter, row);
    const grain = Math.max(1, Math.ceil(target.grainElements / Math.max(1, this.columns)));
    const grid = this.extent > 1 ? { var: this.grid, extent: this.extent, simd: false, grain } : undefined;
    const prologue = row === root ? [] : root.body;
    return { grid, prologue, body: row.body, tiles: [...this.tiles.values()] };
  }

  /** Indices of the full shape while a loop runs over the columns of the row. */
  #stage(): Stage {
    const loop = new k.LoopVar("c");
    const columns = this.space.columns.map(() => k.indexConst(0));
    const indices = split(loop, this.space.columns);
    indices.forEach((index, i) => {
      columns[i] = index;
    });
    return { loop, full: [...this.rowIndices, ...columns] };
  }

  #reduce(op: ReduceOp, emitter: ElementEmitter, row: Scope): void {
    const stage = this.#stage();
    this.stage = stage;
    const loops = [{ var: stage.loop, extent: this.columns }];
    const cells = emitReduceOver(op, stage.full, loops, emitter, row, (inner) =>
      this.#fillTiles(emitter, inner, stage, op),
    );
    op.results.forEach((result, i) => {
      this.reduced.set(result, cells[i]);
    });
    this.stage = undefined;
  }

  /** Stores the tile values that this stage computes first. */
  #fillTiles(emitter: ElementEmitter, scope: Scope, stage: Stage, root: Operation): void {
    for (const [value, tile] of this.tiles) {
      if (this.stored.has(value) || !this.#reaches(root, value)) continue;
      const { re } = emitter.at(value, stage.full, scope);
      scope.body.push(k.store(tile, k.indexVar(stage.loop), re));
      this.stored.add(value);
    }
  }

  #storeOutputs(outputs: readonly GroupOutput[], emitter: ElementEmitter, row: Scope): void {
    const { rows } = this.space;
    const full = outputs.filter(({ value }) => !sameShape(value.type.shape, rows));
    for (const output of outputs) {
      if (sameShape(output.value.type.shape, rows)) storeCell(emitter, output, this.rowIndices, row);
    }
    if (full.length === 0) return;
    const stage = this.#stage();
    this.stage = stage;
    const inner = new Scope(row, [stage.loop]);
    for (const output of full) storeCell(emitter, output, stage.full, inner);
    row.body.push({ kind: "for", var: stage.loop, extent: this.columns, mode: "simd", body: inner.body });
    this.stage = undefined;
  }

  #override(value: Value, indices: readonly k.Index[]): Cell | undefined {
    const cell = this.reduced.get(value);
    if (cell !== undefined) return cell;
    const tile = this.tiles.get(value);
    if (tile === undefined || !this.stored.has(value) || this.stage === undefined) return undefined;
    const here = indices.every(
      (index, axis) => this.stage !== undefined && k.sameIndex(index, this.stage.full[axis]),
    );
    return here ? { re: k.load(tile, k.indexVar(this.stage.loop)) } : undefined;
  }

  /** Tiles for dear values of the full shape that more than one stage needs, as far as there is room. */
  #planTiles(room: number): void {
    let left = Math.floor(room / (4 * this.columns));
    const roots: Operation[] = [...this.group.operations].filter((op) => op.opcode === "reduce");
    const full = [...this.space.rows, ...this.space.columns];
    const finals = [...this.group.outputs].filter(
      (value) => sameShape(value.type.shape, full) && value.type.shape.length > this.space.rows.length,
    );
    for (const op of this.group.operations) {
      const [value] = op.results;
      if (
        op.opcode === "reduce" ||
        isFree(op) ||
        isComplex(value.type.dtype) ||
        !sameShape(value.type.shape, full)
      )
        continue;
      const users =
        roots.filter((root) => this.#reaches(root, value)).length +
        (finals.some((final) => this.#valueReaches(final, value)) ? 1 : 0);
      if (left > 0 && users >= 2 && this.#costOf(op) >= tileCost) {
        left--;
        this.tiles.set(value, new k.Tile("tile", value.type.dtype as never, this.columns));
      }
    }
  }

  /** Cost of computing an element from the buffers, reductions and tiles. */
  #costOf(op: Operation): number {
    const seen = new Set<Operation>();
    const visit = (current: Operation): number => {
      if (seen.has(current) || !this.group.operations.has(current) || current.opcode === "reduce") return 0;
      if (current !== op && this.tiles.has(current.results[0])) return 0;
      seen.add(current);
      return current.operands.reduce((sum, operand) => {
        const definition = this.definitions(operand);
        return definition ? sum + visit(definition) : sum;
      }, opCost(current));
    };
    return visit(op);
  }

  /** Whether computing the elements that a reduction folds needs the value, other than through a tile or a reduction. */
  #reaches(root: Operation, value: Value): boolean {
    return root.operands.some((operand) => this.#valueReaches(operand, value));
  }

  #valueReaches(from: Value, value: Value): boolean {
    const seen = new Set<Value>();
    const visit = (current: Value): boolean => {
      if (current === value) return true;
      if (seen.has(current)) return false;
      seen.add(current);
      const op = this.definitions(current);
      if (op === undefined || op.opcode === "reduce" || this.tiles.has(current)) return false;
      if (!this.group.operations.has(op) && !isFree(op)) return false;
      return op.operands.some(visit);
    };
    return visit(from);
  }
}

export const rowsNest = (
  group: Group,
  space: RowSpace,
  context: EmitContext,
  outputs: readonly GroupOutput[],
  target: TargetInfo,
): Pick<k.LoopKernel, "grid" | "prologue" | "body" | "tiles"> =>
  new RowsLowering(group, space, context).lower(outputs, target);
