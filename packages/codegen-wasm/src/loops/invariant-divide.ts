/**
 * (x − m) / y in float32 where m and y stay the same for many x, as in a normalisation: a reciprocal taken once before
 * the loop makes it cheaper.
 *
 * With r the rounded reciprocal of y, c = x − m, q₀ = c·r and the exact remainder e = c − q₀·y, the fused sum q₀ + e·r is
 * the correctly rounded quotient: P. Markstein, "Computation of elementary functions on the IBM RISC System/6000
 * processor", IBM J. Res. Dev. 34 (1990). That takes a fused multiply-add and a remainder that does not underflow:
 *
 * - c is a multiple of 2⁻²³ of the smaller of |x| and |m|, or at least |m|/2. So for |m| ≥ 2⁻⁶⁰ it is +0, which gives
 *   the zero of a division, or at least 2⁻⁸⁴.
 * - With |y| in [2⁻⁴⁰, 2⁴⁰] the quotient is then normal and e a multiple of 2⁻¹³².
 *
 * Where m, y or the machine is not of this kind, r is NaN. An infinite q₀ (c infinite, or an overflow) has a NaN for e. So
 * whatever needs a division ends in NaN, and is divided.
 */
import type { kernel as k } from "@fluxion/ir";
import type { Local } from "../emit/function-builder.ts";
import type { FunctionContext } from "./function-context.ts";
import type { Vector, Vectors } from "./vector.ts";

const LEAST_SUBTRAHEND = 2 ** -60;
const DIVISOR_RANGE = 2 ** 40;

/** What a loop keeps of a subtrahend m and a divisor y. */
export interface Divisor {
  readonly m: k.Local;
  readonly y: k.Local;
  readonly divisor: Vector;
  readonly reciprocal: Vector;
}

type Use = Extract<k.Expr, { kind: "local" }>;

/** What is prepared before a loop of fewer iterations does not pay. */
const FEW_TRIPS = 8;

/** m and y, if `difference` is x − m, both are the same in all of many iterations, and the machine may fuse. */
export function invariantsOf(
  { frame, options, definitions }: FunctionContext,
  difference: k.Expr,
  by: k.Expr,
): readonly [m: Use, y: Use] | undefined {
  if (frame?.loop === undefined || frame.loop.trips < FEW_TRIPS || !options.relaxed) return undefined;
  const minus = difference.kind === "local" ? definitions.get(difference.local) : difference;
  if (by.dtype !== "float32" || minus?.kind !== "op" || minus.opcode !== "subtract") return undefined;
  const isInvariant = (e: k.Expr): e is Use =>
    e.kind === "local" && !e.local.mutable && !frame.defined.has(e.local);
  const [, subtrahend] = minus.args;
  return isInvariant(subtrahend) && isInvariant(by) ? [subtrahend, by] : undefined;
}

/** r, to be emitted before the loop. */
export function reciprocalOf(v: Vectors, subtrahend: Vector, divisor: Vector): Vector {
  const { f32 } = v.fc.math;
  const fused = isFused(v.fc);
  return v.mapLocals("float32", 32, [subtrahend, divisor], (m, y) => {
    const size = f32.abs(y);
    const inRange = f32.and(f32.ge(size, 1 / DIVISOR_RANGE), f32.le(size, DIVISOR_RANGE));
    const isRight = f32.and(inRange, f32.ge(f32.abs(m), LEAST_SUBTRAHEND));
    return f32.select(f32.and(isRight, fused), f32.div(1, y), Number.NaN);
  });
}

/** A mask: whether this machine's relaxed multiply-add keeps the last bit of (1 + 2⁻¹²)². */
function isFused({ math: { f32 } }: FunctionContext): Local {
  const a = f32.float(1 + 2 ** -12);
  return f32.ne(f32.fnma(a, a, 1 + 2 ** -11), 0);
}

/** c / y, to the bit. */
export function divideDifference(v: Vectors, c: Vector, { divisor, reciprocal }: Divisor): Vector {
  const { f, math } = v.fc;
  const { f32 } = math;
  // Register by register: side by side they would need more registers than the machine has.
  const registers = c.registers.map((x, j) => {
    const [y, r] = [divisor.registers[j], reciprocal.registers[j]];
    const first = f32.mul(x, r);
    return f32.fma(f32.fnma(first, y, x), r, first);
  });
  const sum = registers.reduce((a, b) => f32.add(a, b));
  f.if(f.m.i32x4.bitmask(f.get(f32.ne(sum, sum))), () => {
    registers.forEach((q, j) => {
      f.set(q, f.m.f32x4.div(f.get(c.registers[j]), f.get(divisor.registers[j])));
    });
  });
  return { ...c, registers };
}
