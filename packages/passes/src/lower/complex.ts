/**
 * Complex elementwise ops as formulas on real parts, written once for both code generators. Sums and products are computed in
 * the type of the parts; the other functions of complex64 in float64 (where the target has it), so that nothing cancels or
 * overflows on the way.
 */

import { isComplex, kernel as k, type Operation, type RealDType, realPart } from "@fluxion/ir";
import * as f from "./complex-functions.ts";
import * as inverse from "./complex-inverse.ts";
import { Parts, type Z } from "./complex-parts.ts";
import type { Cell, Scope } from "./scope.ts";

/** The cell of an elementwise op with a complex operand or result; `widest` is the target's widest float type. */
export function complexCell(
  op: Operation,
  args: readonly Cell[],
  scope: Scope,
  widest: RealDType = "float64",
): Cell {
  const part = realPart(op.operands[op.operands.length - 1].type.dtype);
  if (op.opcode === "convert") return convertCell(op.results[0].type.dtype, args[0], scope);
  if (op.opcode === "compare") return compareCell(op, args, new Parts(part, scope));
  if (op.opcode === "select") {
    const p = new Parts(part, scope);
    return p.choose(args[0].re, whole(args[1], p), whole(args[2], p));
  }
  const simple = plain[op.opcode];
  if (simple !== undefined) return simple(args, new Parts(part, scope));
  const formula = wide[op.opcode];
  if (formula === undefined) throw new Error(`${op.opcode} of ${op.operands[0].type.dtype} has no formula`);
  return inWidest(formula, args, part, widest, isComplex(op.results[0].type.dtype), scope);
}

/** Runs a formula on parts widened to the target's widest float type, and rounds its result. */
function inWidest(
  formula: Formula,
  args: readonly Cell[],
  part: RealDType,
  widest: RealDType,
  complexResult: boolean,
  scope: Scope,
): Cell {
  const p = new Parts(widest, scope);
  const widened = args.map((arg): Cell => {
    const z = whole(arg, new Parts(part, scope));
    return {
      re: scope.define("w", k.convert(z.re, widest)),
      im: scope.define("w", k.convert(z.im, widest)),
    };
  });
  const result = formula(widened, p);
  const narrow = (expr: k.Expr): k.Expr => scope.define("n", k.convert(expr, part));
  return complexResult && result.im
    ? { re: narrow(result.re), im: narrow(result.im) }
    : { re: narrow(result.re) };
}

function convertCell(to: Operation["results"][0]["type"]["dtype"], arg: Cell, scope: Scope): Cell {
  const part = realPart(to);
  const re = scope.define("re", k.convert(arg.re, part));
  if (!isComplex(to)) return { re };
  return { re, im: arg.im ? scope.define("im", k.convert(arg.im, part)) : k.constant(part, 0) };
}

/** Lexicographic order: real parts first. */
function compareCell(op: Extract<Operation, { opcode: "compare" }>, [x, y]: readonly Cell[], p: Parts): Cell {
  const [a, b] = [whole(x, p), whole(y, p)];
  const same = p.and(p.eq(a.re, b.re), p.eq(a.im, b.im));
  const { comparison_direction: direction } = op.attributes;
  if (direction === "EQ") return { re: same };
  if (direction === "NE") return { re: p.not(same) };
  const strict = direction === "LT" || direction === "LE" ? p.lt : p.gt;
  const ordered = p.or(strict(a.re, b.re), p.and(p.eq(a.re, b.re), strict(a.im, b.im)));
  return { re: direction === "LT" || direction === "GT" ? ordered : p.or(ordered, same) };
}

type Formula = (args: readonly Cell[], p: Parts) => Cell;

const whole = (cell: Cell, p: Parts): Z => ({ re: cell.re, im: cell.im ?? p.const(0) });

const unary =
  (g: (z: Z, p: Parts) => Z): Formula =>
  ([a], p) =>
    g(whole(a, p), p);
const binary =
  (g: (a: Z, b: Z, p: Parts) => Z): Formula =>
  ([a, b], p) =>
    g(whole(a, p), whole(b, p), p);

/** NaN in either number wins; otherwise lexicographic order. */
const extremum = (pickSecond: (a: Z, b: Z, p: Parts) => k.Expr): Formula =>
  binary((a, b, p) => {
    const nan = (z: Z): k.Expr => p.or(p.isNaN(z.re), p.isNaN(z.im));
    return p.choose(p.and(p.not(nan(a)), p.or(nan(b), pickSecond(a, b, p))), b, a);
  });
const less = (a: Z, b: Z, p: Parts): k.Expr =>
  p.or(p.lt(a.re, b.re), p.and(p.eq(a.re, b.re), p.lt(a.im, b.im)));

/** Computed in the type of the parts. */
const plain: Partial<Record<string, Formula>> = {
  add: binary(f.add),
  subtract: binary((a, b, p) => ({ re: p.sub(a.re, b.re), im: p.sub(a.im, b.im) })),
  negate: unary((z, p) => ({ re: p.neg(z.re), im: p.neg(z.im) })),
  multiply: binary(f.multiply),
  maximum: extremum(less),
  minimum: extremum((a, b, p) => less(b, a, p)),
  clamp: ([low, x, high], p) => {
    const max = extremum(less)([low, x], p);
    return extremum((a, b, q) => less(b, a, q))([max, high], p);
  },
  "chlo.conj": unary((z, p) => ({ re: z.re, im: p.neg(z.im) })),
  complex: ([a, b]) => ({ re: a.re, im: b.re }),
  real: ([a]) => ({ re: a.re }),
  imag: ([a], p) => ({ re: whole(a, p).im }),
};

/** Computed in the widest float type. */
const wide: Partial<Record<string, Formula>> = {
  abs: ([a], p) => ({ re: p.hypot(a.re, whole(a, p).im) }),
  sign: unary((z, p) => {
    const size = p.hypot(z.re, z.im);
    return p.choose(p.eq(size, p.const(0)), z, { re: p.div(z.re, size), im: p.div(z.im, size) });
  }),
  "chlo.square": unary((z, p) => ({
    re: p.mul(p.sub(z.re, z.im), p.add(z.re, z.im)),
    im: p.mul(p.const(2), p.mul(z.re, z.im)),
  })),
  divide: binary(f.divide),
  sqrt: unary(f.sqrt),
  rsqrt: unary((z, p) => f.divide(f.one(p), f.sqrt(z, p), p)),
  cbrt: unary(f.cbrt),
  exponential: unary(f.exponential),
  exponential_minus_one: unary(f.expm1),
  log: unary(f.log),
  log_plus_one: unary(f.log1p),
  logistic: unary(f.logistic),
  power: binary(f.power),
  sine: unary(f.sine),
  cosine: unary(f.cosine),
  tan: unary(f.tan),
  "chlo.tan": unary(f.tan),
  tanh: unary(f.tanh),
  "chlo.sinh": unary(f.sinh),
  "chlo.cosh": unary(f.cosh),
  "chlo.acos": unary(inverse.acos),
  "chlo.asin": unary(inverse.asin),
  "chlo.atan": unary(inverse.atan),
  "chlo.acosh": unary(inverse.acosh),
  "chlo.asinh": unary(inverse.asinh),
  "chlo.atanh": unary(inverse.atanh),
  atan2: binary(inverse.atan2),
};
