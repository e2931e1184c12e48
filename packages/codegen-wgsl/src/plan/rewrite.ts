/** Kernel statements with their loop variables replaced. */

import { kernel as k } from "@fluxion/ir";

export type Substitution = ReadonlyMap<k.LoopVar, k.Index>;

export const substituteBody = (body: readonly k.Stmt[], map: Substitution): k.Stmt[] =>
  body.map((stmt) => substitute(stmt, map));

function substitute(stmt: k.Stmt, map: Substitution): k.Stmt {
  const expr = (e: k.Expr): k.Expr => substituteExpr(e, map);
  const body = (list: readonly k.Stmt[]): k.Stmt[] => substituteBody(list, map);
  switch (stmt.kind) {
    case "let":
    case "assign":
      return { ...stmt, value: expr(stmt.value) };
    case "store":
      return { ...stmt, index: substituteIndex(stmt.index, map), value: expr(stmt.value) };
    case "for":
      return { ...stmt, body: body(stmt.body) };
    case "if":
      return {
        ...stmt,
        condition: expr(stmt.condition),
        // biome-ignore lint/suspicious/noThenProperty: a branch of the kernel IR, never awaited
        then: body(stmt.then),
        else: body(stmt.else),
      };
    case "while":
      return {
        ...stmt,
        before: body(stmt.before),
        condition: expr(stmt.condition),
        body: body(stmt.body),
      };
    case "reduce":
      return {
        ...stmt,
        body: body(stmt.body),
        elements: stmt.elements.map(expr),
        init: stmt.init.map(expr),
        combine: {
          ...stmt.combine,
          body: body(stmt.combine.body),
          results: stmt.combine.results.map(expr),
        },
      };
  }
}

export function substituteExpr(expr: k.Expr, map: Substitution): k.Expr {
  switch (expr.kind) {
    case "load":
    case "index":
      return { ...expr, index: substituteIndex(expr.index, map) };
    case "op":
      return { ...expr, args: expr.args.map((arg) => substituteExpr(arg, map)) };
    case "compare": {
      const [a, b] = expr.args;
      return { ...expr, args: [substituteExpr(a, map), substituteExpr(b, map)] };
    }
    case "convert":
    case "bitcast":
    case "reduce_precision":
      return { ...expr, arg: substituteExpr(expr.arg, map) };
    case "inRange":
      return {
        ...expr,
        tests: expr.tests.map((test) => ({ ...test, index: substituteIndex(test.index, map) })),
      };
    default:
      return expr;
  }
}

/** As `indexSubstitute`, and inside run-time values too. */
function substituteIndex(index: k.Index, map: Substitution): k.Index {
  const moved = k.indexSubstitute(index, map);
  return {
    offset: moved.offset,
    terms: moved.terms.map(({ atom, stride }) => ({
      atom: atom.kind === "value" ? { kind: "value", value: substituteExpr(atom.value, map) } : atom,
      stride,
    })),
  };
}
