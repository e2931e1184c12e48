/** Complex elementwise ops as formulas on real parts, written once for both code generators. */

import { isComplex, kernel as k, type Operation, type RealDType, realPart } from "@fluxion/ir";
import type { Cell, Scope } from "./scope.ts";

/** The cell of an elementwise op with a complex operand or result. */
export function complexCell(op: Operation, args: readonly Cell[], scope: Scope): Cell {
  const dtype = realPart(op.operands[0]?.type.dtype ?? op.results[0].type.dtype);
  const formula = formulas[op.opcode];
  if (formula !== undefined) return formula(args, new Parts(dtype, scope));
  if (op.opcode === "convert") return convertCell(op, args[0], scope);
  throw new Error(`${op.opcode} of ${op.operands[0].type.dtype} has no formula`);
}

function convertCell(op: Operation, arg: Cell, scope: Scope): Cell {
  const to = op.results[0].type.dtype;
  const part = realPart(to);
  const re = scope.define("re", k.convert(arg.re, part));
  if (!isComplex(to)) return { re };
  return { re, im: arg.im ? scope.define("im", k.convert(arg.im, part)) : k.constant(part, 0) };
}

/** Real arithmetic on parts, each result a local. */
class Parts {
  readonly dtype: RealDType;
  readonly scope: Scope;
  constructor(dtype: RealDType, scope: Scope) {
    this.dtype = dtype;
    this.scope = scope;
  }
  #op(opcode: k.ScalarOpcode, ...args: k.Expr[]): k.Expr {
    return this.scope.define("t", k.scalarOp(opcode, this.dtype, ...args));
  }
  add = (a: k.Expr, b: k.Expr): k.Expr => this.#op("add", a, b);
  sub = (a: k.Expr, b: k.Expr): k.Expr => this.#op("subtract", a, b);
  mul = (a: k.Expr, b: k.Expr): k.Expr => this.#op("multiply", a, b);
  neg = (a: k.Expr): k.Expr => this.#op("negate", a);
}

type Formula = (args: readonly Cell[], p: Parts) => Cell;

const im = (cell: Cell, p: Parts): k.Expr => cell.im ?? k.constant(p.dtype, 0);

const formulas: Partial<Record<string, Formula>> = {
  add: ([a, b], p) => ({ re: p.add(a.re, b.re), im: p.add(im(a, p), im(b, p)) }),
  subtract: ([a, b], p) => ({ re: p.sub(a.re, b.re), im: p.sub(im(a, p), im(b, p)) }),
  negate: ([a], p) => ({ re: p.neg(a.re), im: p.neg(im(a, p)) }),
  multiply: ([a, b], p) => ({
    re: p.sub(p.mul(a.re, b.re), p.mul(im(a, p), im(b, p))),
    im: p.add(p.mul(a.re, im(b, p)), p.mul(im(a, p), b.re)),
  }),
  "chlo.conj": ([a], p) => ({ re: a.re, im: p.neg(im(a, p)) }),
  complex: ([a, b]) => ({ re: a.re, im: b.re }),
  real: ([a]) => ({ re: a.re }),
  imag: ([a], p) => ({ re: im(a, p) }),
};
