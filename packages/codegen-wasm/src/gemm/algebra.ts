/** The arithmetic of each compute type on 128-bit vectors. */
import type { Binaryen } from "../binaryen/load.ts";
import { relaxedMaddF32x4, relaxedMaddF64x2 } from "../binaryen/raw.ts";
import type { Expr, FunctionBuilder, Local, Module } from "../emit/function-builder.ts";
import type { ComputeType } from "./spec.ts";

export interface Algebra {
  readonly type: ComputeType;
  readonly lanes: 2 | 4;
  /** Bytes of an element. */
  readonly bytes: 4 | 8;
  /** x · y + sum. */
  multiplyAdd(x: Expr, y: Expr, sum: Expr): Expr;
  add(x: Expr, y: Expr): Expr;
}

/** `relaxed`: the engine has relaxed SIMD, so products and sums may be fused. */
export function algebraOf(type: ComputeType, b: Binaryen, m: Module, relaxed: boolean): Algebra {
  const lanes = type === "f32" || type === "i32" ? 4 : 2;
  const op = { f32: m.f32x4, f64: m.f64x2, i32: m.i32x4, i64: m.i64x2 }[type];
  const plain = (x: Expr, y: Expr, sum: Expr): Expr => op.add(sum, op.mul(x, y));
  const fused = type === "f32" ? relaxedMaddF32x4 : type === "f64" ? relaxedMaddF64x2 : undefined;
  return {
    type,
    lanes,
    bytes: lanes === 4 ? 4 : 8,
    multiplyAdd: relaxed && fused ? (x, y, sum) => fused(b, m, x, y, sum) : plain,
    add: (x, y) => op.add(x, y),
  };
}

/** Bytes of an element of a compute type. */
export const computeBytes = (type: ComputeType): 4 | 8 => (type === "f32" || type === "i32" ? 4 : 8);
/** Elements of a vector of a compute type. */
export const computeLanes = (type: ComputeType): 2 | 4 => (type === "f32" || type === "i32" ? 4 : 2);

export const zeroVector = (f: FunctionBuilder): Expr => f.m.v128.const(new Uint8Array(16));

/** `pointer + offset` as a load or store takes it: static offsets are unsigned, so a negative one goes into the pointer. */
export function place(f: FunctionBuilder, pointer: Local, offset: number): [offset: number, pointer: Expr] {
  if (offset >= 0) return [offset, f.get(pointer)];
  return [0, f.m.i32.add(f.get(pointer), f.m.i32.const(offset))];
}

/** A vector of packed elements. */
export function loadVector(f: FunctionBuilder, pointer: Local, offset: number): Expr {
  const [at, base] = place(f, pointer, offset);
  return f.m.v128.load(at, 4, base);
}

/** One packed element in all lanes. */
export function loadSplat(f: FunctionBuilder, alg: Algebra, pointer: Local, offset: number): Expr {
  const [at, base] = place(f, pointer, offset);
  return alg.bytes === 4 ? f.m.v128.load32_splat(at, 4, base) : f.m.v128.load64_splat(at, 8, base);
}

/** The first `count` lanes from memory, the others zero; reads nothing beyond them. */
export function loadFirst(
  f: FunctionBuilder,
  alg: Algebra,
  count: number,
  pointer: Local,
  offset: number,
): Expr {
  if (count === alg.lanes) return loadVector(f, pointer, offset);
  const { v128 } = f.m;
  const [at, base] = place(f, pointer, offset);
  if (alg.bytes === 8) return v128.load64_zero(at, 8, base);
  if (count === 1) return v128.load32_zero(at, 4, base);
  const two = v128.load64_zero(at, 4, base);
  if (count === 2) return two;
  const [atThird, baseThird] = place(f, pointer, offset + 8);
  return v128.load32_lane(atThird, 4, 2, baseThird, two);
}

export function storeVector(f: FunctionBuilder, pointer: Local, offset: number, value: Expr): void {
  const [at, base] = place(f, pointer, offset);
  f.push(f.m.v128.store(at, 4, base, value));
}

/** `pointer += bytes`. */
export function advance(f: FunctionBuilder, pointer: Local, bytes: number): void {
  if (bytes !== 0) f.set(pointer, f.m.i32.add(f.get(pointer), f.m.i32.const(bytes)));
}
