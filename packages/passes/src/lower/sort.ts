/**
 * sort: a merge sort in kernels. The first sorts short runs by insertion; each of the others merges pairs of runs into
 * runs of twice the length, from one buffer to another. Every task of a merge writes a chunk of its own: it finds where
 * the chunk starts in both runs by bisection, so that the last merges have as many tasks as the first. All of it is
 * stable: of equal elements, those of the left run go first.
 *
 *     n log₂(n / run) moves in log₂(n / run) kernels of n / chunk tasks
 */

import { kernel as k, type OperationOf, sizeOf, stridesOf, type Value } from "@fluxion/ir";
import type { Group } from "../fusion/group.ts";
import { CellBuffer, emitBody } from "./body.ts";
import { ElementEmitter, type EmitContext } from "./emit-at.ts";
import type { Lowering } from "./function.ts";
import { storePart } from "./movement.ts";
import type { KernelBindings } from "./program.ts";
import { type Cell, Scope } from "./scope.ts";

type SortOp = OperationOf<"sort">;
type Nest = Pick<k.LoopKernel, "grid" | "prologue" | "body">;

/** Longest run that insertion sorts; a power of two. */
const runElements = 16;
/** Lines up to this long are one run. */
const shortLine = 24;
/** Elements that one task of a merge writes; a power of two, at least twice a run. */
const chunkElements = 512;

export function lowerSort(lowering: Lowering, op: SortOp, group: Group): void {
  const { shape } = op.results[0].type;
  if (sizeOf(shape) === 0) return;
  const { dimension = -1 } = op.attributes;
  const axis = dimension < 0 ? dimension + shape.length : dimension;
  if (shape[axis] === 1) {
    op.results.forEach((result, i) => {
      storePart(lowering, group, op.operands[i], result);
    });
    return;
  }
  new SortLowering(lowering, op, group, axis).run();
}

/** Program buffers that hold all operands, in the layout of the operands. */
type Buffers = readonly number[];

/** An element in a loop over part of a line. */
interface Element {
  /** Its place in the line, and in the part. */
  readonly own: k.Index;
  readonly step: k.Index;
  /** The loop's body, and what of it runs only if the line has the element. */
  readonly loop: Scope;
  readonly present: Scope;
}

class SortLowering {
  readonly lowering: Lowering;
  readonly op: SortOp;
  readonly group: Group;
  readonly size: number;
  readonly stride: number;
  /** Sizes of the dimensions before and after the sorted one: lines are their pairs. */
  readonly lines: number;

  constructor(lowering: Lowering, op: SortOp, group: Group, axis: number) {
    const { shape } = op.results[0].type;
    this.lowering = lowering;
    this.op = op;
    this.group = group;
    this.axis = axis;
    this.size = shape[axis];
    this.stride = stridesOf(shape)[axis];
    this.lines = sizeOf(shape) / this.size;
  }

  readonly axis: number;

  run(): void {
    const { size } = this;
    const run = size <= shortLine ? size : runElements;
    const passes = Math.ceil(Math.log2(size / run));
    const results = this.op.results.map((value) => this.lowering.ensureBuffer(value));
    const others = passes === 0 ? results : this.op.results.map((value) => this.#temporary(value));
    // The last pass writes the results.
    let [from, to] = passes % 2 === 0 ? [results, others] : [others, results];
    this.#insertion(run, from);
    for (let width = run; width < size; width *= 2) {
      this.#merge(width, from, to);
      [from, to] = [to, from];
    }
  }

  #temporary({ type: { dtype, shape } }: Value): number {
    const { program } = this.lowering;
    return program.temporary(`sort${program.buffers.length}`, dtype, shape);
  }

