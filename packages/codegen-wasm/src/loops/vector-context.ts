/**
 * Statements and expressions for several iterations of one loop side by side. What is the same in all of them is
 * computed once, as a scalar.
 */
import { invariant, kernel as k } from "@fluxion/ir";
import type { Expr } from "../binaryen/load.ts";
import { addressOf, indexExpr, type Shift } from "./address.ts";
import type { Frame, FunctionContext, LoopState, Storage } from "./function-context.ts";
import { type Divisor, divideDifference, invariantsOf, reciprocalOf } from "./invariant-divide.ts";
import type { Ops } from "./ops.ts";
import { PendingStores } from "./pending-stores.ts";
import type { ScalarContext } from "./scalar-context.ts";
import { type Vector, Vectors } from "./vector.ts";
import { absorbedExponentialOps } from "./vector-float.ts";
import { gatherVector, loadVector, parityOf } from "./vector-memory.ts";

/** How a reduction whose results differ between lanes is emitted. */
export type VectorReduce = (context: VectorContext, stmt: k.ReduceStmt) => void;

export interface VectorLoop {
  readonly variance: k.Variance;
  readonly lanes: number;
  /** The loop's counter is a multiple of this, which is at least `lanes`. */
  readonly alignment: number;
  readonly reduce: VectorReduce;
}

type LoopFrame = Frame & { readonly loop: LoopState };

/** The innermost frame, if it is the loop of this variable. */
const innermost = ({ frame }: FunctionContext, variable: k.LoopVar): LoopFrame | undefined =>
  frame?.loop?.variable === variable ? (frame as LoopFrame) : undefined;

export class VectorContext {
  readonly scalar: ScalarContext;
  readonly loop: VectorLoop;
  readonly v: Vectors;
  /** The vectorised loop, if it is the innermost. */
  readonly #frame: LoopFrame | undefined;
  readonly #stores: PendingStores;

  constructor(scalar: ScalarContext, loop: VectorLoop) {
    this.scalar = scalar;
    this.loop = loop;
    this.v = new Vectors(scalar.fc, loop.lanes);
    this.#stores = new PendingStores(this.v);
    this.#frame = innermost(scalar.fc, loop.variance.variable);
  }

  get fc(): FunctionContext {
    return this.scalar.fc;
  }

  get ops(): Ops {
    return this.scalar.ops;
  }

  evaluate(e: k.Expr): Vector {
    const { v, ops } = this;
    if (e.kind === "const") return v.constant(e.dtype, e.value);
    if (!this.loop.variance.expr(e)) return this.#uniform(e);
    switch (e.kind) {
      case "local":
        return this.#local(e.local);
      case "load":
        return this.#load(e);
      case "index":
        return this.#index(e.index);
      case "op": {
        const divisor = e.opcode === "divide" ? this.#divisor(e.args[0], e.args[1]) : undefined;
        if (divisor !== undefined) return divideDifference(v, this.evaluate(e.args[0]), divisor);
        const from = (e.opcode === "select" ? e.args[1] : e.args[0]).dtype;
        const args = e.args.map((arg) => this.evaluate(arg));
        const op = { opcode: e.opcode, dtype: e.dtype, from };
        const absorbed = this.fc.options.absorbed?.get(e);
        const result = absorbed && absorbedExponentialOps[absorbed](v, op, args);
        return result ?? ops.vector(v, op, args);
      }
      case "compare":
        return ops.compareVectors(v, e, this.evaluate(e.args[0]), this.evaluate(e.args[1]));
      case "convert":
        return ops.convertVector(v, this.evaluate(e.arg), e.dtype);
      case "bitcast":
        return ops.bitcastVector(v, this.evaluate(e.arg), e.dtype);
      case "reduce_precision":
        return ops.reducePrecisionVector(v, this.evaluate(e.arg), e.exponentBits, e.mantissaBits);
      case "inRange":
        return this.#inRange(e.tests);
    }
  }

  run(statements: readonly k.Stmt[]): void {
    for (const stmt of statements) this.#statement(stmt);
    this.#stores.flush();
  }

  /** Runs statements but for the stores that may wait, which the returned function emits. */
  collect(statements: readonly k.Stmt[]): () => void {
    for (const stmt of statements) this.#statement(stmt);
    return () => this.#stores.flush();
  }

  /** Gives a kernel local registers of its own, which may be set again. */
  define(local: k.Local, value: Vector): void {
    const { f } = this.fc;
    const own = value.dtype === "bool" ? this.v.mask(value, 32) : value;
    const registers = own.registers.map((register) => this.v.let(f.get(register)));
    this.fc.bind(local, { kind: "vector", vector: { ...own, registers } });
  }

