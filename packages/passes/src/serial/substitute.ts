/** Copies of kernel statements that use other storage: other buffers, or locals in place of buffers of one element. */

import { kernel as k } from "@fluxion/ir";

type Storage = k.BufferRef | k.Tile;

/** What takes the place of a kernel's storage; what the map lacks stays. */
export type StorageMap = ReadonlyMap<Storage, Storage | k.Local>;

export function substituteAll(stmts: readonly k.Stmt[], map: StorageMap): k.Stmt[] {
  return stmts.map((stmt) => substitute(stmt, map));
}

function substitute(stmt: k.Stmt, map: StorageMap): k.Stmt {
  const expr = (e: k.Expr): k.Expr => substituteExpr(e, map);
  const all = (body: readonly k.Stmt[]): k.Stmt[] => substituteAll(body, map);
  switch (stmt.kind) {
    case "let":
    case "assign":
      return { ...stmt, value: expr(stmt.value) };
    case "store": {
      const to = map.get(stmt.to) ?? stmt.to;
      const value = expr(stmt.value);
      return to instanceof k.Local
        ? k.assign(to, value)
        : k.store(to, substituteIndex(stmt.index, map), value);
    }
    case "for":
      return { ...stmt, body: all(stmt.body) };
    case "if":
      return k.ifStmt(expr(stmt.condition), all(stmt.then), all(stmt.else));
    case "while":
      return { ...stmt, before: all(stmt.before), condition: expr(stmt.condition), body: all(stmt.body) };
    case "reduce": {
      const { combine } = stmt;
      return {
        ...stmt,
        body: all(stmt.body),
        elements: stmt.elements.map(expr),
        init: stmt.init.map(expr),
        combine: { ...combine, body: all(combine.body), results: combine.results.map(expr) },
      };
    }
  }
}

export function substituteExpr(e: k.Expr, map: StorageMap): k.Expr {
  const expr = (inner: k.Expr): k.Expr => substituteExpr(inner, map);
  switch (e.kind) {
    case "load": {
      const from = map.get(e.from) ?? e.from;
      return from instanceof k.Local ? k.use(from) : k.load(from, substituteIndex(e.index, map));
    }
    case "index":
      return { ...e, index: substituteIndex(e.index, map) };
    case "op":
      return { ...e, args: e.args.map(expr) };
    case "compare":
      return { ...e, args: [expr(e.args[0]), expr(e.args[1])] };
    case "convert":
    case "bitcast":
    case "reduce_precision":
      return { ...e, arg: expr(e.arg) };
    case "inRange":
      return { ...e, tests: e.tests.map((test) => ({ ...test, index: substituteIndex(test.index, map) })) };
    default:
      return e;
  }
}

function substituteIndex(index: k.Index, map: StorageMap): k.Index {
  const terms = index.terms.map(({ atom, stride }) => {
    if (atom.kind === "var") return { atom, stride };
    if (atom.kind === "value") return { atom: { ...atom, value: substituteExpr(atom.value, map) }, stride };
    return { atom: { ...atom, value: substituteIndex(atom.value, map) }, stride };
  });
  return { offset: index.offset, terms };
}
