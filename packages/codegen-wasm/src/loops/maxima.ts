/** Differences from a maximum that the numbers themselves took part in, as in the exponent of a softmax: never above 0. */
import { kernel as k } from "@fluxion/ir";
import type { Definitions } from "./definitions.ts";

interface Maximum {
  readonly element: k.Expr;
  readonly loop: k.ReduceStmt["loops"][number];
}

/** A comparison of two expressions, one with `from` where the other has `to`. */
interface Change {
  readonly from: k.LoopVar;
  readonly to: k.LoopVar;
  /** Pairs that are equal, unless all is over: what both use twice is compared once. */
  readonly seen: Map<k.Expr, k.Expr>;
}

/** What a kernel takes the maximum of. */
export class Maxima {
  readonly #definitions: Definitions;
  readonly #maxima = new Map<k.Local, Maximum>();
  readonly #extents = new Map<k.LoopVar, number>();

  constructor(body: readonly k.Stmt[], definitions: Definitions) {
    this.#definitions = definitions;
    this.#statements(body);
  }

  /** Whether x = a − max a, the maximum taken over all that a is where x is computed. */
  isBelowMaximum(x: k.Expr): boolean {
    const difference = this.#definitions.valueOf(x);
    if (difference.kind !== "op" || difference.opcode !== "subtract") return false;
    const [a, m] = difference.args;
    const maximum = m.kind === "local" ? this.#maxima.get(m.local) : undefined;
    return maximum !== undefined && this.#isAmong(a, maximum);
  }

  #isAmong(a: k.Expr, { element, loop }: Maximum): boolean {
    for (const [variable, extent] of this.#extents)
      if (
        extent <= loop.extent &&
        this.#isSame(element, a, { from: loop.var, to: variable, seen: new Map() })
      )
        return true;
    return false;
  }

  /** Whether `a` is `b` but for the loop variable; both read only what the kernel does not write. */
  #isSame(a: k.Expr, b: k.Expr, change: Change): boolean {
    const [x, y] = [this.#definitions.valueOf(a), this.#definitions.valueOf(b)];
    if (change.seen.get(x) === y) return true;
    change.seen.set(x, y);
    if (x.kind === "const" && y.kind === "const") return x.dtype === y.dtype && Object.is(x.value, y.value);
    if (x.kind === "load" && y.kind === "load") {
      const isInput = x.from instanceof k.BufferRef && x.from.access === "read";
      return isInput && x.from === y.from && isSameIndex(x.index, y.index, change);
    }
    if (x.kind === "op" && y.kind === "op") {
      const isAlike = x.opcode === y.opcode && x.dtype === y.dtype && x.args.length === y.args.length;
      return isAlike && x.args.every((arg, i) => this.#isSame(arg, y.args[i], change));
    }
    return (
      x.kind === "convert" &&
      y.kind === "convert" &&
      x.dtype === y.dtype &&
      this.#isSame(x.arg, y.arg, change)
    );
  }

  #statements(body: readonly k.Stmt[]): void {
    for (const stmt of body) {
      if (stmt.kind === "for") this.#extents.set(stmt.var, stmt.extent);
      if (stmt.kind === "reduce") this.#reduce(stmt);
      for (const inner of k.bodiesOf(stmt)) this.#statements(inner);
    }
  }

  #reduce({ loops, combine, accumulators, elements }: k.ReduceStmt): void {
    for (const { var: variable, extent } of loops) this.#extents.set(variable, extent);
    if (combine.monoid === "maximum" && loops.length === 1)
      this.#maxima.set(accumulators[0], { element: elements[0], loop: loops[0] });
  }
}

/** Whether the indices are sums of the same variables, `from` in one for `to` in the other. */
function isSameIndex(a: k.Index, b: k.Index, { from, to }: Change): boolean {
  if (a.offset !== b.offset || a.terms.length !== b.terms.length) return false;
  return a.terms.every(({ atom, stride }) => {
    if (atom.kind !== "var") return false;
    const wanted = atom.var === from ? to : atom.var;
    return b.terms.some(
      (term) => term.atom.kind === "var" && term.atom.var === wanted && term.stride === stride,
    );
  });
}
