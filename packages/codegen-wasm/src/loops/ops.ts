/**
 * Scalar ops of the kernel IR on vectors and on scalars. Each op has a vector form, a scalar form or both: without a
 * vector form lanes are done one by one, without a scalar form a scalar is a vector of one lane. So the two always
 * agree bit for bit.
 */
import { dtypeTable, invariant, type kernel as k, type RealDType } from "@fluxion/ir";
import type { Expr } from "../binaryen/load.ts";
import { convertScalar } from "../scalar/convert.ts";
import { scalarFloatOps } from "../scalar/float.ts";
import {
  compareScalarInts,
  type ScalarOp,
  scalarBoolOps,
  scalarIntegerOps,
  wrapScalar,
} from "../scalar/integer.ts";
import { classOf, type ElementClass, isHalf, isNarrowInt, scalarTypeOf } from "../scalar/types.ts";
import type { FunctionContext } from "./function-context.ts";
import { reducePrecision } from "./reduce-precision.ts";
import { roundHalf } from "./storage.ts";
import { formOf, type OpInfo, type Vector, type VectorOp, Vectors } from "./vector.ts";
import { bitcastVector, convertVector } from "./vector-convert.ts";
import { compareFloats, floatOps, totalOrderKeys } from "./vector-float.ts";
import { boolOps, compareBools, compareInts, integerOps, wrapNarrow } from "./vector-integer.ts";

const vectorTables: Record<ElementClass, Partial<Record<k.ScalarOpcode, VectorOp>>> = {
  float: floatOps,
  int: integerOps,
  bool: boolOps,
};
const scalarTables: Record<ElementClass, Partial<Record<k.ScalarOpcode, ScalarOp>>> = {
  float: scalarFloatOps,
  int: scalarIntegerOps,
  bool: scalarBoolOps,
};

/** Ops whose result is one of their operands or exact in every format, so that rounding it changes nothing. */
const exactOps = new Set<string>([
  "abs",
  "negate",
  "sign",
  "maximum",
  "minimum",
  "select",
  "ceil",
  "floor",
  "round_nearest_afz",
  "round_nearest_even",
  "remainder",
]);
/** Integer ops that stay in the range of a narrow type. */
const closedOps = new Set<string>([
  "and",
  "or",
  "xor",
  "maximum",
  "minimum",
  "select",
  "sign",
  "popcnt",
  "count_leading_zeros",
]);

export function isSupported({ opcode, from }: Omit<OpInfo, "dtype">): boolean {
  const kind = classOf(from);
  return vectorTables[kind][opcode] !== undefined || scalarTables[kind][opcode] !== undefined;
}

export class Ops {
  readonly fc: FunctionContext;

  constructor(fc: FunctionContext) {
    this.fc = fc;
  }

  vector(v: Vectors, op: OpInfo, args: readonly Vector[]): Vector {
    const kind = classOf(op.from);
    const emitted = vectorTables[kind][op.opcode]?.(v, op, args);
    if (emitted !== undefined) return this.#finish(v, op, emitted);
    const scalar = scalarTables[kind][op.opcode];
    invariant(scalar !== undefined, () => `${op.opcode} on ${op.from} cannot be emitted`);
    const result = v.lanewise(op.dtype, args, (...lanes) => scalar(this.fc.f, op.dtype, lanes));
    return this.#finish(v, op, result);
  }

  scalar(op: OpInfo, args: readonly Expr[], types: readonly RealDType[]): Expr {
    const scalar = scalarTables[classOf(op.from)][op.opcode];
    const needsRounding = isHalf(op.dtype) && !exactOps.has(op.opcode);
    if (scalar === undefined || needsRounding) {
      return this.viaVector(args, types, (v, vectors) => this.vector(v, op, vectors));
    }
    const result = scalar(this.fc.f, op.dtype, args);
    return isNarrowInt(op.dtype) && !closedOps.has(op.opcode)
      ? wrapScalar(this.fc.f, op.dtype, result)
      : result;
  }