  assign(local: k.Local, value: Vector): void {
    const { f } = this.fc;
    const { registers } = this.#local(local);
    const own = value.dtype === "bool" ? this.v.mask(value, 32) : value;
    registers.forEach((register, j) => {
      f.set(register, f.get(own.registers[j]));
    });
  }

  #local(local: k.Local): Vector {
    const binding = this.fc.binding(local);
    invariant(binding.kind === "vector", () => `${local.name} is a scalar but differs between lanes`);
    return binding.vector;
  }

  #statement(stmt: k.Stmt): void {
    const { fc, scalar } = this;
    const { variance } = this.loop;
    switch (stmt.kind) {
      case "let":
        if (!variance.locals.has(stmt.local)) {
          scalar.run([stmt]);
          return;
        }
        if (stmt.local.mutable) {
          this.define(stmt.local, this.evaluate(stmt.value));
          return;
        }
        fc.bind(stmt.local, { kind: "vector", vector: this.evaluate(stmt.value) });
        fc.definitions.set(stmt.local, stmt.value);
        return;
      case "assign":
        if (!variance.locals.has(stmt.local)) {
          scalar.run([stmt]);
          return;
        }
        this.assign(stmt.local, this.evaluate(stmt.value));
        return;
      case "store":
        this.#store(stmt);
        return;
      default:
        this.#stores.flush();
        this.#nested(stmt);
        return;
    }
  }

  #nested(stmt: Extract<k.Stmt, { kind: "for" | "reduce" | "if" | "while" }>): void {
    const { fc, scalar } = this;
    const { f } = fc;
    switch (stmt.kind) {
      case "for":
        if (stmt.extent > 0)
          fc.loop(stmt.var, f.m.i32.const(0), stmt.extent, 1, true, () => this.run(stmt.body));
        return;
      case "reduce":
        this.loop.variance.reduce(stmt) ? this.loop.reduce(this, stmt) : scalar.emitters.reduce(scalar, stmt);
        return;
      case "if":
        f.if(
          scalar.evaluate(stmt.condition),
          () => this.run(stmt.then),
          stmt.else.length > 0 ? () => this.run(stmt.else) : undefined,
        );
        return;
      case "while":
        f.loop((loop) => {
          this.run(stmt.before);
          loop.break(f.m.i32.eqz(scalar.evaluate(stmt.condition)));
          this.run(stmt.body);
        });
        return;
    }
  }

  /** A value that all lanes share. A local of the surroundings is spread before the loop. */
  #uniform(e: k.Expr): Vector {
    const frame = this.#frame;
    const { v, scalar, fc } = this;
    if (frame === undefined || e.kind !== "local" || e.local.mutable || frame.defined.has(e.local))
      return v.splat(e.dtype, scalar.evaluate(e));
    let vector = frame.loop.splats.get(e.local);
    if (vector === undefined) {
      let made: Vector | undefined;
      fc.into(frame.before, () => {
        made = v.splat(e.dtype, scalar.evaluate(e));
      });
      vector = made as unknown as Vector;
      frame.loop.splats.set(e.local, vector);
    }
    return vector;
  }

  /** What the innermost loop keeps of a divisor, if it is one of differences from the same number. */
  #divisor(difference: k.Expr, by: k.Expr): Divisor | undefined {
    const { fc, v } = this;
    const { before, loop } = fc.frame ?? {};
    const invariants = invariantsOf(fc, difference, by);
    if (invariants === undefined || before === undefined || loop === undefined) return undefined;
    const [m, y] = invariants;
    const known = loop.divisors.find((divisor) => divisor.m === m.local && divisor.y === y.local);
    if (known !== undefined) return known;
    fc.into(before, () => {
      const divisor = this.evaluate(y);
      const reciprocal = reciprocalOf(v, this.evaluate(m), divisor);
      loop.divisors.push({ m: m.local, y: y.local, divisor, reciprocal });
    });
    return loop.divisors.at(-1);
  }

  #load(e: Extract<k.Expr, { kind: "load" }>): Vector {
    this.#stores.beforeLoad(e.from);
    const stride = k.laneStride(e.index, this.loop);
    if (stride === undefined) return this.#loadIrregular(e);
    const address = addressOf(this.fc, e.from, e.index, this.scalar.atomValue);
    return loadVector(this.v, e.dtype, address, stride, parityOf(e.index));
  }

  /** Lanes one by one; but all at once where no clamp has anything to do, if clamps are all that is in the way. */
  #loadIrregular({ from, index, dtype }: Extract<k.Expr, { kind: "load" }>): Vector {
    const gather = (): Vector => gatherVector(this.v, dtype, this.#addresses(from, index));
    const { open, clamps } = k.withoutClamps(index);
    if (k.laneStride(open, this.loop) === undefined || clamps.length > 2) return gather();
    const { f } = this.fc;
    const result = this.v.constant(dtype, dtype === "int64" || dtype === "uint64" ? 0n : 0);
    const own = { ...result, registers: result.registers.map((zero) => this.v.let(f.get(zero))) };
    const set = (value: Vector): void =>
      own.registers.forEach((register, j) => {
        f.set(register, f.get(value.registers[j]));
      });
    const inside = clamps.flatMap(({ value, low, high }) =>
      [0, this.loop.lanes - 1].map((lane) => this.#isWithin(value, low, high, lane)),
    );
    f.if(
      inside.reduce((a, b) => f.m.i32.and(a, b)),
      () => set(this.#load({ kind: "load", dtype, from, index: open })),
      () => set(gather()),
    );
    return own;
  }

  /** low ≤ index ≤ high in one lane, as an i32. */
  #isWithin(index: k.Index, low: number, high: number, lane: number): Expr {
    const { i32 } = this.fc.f.m;
    const shifted: k.Index = { offset: index.offset - low, terms: index.terms };
    const distance = indexExpr(this.fc, shifted, this.scalar.atomValue, this.#shift(lane));
    return i32.le_u(distance, i32.const(high - low));
  }

  /** The address for each lane by itself. */
  #addresses(of: Storage, index: k.Index) {
    const atomValue = this.#laneValues();
    return Array.from({ length: this.loop.lanes }, (_, lane) =>
      addressOf(this.fc, of, index, atomValue(lane), this.#shift(lane)),
    );
  }

  #shift(by: number): Shift {
    const { variance } = this.loop;
    return { variable: variance.variable, by, varies: (index) => variance.index(index) };
  }

  /** Run-time values inside an index, by lane; each is evaluated once. */
  #laneValues(): (lane: number) => (value: k.Expr) => Expr {
    const known = new Map<k.Expr, Vector>();
    return (lane) => (value) => {
      if (!this.loop.variance.expr(value)) return this.scalar.atomValue(value);
      let vector = known.get(value);
      if (vector === undefined) {
        vector = this.ops.convertVector(this.v, this.evaluate(value), "int32");
        known.set(value, vector);
      }
      return this.v.lane(vector, lane);
    };
  }

  #store(stmt: Extract<k.Stmt, { kind: "store" }>): void {
    const value = this.evaluate(stmt.value);
    const stride = k.laneStride(stmt.index, this.loop);
    if (stride === undefined) {
      this.#stores.scatter(stmt.to, value, this.#addresses(stmt.to, stmt.index));
      return;
    }
    const address = addressOf(this.fc, stmt.to, stmt.index, this.scalar.atomValue);
    this.#stores.add(stmt.to, value, address, stride);
  }

  /** An index as int32 lanes. */
  #index(index: k.Index): Vector {
    const { v, fc } = this;
    const { f } = fc;
    const stride = k.laneStride(index, this.loop);
    if (stride === undefined) {
      const atomValue = this.#laneValues();
      const lanes = Array.from({ length: this.loop.lanes }, (_, by) =>
        f.let(f.b.i32, indexExpr(fc, index, atomValue(by), this.#shift(by))),
      );
      return v.fromLanes(
        "int32",
        lanes.map((lane) => f.get(lane)),
      );
    }
    const first = v.splat("int32", indexExpr(fc, index, this.scalar.atomValue)).registers[0];
    const registers = Array.from({ length: v.count(32) }, (_, j) => {
      const steps = new Int32Array([0, 1, 2, 3].map((lane) => (4 * j + lane) * stride));
      const ramp = fc.math.constant(new Uint8Array(steps.buffer));
      return v.let(f.m.i32x4.add(f.get(first), f.get(ramp)));
    });
    return { dtype: "int32", form: 32, registers };
  }

  #inRange(tests: readonly k.RangeTest[]): Vector {
    const { v } = this;
    const { m } = this.fc.f;
    const each = tests.map(({ index, low, high, step }) => {
      const shifted: k.Index = { offset: index.offset - low, terms: index.terms };
      const distance = this.#index(shifted);
      const extent = v.constant("int32", high - low);
      const inside = v.map("bool", 32, [distance, extent], (a, b) => m.i32x4.lt_u(a, b));
      if (step === undefined || step === 1) return inside;
      const onStep = v.lanewise("bool", [distance], (d) => m.i32.eqz(m.i32.rem_u(d, m.i32.const(step))));
      return v.map("bool", 32, [inside, onStep], (a, b) => m.v128.and(a, b));
    });
    return each.reduce((a, b) => v.map("bool", 32, [a, b], (x, y) => m.v128.and(x, y)));
  }
}
