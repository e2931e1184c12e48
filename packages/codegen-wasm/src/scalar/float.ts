/** Float operations on scalars that are one instruction; the others are emitted as vectors of one lane. */
import type { kernel as k } from "@fluxion/ir";
import type { ScalarOp } from "./integer.ts";
import { scalarTypeOf } from "./types.ts";

const native =
  (name: "add" | "sub" | "mul" | "div" | "min" | "max"): ScalarOp =>
  (f, dtype, [x, y]) =>
    f.m[scalarTypeOf(dtype) as "f32" | "f64"][name](x, y);

const unary =
  (name: "neg" | "abs" | "sqrt" | "ceil" | "floor" | "nearest"): ScalarOp =>
  (f, dtype, [x]) =>
    f.m[scalarTypeOf(dtype) as "f32" | "f64"][name](x);

export const scalarFloatOps: Partial<Record<k.ScalarOpcode, ScalarOp>> = {
  add: native("add"),
  subtract: native("sub"),
  multiply: native("mul"),
  divide: native("div"),
  minimum: native("min"),
  maximum: native("max"),
  negate: unary("neg"),
  abs: unary("abs"),
  sqrt: unary("sqrt"),
  ceil: unary("ceil"),
  floor: unary("floor"),
  round_nearest_even: unary("nearest"),
  select: (f, _, [condition, x, y]) => f.m.select(condition, x, y),
};
