/**
 * Windowed reductions. A cumulative one (the window reaches from the edge to the element) is a serial loop with a running
 * accumulator; any other folds its window for each element.
 */

import { isComplex, kernel as k, type OperationOf, type Value } from "@fluxion/ir";
import { ElementEmitter, type EmitContext } from "./emit-at.ts";
import { linearIndex } from "./index-maps.ts";
import { flatten } from "./loop-kernel.ts";
import { combineOf, partsOf, regroup } from "./reduce-kernel.ts";
import { type Cell, Scope } from "./scope.ts";
import type { TargetInfo } from "./target.ts";

type WindowOp = OperationOf<"reduce_window">;
type Nest = Pick<k.LoopKernel, "grid" | "prologue" | "body">;

/** The attributes of a window with their defaults filled in. */
export interface Window {
  readonly size: readonly number[];
  readonly strides: readonly number[];
  readonly baseDilations: readonly number[];
  readonly dilations: readonly number[];
  readonly low: readonly number[];
}

export function windowOf({ attributes: a, operands }: WindowOp): Window {
  const rank = operands[0].type.shape.length;
  const ones = new Array<number>(rank).fill(1);
  const padding = a.padding;
  const at = (i: number): number => (padding ? Number(padding.data[padding.splat ? 0 : i]) : 0);
  return {
    size: a.window_dimensions,
    strides: a.window_strides ?? ones,
    baseDilations: a.base_dilations ?? ones,
    dilations: a.window_dilations ?? ones,
    low: ones.map((_, axis) => at(2 * axis)),
  };
}

/** The axis and direction of a cumulative reduction, if it is one. */
export function cumulativeAxis(
  op: WindowOp,
  w: Window,
): { readonly axis: number; readonly reverse: boolean } | undefined {
  const { shape } = op.operands[0].type;
  const axes = w.size.flatMap((size, axis) => (size === 1 ? [] : [axis]));
  const plain = [w.strides, w.baseDilations, w.dilations].every((list) => list.every((step) => step === 1));
  const sameShape = op.results[0].type.shape.every((size, axis) => size === shape[axis]);
  if (axes.length !== 1 || !plain || !sameShape || w.size[axes[0]] !== shape[axes[0]]) return undefined;
  const [axis] = axes;
  if (w.low[axis] === shape[axis] - 1) return { axis, reverse: false };
  return w.low[axis] === 0 ? { axis, reverse: true } : undefined;
}

export function windowNest(
  context: EmitContext,
  op: WindowOp,
  outputs: readonly k.BufferRef[],
  target: TargetInfo,
): Nest {
  const window = windowOf(op);
  const cumulative = cumulativeAxis(op, window);
  return new WindowLowering(context, op, outputs, target).nest(window, cumulative);
}

class WindowLowering {
  readonly op: WindowOp;
  readonly outputs: readonly k.BufferRef[];
  readonly target: TargetInfo;
  readonly emitter: ElementEmitter;
  readonly inputs: readonly Value[];
  readonly inits: readonly Value[];

  constructor(context: EmitContext, op: WindowOp, outputs: readonly k.BufferRef[], target: TargetInfo) {
    this.op = op;
    this.outputs = outputs;
    this.target = target;
    this.emitter = new ElementEmitter(context);
    const count = op.operands.length / 2;
    this.inputs = op.operands.slice(0, count);
    this.inits = op.operands.slice(count);
  }

  nest(window: Window, cumulative: ReturnType<typeof cumulativeAxis>): Nest {
    const { shape } = this.op.results[0].type;
    const axes = shape.map((_, axis) => axis).filter((axis) => axis !== cumulative?.axis);
    const loops = axes.map((axis) => ({ var: new k.LoopVar(`i${axis}`), extent: shape[axis] }));
    const root = new Scope(undefined, []);
    const single = loops.length === 0 ? [{ var: new k.LoopVar("i"), extent: 1 }] : loops;
    const { variable, extent, substitution } = flatten(single);
    const scope = new Scope(root, [variable]);
    const outer = loops.map((loop) => k.indexSubstitute(k.indexVar(loop.var), substitution));
    if (cumulative) this.#scan(cumulative, outer, scope);
    else this.#windows(window, outer, scope);
    const work = cumulative
      ? shape[cumulative.axis]
      : window.size.reduce((product, size) => product * size, 1);
    const grain = Math.max(1, Math.ceil(this.target.grainElements / work));
    return { grid: { var: variable, extent, simd: false, grain }, prologue: root.body, body: scope.body };
  }

