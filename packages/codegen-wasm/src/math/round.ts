/** Rounding, sign, remainder, neighbouring numbers. */
import type { Expr, FunctionBuilder, Local } from "../emit/function-builder.ts";
import { type Lanes, viaF64 } from "./emitter.ts";

export function roundNearestEven(v: Lanes, x: Local): Local {
  return v.nearest(x);
}

/** To the nearest integer, halves away from zero: a step further where the nearest even one was nearer to zero by ½. */
export function roundNearestAfz(v: Lanes, x: Local): Local {
  const toward = v.trunc(x);
  const rest = v.abs(v.sub(x, toward));
  const step = v.or(v.keep(v.ge(rest, 0.5), 1), v.sign(x));
  const rounded = v.add(toward, step);
  // Infinity has no remainder (NaN), and stays.
  return v.copysign(v.select(v.eq(toward, x), x, rounded), x);
}

/** −1, ±0, 1, or NaN. */
export function sign(v: Lanes, x: Local): Local {
  const one = v.withSign(v.float(1), x);
  return v.select(v.or(v.eq(x, 0), v.ne(x, x)), x, one);
}

/** The next representable number after x towards y; y itself if they are equal. */
export function nextAfter(v: Lanes, x: Local, y: Local): Local {
  // As integers numbers are ordered by magnitude: one more away from zero, one less towards it.
  const grows = v.xor(v.gt(y, x), v.lt(x, 0));
  const next = v.iadd(x, v.or(v.not(grows), 1));
  const smallest = v.or(v.sign(y), 1);
  const result = v.select(v.eq(x, y), y, v.select(v.eq(x, 0), smallest, next));
  return v.or(result, v.or(v.ne(x, x), v.ne(y, y)));
}

/** x − y·trunc(x/y), exactly, with the sign of x; NaN for infinite x or y = 0. */
export function remainder(v: Lanes, x: Local, y: Local): Local {
  return v.width === 32 ? viaF64(v, remainderF64, x, y) : remainderF64(v, x, y);
}

/**
 * One step for quotients up to 2²⁰: with the quotient q rounded to nearest and y split into halves, every product and
 * difference is exact. Larger ones go through long division in integers.
 */
function remainderF64(v: Lanes, x: Local, y: Local): Local {
  const { f } = v.e;
  const [ax, ay] = [v.abs(x), v.abs(y)];
  const quotient = v.div(ax, ay);
  const q = v.nearest(quotient);
  const high = v.andnot(ay, 0x7ffffffn);
  const r = v.sub(v.sub(ax, v.mul(q, high)), v.mul(q, v.sub(ay, high)));
  const result = v.add(r, v.keep(v.lt(r, 0), ay));
  const infinity = Number.POSITIVE_INFINITY;
  const valid = v.and(v.lt(ax, infinity), v.gt(ay, 0));
  const far = v.andnot(valid, v.lt(quotient, 2 ** 20));
  f.if(v.any(far), () => {
    const lanes = [0, 1].map((lane) => {
      const bits = [ax, ay].map((a) => f.let(f.b.i64, f.m.i64x2.extract_lane(f.get(a), lane)));
      return v.e.call("longDivision", bits, f.b.f64, (e) => longDivision(e.f));
    });
    const both = f.m.f64x2.replace_lane(f.m.f64x2.splat(lanes[0]), 1, lanes[1]);
    f.set(result, f.get(v.select(far, v.e.v128(both), result)));
  });
  const finite = v.select(v.and(valid, v.eq(ay, infinity)), ax, result);
  return v.or(v.withSign(finite, x), v.not(v.and(valid, v.eq(y, y))));
}

/** The remainder of two positive float64 given as bits, as f64: eleven binary digits of the quotient a step. */
function longDivision(f: FunctionBuilder): Expr {
  const { m, b } = f;
  const constant = (x: number | bigint): Expr => m.i64.const(BigInt(x));
  // x = mantissa·2^(exponent − 1075), exponent at least 1.
  const parts = [f.param(0), f.param(1)].map((bits) => {
    const field = f.let(b.i64, m.i64.shr_u(f.get(bits), constant(52)));
    const isNormal = m.i64.extend_u(m.i64.ne(f.get(field), constant(0)));
    const normal = f.let(b.i64, isNormal);
    const fraction = m.i64.and(f.get(bits), constant(0xfffffffffffffn));
    return {
      mantissa: f.let(b.i64, m.i64.or(fraction, m.i64.shl(f.get(normal), constant(52)))),
      exponent: f.let(b.i64, m.i64.add(f.get(field), m.i64.sub(constant(1), f.get(normal)))),
    };
  });
  const [x, y] = parts;
  const rest = f.let(b.i64, constant(0));
  // Zero divisors occur in lanes that are not used.
  f.if(m.i64.ne(f.get(y.mantissa), constant(0)), () => {
    f.set(rest, m.i64.rem_u(f.get(x.mantissa), f.get(y.mantissa)));
    const left = f.let(b.i64, m.i64.sub(f.get(x.exponent), f.get(y.exponent)));
    const step = f.local(b.i64);
    f.while(
      () => m.i64.gt_s(f.get(left), constant(0)),
      () => {
        f.set(step, m.select(m.i64.lt_s(f.get(left), constant(11)), f.get(left), constant(11)));
        f.set(rest, m.i64.rem_u(m.i64.shl(f.get(rest), f.get(step)), f.get(y.mantissa)));
        f.set(left, m.i64.sub(f.get(left), f.get(step)));
      },
    );
  });
  // rest·2⁻¹⁰⁷⁴·2^(exponent − 1), the last power in two halves.
  const power = f.let(b.i64, m.i64.sub(f.get(y.exponent), constant(1)));
  const half = f.let(b.i64, m.i64.shr_u(f.get(power), constant(1)));
  const scale = (n: Expr): Expr => m.f64.reinterpret(m.i64.shl(m.i64.add(n, constant(1023)), constant(52)));
  const tiny = m.f64.mul(m.f64.convert_u.i64(f.get(rest)), m.f64.const(5e-324));
  return m.f64.mul(m.f64.mul(tiny, scale(f.get(half))), scale(m.i64.sub(f.get(power), f.get(half))));
}
