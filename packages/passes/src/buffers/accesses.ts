/** Loads and stores of kernel statements. */

import type { kernel as k } from "@fluxion/ir";

export interface Accesses {
  readonly loads: Extract<k.Expr, { kind: "load" }>[];
  readonly stores: Extract<k.Stmt, { kind: "store" }>[];
  /** Whether there is a reduction or a serial loop, so that one store follows many loads. */
  folds: boolean;
}

export function accessesIn(
  stmts: readonly k.Stmt[],
  found: Accesses = { loads: [], stores: [], folds: false },
): Accesses {
  for (const stmt of stmts) visitStmt(stmt, found);
  return found;
}

function visitStmt(stmt: k.Stmt, found: Accesses): void {
  switch (stmt.kind) {
    case "let":
    case "assign":
      visitExpr(stmt.value, found);
      return;
    case "store":
      found.stores.push(stmt);
      visitIndex(stmt.index, found);
      visitExpr(stmt.value, found);
      return;
    case "for":
      if (stmt.mode === "serial") found.folds = true;
      accessesIn(stmt.body, found);
      return;
    case "if":
      visitExpr(stmt.condition, found);
      accessesIn(stmt.then, found);
      accessesIn(stmt.else, found);
      return;
    case "while":
      found.folds = true;
      accessesIn(stmt.before, found);
      visitExpr(stmt.condition, found);
      accessesIn(stmt.body, found);
      return;
    case "reduce":
      found.folds = true;
      accessesIn(stmt.body, found);
      for (const expr of [...stmt.elements, ...stmt.init]) visitExpr(expr, found);
  }
}

function visitExpr(expr: k.Expr, found: Accesses): void {
  switch (expr.kind) {
    case "load":
      found.loads.push(expr);
      visitIndex(expr.index, found);
      return;
    case "index":
      visitIndex(expr.index, found);
      return;
    case "op":
    case "compare":
      for (const arg of expr.args) visitExpr(arg, found);
      return;
    case "convert":
    case "bitcast":
    case "reduce_precision":
      visitExpr(expr.arg, found);
      return;
    case "inRange":
      for (const { index } of expr.tests) visitIndex(index, found);
  }
}

function visitIndex(index: k.Index, found: Accesses): void {
  for (const { atom } of index.terms) {
    if (atom.kind === "value") visitExpr(atom.value, found);
    else if (atom.kind !== "var") visitIndex(atom.value, found);
  }
}
