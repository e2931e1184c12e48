/** Operations on float vectors. Every one gives the same bits as its scalar form. */
import type { kernel as k } from "@fluxion/ir";
import type { Expr } from "../binaryen/load.ts";
import { rawTernary } from "../binaryen/raw.ts";
import type { Local } from "../emit/function-builder.ts";
import type { LaneFunction, Lanes } from "../math/emitter.ts";
import { expAbsorbed, expBounded, expNegative } from "../math/exp.ts";
import { mathFunctions } from "../math/table.ts";
import { isHalf } from "../scalar/types.ts";
import type { Absorbed } from "./absorbed.ts";
import { decode, encode } from "./storage.ts";
import { type Form, formOf, type Vector, type VectorOp, type Vectors } from "./vector.ts";

export const floatLanes = (v: Vectors, form: Form): Lanes => (form === 32 ? v.fc.math.f32 : v.fc.math.f64);

const viaLanes =
  (fn: LaneFunction): VectorOp =>
  (v, { dtype }, args) => {
    const lanes = floatLanes(v, formOf(dtype));
    return v.mapLocals(dtype, formOf(dtype), args, (...locals) => fn(lanes, ...locals));
  };

/** A function of many instructions: written out, or called where a kernel has so many that it would become huge. */
const viaFunction =
  (opcode: string, fn: LaneFunction): VectorOp =>
  (v, { dtype }, args) => {
    const form = formOf(dtype);
    const lanes = floatLanes(v, form);
    const { f, math, options } = v.fc;
    const call = (locals: readonly Local[]): Local =>
      f.let(
        f.b.v128,
        math.call(`${opcode}.f${form}`, locals, f.b.v128, (e) =>
          e.f.get(fn(form === 32 ? e.f32 : e.f64, ...locals.map((_, i) => e.f.param(i)))),
        ),
      );
    return v.mapLocals(dtype, form, args, (...locals) =>
      options.compact ? call(locals) : fn(lanes, ...locals),
    );
  };

/** Exponentials that need not be exact everywhere. */
export const absorbedExponentialOps: Record<Absorbed, VectorOp> = {
  tiny: viaFunction("exponential.absorbed", expAbsorbed),
  large: viaFunction("exponential.bounded", expBounded),
  "tiny and large": viaFunction("exponential.negative", expNegative),
};

/** A property of floats: lanes of masks. */
const predicate =
  (fn: LaneFunction): VectorOp =>
  (v, { from }, args) => {
    const lanes = floatLanes(v, formOf(from));
    return v.mapLocals("bool", formOf(from), args, (...locals) => fn(lanes, ...locals));
  };

const native =
  (name: "ceil" | "min" | "max"): VectorOp =>
  (v, { dtype }, args) => {
    const { m } = v.fc.f;
    const ops = formOf(dtype) === 32 ? m.f32x4 : m.f64x2;
    return v.map(dtype, formOf(dtype), args, (...e) => (ops[name] as (...e: Expr[]) => Expr)(...e));
  };

/**
 * The engine's own maximum takes seven instructions for the sake of NaN and −0; with a constant on one side `pmax` does
 * (its first operand wins ties and NaN): only max(−0, +0) and min(+0, −0) then need care.
 */
const extremum =
  (name: "max" | "min"): VectorOp =>
  (v, op, args) => {
    const general = native(name);
    const lanes = floatLanes(v, formOf(op.dtype));
    const index = args.findIndex((arg) => v.constantOf(arg) !== undefined);
    if (index < 0) return general(v, op, args);
    const constant = Number(v.constantOf(args[index]));
    const isTie = name === "max" ? Object.is(constant, 0) : Object.is(constant, -0);
    if (Number.isNaN(constant) || (isTie && name === "min")) return general(v, op, args);
    return v.mapLocals(op.dtype, formOf(op.dtype), [args[1 - index], args[index]], (x, c) => {
      const picked = name === "max" ? lanes.pmax(x, c) : lanes.pmin(x, c);
      // −0 + 0 = 0, and nothing else changes.
      return isTie ? lanes.add(picked, 0) : picked;
    });
  };

