/**
 * Statements under construction. Scopes nest like the loops they become; an expression is defined in the outermost
 * scope that binds every loop variable it depends on, so what does not vary in a loop is computed before it.
 */

import { kernel as k, type RealDType, type Value } from "@fluxion/ir";

/** One element of a tensor value: a complex one has two parts. */
export interface Cell {
  readonly re: k.Expr;
  readonly im?: k.Expr;
}

interface MemoEntry {
  readonly indices: readonly k.Index[];
  readonly cell: Cell;
}

/** Loop variables that a local may depend on: those of the scope that defines it. */
const varsOfLocal = new WeakMap<k.Local, readonly k.LoopVar[]>();

export class Scope {
  readonly parent: Scope | undefined;
  readonly vars: readonly k.LoopVar[];
  readonly body: k.Stmt[] = [];
  readonly memo = new Map<Value, MemoEntry[]>();
  readonly #starts: { readonly start: k.Expr; readonly room: number; readonly clamped: k.Expr }[] = [];

  constructor(parent: Scope | undefined, vars: readonly k.LoopVar[]) {
    this.parent = parent;
    this.vars = vars;
  }

  binds(variable: k.LoopVar): boolean {
    return this.vars.includes(variable) || (this.parent?.binds(variable) ?? false);
  }

  /** The variables of the innermost loop around. */
  #innermostVars(): readonly k.LoopVar[] {
    return this.vars.length > 0 || this.parent === undefined ? this.vars : this.parent.#innermostVars();
  }

  /** The outermost scope where all these variables are bound. */
  outermostFor(vars: ReadonlySet<k.LoopVar>): Scope {
    if (this.parent !== undefined && [...vars].every((variable) => this.parent?.binds(variable))) {
      return this.parent.outermostFor(vars);
    }
    return this;
  }

  find(value: Value, indices: readonly k.Index[]): Cell | undefined {
    const here = this.memo.get(value)?.find((entry) => sameIndices(entry.indices, indices));
    return here?.cell ?? this.parent?.find(value, indices);
  }

  remember(value: Value, indices: readonly k.Index[], cell: Cell): void {
    const entries = this.memo.get(value) ?? [];
    entries.push({ indices, cell });
    this.memo.set(value, entries);
  }

  /** Defines a start index once for each dynamic start and bound, so that equal places have equal indices. */
  startOnce(start: k.Expr, room: number, define: () => k.Expr): k.Expr {
    const known = this.#starts.find((entry) => entry.start === start && entry.room === room);
    if (known !== undefined) return known.clamped;
    const clamped = define();
    this.#starts.push({ start, room, clamped });
    return clamped;
  }

  /** Defines a local for an expression unless it is one, or a constant. */
  define(name: string, value: k.Expr): k.Expr {
    if (value.kind === "const" || value.kind === "local") return value;
    const local = new k.Local(name, value.dtype);
    varsOfLocal.set(local, this.#innermostVars());
    this.body.push(k.letStmt(local, value));
    return k.use(local);
  }
}

const sameIndices = (a: readonly k.Index[], b: readonly k.Index[]): boolean =>
  a.length === b.length && a.every((index, axis) => k.sameIndex(index, b[axis]));

/** Loop variables that an index depends on, run-time values included. */
export function varsOfIndex(index: k.Index, found: Set<k.LoopVar> = new Set()): Set<k.LoopVar> {
  for (const { atom } of index.terms) {
    if (atom.kind === "var") found.add(atom.var);
    else if (atom.kind === "value") varsOfExpr(atom.value, found);
    else varsOfIndex(atom.value, found);
  }
  return found;
}

export function varsOfExpr(expr: k.Expr, found: Set<k.LoopVar> = new Set()): Set<k.LoopVar> {
  switch (expr.kind) {
    case "local":
      for (const variable of varsOfLocal.get(expr.local) ?? []) found.add(variable);
      return found;
    case "load":
    case "index":
      return varsOfIndex(expr.index, found);
    case "op":
    case "compare":
      for (const arg of expr.args) varsOfExpr(arg, found);
      return found;
    case "convert":
    case "bitcast":
    case "reduce_precision":
      return varsOfExpr(expr.arg, found);
    case "inRange":
      for (const { index } of expr.tests) varsOfIndex(index, found);
      return found;
    default:
      return found;
  }
}

/** Whether an index holds a run-time value, also inside divisions. */
export const isRunTime = (index: k.Index): boolean =>
  index.terms.some(({ atom }) => atom.kind === "value" || (atom.kind !== "var" && isRunTime(atom.value)));

/** The dtype of a cell's parts. */
export const cellType = (cell: Cell): RealDType => cell.re.dtype;
