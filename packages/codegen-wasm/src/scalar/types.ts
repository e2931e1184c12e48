/** How one element of each dtype is held while it is computed with. */
import { dtypeTable, isFloat, isWideInt, type RealDType } from "@fluxion/ir";
import type { Binaryen, WasmType } from "../binaryen/load.ts";

/**
 * The wasm type of a scalar: integers of up to 32 bits are i32 in their own range (so a uint8 is 0…255 and a uint32 any
 * bit pattern), bool is 0 or 1, float16 and bfloat16 are f32 values of their format.
 */
export type ScalarType = "i32" | "i64" | "f32" | "f64";

export function scalarTypeOf(dtype: RealDType): ScalarType {
  if (dtype === "float64") return "f64";
  if (isFloat(dtype)) return "f32";
  return isWideInt(dtype) ? "i64" : "i32";
}

export const wasmTypeOf = (b: Binaryen, dtype: RealDType): WasmType => b[scalarTypeOf(dtype)];

export const bytesOf = (dtype: RealDType): number => dtypeTable[dtype].bytes;

export const isHalf = (dtype: RealDType): dtype is "float16" | "bfloat16" =>
  dtype === "float16" || dtype === "bfloat16";

/** Integers that an i32 operation may push out of their range. */
export const isNarrowInt = (dtype: RealDType): boolean => {
  const { kind, bits } = dtypeTable[dtype];
  return (kind === "int" || kind === "uint") && bits < 32;
};

export const isUnsignedInt = (dtype: RealDType): boolean => {
  const { kind } = dtypeTable[dtype];
  return kind === "uint" || kind === "bool";
};

/** Element types as the tables of operations tell them apart. */
export type ElementClass = "float" | "int" | "bool";

export function classOf(dtype: RealDType): ElementClass {
  const { kind } = dtypeTable[dtype];
  return kind === "float" || kind === "bool" ? kind : "int";
}
