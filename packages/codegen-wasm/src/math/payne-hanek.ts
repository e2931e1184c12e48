/**
 * Argument reduction modulo π/2 for float64 of any size (M. Payne, R. Hanek, "Radian reduction for trigonometric
 * functions", 1983): of the bits of 2/π only a window of 192 matters for a given exponent. Scalar 64-bit integer code
 * in a function of its own, since such arguments are rare. The bits come out of v128 constants by byte shuffles, so
 * that a module needs no table in memory.
 */

import { coefficients } from "@fluxion/ir";
import type { Expr, FunctionBuilder, Local } from "../emit/function-builder.ts";
import type { MathEmitter } from "./emitter.ts";

const { TWO_OVER_PI } = coefficients;

/** Eight zero bytes, then 2/π: bit 64 of the table has the weight ½. */
const TABLE = Uint8Array.from(`${"0".repeat(16)}${TWO_OVER_PI}`.match(/../g) ?? [], (byte) =>
  Number.parseInt(byte, 16),
);

/** i64 arithmetic on named values. */
class Words {
  readonly f: FunctionBuilder;
  constructor(f: FunctionBuilder) {
    this.f = f;
  }
  let(e: Expr): Local {
    return this.f.let(this.f.b.i64, e);
  }
  const(x: number | bigint): Local {
    return this.let(this.f.m.i64.const(BigInt.asIntN(64, BigInt(x))));
  }
  op(
    name: "add" | "sub" | "mul" | "and" | "or" | "xor" | "shl" | "shr_u" | "shr_s",
    x: Local,
    y: Local | number | bigint,
  ): Local {
    const right = typeof y === "object" ? y : this.const(y);
    return this.let(this.f.m.i64[name](this.f.get(x), this.f.get(right)));
  }
  /** The upper 64 bits of the product of a number below 2⁵³ and any number below 2⁶⁴. */
  mulHigh(x: Local, y: Local): Local {
    const low = (w: Local): Local => this.op("and", w, 0xffffffffn);
    const high = (w: Local): Local => this.op("shr_u", w, 32);
    const [xl, xh, yl, yh] = [low(x), high(x), low(y), high(y)];
    const carry = high(this.op("mul", xl, yl));
    const mid = this.op("add", this.op("mul", xh, yl), carry);
    const mid2 = this.op("add", this.op("mul", xl, yh), low(mid));
    return this.op("add", this.op("add", this.op("mul", xh, yh), high(mid)), high(mid2));
  }
  /** 1 if x < y as unsigned numbers. */
  less(x: Local, y: Local): Local {
    const { m } = this.f;
    return this.let(m.i64.extend_u(m.i64.lt_u(this.f.get(x), this.f.get(y))));
  }
  toFloat(x: Local): Expr {
    return this.f.m.f64.convert_u.i64(this.f.get(x));
  }
}

/** Eight bytes of the table from a byte offset (i32) on, the first one highest. */
function tableWord(e: MathEmitter, offset: Local): Expr {
  const { f } = e;
  const { m, b } = f;
  const order = m.v128.const([7, 6, 5, 4, 3, 2, 1, 0, 7, 6, 5, 4, 3, 2, 1, 0]);
  const index = f.let(b.v128, m.i8x16.add(m.i8x16.splat(f.get(offset)), order));
  let found = m.v128.const(new Array(16).fill(0));
  for (let k = 0; k * 16 < TABLE.length; k++) {
    const bytes = Array.from({ length: 16 }, (_, i) => TABLE[k * 16 + i] ?? 0);
    // An index outside 0..15 selects zero.
    const local = m.i8x16.sub(f.get(index), m.v128.const(new Array(16).fill(16 * k)));
    found = m.v128.or(found, m.i8x16.swizzle(m.v128.const(bytes), local));
  }
  return m.i64x2.extract_lane(found, 0);
}

/** The 192 bits of the table from bit `start` (i64) on, as three words. */
function window(e: MathEmitter, w: Words, start: Local): Local[] {
  const { f } = e;
  const { m, b } = f;
  const byte = f.let(b.i32, m.i32.wrap(f.get(w.op("shr_u", start, 3))));
  const shift = w.op("and", start, 7);
  const words = [0, 8, 16, 24].map((at) => {
    const offset = f.let(b.i32, m.i32.add(f.get(byte), m.i32.const(at)));
    return w.let(e.call("tableWord", [offset], b.i64, (inner) => tableWord(inner, inner.f.param(0))));
  });
  const back = w.op("xor", shift, 63); // 63 − shift
  return [0, 1, 2].map((i) =>
    w.op("or", w.op("shl", words[i], shift), w.op("shr_u", w.op("shr_u", words[i + 1], 1), back)),
  );
}

