/** Operations on integer and bool vectors. What 128-bit instructions lack is missing here, and done lane by lane. */
import { dtypeTable, isUnsigned, type kernel as k } from "@fluxion/ir";
import type { Expr } from "../binaryen/load.ts";
import type { Local } from "../emit/function-builder.ts";
import { type Form, formOf, type Vector, type VectorOp, type Vectors } from "./vector.ts";
import { floatLanes, select, selectOp } from "./vector-float.ts";

type Direction = "EQ" | "NE" | "LT" | "LE" | "GT" | "GE";

const intOps = (v: Vectors, form: Form) => (form === 32 ? v.fc.f.m.i32x4 : v.fc.f.m.i64x2);

const native =
  (name: "add" | "sub" | "mul" | "neg" | "abs"): VectorOp =>
  (v, { dtype }, args) => {
    const fn = intOps(v, formOf(dtype))[name] as (...e: Expr[]) => Expr;
    return v.map(dtype, formOf(dtype), args, (...e) => fn(...e));
  };

export const bitwise =
  (name: "and" | "or" | "xor" | "andnot"): VectorOp =>
  (v, { dtype }, args) => {
    const form = dtype === "bool" ? args[0].form : formOf(dtype);
    return v.map(dtype, form, args, (a, b) => v.fc.f.m.v128[name](a, b));
  };

const not: VectorOp = (v, { dtype }, args) => {
  const form = dtype === "bool" ? args[0].form : formOf(dtype);
  return v.map(dtype, form, args, (a) => v.fc.f.m.v128.not(a));
};

const extremum =
  (name: "max" | "min"): VectorOp =>
  (v, op, [x, y]) => {
    const { dtype } = op;
    if (formOf(dtype) === 64) return select(v, [compareInts(v, name === "max" ? "GT" : "LT", x, y), x, y]);
    const { i32x4 } = v.fc.f.m;
    return v.map(dtype, 32, [x, y], i32x4[`${name}_${dtype === "uint32" ? "u" : "s"}`]);
  };

/** −1, 0 or 1: the sign bit in all bits, or one where the number is positive. */
const sign: VectorOp = (v, { dtype }, [x]) => {
  const form = formOf(dtype);
  const lanes = floatLanes(v, form);
  return v.mapLocals(dtype, form, [x], (n) =>
    lanes.or(lanes.shrS(n, form - 1), lanes.and(lanes.igt(n, 0), 1)),
  );
};

/** Shifts by one amount in all lanes; 0 (or all sign bits) once the amount, read as unsigned, reaches the width. */
const shift =
  (name: "shl" | "shr_s" | "shr_u"): VectorOp =>
  (v, op, [x, amount]) => {
    const { dtype } = op;
    const constant = v.constantOf(amount);
    if (constant === undefined) return undefined;
    const { bits } = dtypeTable[dtype];
    const given = BigInt.asUintN(bits, BigInt(constant));
    const tooFar = given >= BigInt(bits);
    if (tooFar && name !== "shr_s")
      return v.constant(dtype, dtype === "int64" || dtype === "uint64" ? 0n : 0);
    const n = tooFar ? bits - 1 : Number(given);
    const form = formOf(dtype);
    const lanes = floatLanes(v, form);
    return v.mapLocals(dtype, form, [x], (value) => lanes.shift(name, inWord(v, dtype, name, value), n));
  };

/** A narrow integer as the 32-bit word whose shift to the right is its own: with the sign or with zeros above it. */
function inWord(v: Vectors, dtype: Vector["dtype"], name: string, value: Local): Local {
  const { bits } = dtypeTable[dtype];
  const lanes = v.fc.math.f32;
  if (bits >= 32) return value;
  if (name === "shr_u" && !isUnsigned(dtype)) return lanes.and(value, (1 << bits) - 1);
  if (name === "shr_s" && isUnsigned(dtype)) return lanes.shrS(lanes.shl(value, 32 - bits), 32 - bits);
  return value;
}