  #initParts(scope: Scope): k.Expr[] {
    return this.inits.flatMap((value) => partsOf(this.emitter.at(value, [], scope)));
  }

  /** acc = combine(acc, x[i]); y[i] = acc, from the first element or from the last. */
  #scan(
    { axis, reverse }: { axis: number; reverse: boolean },
    outer: readonly k.Index[],
    scope: Scope,
  ): void {
    const { shape } = this.op.results[0].type;
    const step = new k.LoopVar("s");
    const position = reverse
      ? k.indexAdd(k.indexConst(shape[axis] - 1), k.indexVar(step, -1))
      : k.indexVar(step);
    const indices = [...outer.slice(0, axis), position, ...outer.slice(axis)];
    const combine = combineOf(this.op, (value) => this.emitter.at(value, [], scope), this.emitter.context);
    const accumulators = this.#initParts(scope).map((init, i) => {
      const local = new k.Local(`acc${i}`, init.dtype, true);
      scope.body.push(k.letStmt(local, init));
      return local;
    });
    const inner = new Scope(scope, [step]);
    const elements = this.inputs.flatMap((value) => partsOf(this.emitter.at(value, indices, inner)));
    combine.lhs.forEach((local, i) => {
      inner.body.push(k.letStmt(local, k.use(accumulators[i])));
    });
    combine.rhs.forEach((local, i) => {
      inner.body.push(k.letStmt(local, elements[i]));
    });
    inner.body.push(...combine.body);
    accumulators.forEach((local, i) => {
      inner.body.push(k.assign(local, combine.results[i]));
    });
    this.#store(regroup(accumulators.map(k.use), this.inputs), indices, inner);
    scope.body.push({ kind: "for", var: step, extent: shape[axis], mode: "serial", body: inner.body });
  }

  /** Folds the window of one element; where it falls on padding it takes the init value. */
  #windows(w: Window, indices: readonly k.Index[], scope: Scope): void {
    const { shape } = this.op.operands[0].type;
    const init = this.#initParts(scope);
    const loops = w.size.map((extent, axis) => ({ var: new k.LoopVar(`w${axis}`), extent }));
    const inner = new Scope(
      scope,
      loops.map((loop) => loop.var),
    );
    const tests: k.RangeTest[] = [];
    const at = indices.map((index, axis) => {
      const moved = k.indexAdd(
        k.indexScale(index, w.strides[axis]),
        k.indexVar(loops[axis].var, w.dilations[axis]),
      );
      const position = k.indexAdd(moved, k.indexConst(-w.low[axis]));
      const step = w.baseDilations[axis];
      const high = (shape[axis] - 1) * step + 1;
      tests.push({ index: position, low: 0, high, ...(step > 1 ? { step } : {}) });
      return k.indexFloorDiv(k.indexClamp(position, 0, high - 1), step);
    });
    const inside = inner.define("inside", { kind: "inRange", dtype: "bool", tests });
    const elements = this.inputs
      .flatMap((value) => partsOf(this.emitter.at(value, at, inner)))
      .map((element, i) => inner.define("x", k.select(inside, element, init[i])));
    const accumulators = elements.map(({ dtype }, i) => new k.Local(`acc${i}`, dtype));
    const combine = combineOf(this.op, (value) => this.emitter.at(value, [], scope), this.emitter.context);
    scope.body.push({
      kind: "reduce",
      loops,
      simd: false,
      body: inner.body,
      elements,
      accumulators,
      init,
      combine,
    });
    this.#store(regroup(accumulators.map(k.use), this.inputs), indices, scope);
  }

  #store(cells: readonly Cell[], indices: readonly k.Index[], scope: Scope): void {
    const position = linearIndex(this.op.results[0].type.shape, indices);
    cells.forEach((cell, i) => {
      const scaled = isComplex(this.inputs[i].type.dtype) ? k.indexScale(position, 2) : position;
      scope.body.push(k.store(this.outputs[i], scaled, cell.re));
      if (cell.im) scope.body.push(k.store(this.outputs[i], k.indexAdd(scaled, k.indexConst(1)), cell.im));
    });
  }
}
