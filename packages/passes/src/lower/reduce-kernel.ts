/** One reduction as a kernel of its own: outer loops over what stays, inner loops over what is folded. */

import { isComplex, kernel as k, type OperationOf, type Value } from "@fluxion/ir";
import { ElementEmitter, type EmitContext } from "./emit-at.ts";
import { linearIndex } from "./index-maps.ts";
import { flatten } from "./loop-kernel.ts";
import { type Cell, Scope } from "./scope.ts";
import type { TargetInfo } from "./target.ts";

type ReduceOp = OperationOf<"reduce">;

/** The reduction's body as a combine of scalars. */
export function combineOf(
  op: ReduceOp | OperationOf<"reduce_window">,
  outer: (value: Value) => Cell,
  { widestFloat }: EmitContext,
): k.Combine {
  const [body] = op.regions;
  const count = op.operands.length / 2;
  const locals = (values: readonly Value[], name: string): k.Local[][] =>
    values.map(({ type }) => {
      const part = type.dtype;
      const dtype = isComplex(part) ? (part === "complex64" ? "float32" : "float64") : part;
      return isComplex(part)
        ? [new k.Local(`${name}r`, dtype), new k.Local(`${name}i`, dtype)]
        : [new k.Local(name, dtype)];
    });
  const lhs = locals(body.arguments.slice(0, count), "a");
  const rhs = locals(body.arguments.slice(count), "b");
  const cells = new Map<Value, Cell>();
  body.arguments.forEach((argument, i) => {
    const [re, im] = i < count ? lhs[i] : rhs[i - count];
    cells.set(argument, { re: k.use(re), ...(im ? { im: k.use(im) } : {}) });
  });
  const definitions = new Map(
    body.operations.flatMap((inner) => inner.results.map((r) => [r, inner] as const)),
  );
  const emitter = new ElementEmitter({
    widestFloat,
    bufferOf: () => undefined,
    definition: (value) => definitions.get(value),
    override: (value) => cells.get(value) ?? (definitions.has(value) ? undefined : outer(value)),
  });
  const scope = new Scope(undefined, []);
  const last = body.operations[body.operations.length - 1];
  const results = last.operands.map((value) => emitter.at(value, [], scope));
  return {
    lhs: lhs.flat(),
    rhs: rhs.flat(),
    body: scope.body,
    results: results.flatMap(({ re, im }) => (im ? [re, im] : [re])),
    ...monoidOf(op),
  };
}

const monoids = ["add", "multiply", "maximum", "minimum", "and", "or", "xor"] as const;

/** Set when the body is one plain op on real scalars. */
function monoidOf(op: ReduceOp | OperationOf<"reduce_window">): Pick<k.Combine, "monoid"> {
  const [first, last] = op.regions[0].operations;
  const monoid = monoids.find((name) => name === first.opcode);
  const plain =
    monoid && op.operands.length === 2 && last?.opcode === "return" && last.operands[0] === first.results[0];
  return plain && !isComplex(op.operands[0].type.dtype) ? { monoid } : {};
}

/** Loops over what a reduction folds. */
type ReduceLoops = readonly { readonly var: k.LoopVar; readonly extent: number }[];

/** Emits the statement that reduces `op` at the kept indices, and returns one cell for each result. */
export function emitReduce(
  op: ReduceOp,
  kept: readonly k.Index[],
  emitter: ElementEmitter,
  scope: Scope,
): Cell[] {
  const { dimensions } = op.attributes;
  const loops = [...dimensions]
    .sort((a, b) => a - b)
    .map((axis) => ({ axis, var: new k.LoopVar(`r${axis}`), extent: op.operands[0].type.shape[axis] }));
  let next = 0;
  const indices = op.operands[0].type.shape.map((_, axis) => {
    const loop = loops.find((candidate) => candidate.axis === axis);
    return loop ? k.indexVar(loop.var) : kept[next++];
  });
  const plain = loops.map(({ var: variable, extent }) => ({ var: variable, extent }));
  return emitReduceOver(op, indices, plain, emitter, scope);
}

/**
 * Emits a reduction whose loops and operand indices are given. `extra` may add statements to the loop body, after the
 * elements.
 */
export function emitReduceOver(
  op: ReduceOp,
  indices: readonly k.Index[],
  loops: ReduceLoops,
  emitter: ElementEmitter,
  scope: Scope,
  extra?: (inner: Scope) => void,
): Cell[] {
  const count = op.operands.length / 2;
  const init = op.operands.slice(count).flatMap((value) => partsOf(emitter.at(value, [], scope)));
  const inner = new Scope(
    scope,
    loops.map((loop) => loop.var),
  );
  const elements = op.operands.slice(0, count).flatMap((value) => partsOf(emitter.at(value, indices, inner)));
  extra?.(inner);
  const accumulators = elements.map(({ dtype }, i) => new k.Local(`acc${i}`, dtype));
  const innermost = op.operands[0].type.shape.length - 1;
  const simd = op.attributes.dimensions.includes(innermost);
  const combine = combineOf(op, (value) => emitter.at(value, [], scope), emitter.context);
  scope.body.push({
    kind: "reduce",
    loops,
    simd,
    body: inner.body,
    elements,
    accumulators,
    init,
    combine,
  });
  return regroup(accumulators.map(k.use), op.operands.slice(0, count));
}

/** The real expressions of a cell. */
export const partsOf = ({ re, im }: Cell): k.Expr[] => (im ? [re, im] : [re]);

/** Real expressions as the cells of values. */
export function regroup(parts: readonly k.Expr[], values: readonly Value[]): Cell[] {
  let next = 0;
  return values.map(({ type }) =>
    isComplex(type.dtype) ? { re: parts[next++], im: parts[next++] } : { re: parts[next++] },
  );
}

/** A kernel for one reduction. */
export function reduceNest(
  context: EmitContext,
  op: ReduceOp,
  outputs: readonly k.BufferRef[],
  target: TargetInfo,
): Pick<k.LoopKernel, "grid" | "prologue" | "body"> {
  const { shape } = op.results[0].type;
  const root = new Scope(undefined, []);
  const loops = shape.map((extent, axis) => ({ var: new k.LoopVar(`i${axis}`), extent }));
  const emitter = new ElementEmitter(context);
  const storeAll = (indices: readonly k.Index[], scope: Scope): void => {
    const cells = emitReduce(op, indices, emitter, scope);
    const position = linearIndex(shape, indices);
    cells.forEach((cell, i) => {
      const scaled = cell.im ? k.indexScale(position, 2) : position;
      scope.body.push(k.store(outputs[i], scaled, cell.re));
      if (cell.im) scope.body.push(k.store(outputs[i], k.indexAdd(scaled, k.indexConst(1)), cell.im));
    });
  };
  if (loops.length === 0) {
    storeAll([], root);
    return { grid: undefined, prologue: [], body: root.body };
  }
  const { variable, extent, substitution } = flatten(loops);
  const scope = new Scope(root, [variable]);
  storeAll(
    loops.map((loop) => k.indexSubstitute(k.indexVar(loop.var), substitution)),
    scope,
  );
  const work = op.attributes.dimensions.reduce(
    (product, axis) => product * op.operands[0].type.shape[axis],
    1,
  );
  const grain = Math.max(1, Math.ceil(target.grainElements / Math.max(1, work)));
  return { grid: { var: variable, extent, simd: false, grain }, prologue: root.body, body: scope.body };
}
