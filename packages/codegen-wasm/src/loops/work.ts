/** How much a piece of code does. */
import { kernel as k } from "@fluxion/ir";
import { mathFunctions } from "../math/table.ts";

/** Statements run, with those in loops counted as often as they run. */
export function workOf(body: readonly k.Stmt[]): number {
  let work = 1;
  for (const stmt of body) {
    const inner = k.bodiesOf(stmt).reduce((sum, statements) => sum + workOf(statements), 0);
    if (stmt.kind === "for") work += stmt.extent * inner;
    else if (stmt.kind === "reduce")
      work += stmt.loops.reduce((points, { extent }) => points * extent, 1) * inner;
    else work += 1 + inner;
  }
  return work;
}

/** Ops of a body that take many instructions, each counted once. */
export function dearOps(body: readonly k.Stmt[]): number {
  const inExpr = (e: k.Expr): number =>
    k.childrenOf(e).reduce((sum, child) => sum + inExpr(child), isDear(e) ? 1 : 0);
  return body.reduce(
    (sum, stmt) =>
      sum +
      k.expressionsOf(stmt).reduce((total, e) => total + inExpr(e), 0) +
      k.bodiesOf(stmt).reduce((total, inner) => total + dearOps(inner), 0),
    0,
  );
}

/** Ops of an instruction or two that have an entry among the functions all the same. */
const light = new Set<string>(["sqrt", "sign"]);

const isDear = (e: k.Expr): boolean => e.kind === "op" && e.opcode in mathFunctions && !light.has(e.opcode);
