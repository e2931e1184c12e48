/**
 * The few calls that binaryen's JavaScript API has no builder for, with types. They reach into the
 * C API that the same object carries, so the version of binaryen is pinned.
 */
import type { Binaryen, BinaryenModule, Expr } from "./load.ts";

interface RawBinaryen {
  _BinaryenSIMDTernary(module: number, op: number, a: Expr, b: Expr, c: Expr): Expr;
  _BinaryenBinary(module: number, op: number, a: Expr, b: Expr): Expr;
  _BinaryenUnary(module: number, op: number, a: Expr): Expr;
}

function raw(b: Binaryen): RawBinaryen {
  return b as unknown as RawBinaryen;
}

/** `x * y + z` on f32x4, fused or not as the machine prefers. Needs relaxed SIMD. */
export function relaxedMaddF32x4(b: Binaryen, m: BinaryenModule, x: Expr, y: Expr, z: Expr): Expr {
  return raw(b)._BinaryenSIMDTernary(m.ptr, b.RelaxedMaddVecF32x4, x, y, z);
}

/** `-(x * y) + z` on f32x4, fused or not as the machine prefers. Needs relaxed SIMD. */
export function relaxedNmaddF32x4(b: Binaryen, m: BinaryenModule, x: Expr, y: Expr, z: Expr): Expr {
  return raw(b)._BinaryenSIMDTernary(m.ptr, b.RelaxedNmaddVecF32x4, x, y, z);
}

/** `x * y + z` on f64x2, fused or not as the machine prefers. Needs relaxed SIMD. */
export function relaxedMaddF64x2(b: Binaryen, m: BinaryenModule, x: Expr, y: Expr, z: Expr): Expr {
  return raw(b)._BinaryenSIMDTernary(m.ptr, b.RelaxedMaddVecF64x2, x, y, z);
}

/** `-(x * y) + z` on f64x2, fused or not as the machine prefers. Needs relaxed SIMD. */
export function relaxedNmaddF64x2(b: Binaryen, m: BinaryenModule, x: Expr, y: Expr, z: Expr): Expr {
  return raw(b)._BinaryenSIMDTernary(m.ptr, b.RelaxedNmaddVecF64x2, x, y, z);
}

/** A relaxed SIMD (or any other) binary operation by its operation constant, e.g. `b.RelaxedSwizzleVecI8x16`. */
export function rawBinary(b: Binaryen, m: BinaryenModule, op: number, x: Expr, y: Expr): Expr {
  return raw(b)._BinaryenBinary(m.ptr, op, x, y);
}

/** A relaxed SIMD (or any other) unary operation by its operation constant, e.g. `b.RelaxedTruncSVecF32x4ToVecI32x4`. */
export function rawUnary(b: Binaryen, m: BinaryenModule, op: number, x: Expr): Expr {
  return raw(b)._BinaryenUnary(m.ptr, op, x);
}

/** A relaxed SIMD ternary operation by its operation constant, e.g. `b.RelaxedLaneselectI32x4`. */
export function rawTernary(b: Binaryen, m: BinaryenModule, op: number, x: Expr, y: Expr, z: Expr): Expr {
  return raw(b)._BinaryenSIMDTernary(m.ptr, op, x, y, z);
}