/** Lane by lane: condition ? onTrue : onFalse. */
export function select(v: Vectors, [condition, onTrue, onFalse]: readonly Vector[]): Vector {
  const { form, dtype } = onTrue;
  const { f, options } = v.fc;
  return v.map(dtype, form, [condition, onTrue, asForm(v, onFalse, form)], (mask, a, b) => {
    if (!options.relaxed) return f.m.v128.bitselect(a, b, mask);
    const op = form === 32 ? f.b.RelaxedLaneselectI32x4 : f.b.RelaxedLaneselectI64x2;
    return rawTernary(f.b, f.m, op, a, b, mask);
  });
}

/** `select` as an op. */
export const selectOp: VectorOp = (v, _, args) => select(v, args);

const asForm = (v: Vectors, vector: Vector, form: Form): Vector =>
  vector.dtype === "bool" ? v.mask(vector, form) : vector;

/** The next number of a 16-bit format: a step on its bits, which order numbers by magnitude. */
const nextAfter: VectorOp = (v, op, args) => {
  const { dtype } = op;
  if (!isHalf(dtype)) return viaLanes(mathFunctions["chlo.next_after"])(v, op, args);
  const lanes = v.fc.math.f32;
  return v.mapLocals(dtype, 32, args, (x, y) => {
    const grows = lanes.xor(lanes.gt(y, x), lanes.lt(x, 0));
    const next = lanes.iadd(encode(v.fc, dtype, x), lanes.or(lanes.not(grows), 1));
    const smallest = lanes.or(lanes.shrU(lanes.sign(y), 16), 1);
    const bits = lanes.select(lanes.eq(x, 0), smallest, next);
    const result = lanes.select(lanes.eq(x, y), y, decode(v.fc, dtype, bits));
    return lanes.or(result, lanes.or(lanes.ne(x, x), lanes.ne(y, y)));
  });
};

export const floatOps: Partial<Record<k.ScalarOpcode, VectorOp>> = {
  ...Object.fromEntries(
    Object.entries<LaneFunction>(mathFunctions).map(
      ([opcode, fn]) => [opcode, viaFunction(opcode, fn)] as const,
    ),
  ),
  add: viaLanes((l, x, y) => l.add(x, y)),
  subtract: viaLanes((l, x, y) => l.sub(x, y)),
  multiply: viaLanes((l, x, y) => l.mul(x, y)),
  divide: viaLanes((l, x, y) => l.div(x, y)),
  negate: viaLanes((l, x) => l.neg(x)),
  abs: viaLanes((l, x) => l.abs(x)),
  sqrt: viaLanes((l, x) => l.sqrt(x)),
  floor: viaLanes((l, x) => l.floor(x)),
  ceil: native("ceil"),
  maximum: extremum("max"),
  minimum: extremum("min"),
  select: selectOp,
  "chlo.next_after": nextAfter,
  is_finite: predicate((l, x) => l.lt(l.abs(x), Number.POSITIVE_INFINITY)),
  "chlo.is_inf": predicate((l, x) => l.eq(l.abs(x), Number.POSITIVE_INFINITY)),
  "chlo.is_pos_inf": predicate((l, x) => l.eq(x, Number.POSITIVE_INFINITY)),
  "chlo.is_neg_inf": predicate((l, x) => l.eq(x, Number.NEGATIVE_INFINITY)),
};

const comparisons = { EQ: "eq", NE: "ne", LT: "lt", LE: "le", GT: "gt", GE: "ge" } as const;

export function compareFloats(
  v: Vectors,
  direction: keyof typeof comparisons,
  lhs: Vector,
  rhs: Vector,
): Vector {
  const lanes = floatLanes(v, lhs.form);
  return v.mapLocals("bool", lhs.form, [lhs, rhs], (x, y) => lanes[comparisons[direction]](x, y));
}

/**
 * Bits of floats as signed integers in the order of IEEE 754's totalOrder: of a negative number all bits but the sign
 * turn over.
 */
export function totalOrderKeys(v: Vectors, x: Vector): Vector {
  const lanes = floatLanes(v, x.form);
  return v.mapLocals(x.form === 32 ? "int32" : "int64", x.form, [{ ...x, dtype: "int32" }], (bits) =>
    lanes.xor(bits, lanes.shrU(lanes.shrS(bits, x.form - 1), 1)),
  );
}
