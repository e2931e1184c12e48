/**
 * Integer and bool operations on scalars, with XLA's results where mathematics has none: x / 0 = −1, x % 0 = x,
 * MIN / −1 = MIN, shifts by at least the width. Arguments are used once each; results may leave a narrow type's range.
 */
import { dtypeTable, type kernel as k, type RealDType } from "@fluxion/ir";
import type { Expr } from "../binaryen/load.ts";
import { FunctionBuilder, type Local } from "../emit/function-builder.ts";
import { isUnsignedInt, scalarTypeOf } from "./types.ts";

export type ScalarOp = (f: FunctionBuilder, dtype: RealDType, args: readonly Expr[]) => Expr;

const typeOf = (dtype: RealDType): "i32" | "i64" => (scalarTypeOf(dtype) === "i64" ? "i64" : "i32");
const opsOf = (f: FunctionBuilder, dtype: RealDType) => f.m[typeOf(dtype)];
const name = (f: FunctionBuilder, dtype: RealDType, e: Expr): Local => f.let(f.b[typeOf(dtype)], e);
const constant = (f: FunctionBuilder, dtype: RealDType, x: number | bigint): Expr =>
  typeOf(dtype) === "i64" ? f.m.i64.const(BigInt(x)) : f.m.i32.const(Number(x));

const native =
  (op: "add" | "sub" | "mul" | "and" | "or" | "xor"): ScalarOp =>
  (f, dtype, [x, y]) =>
    opsOf(f, dtype)[op](x, y);

const extremum =
  (op: "gt" | "lt"): ScalarOp =>
  (f, dtype, [x, y]) => {
    const [a, b] = [name(f, dtype, x), name(f, dtype, y)];
    const holds = opsOf(f, dtype)[`${op}_${isUnsignedInt(dtype) ? "u" : "s"}`](f.get(a), f.get(b));
    return f.m.select(holds, f.get(a), f.get(b));
  };

/** The divisor with 0 and (signed) −1 replaced by 1, which the engine's instruction takes without a trap. */
function safeDivisor(
  f: FunctionBuilder,
  dtype: RealDType,
  y: Local,
): { safe: Local; zero: Local; minus: Local | undefined } {
  const ops = opsOf(f, dtype);
  const zero = f.let(f.b.i32, ops.eqz(f.get(y)));
  const minus = isUnsignedInt(dtype) ? undefined : f.let(f.b.i32, ops.eq(f.get(y), constant(f, dtype, -1)));
  const special = minus === undefined ? f.get(zero) : f.m.i32.or(f.get(zero), f.get(minus));
  return { safe: name(f, dtype, f.m.select(special, constant(f, dtype, 1), f.get(y))), zero, minus };
}

const divide: ScalarOp = (f, dtype, [x, y]) => {
  const ops = opsOf(f, dtype);
  const [a, b] = [name(f, dtype, x), name(f, dtype, y)];
  const { safe, zero, minus } = safeDivisor(f, dtype, b);
  const quotient = ops[minus === undefined ? "div_u" : "div_s"](f.get(a), f.get(safe));
  const whole =
    minus === undefined
      ? quotient
      : f.m.select(f.get(minus), ops.sub(constant(f, dtype, 0), f.get(a)), quotient);
  return f.m.select(f.get(zero), constant(f, dtype, -1), whole);
};

const remainder: ScalarOp = (f, dtype, [x, y]) => {
  const ops = opsOf(f, dtype);
  const [a, b] = [name(f, dtype, x), name(f, dtype, y)];
  const { safe, zero, minus } = safeDivisor(f, dtype, b);
  const rest = ops[minus === undefined ? "rem_u" : "rem_s"](f.get(a), f.get(safe));
  return f.m.select(f.get(zero), f.get(a), rest);
};

const sign: ScalarOp = (f, dtype, [x]) => {
  const ops = opsOf(f, dtype);
  const a = name(f, dtype, x);
  const width = typeOf(dtype) === "i64" ? 63 : 31;
  const positive = ops.gt_s(f.get(a), constant(f, dtype, 0));
  const one = typeOf(dtype) === "i64" ? f.m.i64.extend_u(positive) : positive;
  return ops.or(ops.shr_s(f.get(a), constant(f, dtype, width)), one);
};