  #bind(bindings: KernelBindings, buffers: Buffers, access: k.BufferRef["access"]): CellBuffer[] {
    return buffers.map((id, i) => new CellBuffer(bindings.bind(id, access), this.op.results[i]));
  }

  /** Position of element `at` of a line. */
  #position(line: k.Index, at: k.Index): k.Index {
    const outer = k.indexFloorDiv(line, this.stride);
    const inner = k.indexMod(line, this.stride);
    const first = k.indexAdd(k.indexScale(outer, this.stride * this.size), inner);
    return k.indexAdd(first, k.indexScale(at, this.stride));
  }

  /** Indices of the operands of element `at` of a line. */
  #indices(line: k.Index, at: k.Index): k.Index[] {
    const { shape } = this.op.results[0].type;
    const others = shape.map((size, axis) => (axis === this.axis ? 1 : size));
    const strides = stridesOf(others);
    return others.map((size, axis) => {
      if (axis === this.axis) return at;
      if (size === 1) return k.indexConst(0);
      const quotient = k.indexFloorDiv(line, strides[axis]);
      return others.slice(0, axis).every((other) => other === 1) ? quotient : k.indexMod(quotient, size);
    });
  }

  /** Whether the first elements come before the second ones, by the comparator. */
  #less(a: readonly Cell[], b: readonly Cell[], outer: (value: Value) => Cell, scope: Scope): k.Expr {
    const pairs = a.flatMap((cell, i) => [cell, b[i]]);
    return emitBody(this.op.regions[0], pairs, outer, scope)[0].re;
  }

  /** A kernel over all lines and `perLine` parts of each. */
  #kernel(
    perLine: number,
    work: number,
    body: (
      context: EmitContext,
      bindings: KernelBindings,
      line: k.Index,
      part: k.Index,
      scope: Scope,
    ) => void,
  ): void {
    this.lowering.loopKernel(this.group, (context, bindings): Nest => {
      const variable = new k.LoopVar("g");
      const root = new Scope(undefined, []);
      const scope = new Scope(root, [variable]);
      const flat = k.indexVar(variable);
      const line = this.lines === 1 ? k.indexConst(0) : k.indexFloorDiv(flat, perLine);
      body(context, bindings, line, this.lines === 1 ? flat : k.indexMod(flat, perLine), scope);
      const grain = Math.max(1, Math.ceil(this.lowering.target.grainElements / work));
      const grid = { var: variable, extent: this.lines * perLine, simd: false, grain };
      return { grid, prologue: root.body, body: scope.body };
    });
  }

  /** A loop over `length` elements of a line from `first` on; of the last ones in a line there may be fewer. */
  #elements(first: k.Index, length: number, scope: Scope, emit: (element: Element) => void): void {
    const { size } = this;
    const step = new k.LoopVar("i");
    const loop = new Scope(scope, [step]);
    const own = k.indexAdd(first, k.indexVar(step));
    const present = size % length === 0 ? loop : new Scope(loop, []);
    emit({ own, step: k.indexVar(step), loop, present });
    if (present !== loop) {
      const condition: k.Expr = {
        kind: "inRange",
        dtype: "bool",
        tests: [{ index: own, low: 0, high: size }],
      };
      loop.body.push(k.ifStmt(condition, present.body));
    }
    scope.body.push({
      kind: "for",
      var: step,
      extent: Math.min(length, size),
      mode: "serial",
      body: loop.body,
    });
  }

  /** Sorts runs into `to` by insertion, reading the operands. */
  #insertion(run: number, to: Buffers): void {
    const { size } = this;
    this.#kernel(Math.ceil(size / run), run * run, (context, bindings, line, part, scope) => {
      const emitter = new ElementEmitter(context);
      const targets = this.#bind(bindings, to, "readwrite");
      const captured = (value: Value): Cell => emitter.at(value, [], scope);
      const first = k.indexScale(part, run);
      this.#elements(first, run, scope, ({ own, step, loop, present }) => {
        // The last run may be shorter; its loop reads the line's last element in place of what is not there.
        const at = this.#indices(line, present === loop ? own : k.indexClamp(own, 0, size - 1));
        const cells = this.op.operands.map((operand) => emitter.at(operand, at, loop));
        this.#insert(
          cells,
          targets,
          (at) => this.#position(line, k.indexAdd(first, at)),
          step,
          captured,
          present,
        );
      });
    });
  }

  /** Moves greater elements up by one until the new one has its place. */
  #insert(
    cells: readonly Cell[],
    targets: readonly CellBuffer[],
    position: (at: k.Index) => k.Index,
    from: k.Index,
    captured: (value: Value) => Cell,
    scope: Scope,
  ): void {
    const place = new k.Local("place", "int32", true);
    scope.body.push(k.letStmt(place, k.indexValueOf(from)));
    const before = new Scope(undefined, []);
    const below = before.define("below", k.scalarOp("subtract", "int32", k.use(place), int(1)));
    const safe = before.define("safe", k.scalarOp("maximum", "int32", below, int(0)));
    const previous = targets.map((target) => target.load(position(k.indexValue(safe)), before));
    const less = this.#less(cells, previous, captured, before);
    const condition = k.scalarOp("and", "bool", k.compare("GE", below, int(0)), less);
    const body = new Scope(undefined, []);
    targets.forEach((target, i) => {
      target.store(position(k.indexValue(k.use(place))), previous[i], body);
    });
    body.body.push(k.assign(place, below));
    scope.body.push({ kind: "while", before: before.body, condition, body: body.body });
    targets.forEach((target, i) => {
      target.store(position(k.indexValue(k.use(place))), cells[i], scope);
    });
  }

  /** Merges pairs of runs of `width` elements. */
  #merge(width: number, from: Buffers, to: Buffers): void {
    const chunk = Math.min(chunkElements, 2 * width);
    this.#kernel(Math.ceil(this.size / chunk), chunk, (context, bindings, line, part, scope) => {
      const emitter = new ElementEmitter(context);
      const sources = this.#bind(bindings, from, "read");
      const targets = this.#bind(bindings, to, "write");
      const merge = new Merge(this.#runs(width, k.indexScale(part, chunk), scope), {
        less: (a, b, inner) => this.#less(a, b, (value) => emitter.at(value, [], scope), inner),
        load: (at, inner) =>
          sources.map((source) => source.load(this.#position(line, k.indexValue(at)), inner)),
      });
      merge.bisect(scope, chunk < 2 * width);
      this.#elements(k.indexScale(part, chunk), chunk, scope, ({ own, present }) => {
        const cells = merge.next(present);
        targets.forEach((target, i) => {
          target.store(this.#position(line, own), cells[i], present);
        });
      });
    });
  }

  /** The two runs that the chunk from `first` on belongs to, and how far into their merge it starts. */
  #runs(width: number, first: k.Index, scope: Scope): Runs {
    const pair = k.indexScale(k.indexFloorDiv(first, 2 * width), 2 * width);
    const bound = (offset: number): k.Expr =>
      scope.define(
        "bound",
        k.indexValueOf(k.indexClamp(k.indexAdd(pair, k.indexConst(offset)), 0, this.size)),
      );
    const start = scope.define("start", k.indexValueOf(pair));
    return {
      start,
      middle: bound(width),
      end: bound(2 * width),
      skip: scope.define("skip", minus(k.indexValueOf(first), start)),
    };
  }
}