  compareVectors(v: Vectors, e: Extract<k.Expr, { kind: "compare" }>, lhs: Vector, rhs: Vector): Vector {
    const kind = classOf(lhs.dtype);
    if (kind === "bool") return compareBools(v, e.direction, lhs, rhs);
    if (kind === "int") return compareInts(v, e.direction, lhs, rhs);
    if (e.compareType !== "TOTALORDER") return compareFloats(v, e.direction, lhs, rhs);
    return compareInts(v, e.direction, totalOrderKeys(v, lhs), totalOrderKeys(v, rhs));
  }

  compareScalars(e: Extract<k.Expr, { kind: "compare" }>, lhs: Expr, rhs: Expr): Expr {
    const { dtype } = e.args[0];
    const { f } = this.fc;
    if (classOf(dtype) !== "float") return compareScalarInts(f, dtype, e.direction, lhs, rhs);
    if (e.compareType === "TOTALORDER") {
      return this.viaVector([lhs, rhs], [dtype, dtype], (v, [x, y]) => this.compareVectors(v, e, x, y));
    }
    const ops = f.m[scalarTypeOf(dtype) as "f32" | "f64"];
    return ops[e.direction.toLowerCase() as Lowercase<typeof e.direction>](lhs, rhs);
  }

  convertVector(v: Vectors, x: Vector, to: RealDType): Vector {
    const direct = convertVector(v, x, to);
    return direct ?? v.lanewise(to, [x], (lane) => this.convertScalar(lane, x.dtype, to));
  }

  convertScalar(x: Expr, from: RealDType, to: RealDType): Expr {
    if (from === to) return x;
    const direct = convertScalar(this.fc.f, x, from, to);
    const isWideToHalf = isHalf(to) && scalarTypeOf(from) === "i64";
    if (direct !== undefined && !isWideToHalf) return direct;
    const [value, type] = direct === undefined ? [x, from] : [direct, "float64" as const];
    return this.viaVector([value], [type], (v, [only]) => this.convertVector(v, only, to));
  }

  bitcastVector(v: Vectors, x: Vector, to: RealDType): Vector {
    return bitcastVector(v, x, to);
  }

  bitcastScalar(x: Expr, from: RealDType, to: RealDType): Expr {
    const { m } = this.fc.f;
    const [source, target] = [scalarTypeOf(from), scalarTypeOf(to)];
    if (isHalf(from) || isHalf(to) || isNarrowInt(to))
      return this.viaVector([x], [from], (v, [only]) => bitcastVector(v, only, to));
    return source === target ? x : m[target].reinterpret(x);
  }

  reducePrecisionVector(v: Vectors, x: Vector, exponentBits: number, mantissaBits: number): Vector {
    return reducePrecision(v, x, exponentBits, mantissaBits);
  }

  /** A scalar computed as a vector of one lane. */
  viaVector(
    args: readonly Expr[],
    types: readonly RealDType[],
    emit: (v: Vectors, args: Vector[]) => Vector,
  ): Expr {
    const v = new Vectors(this.fc, 1);
    const vectors = args.map((arg, i) => v.splat(types[i], arg));
    return v.lane(emit(v, vectors), 0);
  }

  #finish(v: Vectors, op: OpInfo, result: Vector): Vector {
    const { dtype } = op;
    if (isHalf(dtype)) {
      if (exactOps.has(op.opcode)) return result;
      return v.mapLocals(dtype, 32, [result], (register) => roundHalf(this.fc, dtype, register));
    }
    if (isNarrowInt(dtype) && !closedOps.has(op.opcode)) return wrapNarrow(v, result);
    invariant(
      result.dtype === "bool" || result.form === formOf(dtype),
      () => `${op.opcode} gave ${result.form}-bit lanes for ${dtype} (${dtypeTable[dtype].bits} bits)`,
    );
    return result;
  }
}
