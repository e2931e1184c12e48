/** float16 and bfloat16 bits in the low halves of four 32-bit lanes ↔ float32 lanes. Rounds to nearest, ties to even. */
import type { Expr, FunctionBuilder, Local } from "./function-builder.ts";

/** The 16-bit formats that are computed with in float32. */
export type HalfDType = "float16" | "bfloat16";

/** Float32 lanes of stored bits, in the low halves of 32-bit lanes. */
export const fromHalf = (f: FunctionBuilder, dtype: HalfDType, bits: Expr): Expr =>
  dtype === "float16" ? fromFloat16(f, bits) : fromBfloat16(f, bits);

/** The inverse, rounded to nearest, ties to even. */
export const toHalf = (f: FunctionBuilder, dtype: HalfDType, value: Local): Expr =>
  dtype === "float16" ? toFloat16(f, value) : toBfloat16(f, value);

/** Four lanes of the same 32 bits. */
function splat(f: FunctionBuilder, bits: number): Expr {
  return f.m.v128.const(new Uint8Array(new Uint32Array(4).fill(bits).buffer));
}

function fromBfloat16(f: FunctionBuilder, bits: Expr): Expr {
  return f.m.i32x4.shl(bits, f.m.i32.const(16));
}

function toBfloat16(f: FunctionBuilder, value: Local): Expr {
  const { i32x4, f32x4, v128, i32 } = f.m;
  const lowest = v128.and(i32x4.shr_u(f.get(value), i32.const(16)), splat(f, 1));
  const rounded = i32x4.add(i32x4.add(f.get(value), splat(f, 0x7fff)), lowest);
  const quiet = v128.or(f.get(value), splat(f, 0x400000));
  const isNan = f32x4.ne(f.get(value), f.get(value));
  return i32x4.shr_u(v128.bitselect(quiet, rounded, isNan), i32.const(16));
}

/**
 * The bits moved to float32's place are the value times 2⁻¹¹², subnormals included, so one exact multiplication
 * finishes all finite numbers.
 */
function fromFloat16(f: FunctionBuilder, bits: Expr): Expr {
  const { b, m } = f;
  const { i32x4, f32x4, v128, i32 } = m;
  const half = f.let(b.v128, bits);
  const sign = i32x4.shl(v128.and(f.get(half), splat(f, 0x8000)), i32.const(16));
  const moved = f.let(b.v128, i32x4.shl(v128.and(f.get(half), splat(f, 0x7fff)), i32.const(13)));
  const finite = f32x4.mul(f.get(moved), splat(f, 0x77800000));
  const special = i32x4.ge_s(f.get(moved), splat(f, 0x7c00 << 13));
  const exponent = v128.and(special, splat(f, 0x7f800000));
  return v128.or(v128.or(finite, exponent), sign);
}

function toFloat16(f: FunctionBuilder, value: Local): Expr {
  const { b, m } = f;
  const { i32x4, f32x4, v128, i32 } = m;
  const magnitude = f.let(b.v128, v128.and(f.get(value), splat(f, 0x7fffffff)));
  const sign = v128.and(i32x4.shr_u(f.get(value), i32.const(16)), splat(f, 0x8000));
  // Below 2⁻¹⁴: adding 0.5 leaves the subnormal's bits, correctly rounded, at the bottom of the sum.
  const small = i32x4.sub(f32x4.add(f.get(magnitude), splat(f, 0x3f000000)), splat(f, 0x3f000000));
  const odd = v128.and(i32x4.shr_u(f.get(magnitude), i32.const(13)), splat(f, 1));
  const rebased = i32x4.add(i32x4.add(f.get(magnitude), splat(f, 0xc8000fff)), odd);
  const normal = i32x4.shr_u(rebased, i32.const(13));
  const isSmall = i32x4.lt_s(f.get(magnitude), splat(f, 0x38800000));
  const finite = v128.bitselect(small, normal, isSmall);
  const isNan = i32x4.gt_s(f.get(magnitude), splat(f, 0x7f800000));
  const payload = i32x4.shr_u(v128.and(f.get(magnitude), splat(f, 0x7fe000)), i32.const(13));
  const nan = v128.or(splat(f, 0x7e00), payload);
  const special = v128.bitselect(nan, splat(f, 0x7c00), isNan);
  const isLarge = i32x4.ge_s(f.get(magnitude), splat(f, 0x477ff000));
  return v128.or(v128.bitselect(special, finite, isLarge), sign);
}
