/**
 * What the math functions are written in: named SIMD values and constants on top of a FunctionBuilder.
 *
 * Every operation stores its result in a local of its own, so a value may be used any number of times (the
 * engine turns locals into SSA values: naming costs nothing at run time). A JavaScript number stands for a
 * constant in every lane.
 */
import { rawTernary } from "../binaryen/raw.ts";
import { type Expr, FunctionBuilder, type Local, type Type, type Value } from "../emit/function-builder.ts";

export interface MathOptions {
  /** Whether relaxed SIMD may be used: fused or unfused multiply-add as the machine prefers, lane select. */
  readonly relaxed: boolean;
  /**
   * Whether constants become locals set on entry (default), which suits a function that loops; otherwise
   * they stand where they are used.
   */
  readonly hoist?: boolean;
}

/** An operand inside a math function: a named value, or a number that stands for a constant in every lane. */
export type Operand = Local | number;

/** A math function inside this package: named values in, named value out. */
export type LaneFunction = (v: Lanes, ...args: Local[]) => Local;

/** Computes a float32 function through a float64 one, two lanes at a time. */
export function viaF64(v: Lanes, f: LaneFunction, ...args: Local[]): Local {
  const { f64 } = v.e;
  const half = (h: 0 | 1): Local => f(f64, ...args.map((x) => v.promote(x, h)));
  return v.demote(half(0), half(1));
}

/** Emits math into one function. One emitter per FunctionBuilder. */
export class MathEmitter {
  readonly f: FunctionBuilder;
  readonly options: MathOptions;
  readonly f32: Lanes;
  readonly f64: Lanes;
  readonly #constants = new Map<string, Local>();

  constructor(f: FunctionBuilder, options: MathOptions) {
    this.f = f;
    this.options = options;
    this.f32 = new Lanes(this, 32);
    this.f64 = new Lanes(this, 64);
  }

  get relaxed(): boolean {
    return this.options.relaxed;
  }

  /** A v128 constant from its 16 bytes. */
  constant(bytes: Uint8Array): Local {
    const { f } = this;
    const key = bytes.join();
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const value = f.m.v128.const(Array.from(bytes));
    if (this.options.hoist === false) return f.let(f.b.v128, value);
    const local = f.hoist(f.b.v128, value);
    this.#constants.set(key, local);
    return local;
  }

  /** Names a v128 value. */
  v128(v: Value): Local {
    return this.f.name(this.f.b.v128, v);
  }

  /**
   * Calls a function of the module that `build` defines on first use. For code that is rarely run or too long
   * to repeat. The name must say everything that the body depends on; the relaxed option is added here.
   */
  call(name: string, args: readonly Local[], result: Type, build: (e: MathEmitter) => Expr): Expr {
    const { b, m } = this.f;
    const full = `math.${name}${this.relaxed ? ".relaxed" : ""}`;
    if (m.getFunction(full) === 0) {
      const types = args.map((a) => a.type);
      const inner = new MathEmitter(new FunctionBuilder(b, m, types, result), {
        ...this.options,
        hoist: false,
      });
      inner.f.return(build(inner));
      inner.f.finish(full);
    }
    return m.call(
      full,
      args.map((a) => this.f.get(a)),
      result,
    );
  }
}

const UPPER_HALF = [8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15];
const LOWER_HALVES = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23];

type Unary = "abs" | "neg" | "sqrt" | "ceil" | "floor" | "trunc" | "nearest";
type Binary = "add" | "sub" | "mul" | "div" | "pmin" | "pmax" | "eq" | "ne" | "lt" | "le" | "gt" | "ge";
type IntBinary = "add" | "sub" | "eq" | "ne" | "lt_s" | "gt_s" | "le_s" | "ge_s";
type Shift = "shl" | "shr_s" | "shr_u";
type Bitwise = "and" | "or" | "xor" | "andnot";

/**
 * The operations on four float32 or two float64 lanes. Comparisons give lane masks (all ones or zero).
 * `pmin(a, b)` is `b < a ? b : a`, so a NaN in `a` stays; likewise `pmax`.
 */
export class Lanes {
  readonly e: MathEmitter;
  readonly width: 32 | 64;
  /** The bit patterns of the sign and of everything but the sign, for `and`, `or` and so on. */
  readonly signMask: bigint;
  readonly absMask: bigint;
  /** Constants that stand at the function's start, by what they were asked for as. */
  readonly #known = new Map<number | bigint, Local>();
  readonly #knownBits = new Map<number | bigint, Local>();

  constructor(e: MathEmitter, width: 32 | 64) {
    this.e = e;
    this.width = width;
    this.signMask = 1n << BigInt(width - 1);
    this.absMask = this.signMask - 1n;
  }

