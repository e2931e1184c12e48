/** Conversions between vectors of different dtypes; those that no 128-bit instruction does are done lane by lane. */
import { dtypeTable, type RealDType } from "@fluxion/ir";
import { isHalf, isNarrowInt, isUnsignedInt, scalarTypeOf } from "../scalar/types.ts";
import { decode, encode, roundHalf } from "./storage.ts";
import { formOf, type Vector, type Vectors } from "./vector.ts";
import { wrapNarrow } from "./vector-integer.ts";

/** The converted vector, or nothing where only scalars can be converted. */
export function convertVector(v: Vectors, x: Vector, to: RealDType): Vector | undefined {
  if (x.dtype === to) return x;
  if (to === "bool") return toBool(v, x);
  if (x.dtype === "bool") return fromBool(v, x, to);
  const source = scalarTypeOf(x.dtype);
  const target = scalarTypeOf(to);
  if (target === "f32" || target === "f64") return toFloat(v, x, to);
  if (source === "f32" || source === "f64") return floatToInt(v, x, to);
  return intToInt(v, x, to);
}

function toBool(v: Vectors, x: Vector): Vector {
  const { m } = v.fc.f;
  const op = { i32: m.i32x4, i64: m.i64x2, f32: m.f32x4, f64: m.f64x2 }[scalarTypeOf(x.dtype)];
  const zero = v.constant(x.dtype, formOf(x.dtype) === 64 && scalarTypeOf(x.dtype) === "i64" ? 0n : 0);
  return v.map("bool", x.form, [x, zero], (a, b) => op.ne(a, b));
}

/** Lanes of the mask that keep the bits of one. */
function fromBool(v: Vectors, x: Vector, to: RealDType): Vector {
  const one = v.constant(to, scalarTypeOf(to) === "i64" ? 1n : 1);
  return v.map(to, formOf(to), [x, one], v.fc.f.m.v128.and);
}

function intToInt(v: Vectors, x: Vector, to: RealDType): Vector {
  const [from, target] = [formOf(x.dtype), formOf(to)];
  if (from === target) {
    const renamed = { ...x, dtype: to };
    return isNarrowInt(to) && !fits(x.dtype, to) ? wrapNarrow(v, renamed) : renamed;
  }
  if (target === 32) {
    const low = v.narrow(to, x);
    return isNarrowInt(to) ? wrapNarrow(v, low) : low;
  }
  return x.dtype === "uint32"
    ? v.widen(
        to,
        x,
        (m) => m.i64x2.extend_low_i32x4_u,
        (m) => m.i64x2.extend_high_i32x4_u,
      )
    : v.widen(
        to,
        x,
        (m) => m.i64x2.extend_low_i32x4_s,
        (m) => m.i64x2.extend_high_i32x4_s,
      );
}

/** Whether every value of one integer type is one of the other. */
function fits(from: RealDType, to: RealDType): boolean {
  const [a, b] = [dtypeTable[from], dtypeTable[to]];
  if (a.kind === b.kind) return a.bits <= b.bits;
  return a.kind === "uint" && a.bits < b.bits;
}

function toFloat(v: Vectors, x: Vector, to: RealDType): Vector | undefined {
  const { m } = v.fc.f;
  const source = scalarTypeOf(x.dtype);
  if (source === "i64") return undefined;
  if (to === "float64") {
    if (source === "f32") return widenUpper(v, to, x, m.f64x2.promote_low_f32x4);
    const convert = x.dtype === "uint32" ? m.f64x2.convert_low_i32x4_u : m.f64x2.convert_low_i32x4_s;
    return widenUpper(v, to, x, convert);
  }
  if (isHalf(to)) return toHalf(v, x, to);
  if (source === "f64") return demote(v, x, to);
  if (source === "f32") return { ...x, dtype: to };
  const convert = x.dtype === "uint32" ? m.f32x4.convert_i32x4_u : m.f32x4.convert_i32x4_s;
  return v.map(to, 32, [x], convert);
}

const UPPER_HALF = [8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15];

/** Each half of a register through an instruction that reads lower halves. */
function widenUpper(v: Vectors, to: RealDType, x: Vector, convert: (e: number) => number): Vector {
  return v.widen(
    to,
    x,
    () => convert,
    (m) => (value) => {
      const whole = v.let(value);
      return convert(m.i8x16.shuffle(v.fc.f.get(whole), v.fc.f.get(whole), UPPER_HALF));
    },
  );
}