/** Elements [start, middle) and [middle, end) of a line. */
interface Runs {
  readonly start: k.Expr;
  readonly middle: k.Expr;
  readonly end: k.Expr;
  /** Elements of the merged run before the chunk. */
  readonly skip: k.Expr;
}

interface MergeAccess {
  less(a: readonly Cell[], b: readonly Cell[], scope: Scope): k.Expr;
  load(at: k.Expr, scope: Scope): Cell[];
}

/** One task of a merge: positions in both runs, and the next element. */
class Merge {
  readonly runs: Runs;
  readonly access: MergeAccess;
  readonly left = new k.Local("left", "int32", true);
  readonly right = new k.Local("right", "int32", true);

  constructor(runs: Runs, access: MergeAccess) {
    this.runs = runs;
    this.access = access;
  }

  /**
   * Finds how many of the first `skip` merged elements are of the left run: the least i such that left[i] is not before
   * right[skip − i − 1].
   */
  bisect(scope: Scope, partial: boolean): void {
    const { start, middle, end, skip } = this.runs;
    const taken = new k.Local("taken", "int32", true);
    if (partial) {
      const most = new k.Local("most", "int32", true);
      const longest = minus(end, middle);
      scope.body.push(k.letStmt(taken, k.scalarOp("maximum", "int32", int(0), minus(skip, longest))));
      scope.body.push(k.letStmt(most, k.scalarOp("minimum", "int32", skip, minus(middle, start))));
      const body = new Scope(undefined, []);
      const half = body.define(
        "half",
        k.scalarOp("shift_right_logical", "int32", plus(k.use(taken), k.use(most)), int(1)),
      );
      const a = this.access.load(body.define("a", plus(start, half)), body);
      const b = this.access.load(body.define("b", minus(minus(plus(middle, skip), half), int(1))), body);
      const fewer = body.define("fewer", this.access.less(b, a, body));
      body.body.push(k.assign(most, k.select(fewer, half, k.use(most))));
      body.body.push(k.assign(taken, k.select(fewer, k.use(taken), plus(half, int(1)))));
      const condition = k.compare("LT", k.use(taken), k.use(most));
      scope.body.push({ kind: "while", before: [], condition, body: body.body });
    } else scope.body.push(k.letStmt(taken, int(0)));
    scope.body.push(k.letStmt(this.left, plus(start, k.use(taken))));
    scope.body.push(k.letStmt(this.right, minus(plus(middle, skip), k.use(taken))));
  }

