/**
 * Complex products as real ones. With the parts interleaved along k, index k' = 2k + part,
 *
 *     re = Σ_k' lhs'(i, k') · (part = 0 ? re(rhs) : −im(rhs)),   im = Σ_k' lhs'(i, k') · (part = 0 ? im(rhs) : re(rhs))
 *
 * where lhs'(i, k') is the part of lhs(i, k); so two real products of twice the depth give both parts.
 */

import { kernel as k, type OperationOf, realPart } from "@fluxion/ir";
import type { Lowering } from "./function.ts";
import { contraction } from "./gemm-kernel.ts";
import { linearIndex } from "./index-maps.ts";
import { KernelBindings } from "./program.ts";

export function complexProduct(lowering: Lowering, op: OperationOf<"dot_general">): void {
  const operands = op.operands.map((value) => lowering.materialised(value));
  for (const part of [0, 1] as const) {
    const bindings = new KernelBindings(lowering.program);
    const [lhs, rhs] = operands.map((id) => bindings.bind(id));
    const out = bindings.bind(lowering.ensureBuffer(op.results[0]), "write");
    const c = contraction(op);
    const dtype = realPart(op.results[0].type.dtype);
    const depth = { var: c.k.var, extent: c.k.extent * 2 };
    const half = k.indexFloorDiv(k.indexVar(depth.var), 2);
    const bit = k.indexMod(k.indexVar(depth.var), 2);
    const at = (indices: readonly k.Index[], shape: readonly number[]): k.Index =>
      k.indexScale(
        linearIndex(
          shape,
          indices.map((index) => k.indexSubstitute(index, new Map([[depth.var, half]]))),
        ),
        2,
      );
    const isRe = k.compare("EQ", k.indexValueOf(bit), k.constant("int32", 0));
    const rhsAt = at(c.rhsIndices, op.operands[1].type.shape);
    const re = k.load(rhs, rhsAt);
    const im = k.load(rhs, k.indexAdd(rhsAt, k.indexConst(1)));
    const rhsExpr = part === 0 ? k.select(isRe, re, k.scalarOp("negate", dtype, im)) : k.select(isRe, im, re);
    const lhsExpr = k.load(lhs, k.indexAdd(at(c.lhsIndices, op.operands[0].type.shape), bit));
    const sum = new k.Local("sum", dtype);
    const position = k.indexScale(linearIndex(op.results[0].type.shape, c.resultIndices), 2);
    const epilogue = [k.store(out, k.indexAdd(position, k.indexConst(part)), k.use(sum))];
    const origin = [{ opcode: op.opcode, location: op.location }];
    const name = `dot_${part === 0 ? "re" : "im"}_${lowering.program.kernels.length}`;
    const { batch, m, n } = c;
    lowering.add(
      {
        kind: "gemm",
        name,
        buffers: bindings.refs,
        batch,
        m,
        n,
        k: depth,
        accumulate: dtype,
        lhs: lhsExpr,
        rhs: rhsExpr,
        sum,
        epilogue,
        origin,
      },
      bindings,
    );
  }
}
