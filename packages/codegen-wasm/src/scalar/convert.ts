/** Conversions of scalars that have an instruction of their own; the others go through a vector of one lane. */
import { dtypeTable, type RealDType } from "@fluxion/ir";
import type { Expr } from "../binaryen/load.ts";
import type { FunctionBuilder } from "../emit/function-builder.ts";
import { wrapScalar } from "./integer.ts";
import { isHalf, isNarrowInt, isUnsignedInt, scalarTypeOf } from "./types.ts";

/** The converted scalar, or nothing where the vector code has to do it. */
export function convertScalar(f: FunctionBuilder, x: Expr, from: RealDType, to: RealDType): Expr | undefined {
  const [source, target] = [scalarTypeOf(from), scalarTypeOf(to)];
  const { m } = f;
  if (to === "bool") return nonZero(f, x, from);
  if (target === "i32" || target === "i64") {
    if (source === "i32" || source === "i64") return intToInt(f, x, from, to);
    return floatToInt(f, x, from, to);
  }
  if (isHalf(to)) return source === "i64" ? wideToOdd(f, x, from) : undefined;
  const suffix = isUnsignedInt(from) ? "u" : "s";
  if (source === "i32" || source === "i64") return m[target][`convert_${suffix}`][source](x);
  if (source === target) return x;
  return target === "f64" ? m.f64.promote(x) : m.f32.demote(x);
}

function nonZero(f: FunctionBuilder, x: Expr, from: RealDType): Expr {
  const { m } = f;
  switch (scalarTypeOf(from)) {
    case "i32":
      return m.i32.ne(x, m.i32.const(0));
    case "i64":
      return m.i64.ne(x, m.i64.const(0n));
    case "f32":
      return m.f32.ne(x, m.f32.const(0));
    default:
      return m.f64.ne(x, m.f64.const(0));
  }
}

function intToInt(f: FunctionBuilder, x: Expr, from: RealDType, to: RealDType): Expr {
  const { m } = f;
  const [source, target] = [scalarTypeOf(from), scalarTypeOf(to)];
  if (source === "i32" && target === "i64")
    return isUnsignedInt(from) ? m.i64.extend_u(x) : m.i64.extend_s(x);
  if (target === "i64") return x;
  const word = source === "i64" ? m.i32.wrap(x) : x;
  return isNarrowInt(to) ? wrapScalar(f, to, word) : word;
}

/** Truncates; what is out of range becomes the nearest number of the type, NaN 0. */
function floatToInt(f: FunctionBuilder, x: Expr, from: RealDType, to: RealDType): Expr {
  const { m } = f;
  const source = scalarTypeOf(from) as "f32" | "f64";
  const { bits } = dtypeTable[to];
  if (bits === 64) return m.i64[isUnsignedInt(to) ? "trunc_u_sat" : "trunc_s_sat"][source](x);
  if (bits === 32) return m.i32[isUnsignedInt(to) ? "trunc_u_sat" : "trunc_s_sat"][source](x);
  const [low, high] = isUnsignedInt(to) ? [0, 2 ** bits - 1] : [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1];
  const whole = f.let(f.b.i32, m.i32.trunc_s_sat[source](x));
  const notLow = f.let(
    f.b.i32,
    m.select(m.i32.lt_s(f.get(whole), m.i32.const(low)), m.i32.const(low), f.get(whole)),
  );
  return m.select(m.i32.gt_s(f.get(notLow), m.i32.const(high)), m.i32.const(high), f.get(notLow));
}

/**
 * A 64-bit integer as the f64 that rounds to a 16-bit format as the integer would: of integers too long for an f64 the
 * bits that get lost are put into the last bit that is kept. The caller converts on from float64.
 */
function wideToOdd(f: FunctionBuilder, x: Expr, from: RealDType): Expr {
  const { m } = f;
  const { i64 } = m;
  const value = f.let(f.b.i64, x);
  const suffix = isUnsignedInt(from) ? "u" : "s";
  const lost = i64.extend_u(i64.ne(i64.and(f.get(value), i64.const(2047n)), i64.const(0n)));
  const sticky = f.let(
    f.b.i64,
    i64.or(i64.and(f.get(value), i64.const(~2047n)), i64.shl(lost, i64.const(11n))),
  );
  const isShort =
    suffix === "u"
      ? i64.lt_u(f.get(value), i64.const(1n << 53n))
      : i64.lt_u(i64.add(f.get(value), i64.const(1n << 53n)), i64.const(1n << 54n));
  const exact = f.let(f.b.i64, m.select(isShort, f.get(value), f.get(sticky)));
  return m.f64[`convert_${suffix}`].i64(f.get(exact));
}