  /** The next merged element; moves on. Where a run is at its end, its last element is read and not taken. */
  next(scope: Scope): Cell[] {
    const { start, middle, end } = this.runs;
    const [left, right] = [k.use(this.left), k.use(this.right)];
    const hasLeft = scope.define("hasLeft", k.compare("LT", left, middle));
    const hasRight = scope.define("hasRight", k.compare("LT", right, end));
    const within = (at: k.Expr, limit: k.Expr): k.Expr =>
      scope.define(
        "at",
        k.scalarOp("maximum", "int32", k.scalarOp("minimum", "int32", at, minus(limit, int(1))), start),
      );
    const a = this.access.load(within(left, middle), scope);
    const b = this.access.load(within(right, end), scope);
    const less = scope.define("less", this.access.less(b, a, scope));
    const fromRight = scope.define(
      "fromRight",
      k.scalarOp("and", "bool", hasRight, k.scalarOp("or", "bool", less, k.scalarOp("not", "bool", hasLeft))),
    );
    const step = scope.define("step", k.convert(fromRight, "int32"));
    const cells = a.map((cell, i) => chooseCell(fromRight, b[i], cell, scope));
    scope.body.push(k.assign(this.right, plus(right, step)));
    scope.body.push(k.assign(this.left, minus(plus(left, int(1)), step)));
    return cells;
  }
}

const int = (value: number): k.Expr => k.constant("int32", value);
const plus = (a: k.Expr, b: k.Expr): k.Expr => k.scalarOp("add", "int32", a, b);
const minus = (a: k.Expr, b: k.Expr): k.Expr => k.scalarOp("subtract", "int32", a, b);

function chooseCell(condition: k.Expr, a: Cell, b: Cell, scope: Scope): Cell {
  const choose = (x: k.Expr, y: k.Expr): k.Expr => scope.define("next", k.select(condition, x, y));
  return { re: choose(a.re, b.re), ...(a.im && b.im ? { im: choose(a.im, b.im) } : {}) };
}