function demote(v: Vectors, x: Vector, to: RealDType): Vector {
  const registers = Array.from({ length: v.count(32) }, (_, j) => v.fc.math.f32.demote(...v.pair(x, j)));
  return { dtype: to, form: 32, registers };
}

/** Small integers and float32 are exact in float32; the others are rounded to odd on the way, so as to round once. */
function toHalf(v: Vectors, x: Vector, to: "float16" | "bfloat16"): Vector {
  const exact = scalarTypeOf(x.dtype) === "f32" || isNarrowInt(x.dtype);
  let single: Vector;
  if (exact) single = toFloat(v, x, "float32") as Vector;
  else {
    const wide = x.dtype === "float64" ? x : (toFloat(v, x, "float64") as Vector);
    single = demoteToOdd(v, wide);
  }
  return v.mapLocals(to, 32, [single], (register) => roundHalf(v.fc, to, register));
}

/**
 * Float64 as float32, rounded to odd: cut towards zero, and the last bit set if anything was cut. Rounded again to a
 * shorter format that gives what one rounding would.
 */
function demoteToOdd(v: Vectors, x: Vector): Vector {
  const { f32: lanes } = v.fc.math;
  const near = demote(v, x, "float32");
  const back = toFloat(v, near, "float64") as Vector;
  const { f64 } = v.fc.math;
  const inexact = v.mask(
    v.mapLocals("bool", 64, [x, back], (a, b) => f64.ne(a, b)),
    32,
  );
  const beyond = v.mask(
    v.mapLocals("bool", 64, [x, back], (a, b) => f64.gt(f64.abs(b), f64.abs(a))),
    32,
  );
  return v.mapLocals("float32", 32, [near, inexact, beyond], (bits, off, far) =>
    lanes.or(lanes.iadd(bits, far), lanes.and(off, 1)),
  );
}

/** Truncates; what is out of range becomes the nearest number of the type, NaN 0. */
function floatToInt(v: Vectors, x: Vector, to: RealDType): Vector | undefined {
  const { m } = v.fc.f;
  if (formOf(to) === 64) return undefined;
  const unsigned = to === "uint32";
  const wide = x.form === 64;
  const truncated = wide
    ? truncateF64(v, x, to, unsigned)
    : v.map(to, 32, [x], unsigned ? m.i32x4.trunc_sat_f32x4_u : m.i32x4.trunc_sat_f32x4_s);
  if (!isNarrowInt(to)) return truncated;
  const { bits } = dtypeTable[to];
  const [low, high] = isUnsignedInt(to) ? [0, 2 ** bits - 1] : [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1];
  const [least, most] = [v.constant("int32", low), v.constant("int32", high)];
  return v.map(to, 32, [truncated, least, most], (value, a, b) => m.i32x4.min_s(m.i32x4.max_s(value, a), b));
}

function truncateF64(v: Vectors, x: Vector, to: RealDType, unsigned: boolean): Vector {
  const { f } = v.fc;
  const { m } = f;
  const truncate = unsigned ? m.i32x4.trunc_sat_f64x2_u_zero : m.i32x4.trunc_sat_f64x2_s_zero;
  const registers = Array.from({ length: v.count(32) }, (_, j) => {
    const [a, b] = v.pair(x, j).map((half) => truncate(f.get(half)));
    return v.let(m.i8x16.shuffle(a, b, LOWER_HALVES));
  });
  return { dtype: to, form: 32, registers };
}

const LOWER_HALVES = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23];

/** The same bits as another type of the same width; 16-bit formats by way of their storage form. */
export function bitcastVector(v: Vectors, x: Vector, to: RealDType): Vector {
  if (!isHalf(x.dtype) && !isHalf(to)) {
    const renamed = { ...x, dtype: to };
    return isNarrowInt(to) ? wrapNarrow(v, renamed) : renamed;
  }
  return v.mapLocals(to, 32, [x], (register) => {
    const bits = encode(v.fc, x.dtype, register);
    if (isHalf(to)) return decode(v.fc, to, v.fc.math.f32.and(bits, 0xffff));
    return wrapNarrow(v, v.repeat(to, 32, bits)).registers[0];
  });
}
