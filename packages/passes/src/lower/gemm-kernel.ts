/** `dot_general` as a matrix product with its operands as expressions. */

import { kernel as k, type OperationOf, type RealDType, sizeOf } from "@fluxion/ir";
import { ElementEmitter, type EmitContext } from "./emit-at.ts";
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

/** Indices of several dimensions from one flat variable. */
function split(variable: k.LoopVar, sizes: readonly number[]): k.Index[] {
  let stride = sizeOf(sizes);
  return sizes.map((size, i) => {
    stride /= size;
    const quotient = k.indexFloorDiv(k.indexVar(variable), stride);
    return i === 0 ? quotient : k.indexMod(quotient, size);
  });
}

/** Type that a product of this dtype is summed in. */
export const accumulatorOf = (dtype: RealDType): RealDType =>
  dtype === "float16" || dtype === "bfloat16" ? "float32" : dtype;

export function gemmKernel(
  name: string,
  context: EmitContext,
  op: DotOp,
  output: k.BufferRef,
  buffers: readonly k.BufferRef[],
): k.GemmKernel {
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
  const kk = { var: new k.LoopVar("k"), extent: sizeOf(kSizes) };
  const accumulate = accumulatorOf(op.results[0].type.dtype as RealDType);
  const operandExpr = (
    value: DotOp["operands"][number],
    dims: Dims,
    free: k.Index[],
    vars: readonly k.LoopVar[],
  ): k.Expr => {
    const indices = new Array<k.Index>(value.type.shape.length);
    dims.batch.forEach((axis, i) => {
      indices[axis] = k.indexVar(batch[i].var);
    });
    dims.free.forEach((axis, i) => {
      indices[axis] = free[i];
    });
    split(kk.var, kSizes).forEach((index, i) => {
      indices[dims.contracting[i]] = index;
    });
    const scope = new Scope(undefined, vars);
    const { re } = new ElementEmitter(context).at(value, indices, scope);
    return k.convert(inlineLocals(re, scope.body), accumulate);
  };
  const batchVars = batch.map(({ var: variable }) => variable);
  const lhsExpr = operandExpr(lhs, left, split(m.var, mSizes), [...batchVars, m.var, kk.var]);
  const rhsExpr = operandExpr(rhs, right, split(n.var, nSizes), [...batchVars, n.var, kk.var]);
  const sum = new k.Local("sum", accumulate);
  const shape = op.results[0].type.shape;
  const position = linearOf(shape, [
    ...batchVars.map((v) => k.indexVar(v)),
    ...split(m.var, mSizes),
    ...split(n.var, nSizes),
  ]);
  const epilogue = [k.store(output, position, k.convert(k.use(sum), op.results[0].type.dtype as RealDType))];
  const origin = [{ opcode: "dot_general", location: op.location }];
  return {
    kind: "gemm",
    name,
    buffers,
    batch,
    m,
    n,
    k: kk,
    accumulate,
    lhs: lhsExpr,
    rhs: rhsExpr,
    sum,
    epilogue,
    origin,
  };
}

function linearOf(shape: readonly number[], indices: readonly k.Index[]): k.Index {
  let stride = 1;
  let position = k.indexConst(0);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    position = k.indexAdd(position, k.indexScale(indices[axis], stride));
    stride *= shape[axis];
  }
  return position;
}

/** Puts the definitions of locals in place of their uses: a GEMM operand is one expression. */
export function inlineLocals(expr: k.Expr, stmts: readonly k.Stmt[]): k.Expr {
  const values = new Map<k.Local, k.Expr>();
  for (const stmt of stmts) if (stmt.kind === "let") values.set(stmt.local, stmt.value);
  const inline = (e: k.Expr): k.Expr => {
    switch (e.kind) {
      case "local": {
        const value = values.get(e.local);
        return value ? inline(value) : e;
      }
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
