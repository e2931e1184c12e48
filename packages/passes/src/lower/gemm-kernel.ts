/** `dot_general` as a matrix product with its operands as expressions. */

import { kernel as k, type OperationOf, type RealDType, sizeOf, type Value } from "@fluxion/ir";
import { ElementEmitter, type EmitContext } from "./emit-at.ts";
import { type GroupOutput, storeCells } from "./loop-kernel.ts";
import { Scope } from "./scope.ts";

type DotOp = OperationOf<"dot_general">;

interface Dims {
  readonly batch: readonly number[];
  readonly free: readonly number[];
  readonly contracting: readonly number[];
}

function dimsOf(rank: number, batch: readonly number[], contracting: readonly number[]): Dims {
  const free = Array.from({ length: rank }, (_, axis) => axis).filter(
    (axis) => !batch.includes(axis) && !contracting.includes(axis),
  );
  return { batch, free, contracting };
}

/** Indices of several dimensions from one flat variable. Where a size is 0 none is ever formed. */
export function split(variable: k.LoopVar, sizes: readonly number[]): k.Index[] {
  const extents = sizes.map((size) => Math.max(1, size));
  let stride = sizeOf(extents);
  return extents.map((extent, i) => {
    stride /= extent;
    const quotient = k.indexFloorDiv(k.indexVar(variable), stride);
    return i === 0 ? quotient : k.indexMod(quotient, extent);
  });
}

/** Type that a product of this dtype is summed in. */
export const accumulatorOf = (dtype: RealDType): RealDType =>
  dtype === "float16" || dtype === "bfloat16" ? "float32" : dtype;

/** The loops of a contraction, and the indices of both operands and the result in terms of them. */
export interface Contraction extends Pick<k.GemmKernel, "batch" | "m" | "n" | "k"> {
  readonly lhsIndices: readonly k.Index[];
  readonly rhsIndices: readonly k.Index[];
  readonly resultIndices: readonly k.Index[];
}

export function contraction(op: DotOp): Contraction {
  const [lhs, rhs] = op.operands;
  const d = op.attributes.dot_dimension_numbers;
  const left = dimsOf(lhs.type.shape.length, d.lhsBatching, d.lhsContracting);
  const right = dimsOf(rhs.type.shape.length, d.rhsBatching, d.rhsContracting);
  const sizes = (shape: readonly number[], axes: readonly number[]): number[] =>
    axes.map((axis) => shape[axis]);
  const batch = sizes(lhs.type.shape, left.batch).map((extent, i) => ({
    var: new k.LoopVar(`b${i}`),
    extent,
  }));
  const mSizes = sizes(lhs.type.shape, left.free);
  const nSizes = sizes(rhs.type.shape, right.free);
  const kSizes = sizes(lhs.type.shape, left.contracting);
  const m = { var: new k.LoopVar("m"), extent: sizeOf(mSizes) };
  const n = { var: new k.LoopVar("n"), extent: sizeOf(nSizes) };
  const depth = { var: new k.LoopVar("k"), extent: sizeOf(kSizes) };
  const b = batch.map(({ var: variable }) => k.indexVar(variable));
  const [mIndices, nIndices, kIndices] = [
    split(m.var, mSizes),
    split(n.var, nSizes),
    split(depth.var, kSizes),
  ];
  return {
    batch,
    m,
    n,
    k: depth,
    lhsIndices: place(left, b, mIndices, kIndices),
    rhsIndices: place(right, b, nIndices, kIndices),
    resultIndices: [...b, ...mIndices, ...nIndices],
  };
}

/** Operand indices by axis. */
function place(
  dims: Dims,
  batch: readonly k.Index[],
  free: readonly k.Index[],
  contracting: readonly k.Index[],
): k.Index[] {
  const indices: k.Index[] = [];
  for (const [axes, from] of [
    [dims.batch, batch],
    [dims.free, free],
    [dims.contracting, contracting],
  ] as const) {
    axes.forEach((axis, i) => {
      indices[axis] = from[i];
    });
  }
  return indices;
}

/** A product whose operands and epilogue are computed as the context says. */
export function gemmKernel(
  name: string,
  context: EmitContext,
  op: DotOp,
  outputs: readonly GroupOutput[],
  buffers: readonly k.BufferRef[],
): k.GemmKernel {
  const c = contraction(op);
  const [product] = op.results;
  const accumulate = accumulatorOf(product.type.dtype as RealDType);
  const batchVars = c.batch.map(({ var: variable }) => variable);
  const operandExpr = (value: Value, indices: readonly k.Index[], vars: readonly k.LoopVar[]): k.Expr => {
    const scope = new Scope(undefined, vars);
    const { re } = new ElementEmitter(context).at(value, indices, scope);
    return k.convert(inlineLocals(re, scope.body), accumulate);
  };
  const sum = new k.Local("sum", accumulate);
  const scope = new Scope(undefined, [...batchVars, c.m.var, c.n.var]);
  const rounded = { re: k.convert(k.use(sum), product.type.dtype as RealDType) };
  const emitter = new ElementEmitter({
    ...context,
    override: (value) => (value === product ? rounded : undefined),
  });
  const lhs = operandExpr(op.operands[0], c.lhsIndices, [...batchVars, c.m.var, c.k.var]);
  const rhs = operandExpr(op.operands[1], c.rhsIndices, [...batchVars, c.n.var, c.k.var]);
  storeCells(emitter, outputs, c.resultIndices, scope);
  const origin = [{ opcode: "dot_general", location: op.location }];
  const { batch, m, n } = c;
  return {
    kind: "gemm",
    name,
    buffers,
    batch,
    m,
    n,
    k: c.k,
    accumulate,
    lhs,
    rhs,
    sum,
    epilogue: scope.body,
    origin,
  };
}

/** Puts the definitions of locals in place of their uses: a GEMM operand is one expression. */
export function inlineLocals(expr: k.Expr, stmts: readonly k.Stmt[]): k.Expr {
  const values = new Map<k.Local, k.Expr>();
  for (const stmt of stmts) if (stmt.kind === "let") values.set(stmt.local, stmt.value);
  const inlineIndex = ({ offset, terms }: k.Index): k.Index => ({
    offset,
    terms: terms.map(({ atom, stride }) => {
      if (atom.kind === "var") return { atom, stride };
      if (atom.kind === "value") return { atom: { kind: "value", value: inline(atom.value) }, stride };
      return { atom: { ...atom, value: inlineIndex(atom.value) }, stride };
    }),
  });
  const inline = (e: k.Expr): k.Expr => {
    switch (e.kind) {
      case "local": {
        const value = values.get(e.local);
        return value ? inline(value) : e;
      }
      case "load":
      case "index":
        return { ...e, index: inlineIndex(e.index) };
      case "inRange":
        return { ...e, tests: e.tests.map((test) => ({ ...test, index: inlineIndex(test.index) })) };
      case "op":
        return { ...e, args: e.args.map(inline) };
      case "compare":
        return { ...e, args: [inline(e.args[0]), inline(e.args[1])] };
      case "convert":
      case "bitcast":
      case "reduce_precision":
        return { ...e, arg: inline(e.arg) };
      default:
        return e;
    }
  };
  return inline(expr);
}
