/** Real arithmetic on the parts of complex numbers: what the complex formulas are written with. */

import { kernel as k, type RealDType } from "@fluxion/ir";
import type { Scope } from "./scope.ts";

/** A complex number as two real expressions. */
export interface Z {
  readonly re: k.Expr;
  readonly im: k.Expr;
}

export class Parts {
  readonly dtype: RealDType;
  readonly scope: Scope;

  constructor(dtype: RealDType, scope: Scope) {
    this.dtype = dtype;
    this.scope = scope;
  }

  #op(opcode: k.ScalarOpcode, ...args: k.Expr[]): k.Expr {
    return this.scope.define("t", k.scalarOp(opcode, this.dtype, ...args));
  }
  const = (value: number): k.Expr => k.constant(this.dtype, value);
  add = (a: k.Expr, b: k.Expr): k.Expr => this.#op("add", a, b);
  sub = (a: k.Expr, b: k.Expr): k.Expr => this.#op("subtract", a, b);
  mul = (a: k.Expr, b: k.Expr): k.Expr => this.#op("multiply", a, b);
  div = (a: k.Expr, b: k.Expr): k.Expr => this.#op("divide", a, b);
  neg = (a: k.Expr): k.Expr => this.#op("negate", a);
  abs = (a: k.Expr): k.Expr => this.#op("abs", a);
  max = (a: k.Expr, b: k.Expr): k.Expr => this.#op("maximum", a, b);
  min = (a: k.Expr, b: k.Expr): k.Expr => this.#op("minimum", a, b);
  sqrt = (a: k.Expr): k.Expr => this.#op("sqrt", a);
  exp = (a: k.Expr): k.Expr => this.#op("exponential", a);
  expm1 = (a: k.Expr): k.Expr => this.#op("exponential_minus_one", a);
  log = (a: k.Expr): k.Expr => this.#op("log", a);
  log1p = (a: k.Expr): k.Expr => this.#op("log_plus_one", a);
  sin = (a: k.Expr): k.Expr => this.#op("sine", a);
  cos = (a: k.Expr): k.Expr => this.#op("cosine", a);
  tan = (a: k.Expr): k.Expr => this.#op("tan", a);
  tanh = (a: k.Expr): k.Expr => this.#op("tanh", a);
  sinh = (a: k.Expr): k.Expr => this.#op("chlo.sinh", a);
  cosh = (a: k.Expr): k.Expr => this.#op("chlo.cosh", a);
  asinh = (a: k.Expr): k.Expr => this.#op("chlo.asinh", a);
  cbrt = (a: k.Expr): k.Expr => this.#op("cbrt", a);
  sign = (a: k.Expr): k.Expr => this.#op("sign", a);
  atan2 = (y: k.Expr, x: k.Expr): k.Expr => this.#op("atan2", y, x);

  lt = (a: k.Expr, b: k.Expr): k.Expr => this.#compare("LT", a, b);
  gt = (a: k.Expr, b: k.Expr): k.Expr => this.#compare("GT", a, b);
  ge = (a: k.Expr, b: k.Expr): k.Expr => this.#compare("GE", a, b);
  eq = (a: k.Expr, b: k.Expr): k.Expr => this.#compare("EQ", a, b);
  ne = (a: k.Expr, b: k.Expr): k.Expr => this.#compare("NE", a, b);
  and = (a: k.Expr, b: k.Expr): k.Expr => this.scope.define("b", k.scalarOp("and", "bool", a, b));
  or = (a: k.Expr, b: k.Expr): k.Expr => this.scope.define("b", k.scalarOp("or", "bool", a, b));
  not = (a: k.Expr): k.Expr => this.scope.define("b", k.scalarOp("not", "bool", a));
  isNaN = (a: k.Expr): k.Expr => this.ne(a, a);
  isFinite = (a: k.Expr): k.Expr => this.scope.define("b", k.scalarOp("is_finite", "bool", a));
  isInf = (a: k.Expr): k.Expr => this.eq(this.abs(a), this.const(Number.POSITIVE_INFINITY));
  select = (condition: k.Expr, a: k.Expr, b: k.Expr): k.Expr =>
    this.scope.define("t", k.select(condition, a, b));
  choose = (condition: k.Expr, a: Z, b: Z): Z => ({
    re: this.select(condition, a.re, b.re),
    im: this.select(condition, a.im, b.im),
  });

  /** |size| with the sign bit of `sign`. */
  copySign(size: k.Expr, sign: k.Expr): k.Expr {
    const magnitude = this.abs(size);
    return this.select(this.isNegative(sign), this.neg(magnitude), magnitude);
  }

  /** Whether the sign bit is set: −0 counts. */
  isNegative(a: k.Expr): k.Expr {
    const bits = this.dtype === "float64" ? "int64" : "int32";
    const raw = this.scope.define("bits", k.bitcast(a, bits));
    return this.scope.define("b", k.compare("LT", raw, k.constant(bits, 0)));
  }

  /** √(a² + b²) without overflow: the larger one is factored out. */
  hypot(a: k.Expr, b: k.Expr): k.Expr {
    const [x, y] = [this.abs(a), this.abs(b)];
    const large = this.max(x, y);
    const small = this.min(x, y);
    const ratio = this.select(this.eq(large, this.const(0)), this.const(0), this.div(small, large));
    const size = this.mul(large, this.sqrt(this.add(this.const(1), this.mul(ratio, ratio))));
    const infinite = this.or(this.isInf(a), this.isInf(b));
    return this.select(infinite, this.const(Number.POSITIVE_INFINITY), size);
  }

  #compare(direction: "LT" | "GT" | "GE" | "EQ" | "NE", a: k.Expr, b: k.Expr): k.Expr {
    return this.scope.define("b", k.compare(direction, a, b));
  }
}