  /** The constant x, rounded to the lanes' type. */
  float(x: number): Local {
    // A map takes −0 for 0.
    if (Object.is(x, -0)) return this.bits(this.signMask);
    return this.#remembered(this.#known, x, (bytes) => {
      if (this.width === 32) bytes.setFloat32(0, x, true);
      else bytes.setFloat64(0, x, true);
    });
  }

  /** The constant with these bits (an integer lane), given modulo 2^width. */
  bits(x: number | bigint): Local {
    return this.#remembered(this.#knownBits, x, (bytes) => {
      if (this.width === 32) bytes.setUint32(0, Number(BigInt.asUintN(32, BigInt(x))), true);
      else bytes.setBigUint64(0, BigInt.asUintN(64, BigInt(x)), true);
    });
  }

  #remembered(known: Map<number | bigint, Local>, x: number | bigint, write: (to: DataView) => void): Local {
    const found = known.get(x);
    if (found !== undefined) return found;
    const bytes = new DataView(new ArrayBuffer(8));
    write(bytes);
    const local = this.#splat(bytes);
    if (this.e.options.hoist !== false) known.set(x, local);
    return local;
  }

  #splat(bytes: DataView): Local {
    const step = this.width / 8;
    const all = new Uint8Array(16);
    for (let i = 0; i < 16; i++) all[i] = bytes.getUint8(i % step);
    return this.e.constant(all);
  }

  // --- floating point

  abs(x: Operand): Local {
    return this.unary("abs", x);
  }
  neg(x: Operand): Local {
    return this.unary("neg", x);
  }
  sqrt(x: Operand): Local {
    return this.unary("sqrt", x);
  }
  floor(x: Operand): Local {
    return this.unary("floor", x);
  }
  trunc(x: Operand): Local {
    return this.unary("trunc", x);
  }
  /** Rounds to the nearest integer, ties to even. */
  nearest(x: Operand): Local {
    return this.unary("nearest", x);
  }
  add(x: Operand, y: Operand): Local {
    return this.binary("add", x, y);
  }
  sub(x: Operand, y: Operand): Local {
    return this.binary("sub", x, y);
  }
  mul(x: Operand, y: Operand): Local {
    return this.binary("mul", x, y);
  }
  div(x: Operand, y: Operand): Local {
    return this.binary("div", x, y);
  }
  /** `y < x ? y : x` */
  pmin(x: Operand, y: Operand): Local {
    return this.binary("pmin", x, y);
  }
  /** `x < y ? y : x` */
  pmax(x: Operand, y: Operand): Local {
    return this.binary("pmax", x, y);
  }
  eq(x: Operand, y: Operand): Local {
    return this.binary("eq", x, y);
  }
  ne(x: Operand, y: Operand): Local {
    return this.binary("ne", x, y);
  }
  lt(x: Operand, y: Operand): Local {
    return this.binary("lt", x, y);
  }
  le(x: Operand, y: Operand): Local {
    return this.binary("le", x, y);
  }
  gt(x: Operand, y: Operand): Local {
    return this.binary("gt", x, y);
  }
  ge(x: Operand, y: Operand): Local {
    return this.binary("ge", x, y);
  }

  /** x·y + z, fused or not: no algorithm may need either. */
  fma(x: Operand, y: Operand, z: Operand): Local {
    const { f, relaxed } = this.e;
    if (!relaxed) return this.add(this.mul(x, y), z);
    const op = this.width === 32 ? f.b.RelaxedMaddVecF32x4 : f.b.RelaxedMaddVecF64x2;
    return this.#let(rawTernary(f.b, f.m, op, this.#float(x), this.#float(y), this.#float(z)));
  }

  /** z − x·y, fused or not. */
  fnma(x: Operand, y: Operand, z: Operand): Local {
    const { f, relaxed } = this.e;
    if (!relaxed) return this.sub(z, this.mul(x, y));
    const op = this.width === 32 ? f.b.RelaxedNmaddVecF32x4 : f.b.RelaxedNmaddVecF64x2;
    return this.#let(rawTernary(f.b, f.m, op, this.#float(x), this.#float(y), this.#float(z)));
  }

  /** c₀ + c₁x + c₂x² + … by Horner's rule. */
  poly(x: Local, c: readonly number[]): Local {
    return c.slice(0, -1).reduceRight<Local>((acc, k) => this.fma(acc, x, k), this.float(c[c.length - 1]));
  }

  /** The same polynomial from its even and odd half in x² (given as `x2`): half the latency, one multiplication more. */
  poly2(x: Local, x2: Local, c: readonly number[]): Local {
    const even = c.filter((_, i) => i % 2 === 0);
    const odd = c.filter((_, i) => i % 2 === 1);
    return this.fma(this.poly(x2, odd), x, this.poly(x2, even));
  }

  // --- masks and bits; numbers are bit patterns here

  and(x: Local, y: Local | number | bigint): Local {
    return this.bitwise("and", x, y);
  }
  or(x: Local, y: Local | number | bigint): Local {
    return this.bitwise("or", x, y);
  }
  xor(x: Local, y: Local | number | bigint): Local {
    return this.bitwise("xor", x, y);
  }
  /** x & ~y */
  andnot(x: Local, y: Local | number | bigint): Local {
    return this.bitwise("andnot", x, y);
  }
  not(x: Local): Local {
    return this.#let(this.e.f.m.v128.not(this.#get(x)));
  }

  /** Lane by lane: mask ? x : y. The mask's lanes are all ones or zero. */
  select(mask: Local, x: Operand, y: Operand): Local {
    const { f, relaxed } = this.e;
    const [a, b, c] = [this.#float(x), this.#float(y), this.#get(mask)];
    if (!relaxed) return this.#let(f.m.v128.bitselect(a, b, c));
    const op = this.width === 32 ? f.b.RelaxedLaneselectI32x4 : f.b.RelaxedLaneselectI64x2;
    return this.#let(rawTernary(f.b, f.m, op, a, b, c));
  }

  /** mask ? x : +0 */
  keep(mask: Local, x: Operand): Local {
    return this.#let(this.e.f.m.v128.and(this.#get(mask), this.#float(x)));
  }

  sign(x: Local): Local {
    return this.and(x, this.signMask);
  }
  /** |x| with the sign of `from`. */
  copysign(x: Local, from: Local): Local {
    return this.or(this.and(x, this.absMask), this.sign(from));
  }
  /** x ≥ 0 (or NaN) with the sign of `from` put on it. */
  withSign(x: Local, from: Local): Local {
    return this.or(x, this.sign(from));
  }

  iadd(x: Local, y: Local | number | bigint): Local {
    return this.int("add", x, y);
  }
  isub(x: Local | number | bigint, y: Local | number | bigint): Local {
    return this.int("sub", x, y);
  }
  ieq(x: Local, y: Local | number | bigint): Local {
    return this.int("eq", x, y);
  }
  ilt(x: Local, y: Local | number | bigint): Local {
    return this.int("lt_s", x, y);
  }
  igt(x: Local, y: Local | number | bigint): Local {
    return this.int("gt_s", x, y);
  }
  shl(x: Local, n: number): Local {
    return this.shift("shl", x, n);
  }
  /** Arithmetic shift; several instructions on 64-bit lanes. */
  shrS(x: Local, n: number): Local {
    return this.shift("shr_s", x, n);
  }
  shrU(x: Local, n: number): Local {
    return this.shift("shr_u", x, n);
  }

  /** The float32 of each signed 32-bit integer. */
  fromInt(x: Local): Local {
    return this.#let(this.e.f.m.f32x4.convert_i32x4_s(this.#get(x)));
  }

  // --- between float32 and float64 lanes, whichever `this` is

  /** Lanes 0 and 1 (or 2 and 3) of float32 lanes as float64. */
  promote(x: Local, half: 0 | 1): Local {
    const { m } = this.e.f;
    const low = half === 0 ? this.#get(x) : m.i8x16.shuffle(this.#get(x), this.#get(x), UPPER_HALF);
    return this.#let(m.f64x2.promote_low_f32x4(low));
  }

  /** The float32 lanes made of two pairs of float64 lanes. */
  demote(low: Local, high: Local): Local {
    const { m } = this.e.f;
    const [a, b] = [low, high].map((x) => m.f32x4.demote_f64x2_zero(this.#get(x)));
    return this.#let(m.i8x16.shuffle(a, b, LOWER_HALVES));
  }

  /** An i32 that is not 0 if any lane of the mask is set. */
  any(mask: Local): Expr {
    return this.e.f.m.v128.any_true(this.#get(mask));
  }

  // --- the one place that calls the builder

  unary(op: Unary, x: Operand): Local {
    return this.#let(this.#ops()[op](this.#float(x)));
  }

  binary(op: Binary, x: Operand, y: Operand): Local {
    return this.#let(this.#ops()[op](this.#float(x), this.#float(y)));
  }

  bitwise(op: Bitwise, x: Local, y: Local | number | bigint): Local {
    return this.#let(this.e.f.m.v128[op](this.#get(x), this.#bits(y)));
  }

  int(op: IntBinary, x: Local | number | bigint, y: Local | number | bigint): Local {
    const { m } = this.e.f;
    const [a, b] = [this.#bits(x), this.#bits(y)];
    return this.#let(this.width === 32 ? m.i32x4[op](a, b) : m.i64x2[op](a, b));
  }

  shift(op: Shift, x: Local, n: number): Local {
    const { m } = this.e.f;
    const [a, count] = [this.#get(x), m.i32.const(n)];
    return this.#let(this.width === 32 ? m.i32x4[op](a, count) : m.i64x2[op](a, count));
  }

  #ops() {
    const { m } = this.e.f;
    return this.width === 32 ? m.f32x4 : m.f64x2;
  }

  #let(e: Expr): Local {
    return this.e.f.let(this.e.f.b.v128, e);
  }

  #get(x: Local): Expr {
    return this.e.f.get(x);
  }

  #float(x: Operand): Expr {
    return this.#get(typeof x === "number" ? this.float(x) : x);
  }

  #bits(x: Local | number | bigint): Expr {
    return this.#get(typeof x === "object" ? x : this.bits(x));
  }
}