const abs: ScalarOp = (f, dtype, [x]) => {
  const ops = opsOf(f, dtype);
  const a = name(f, dtype, x);
  const isNegative = ops.lt_s(f.get(a), constant(f, dtype, 0));
  return f.m.select(isNegative, ops.sub(constant(f, dtype, 0), f.get(a)), f.get(a));
};

/** The bits of a value of `bits` bits, zeros above them. */
function unsigned(f: FunctionBuilder, dtype: RealDType, x: Expr): Expr {
  const { bits, kind } = dtypeTable[dtype];
  if (kind === "uint" || bits >= 32) return x;
  return f.m.i32.and(x, f.m.i32.const((1 << bits) - 1));
}

/** A value of `bits` bits with its top bit repeated above it. */
function signed(f: FunctionBuilder, dtype: RealDType, x: Expr): Expr {
  const { bits, kind } = dtypeTable[dtype];
  if (kind === "int" || bits >= 32) return x;
  return bits === 8 ? f.m.i32.extend8_s(x) : f.m.i32.extend16_s(x);
}

const shift =
  (op: "shl" | "shr_s" | "shr_u"): ScalarOp =>
  (f, dtype, [x, amount]) => {
    const ops = opsOf(f, dtype);
    const { bits } = dtypeTable[dtype];
    const n = name(f, dtype, unsigned(f, dtype, amount));
    const near = f.let(f.b.i32, ops.lt_u(f.get(n), constant(f, dtype, bits)));
    if (op === "shr_s") {
      const most = f.m.select(f.get(near), f.get(n), constant(f, dtype, bits - 1));
      return ops.shr_s(signed(f, dtype, x), most);
    }
    const shifted = ops[op](op === "shr_u" ? unsigned(f, dtype, x) : x, f.get(n));
    return f.m.select(f.get(near), shifted, constant(f, dtype, 0));
  };

const leadingZeros: ScalarOp = (f, dtype, [x]) => {
  const { bits } = dtypeTable[dtype];
  const count = opsOf(f, dtype).clz(unsigned(f, dtype, x));
  return bits < 32 ? f.m.i32.sub(count, f.m.i32.const(32 - bits)) : count;
};

const multiplyHigh: ScalarOp = (f, dtype, [x, y]) => {
  const { m } = f;
  const { bits, kind } = dtypeTable[dtype];
  if (bits < 32) return m.i32.shr_s(m.i32.mul(x, y), m.i32.const(bits));
  if (bits === 32) {
    const extend = kind === "uint" ? m.i64.extend_u : m.i64.extend_s;
    return m.i32.wrap(m.i64.shr_u(m.i64.mul(extend(x), extend(y)), m.i64.const(32n)));
  }
  const [a, b] = [name(f, dtype, x), name(f, dtype, y)];
  const high = unsignedHigh(f, a, b);
  if (kind === "uint") return high;
  // Signed: subtract the other factor for each negative one.
  const correction = (negative: Local, other: Local): Expr =>
    m.i64.and(m.i64.shr_s(f.get(negative), m.i64.const(63n)), f.get(other));
  return m.i64.sub(m.i64.sub(high, correction(a, b)), correction(b, a));
};

/** The high word of an unsigned 64 × 64 bit product, from four products of halves. */
function unsignedHigh(f: FunctionBuilder, a: Local, b: Local): Expr {
  const { i64 } = f.m;
  const word = (e: Expr): Local => f.let(f.b.i64, e);
  const low = (l: Local): Expr => i64.and(f.get(l), i64.const(0xffffffffn));
  const high = (l: Local): Expr => i64.shr_u(f.get(l), i64.const(32n));
  const carry = word(i64.shr_u(i64.mul(low(a), low(b)), i64.const(32n)));
  const middle = word(i64.add(i64.mul(high(a), low(b)), f.get(carry)));
  const other = word(i64.add(i64.mul(low(a), high(b)), low(middle)));
  return i64.add(i64.add(i64.mul(high(a), high(b)), high(middle)), high(other));
}

/** A function of the module that computes a power by squaring; negative exponents give the reciprocal's integer part. */
const power: ScalarOp = (f, dtype, [x, y]) => {
  const type = typeOf(dtype);
  const isUnsigned = isUnsignedInt(dtype);
  const functionName = `power.${isUnsigned ? "u" : "s"}.${type}`;
  if (f.m.getFunction(functionName) === 0) emitPower(f, functionName, type, isUnsigned);
  return f.m.call(functionName, [x, y], f.b[type]);
};

