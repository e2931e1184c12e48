/** Which values of a loop's body differ between its iterations, and what a piece of code reads from around it. */
import type { Index, LoopVar } from "./index-expr.ts";
import type { Combine, Expr, Local, ReduceStmt, Stmt } from "./types.ts";

/** Calls `visit` for every expression directly in a statement (not for those of nested statements). */
export function expressionsOf(stmt: Stmt): readonly Expr[] {
  switch (stmt.kind) {
    case "let":
    case "assign":
    case "store":
      return [stmt.value];
    case "for":
      return [];
    case "reduce":
      return [...stmt.elements, ...stmt.init];
    case "if":
    case "while":
      return [stmt.condition];
  }
}

export function childrenOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case "op":
    case "compare":
      return expr.args;
    case "convert":
    case "bitcast":
    case "reduce_precision":
      return [expr.arg];
    default:
      return [];
  }
}

/** Indices directly in an expression. */
export function indicesOf(expr: Expr): readonly Index[] {
  if (expr.kind === "load" || expr.kind === "index") return [expr.index];
  return expr.kind === "inRange" ? expr.tests.map(({ index }) => index) : [];
}

export function bodiesOf(stmt: Stmt): readonly (readonly Stmt[])[] {
  switch (stmt.kind) {
    case "for":
      return [stmt.body];
    case "reduce":
      return [stmt.body, stmt.combine.body];
    case "if":
      return [stmt.then, stmt.else];
    case "while":
      return [stmt.before, stmt.body];
    default:
      return [];
  }
}

/** Values that differ between the iterations of the loop over one variable. */
export class Variance {
  readonly variable: LoopVar;
  readonly locals = new Set<Local>();

  /** `always`: locals that count as varying whatever is assigned to them. */
  constructor(variable: LoopVar, body: readonly Stmt[], always: Iterable<Local> = []) {
    this.variable = variable;
    for (const local of always) this.locals.add(local);
    // Mutable locals may vary because of an assignment further down.
    for (let before = -1; before !== this.locals.size; ) {
      before = this.locals.size;
      this.#statements(body);
    }
  }

  expr(expr: Expr): boolean {
    if (expr.kind === "local") return this.locals.has(expr.local);
    return (
      indicesOf(expr).some((index) => this.index(index)) || childrenOf(expr).some((child) => this.expr(child))
    );
  }

  index(index: Index): boolean {
    return index.terms.some(({ atom }) => {
      if (atom.kind === "var") return atom.var === this.variable;
      return atom.kind === "value" ? this.expr(atom.value) : this.index(atom.value);
    });
  }

  #statements(body: readonly Stmt[]): void {
    for (const stmt of body) {
      if ((stmt.kind === "let" || stmt.kind === "assign") && this.expr(stmt.value))
        this.locals.add(stmt.local);
      for (const inner of bodiesOf(stmt)) this.#statements(inner);
      if (stmt.kind === "reduce" && this.reduce(stmt)) this.#reduce(stmt);
    }
  }

  /** Whether a reduction's results vary. */
  reduce(stmt: ReduceStmt): boolean {
    return stmt.elements.some((e) => this.expr(e)) || stmt.init.some((e) => this.expr(e));
  }

  #reduce({ accumulators, combine }: ReduceStmt): void {
    for (const local of [...accumulators, ...combineLocals(combine)]) this.locals.add(local);
  }
}

/** Every local that a combine defines. */
export function combineLocals(combine: Combine): Local[] {
  const inside: Local[] = [];
  const visit = (body: readonly Stmt[]): void => {
    for (const stmt of body) {
      if (stmt.kind === "let") inside.push(stmt.local);
      for (const inner of bodiesOf(stmt)) visit(inner);
    }
  };
  visit(combine.body);
  return [...combine.lhs, ...combine.rhs, ...inside];
}

/** Whether a loop's body can be done for several iterations side by side: no branch may depend on the iteration. */
export function canVectorise(body: readonly Stmt[], variance: Variance): boolean {
  return body.every((stmt) => {
    if ((stmt.kind === "if" || stmt.kind === "while") && variance.expr(stmt.condition)) return false;
    return bodiesOf(stmt).every((inner) => canVectorise(inner, variance));
  });
}

/** Variables that code uses but does not define. */
export interface FreeVariables {
  readonly locals: ReadonlySet<Local>;
  readonly vars: ReadonlySet<LoopVar>;
}

export function freeVariables(
  statements: readonly Stmt[],
  expressions: readonly Expr[] = [],
  boundVars: Iterable<LoopVar> = [],
): FreeVariables {
  const [locals, vars] = [new Set<Local>(), new Set<LoopVar>()];
  const bound = new Set<Local | LoopVar>(boundVars);
  const ofExpr = (expr: Expr): void => {
    if (expr.kind === "local") locals.add(expr.local);
    indicesOf(expr).forEach(ofIndex);
    childrenOf(expr).forEach(ofExpr);
  };
  const ofIndex = (index: Index): void => {
    for (const { atom } of index.terms) {
      if (atom.kind === "var") vars.add(atom.var);
      else if (atom.kind === "value") ofExpr(atom.value);
      else ofIndex(atom.value);
    }
  };
  const ofStatements = (body: readonly Stmt[]): void => {
    for (const stmt of body) {
      expressionsOf(stmt).forEach(ofExpr);
      if (stmt.kind === "store") ofIndex(stmt.index);
      if (stmt.kind === "let") bound.add(stmt.local);
      if (stmt.kind === "assign") locals.add(stmt.local);
      if (stmt.kind === "for") bound.add(stmt.var);
      if (stmt.kind === "reduce") {
        stmt.combine.results.forEach(ofExpr);
        for (const loop of stmt.loops) bound.add(loop.var);
        for (const local of [...stmt.accumulators, ...stmt.combine.lhs, ...stmt.combine.rhs])
          bound.add(local);
      }
      bodiesOf(stmt).forEach(ofStatements);
    }
  };
  ofStatements(statements);
  expressions.forEach(ofExpr);
  for (const local of [...locals]) if (bound.has(local)) locals.delete(local);
  for (const variable of [...vars]) if (bound.has(variable)) vars.delete(variable);
  return { locals, vars };
}