/**
 * For the bits of a float64 of magnitude at least 2²⁰: x = q·π/2 + r, |r| ≤ π/4; returns the tuple (r as f64, q mod 4
 * as i64). Infinity gives NaN.
 */
function reduceScalar(e: MathEmitter): Expr {
  const { f } = e;
  const { m } = f;
  const w = new Words(f);
  const bits = f.param(0);
  const fraction = w.op("and", bits, 0xfffffffffffffn);
  const mantissa = w.op("or", fraction, 1n << 52n);
  const exponent = w.op("and", w.op("shr_u", bits, 52), 0x7ff);
  // x = M·2^E, E = exponent − 1075. Bits of 2/π of weight 2^−k, k ≤ E − 2, give multiples of 4: the window
  // starts after them, and holds x·(2/π)/4 modulo 1 once multiplied by M.
  const start = w.op("sub", exponent, 1075 + 2 - 64);
  const [w0, w1, w2] = window(e, w, start);
  const low = w.op("mul", mantissa, w1);
  const middle = w.op("add", low, w.mulHigh(mantissa, w2));
  const carry = w.less(middle, low);
  const top = w.op("add", w.op("add", w.op("mul", mantissa, w0), w.mulHigh(mantissa, w1)), carry);
  // Two bits of quadrant, 126 of fraction; to the nearest quadrant.
  const hi = w.op("or", w.op("shl", top, 2), w.op("shr_u", middle, 62));
  const lo = w.op("shl", middle, 2);
  const above = w.op("shr_u", hi, 63);
  const q = w.op("add", w.op("shr_u", top, 62), above);
  // The fraction minus 1 where it is above ½: negate the 128-bit number.
  const mask = w.op("sub", w.const(0), above);
  const nlo = w.op("add", w.op("xor", lo, mask), above);
  const wrapped = w.less(nlo, above);
  const nhi = w.op("add", w.op("xor", hi, mask), w.op("and", wrapped, above));
  const r = radians(w, nhi, nlo);
  // Sign of the fraction and sign of x.
  const sign = w.op("and", w.op("xor", w.op("shl", above, 63), bits), 1n << 63n);
  const negative = w.op("shr_s", bits, 63);
  const quadrant = w.op("and", w.op("sub", w.op("xor", q, negative), negative), 3);
  const signed = m.f64.reinterpret(m.i64.xor(m.i64.reinterpret(r), f.get(sign)));
  const finite = m.i64.lt_u(f.get(exponent), m.i64.const(0x7ffn));
  return m.tuple.make([m.select(finite, signed, m.f64.const(Number.NaN)), f.get(quadrant)]);
}

/** The 128-bit fraction (hi, lo)·2⁻¹²⁸ of a quarter turn, in radians. */
function radians(w: Words, hi: Local, lo: Local): Expr {
  const { f } = w;
  const { m, b } = f;
  const head = w.op("and", hi, ~0x7ffn);
  const tail = w.op("and", hi, 0x7ff);
  const scaled = (x: Expr, by: number): Local => f.let(b.f64, m.f64.mul(x, m.f64.const(by)));
  const a = scaled(w.toFloat(head), 2 ** -64);
  const rest = f.let(
    b.f64,
    m.f64.add(f.get(scaled(w.toFloat(tail), 2 ** -64)), f.get(scaled(w.toFloat(lo), 2 ** -128))),
  );
  const sum = f.let(b.f64, m.f64.add(f.get(a), f.get(rest)));
  return m.f64.add(
    m.f64.mul(f.get(sum), m.f64.const(Math.PI / 2)),
    m.f64.mul(f.get(a), m.f64.const(6.123233995736766e-17)),
  );
}

/**
 * Both float64 lanes reduced: x = q·π/2 + r. The lanes where `large` is not set are computed to no use. q stands
 * in the low two bits of its lanes.
 */
export function reduceLarge(e: MathEmitter, x: Local): { r: Local; q: Local } {
  const { f } = e;
  const { m, b } = f;
  const pair = b.createType([b.f64, b.i64]);
  const lanes = [0, 1].map((lane) => {
    const bits = f.let(b.i64, m.i64x2.extract_lane(f.get(x), lane));
    return f.let(pair, e.call("reduceScalar", [bits], pair, reduceScalar));
  });
  const [r0, r1] = lanes.map((l) => m.tuple.extract(f.get(l), 0));
  const [q0, q1] = lanes.map((l) => m.tuple.extract(f.get(l), 1));
  return {
    r: f.let(b.v128, m.f64x2.replace_lane(m.f64x2.splat(r0), 1, r1)),
    q: f.let(b.v128, m.i64x2.replace_lane(m.i64x2.splat(q0), 1, q1)),
  };
}