/** Bits in each byte, summed in pairs of bytes and then of words. */
const popcount: VectorOp = (v, { dtype }, [x]) => {
  const { bits } = dtypeTable[dtype];
  if (bits === 64) return undefined;
  const { m } = v.fc.f;
  const mask = bits < 32 ? v.constant(dtype, (1 << bits) - 1) : undefined;
  return v.map(dtype, 32, mask === undefined ? [x] : [x, mask], (value, own) => {
    const counted = m.i8x16.popcnt(own === undefined ? value : m.v128.and(value, own));
    return m.i32x4.extadd_pairwise_i16x8_u(m.i16x8.extadd_pairwise_i8x16_u(counted));
  });
};

export const integerOps: Partial<Record<k.ScalarOpcode, VectorOp>> = {
  add: native("add"),
  subtract: native("sub"),
  multiply: native("mul"),
  negate: native("neg"),
  abs: native("abs"),
  maximum: extremum("max"),
  minimum: extremum("min"),
  sign,
  and: bitwise("and"),
  or: bitwise("or"),
  xor: bitwise("xor"),
  not,
  select: selectOp,
  shift_left: shift("shl"),
  shift_right_arithmetic: shift("shr_s"),
  shift_right_logical: shift("shr_u"),
  popcnt: popcount,
};

export const boolOps: Partial<Record<k.ScalarOpcode, VectorOp>> = {
  add: bitwise("or"),
  multiply: bitwise("and"),
  maximum: bitwise("or"),
  minimum: bitwise("and"),
  and: bitwise("and"),
  or: bitwise("or"),
  xor: bitwise("xor"),
  not,
  select: selectOp,
};

const names = { EQ: "eq", NE: "ne", LT: "lt", LE: "le", GT: "gt", GE: "ge" } as const;

export function compareInts(v: Vectors, direction: Direction, lhs: Vector, rhs: Vector): Vector {
  const { m } = v.fc.f;
  const { form, dtype } = lhs;
  const unsigned = dtype === "uint32" || dtype === "uint64";
  if (direction === "EQ" || direction === "NE")
    return v.map("bool", form, [lhs, rhs], intOps(v, form)[names[direction]]);
  if (form === 32)
    return v.map("bool", 32, [lhs, rhs], m.i32x4[`${names[direction]}_${unsigned ? "u" : "s"}`]);
  // Unsigned order is signed order with the sign bit turned over.
  const lanes = v.fc.math.f64;
  const flip = (x: Vector): Vector => v.mapLocals(dtype, 64, [x], (bits) => lanes.xor(bits, lanes.signMask));
  const [a, b] = unsigned ? [flip(lhs), flip(rhs)] : [lhs, rhs];
  return v.map("bool", 64, [a, b], m.i64x2[`${names[direction]}_s`]);
}

/** False is less than true. */
export function compareBools(v: Vectors, direction: Direction, lhs: Vector, rhs: Vector): Vector {
  const form = lhs.form;
  const { v128 } = v.fc.f.m;
  const emit: Record<Direction, (a: Expr, b: Expr) => Expr> = {
    EQ: (a, b) => v128.not(v128.xor(a, b)),
    NE: (a, b) => v128.xor(a, b),
    LT: (a, b) => v128.andnot(b, a),
    LE: (a, b) => v128.or(v128.not(a), b),
    GT: (a, b) => v128.andnot(a, b),
    GE: (a, b) => v128.or(a, v128.not(b)),
  };
  return v.map("bool", form, [lhs, rhs], emit[direction]);
}

/** Results of 32-bit arithmetic put back into the range of a narrow type. */
export function wrapNarrow(v: Vectors, vector: Vector): Vector {
  const { bits, kind } = dtypeTable[vector.dtype];
  const lanes = v.fc.math.f32;
  return v.mapLocals(vector.dtype, 32, [vector], (x) =>
    kind === "uint" ? lanes.and(x, (1 << bits) - 1) : lanes.shrS(lanes.shl(x, 32 - bits), 32 - bits),
  );
}
