/**
 * scatter: copies the inputs, then combines each update with the element where it goes. Updates of one element run in
 * order on one thread, so that results do not depend on timing; updates that cannot meet (batches, unique indices, other
 * places of the windows) run in parallel.
 */

import {
  asGatherNumbers,
  kernel as k,
  type OperationOf,
  sizeOf,
  type Value,
  type WindowMap,
  windowMap,
} from "@fluxion/ir";
import type { Group } from "../fusion/group.ts";
import { CellBuffer, emitBody } from "./body.ts";
import { ElementEmitter } from "./emit-at.ts";
import type { Lowering } from "./function.ts";
import { flatten } from "./loop-kernel.ts";
import { storePart } from "./movement.ts";
import { Scope } from "./scope.ts";

type ScatterOp = OperationOf<"scatter">;
type Loop = { readonly var: k.LoopVar; readonly extent: number };

export function lowerScatter(lowering: Lowering, op: ScatterOp, group: Group): void {
  const { results } = op;
  if (sizeOf(results[0].type.shape) === 0) return;
  const count = results.length;
  results.forEach((result, i) => {
    const buffer = lowering.buffers.get(op.operands[i]);
    if (buffer === undefined || buffer !== lowering.buffers.get(result))
      storePart(lowering, group, op.operands[i], result);
  });
  if (sizeOf(op.operands[count + 1].type.shape) === 0) return;
  lowering.loopKernel(group, (context, bindings) => {
    const targets = results.map(
      (value) => new CellBuffer(bindings.bind(lowering.ensureBuffer(value), "readwrite"), value),
    );
    return new ScatterLowering(op, targets, new ElementEmitter(context)).nest(lowering.target.grainElements);
  });
}

class ScatterLowering {
  readonly op: ScatterOp;
  readonly targets: readonly CellBuffer[];
  readonly emitter: ElementEmitter;
  readonly indices: Value;
  readonly updates: readonly Value[];
  readonly map: WindowMap;
  /** One loop for each dimension of the updates. */
  readonly loops: readonly Loop[];

  constructor(op: ScatterOp, targets: readonly CellBuffer[], emitter: ElementEmitter) {
    this.op = op;
    this.targets = targets;
    this.emitter = emitter;
    this.indices = op.operands[targets.length];
    this.updates = op.operands.slice(targets.length + 1);
    const numbers = asGatherNumbers(op.attributes.scatter_dimension_numbers);
    this.map = windowMap(numbers, op.results[0].type.shape.length, this.indices.type.shape.length);
    this.loops = this.updates[0].type.shape.map((extent, axis) => ({
      var: new k.LoopVar(`u${axis}`),
      extent,
    }));
  }

  nest(grainElements: number): Pick<k.LoopKernel, "grid" | "prologue" | "body"> {
    const { inner, serial, parallel } = this.#split();
    const flat = parallel.length > 0 ? flatten(parallel) : undefined;
    const at = this.loops.map((loop) =>
      loop.extent === 1
        ? k.indexConst(0)
        : k.indexSubstitute(k.indexVar(loop.var), flat?.substitution ?? new Map()),
    );
    const root = new Scope(undefined, []);
    const outer = flat ? new Scope(root, [flat.variable]) : root;
    this.#serial(serial, outer, (scope) => this.#update(at, inner, scope));
    const work = sizeOf([...serial, ...(inner ? [inner] : [])].map((loop) => loop.extent));
    const grain = Math.max(1, Math.ceil(grainElements / work));
    // Without a grid all runs once, in order.
    if (flat === undefined) return { grid: undefined, prologue: [], body: root.body };
    const grid = { var: flat.variable, extent: flat.extent, simd: false, grain };
    return { grid, prologue: root.body, body: outer.body };
  }

