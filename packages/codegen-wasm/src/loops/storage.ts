/** Elements as they are stored ↔ lanes and scalars as they are computed with. */
import type { RealDType } from "@fluxion/ir";
import type { Expr } from "../binaryen/load.ts";
import type { Local } from "../emit/function-builder.ts";
import { fromHalf, type HalfDType, toHalf } from "../emit/half.ts";
import { bytesOf, isHalf } from "../scalar/types.ts";
import type { FunctionContext } from "./function-context.ts";

/** Stored elements, widened to their lanes, made values: bits of 16-bit floats, bytes of bools. */
export function decode(fc: FunctionContext, dtype: RealDType, raw: Local): Local {
  const { f, math } = fc;
  if (isHalf(dtype)) return f.let(f.b.v128, fromHalf(f, dtype, f.get(raw)));
  return dtype === "bool" ? f.let(f.b.v128, f.m.i32x4.gt_s(f.get(raw), f.get(math.f32.bits(0)))) : raw;
}

/** The inverse: lanes whose low bytes are what is stored. */
export function encode(fc: FunctionContext, dtype: RealDType, value: Local): Local {
  const { f, math } = fc;
  if (isHalf(dtype)) return fc.halves.get(value) ?? f.let(f.b.v128, toHalf(f, dtype, value));
  return dtype === "bool" ? math.f32.and(value, 1) : value;
}

/** Float32 lanes rounded to a 16-bit format; a store of them finds the bits that they come from. */
export function roundHalf(fc: FunctionContext, dtype: HalfDType, value: Local): Local {
  const bits = fc.f.let(fc.f.b.v128, toHalf(fc.f, dtype, value));
  const rounded = decode(fc, dtype, bits);
  fc.halves.set(rounded, bits);
  return rounded;
}

/** One element as a scalar. */
export function loadScalar(fc: FunctionContext, dtype: RealDType, pointer: Local, offset: number): Expr {
  const { f } = fc;
  const { i32, i64, f32, f64 } = f.m;
  const at = f.get(pointer);
  switch (dtype) {
    case "bool":
    case "uint8":
      return i32.load8_u(offset, 1, at);
    case "int8":
      return i32.load8_s(offset, 1, at);
    case "uint16":
      return i32.load16_u(offset, 2, at);
    case "int16":
      return i32.load16_s(offset, 2, at);
    case "int32":
    case "uint32":
      return i32.load(offset, 4, at);
    case "int64":
    case "uint64":
      return i64.load(offset, 8, at);
    case "float32":
      return f32.load(offset, 4, at);
    case "float64":
      return f64.load(offset, 8, at);
    default: {
      const bits = f.let(f.b.v128, f.m.i32x4.splat(i32.load16_u(offset, 2, at)));
      return f.m.f32x4.extract_lane(f.get(decode(fc, dtype, bits)), 0);
    }
  }
}

export function storeScalar(
  fc: FunctionContext,
  dtype: RealDType,
  pointer: Local,
  offset: number,
  value: Expr,
): void {
  const { f } = fc;
  const { i32, i64, f32, f64 } = f.m;
  const at = f.get(pointer);
  if (dtype === "float32") f.push(f32.store(offset, 4, at, value));
  else if (dtype === "float64") f.push(f64.store(offset, 8, at, value));
  else if (dtype === "int64" || dtype === "uint64") f.push(i64.store(offset, 8, at, value));
  else if (dtype === "float16" || dtype === "bfloat16") {
    const lanes = f.let(f.b.v128, f.m.f32x4.splat(value));
    f.push(f.m.v128.store16_lane(offset, 2, 0, at, f.get(encode(fc, dtype, lanes))));
  } else if (bytesOf(dtype) === 1) f.push(i32.store8(offset, 1, at, value));
  else if (bytesOf(dtype) === 2) f.push(i32.store16(offset, 2, at, value));
  else f.push(i32.store(offset, 4, at, value));
}
