/**
 * Values of several loop iterations side by side. A vector of n lanes takes as many v128 registers as it needs: four
 * 32-bit lanes or two 64-bit lanes each, the last register perhaps filled in part (its other lanes hold anything).
 */
import { invariant, type kernel as k, type RealDType } from "@fluxion/ir";
import type { Expr } from "../binaryen/load.ts";
import type { Local } from "../emit/function-builder.ts";
import { scalarTypeOf } from "../scalar/types.ts";
import type { FunctionContext } from "./function-context.ts";

/** Bits of a lane. */
export type Form = 32 | 64;

/**
 * Integers of up to 32 bits and 16-bit floats are held as int32 and float32 lanes in their own range; bool as masks
 * (all ones or zero), of whichever width the comparison that made them had.
 */
export interface Vector {
  readonly dtype: RealDType;
  readonly form: Form;
  readonly registers: readonly Local[];
}

export function formOf(dtype: RealDType): Form {
  const type = scalarTypeOf(dtype);
  return type === "i64" || type === "f64" ? 64 : 32;
}

/** The even 32-bit lanes of two registers: the low halves of four 64-bit lanes. */
const LOW_HALVES = [0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27];

export class Vectors {
  readonly fc: FunctionContext;
  readonly lanes: number;

  constructor(fc: FunctionContext, lanes: number) {
    this.fc = fc;
    this.lanes = lanes;
  }

  /** Registers of a vector. */
  count(form: Form): number {
    return Math.ceil((this.lanes * form) / 128);
  }

  /** Lanes of register j that belong to the vector. */
  lanesIn(form: Form, j: number): number {
    const whole = 128 / form;
    return Math.min(whole, this.lanes - j * whole);
  }

  let(e: Expr): Local {
    return this.fc.f.let(this.fc.f.b.v128, e);
  }

  /** The number that all lanes are known to hold. */
  constantOf(vector: Vector): number | bigint | undefined {
    const [first] = vector.registers;
    if (vector.registers.some((register) => register !== first)) return undefined;
    return this.fc.constants.get(first)?.[scalarTypeOf(vector.dtype)];
  }

  /** The same register everywhere. */
  repeat(dtype: RealDType, form: Form, register: Local): Vector {
    return { dtype, form, registers: new Array<Local>(this.count(form)).fill(register) };
  }

  /**
   * Register by register; `fn` gets reads of the arguments' registers, in the form given, and may be called less often
   * than there are registers where those are the same.
   */
  map(dtype: RealDType, form: Form, args: readonly Vector[], fn: (...args: Expr[]) => Expr): Vector {
    const { f } = this.fc;
    return this.mapLocals(dtype, form, args, (...locals) => this.let(fn(...locals.map((l) => f.get(l)))));
  }

  mapLocals(dtype: RealDType, form: Form, args: readonly Vector[], fn: (...args: Local[]) => Local): Vector {
    const inForm = args.map((arg) => (arg.dtype === "bool" ? this.mask(arg, form) : arg));
    for (const arg of inForm)
      invariant(arg.form === form, () => `${arg.dtype} lanes of ${arg.form} bits among ${form}`);
    if (this.count(form) === 1)
      return { dtype, form, registers: [fn(...inForm.map(({ registers }) => registers[0]))] };
    const { f } = this.fc;
    const registers: Local[] = [];
    const pieces: Expr[][] = [];
    for (let j = 0; j < this.count(form); j++) {
      const row = inForm.map((arg) => arg.registers[j]);
      const same = j > 0 && inForm.every((arg, i) => arg.registers[j - 1] === row[i]);
      if (same) registers.push(registers[j - 1]);
      else pieces.push(f.collect(() => registers.push(fn(...row))));
    }
    interleave(f, pieces);
    return { dtype, form, registers };
  }

  /** A value in all lanes. */
  splat(dtype: RealDType, scalar: Expr): Vector {
    const { m } = this.fc.f;
    const type = scalarTypeOf(dtype);
    if (dtype === "bool")
      return this.repeat(dtype, 32, this.let(m.i32x4.splat(m.i32.sub(m.i32.const(0), scalar))));
    const op = { i32: m.i32x4, i64: m.i64x2, f32: m.f32x4, f64: m.f64x2 }[type];
    return this.repeat(dtype, formOf(dtype), this.let(op.splat(scalar)));
  }

  /** A constant in all lanes: set once on entry to the function. */
  constant(dtype: RealDType, value: number | bigint): Vector {
    const { f32, f64 } = this.fc.math;
    if (dtype === "bool") return this.repeat(dtype, 32, f32.bits(Number(value) === 0 ? 0 : 0xffffffff));
    const type = scalarTypeOf(dtype);
    const lanes = type === "f32" || type === "i32" ? f32 : f64;
    const isFloat = type === "f32" || type === "f64";
    const local = isFloat ? lanes.float(Number(value)) : lanes.bits(BigInt(value));
    const known = this.fc.constants.get(local);
    if (known?.[type] !== value) this.fc.constants.set(local, { ...known, [type]: value });
    return this.repeat(dtype, formOf(dtype), local);
  }