function emitPower(
  outer: FunctionBuilder,
  functionName: string,
  type: "i32" | "i64",
  isUnsigned: boolean,
): void {
  const { b, m } = outer;
  const f = new FunctionBuilder(b, m, [b[type], b[type]], b[type]);
  const ops = m[type];
  const [factor, exponent] = [f.param(0), f.param(1)];
  const value = (x: number): Expr => (type === "i64" ? m.i64.const(BigInt(x)) : m.i32.const(x));
  const odd = (): Expr => ops.and(f.get(exponent), value(1));
  const isOdd = (): Expr => (type === "i64" ? m.i32.wrap(odd()) : odd());
  if (!isUnsigned) {
    f.if(ops.lt_s(f.get(exponent), value(0)), () => {
      f.if(ops.eq(f.get(factor), value(1)), () => f.return(value(1)));
      f.if(ops.eq(f.get(factor), value(-1)), () => f.return(m.select(isOdd(), value(-1), value(1))));
      f.return(value(0));
    });
  }
  const result = f.let(b[type], value(1));
  f.while(
    () => ops.ne(f.get(exponent), value(0)),
    () => {
      f.set(result, m.select(isOdd(), ops.mul(f.get(result), f.get(factor)), f.get(result)));
      f.set(factor, ops.mul(f.get(factor), f.get(factor)));
      f.set(exponent, ops.shr_u(f.get(exponent), value(1)));
    },
  );
  f.return(f.get(result));
  f.finish(functionName);
}

export const scalarIntegerOps: Partial<Record<k.ScalarOpcode, ScalarOp>> = {
  add: native("add"),
  subtract: native("sub"),
  multiply: native("mul"),
  divide,
  remainder,
  negate: (f, dtype, [x]) => opsOf(f, dtype).sub(constant(f, dtype, 0), x),
  abs,
  sign,
  maximum: extremum("gt"),
  minimum: extremum("lt"),
  power,
  and: native("and"),
  or: native("or"),
  xor: native("xor"),
  not: (f, dtype, [x]) => opsOf(f, dtype).xor(x, constant(f, dtype, -1)),
  select: (f, _, [condition, x, y]) => f.m.select(condition, x, y),
  shift_left: shift("shl"),
  shift_right_arithmetic: shift("shr_s"),
  shift_right_logical: shift("shr_u"),
  popcnt: (f, dtype, [x]) => opsOf(f, dtype).popcnt(unsigned(f, dtype, x)),
  count_leading_zeros: leadingZeros,
  "chlo.mulhi": multiplyHigh,
};

export const scalarBoolOps: Partial<Record<k.ScalarOpcode, ScalarOp>> = {
  add: native("or"),
  multiply: native("and"),
  maximum: native("or"),
  minimum: native("and"),
  and: native("and"),
  or: native("or"),
  xor: native("xor"),
  not: (f, _, [x]) => f.m.i32.eqz(x),
  select: (f, _, [condition, x, y]) => f.m.select(condition, x, y),
};

type Direction = "EQ" | "NE" | "LT" | "LE" | "GT" | "GE";

export function compareScalarInts(
  f: FunctionBuilder,
  dtype: RealDType,
  direction: Direction,
  x: Expr,
  y: Expr,
): Expr {
  const ops = opsOf(f, dtype);
  if (direction === "EQ") return ops.eq(x, y);
  if (direction === "NE") return ops.ne(x, y);
  const suffix = isUnsignedInt(dtype) ? "u" : "s";
  const lower = direction.toLowerCase() as "lt" | "le" | "gt" | "ge";
  return ops[`${lower}_${suffix}`](x, y);
}

/** Results of i32 arithmetic put back into the range of a narrow type. */
export function wrapScalar(f: FunctionBuilder, dtype: RealDType, x: Expr): Expr {
  const { bits, kind } = dtypeTable[dtype];
  if (kind === "uint") return f.m.i32.and(x, f.m.i32.const((1 << bits) - 1));
  return bits === 8 ? f.m.i32.extend8_s(x) : f.m.i32.extend16_s(x);
}
