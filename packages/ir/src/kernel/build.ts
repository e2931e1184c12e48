/** Short constructors for kernel IR expressions and statements. */

import type { RealDType } from "../dtype.ts";
import { dtypeTable } from "../dtype.ts";
import type { ComparisonDirection, ComparisonType } from "../ops/schema.ts";
import { bfloat16FromBits, float16FromBits } from "../scalar.ts";
import type { Index } from "./index-expr.ts";
import type { BufferRef, Expr, Local, ScalarOpcode, Stmt, Tile } from "./types.ts";

export const constant = (dtype: RealDType, value: number | bigint): Expr => ({
  kind: "const",
  dtype,
  value: dtype === "int64" || dtype === "uint64" ? BigInt(value) : Number(value),
});
export const load = (from: BufferRef | Tile, index: Index): Expr => ({
  kind: "load",
  dtype: from.dtype,
  from,
  index,
});
export const use = (local: Local): Expr => ({ kind: "local", dtype: local.dtype, local });
export const indexValueOf = (index: Index): Expr => ({ kind: "index", dtype: "int32", index });
export const scalarOp = (opcode: ScalarOpcode, dtype: RealDType, ...args: Expr[]): Expr => ({
  kind: "op",
  dtype,
  opcode,
  args,
});
export const compare = (
  direction: ComparisonDirection,
  lhs: Expr,
  rhs: Expr,
  compareType: ComparisonType = defaultCompareType(lhs.dtype),
): Expr => ({ kind: "compare", dtype: "bool", direction, compareType, args: [lhs, rhs] });
export const select = (condition: Expr, onTrue: Expr, onFalse: Expr): Expr =>
  scalarOp("select", onTrue.dtype, condition, onTrue, onFalse);
export const convert = (arg: Expr, dtype: RealDType): Expr =>
  arg.dtype === dtype ? arg : { kind: "convert", dtype, arg };
export const bitcast = (arg: Expr, dtype: RealDType): Expr =>
  arg.dtype === dtype ? arg : { kind: "bitcast", dtype, arg };

export const letStmt = (local: Local, value: Expr): Stmt => ({ kind: "let", local, value });
export const assign = (local: Local, value: Expr): Stmt => ({ kind: "assign", local, value });
export const store = (to: BufferRef | Tile, index: Index, value: Expr): Stmt => ({
  kind: "store",
  to,
  index,
  value,
});

export const ifStmt = (condition: Expr, body: readonly Stmt[], otherwise: readonly Stmt[] = []): Stmt => ({
  kind: "if",
  condition,
  // biome-ignore lint/suspicious/noThenProperty: a branch, not a promise
  then: body,
  else: otherwise,
});

export function defaultCompareType(dtype: RealDType): ComparisonType {
  const { kind } = dtypeTable[dtype];
  return kind === "float" ? "FLOAT" : kind === "int" ? "SIGNED" : "UNSIGNED";
}

/** A constant from its storage form (16-bit floats are stored as bits). */
export const constantFromStorage = (dtype: RealDType, stored: number | bigint): Expr =>
  constant(
    dtype,
    dtype === "float16"
      ? float16FromBits(Number(stored))
      : dtype === "bfloat16"
        ? bfloat16FromBits(Number(stored))
        : stored,
  );