  /** The value of one lane as a scalar. */
  lane(vector: Vector, lane: number): Expr {
    const { f } = this.fc;
    const { m } = f;
    const per = 128 / vector.form;
    const register = f.get(vector.registers[Math.floor(lane / per)]);
    const at = lane % per;
    if (vector.dtype === "bool") {
      const word =
        vector.form === 32 ? m.i32x4.extract_lane(register, at) : m.i32x4.extract_lane(register, at * 2);
      return m.i32.and(word, m.i32.const(1));
    }
    const op = { i32: m.i32x4, i64: m.i64x2, f32: m.f32x4, f64: m.f64x2 }[scalarTypeOf(vector.dtype)];
    return op.extract_lane(register, at);
  }

  /** A vector from one scalar for each lane. */
  fromLanes(dtype: RealDType, lanes: readonly Expr[]): Vector {
    const { m } = this.fc.f;
    const form = formOf(dtype);
    const op = { i32: m.i32x4, i64: m.i64x2, f32: m.f32x4, f64: m.f64x2 }[scalarTypeOf(dtype)];
    const bits = dtype === "bool" ? lanes.map((e) => m.i32.sub(m.i32.const(0), e)) : lanes;
    const registers: Local[] = [];
    for (let j = 0; j < this.count(form); j++) {
      const first = (j * 128) / form;
      let value = op.splat(bits[first]);
      for (let lane = 1; lane < this.lanesIn(form, j); lane++)
        value = op.replace_lane(value, lane, bits[first + lane]);
      registers.push(this.let(value));
    }
    return { dtype, form, registers };
  }

  /** `fn` on each lane by itself. */
  lanewise(dtype: RealDType, args: readonly Vector[], fn: (...args: Expr[]) => Expr): Vector {
    const { f } = this.fc;
    const type = f.b[scalarTypeOf(dtype)];
    const lanes: Expr[] = [];
    for (let lane = 0; lane < this.lanes; lane++)
      lanes.push(f.get(f.let(type, fn(...args.map((arg) => this.lane(arg, lane))))));
    return this.fromLanes(dtype, lanes);
  }

  /** A mask whose lanes have the given width. */
  mask(vector: Vector, form: Form): Vector {
    if (vector.form === form) return vector;
    return form === 64
      ? this.widen(
          "bool",
          vector,
          (m) => m.i64x2.extend_low_i32x4_s,
          (m) => m.i64x2.extend_high_i32x4_s,
        )
      : this.narrow("bool", vector);
  }

  /** Lanes of 32 bits made lanes of 64 by two instructions, one for each half of a register. */
  widen(dtype: RealDType, vector: Vector, low: HalfOp, high: HalfOp): Vector {
    const { f } = this.fc;
    const registers: Local[] = [];
    for (let j = 0; j < this.count(64); j++) {
      const source = vector.registers[j >> 1];
      const same = j > 1 && vector.registers[(j - 2) >> 1] === source;
      registers.push(same ? registers[j - 2] : this.let((j % 2 === 0 ? low : high)(f.m)(f.get(source))));
    }
    return { dtype, form: 64, registers };
  }

  /** The low 32 bits of 64-bit lanes. */
  narrow(dtype: RealDType, vector: Vector): Vector {
    const { f } = this.fc;
    const registers: Local[] = [];
    for (let j = 0; j < this.count(32); j++) {
      const [a, b] = this.pair(vector, j);
      registers.push(this.let(f.m.i8x16.shuffle(f.get(a), f.get(b), LOW_HALVES)));
    }
    return { dtype, form: 32, registers };
  }

  /** The two 64-bit registers whose lanes stand in 32-bit register j; at the end perhaps one register twice. */
  pair(vector: Vector, j: number): [Local, Local] {
    const a = vector.registers[2 * j];
    return [a, vector.registers[2 * j + 1] ?? a];
  }
}

/**
 * Pushes the first statement of every list, then the second of every list, and so on: equal instructions on
 * neighbouring registers then stand together, so that a constant is fetched once for all of them.
 */
function interleave(f: FunctionContext["f"], lists: readonly (readonly Expr[])[]): void {
  const longest = Math.max(0, ...lists.map((list) => list.length));
  for (let i = 0; i < longest; i++) for (const list of lists) if (i < list.length) f.push(list[i]);
}

type HalfOp = (m: FunctionContext["f"]["m"]) => (value: Expr) => Expr;

export interface OpInfo {
  readonly opcode: k.ScalarOpcode;
  readonly dtype: RealDType;
  /** Element type of the operands (of the branches of a select). */
  readonly from: RealDType;
}

/** Gives nothing if these operands have no vector form. */
export type VectorOp = (v: Vectors, op: OpInfo, args: readonly Vector[]) => Vector | undefined;