  /**
   * Dimensions of the updates that run in parallel, those that run in order, and the innermost of the window, whose
   * elements go to different places. Windows that start anywhere along a dimension may overlap there, so only
   * dimensions without a start are parallel.
   */
  #split(): { inner: Loop | undefined; serial: readonly Loop[]; parallel: readonly Loop[] } {
    const { component, window, batch, scatterDims } = this.map;
    const long = (axis: number): boolean => this.loops[axis].extent > 1;
    const present = (axis: number | undefined): axis is number => axis !== undefined && long(axis);
    const windows = window.filter(present);
    const inner = windows.pop();
    const fixed = windows.filter((axis) => component[window.indexOf(axis)] === undefined);
    const batches = batch.filter(present);
    const others = scatterDims.filter((axis) => !batches.includes(axis) && long(axis));
    const free = this.op.attributes.unique_indices === true ? others : [];
    const moving = windows.filter((axis) => !fixed.includes(axis));
    const loop = (axis: number): Loop => this.loops[axis];
    return {
      inner: inner === undefined ? undefined : loop(inner),
      serial: [...others.filter((axis) => !free.includes(axis)), ...moving].map(loop),
      parallel: [...batches, ...free, ...fixed].map(loop),
    };
  }

  #serial(loops: readonly Loop[], scope: Scope, body: (scope: Scope) => void): void {
    const [loop, ...rest] = loops;
    if (loop === undefined) {
      body(scope);
      return;
    }
    const inner = new Scope(scope, [loop.var]);
    this.#serial(rest, inner, body);
    scope.body.push({ kind: "for", var: loop.var, extent: loop.extent, mode: "serial", body: inner.body });
  }

  /** One window, or the part of it that the loops around are at, if all of the window lies inside the operand. */
  #update(at: readonly k.Index[], inner: Loop | undefined, scope: Scope): void {
    const { starts, inside } = this.#starts(at, scope);
    const guarded = inside.length > 0 ? new Scope(scope, []) : scope;
    const body = inner ? new Scope(guarded, [inner.var]) : guarded;
    this.#combine(at, starts, body);
    if (inner)
      guarded.body.push({ kind: "for", var: inner.var, extent: inner.extent, mode: "simd", body: body.body });
    if (guarded === scope) return;
    const condition = inside.reduce((a, b) => k.scalarOp("and", "bool", a, b));
    scope.body.push(k.ifStmt(condition, guarded.body));
  }

  /** Index of the operand along each dimension where the window starts, and what must hold for it to fit. */
  #starts(at: readonly k.Index[], scope: Scope): { starts: k.Index[]; inside: k.Expr[] } {
    const inside: k.Expr[] = [];
    const starts = this.op.results[0].type.shape.map((size, d) => {
      const [component, batch, window] = [this.map.component[d], this.map.batch[d], this.map.window[d]];
      if (component === undefined) return batch === undefined ? k.indexConst(0) : at[batch];
      const room = size - (window === undefined ? 1 : this.loops[window].extent);
      const index = this.map.indices.map((axis) => (axis === undefined ? k.indexConst(component) : at[axis]));
      const { start } = this.emitter.startAt(this.indices, index, scope);
      inside.push(k.compare("GE", start, k.constant(start.dtype, 0)));
      inside.push(k.compare("LE", start, k.constant(start.dtype, room)));
      return k.indexValue(scope.define("start", k.convert(start, "int32")));
    });
    return { starts, inside: inside.map((test) => scope.define("inside", test)) };
  }

  #combine(at: readonly k.Index[], starts: readonly k.Index[], scope: Scope): void {
    const place = starts.map((start, d) => {
      const window = this.map.window[d];
      return window === undefined ? start : k.indexAdd(start, at[window]);
    });
    const updates = this.updates.map((update) => this.emitter.at(update, at, scope));
    const position = this.targets[0].position(place);
    const current = this.targets.map((target) => target.load(position, scope));
    const combined = emitBody(
      this.op.regions[0],
      [...current, ...updates],
      (value) => this.emitter.at(value, [], scope),
      scope,
    );
    this.targets.forEach((target, i) => {
      target.store(position, combined[i], scope);
    });
  }
}
