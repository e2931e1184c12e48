/** Elements as they are stored ↔ vectors of the compute type. */
import { dtypeTable, type RealDType } from "@fluxion/ir";
import type { Expr, FunctionBuilder, Local } from "../emit/function-builder.ts";
import { fromHalf, toHalf } from "../emit/half.ts";
import { isHalf } from "../scalar/types.ts";
import { place, zeroVector } from "./algebra.ts";
import { computeTypeOf } from "./spec.ts";

/** Whether the stored elements are the compute type's own, so that no conversion is needed. */
export const isNative = (dtype: RealDType): boolean =>
  dtypeTable[dtype].bytes === (computeTypeOf(dtype).endsWith("64") ? 8 : 4);

/** As many consecutive elements as a vector has lanes. */
export function loadElements(f: FunctionBuilder, dtype: RealDType, pointer: Local, offset: number): Expr {
  const { v128 } = f.m;
  const [at, base] = place(f, pointer, offset);
  switch (dtypeTable[dtype].bytes) {
    case 1:
      return widen8(f, dtype, v128.load32_zero(at, 1, base));
    case 2: {
      if (dtype === "int16") return v128.load16x4_s(at, 2, base);
      return decode16(f, dtype, v128.load16x4_u(at, 2, base));
    }
    default:
      return v128.load(at, 4, base);
  }
}

function widen8(f: FunctionBuilder, dtype: RealDType, bytes: Expr): Expr {
  const { i16x8, i32x4 } = f.m;
  if (dtype === "int8") return i32x4.extend_low_i16x8_s(i16x8.extend_low_i8x16_s(bytes));
  return i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(bytes));
}

/** Unsigned 16-bit lanes as values: those of the 16-bit floats become float32. */
const decode16 = (f: FunctionBuilder, dtype: RealDType, bits: Expr): Expr =>
  isHalf(dtype) ? fromHalf(f, dtype, bits) : bits;

/** One element in all lanes. */
export function loadElement(f: FunctionBuilder, dtype: RealDType, pointer: Local, offset: number): Expr {
  const { v128, i32, i32x4 } = f.m;
  const [at, base] = place(f, pointer, offset);
  switch (dtypeTable[dtype].bytes) {
    case 1:
      return i32x4.splat(dtype === "int8" ? i32.load8_s(at, 1, base) : i32.load8_u(at, 1, base));
    case 2: {
      if (dtype === "int16") return i32x4.splat(i32.load16_s(at, 2, base));
      return decode16(f, dtype, i32x4.splat(i32.load16_u(at, 2, base)));
    }
    case 4:
      return v128.load32_splat(at, 4, base);
    default:
      return v128.load64_splat(at, 8, base);
  }
}

/** Lanes whose low bits are the element's bits, ready for `storeElements`. */
export function encode(f: FunctionBuilder, dtype: RealDType, value: Local): Local {
  const { m, b } = f;
  if (isHalf(dtype)) return f.let(b.v128, toHalf(f, dtype, value));
  if (dtype !== "bool") return value;
  const one = m.v128.const(new Uint8Array(new Uint32Array(4).fill(1).buffer));
  return f.let(b.v128, m.v128.and(m.i32x4.ne(f.get(value), zeroVector(f)), one));
}

/** The bytes of each lane's low half or quarter, gathered at the bottom. */
const GATHER = {
  1: [0, 4, 8, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  2: [0, 1, 4, 5, 8, 9, 12, 13, 0, 0, 0, 0, 0, 0, 0, 0],
} as const;

/** Stores the first `count` lanes of an encoded vector at consecutive elements. */
export function storeElements(
  f: FunctionBuilder,
  dtype: RealDType,
  pointer: Local,
  offset: number,
  value: Local,
  count: number,
): void {
  const { bytes } = dtypeTable[dtype];
  const lanes = bytes === 8 ? 2 : 4;
  if (count < lanes) {
    for (let lane = 0; lane < count; lane++)
      storeElement(f, dtype, pointer, offset + lane * bytes, value, lane);
    return;
  }
  const [at, base] = place(f, pointer, offset);
  f.push(storeWhole(f, bytes, at, base, value));
}

function storeWhole(f: FunctionBuilder, bytes: number, offset: number, base: Expr, value: Local): Expr {
  const { v128, i8x16 } = f.m;
  if (bytes >= 4) return v128.store(offset, 4, base, f.get(value));
  const packed = i8x16.shuffle(f.get(value), f.get(value), GATHER[bytes as 1 | 2]);
  if (bytes === 1) return v128.store32_lane(offset, 1, 0, base, packed);
  return v128.store64_lane(offset, 2, 0, base, packed);
}

/** Stores one lane of an encoded vector. */
export function storeElement(
  f: FunctionBuilder,
  dtype: RealDType,
  pointer: Local,
  offset: number,
  value: Local,
  lane: number,
): void {
  const [at, base] = place(f, pointer, offset);
  f.push(storeLane(f, dtypeTable[dtype].bytes, at, base, f.get(value), lane));
}

function storeLane(
  f: FunctionBuilder,
  bytes: number,
  offset: number,
  base: Expr,
  value: Expr,
  lane: number,
): Expr {
  const { v128 } = f.m;
  switch (bytes) {
    case 1:
      return v128.store8_lane(offset, 1, lane * 4, base, value);
    case 2:
      return v128.store16_lane(offset, 2, lane * 2, base, value);
    case 4:
      return v128.store32_lane(offset, 4, lane, base, value);
    default:
      return v128.store64_lane(offset, 8, lane, base, value);
  }
}
