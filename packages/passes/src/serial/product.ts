/** A small matrix product as loops: along the columns of the result where the right operand lies so, else along the sum. */

import { kernel as k } from "@fluxion/ir";
import { accessesIn } from "../buffers/accesses.ts";

/** The loops of a product with its epilogue. */
export function productStatements(kernel: k.GemmKernel): k.Stmt[] {
  const { batch, m, n, k: depth, accumulate, lhs, rhs, sum, epilogue } = kernel;
  const alongColumns = isContiguous(rhs, n.var) && n.extent > 1;
  const fold: k.Stmt = {
    kind: "reduce",
    loops: [depth],
    simd: !alongColumns,
    body: [],
    elements: [k.scalarOp("multiply", accumulate, lhs, rhs)],
    accumulators: [sum],
    init: [k.constant(accumulate, 0)],
    combine: addition(accumulate),
  };
  const loops = [...batch, m, n].filter(({ extent }) => extent !== 1);
  const once = [...batch, m, n].filter(({ extent }) => extent === 1);
  const nest = loops.reduceRight<k.Stmt[]>(
    (body, { var: variable, extent }) => [
      {
        kind: "for",
        var: variable,
        extent,
        mode: alongColumns && variable === n.var ? "simd" : "serial",
        body,
      },
    ],
    [fold, ...epilogue],
  );
  return once.reduceRight<k.Stmt[]>(
    (body, { var: variable, extent }) => [{ kind: "for", var: variable, extent, mode: "serial", body }],
    nest,
  );
}

/** Whether all loads of an expression walk one element for each step of the variable. */
function isContiguous(expr: k.Expr, variable: k.LoopVar): boolean {
  const { loads } = accessesIn([k.letStmt(new k.Local("element", expr.dtype), expr)]);
  return loads.every(({ index }) => [0, 1].includes(k.strideIn(index, variable) ?? 2));
}

function addition(dtype: k.Expr["dtype"]): k.Combine {
  const [a, b] = [new k.Local("a", dtype), new k.Local("b", dtype)];
  return {
    lhs: [a],
    rhs: [b],
    body: [],
    results: [k.scalarOp("add", dtype, k.use(a), k.use(b))],
    monoid: "add",
  };
}
