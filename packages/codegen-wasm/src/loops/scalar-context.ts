/** Statements and expressions on scalars: what stands outside of vectorised loops. */
import { kernel as k, type RealDType } from "@fluxion/ir";
import type { Expr } from "../binaryen/load.ts";
import { scalarTypeOf, wasmTypeOf } from "../scalar/types.ts";
import { addressOf, indexExpr } from "./address.ts";
import type { FunctionContext } from "./function-context.ts";
import { Ops } from "./ops.ts";
import { loadScalar, storeScalar } from "./storage.ts";

/** How loops and reductions are emitted where they may become vectors. */
export interface LoopEmitters {
  simd(context: ScalarContext, stmt: Extract<k.Stmt, { kind: "for" }>): void;
  reduce(context: ScalarContext, stmt: k.ReduceStmt): void;
  /** Emits a loop in a function of its own if that is better; tells whether it did. */
  readonly outline?: (context: ScalarContext, stmt: k.Stmt) => boolean;
}

export class ScalarContext {
  readonly fc: FunctionContext;
  readonly ops: Ops;
  readonly emitters: LoopEmitters;

  constructor(fc: FunctionContext, emitters: LoopEmitters) {
    this.fc = fc;
    this.ops = new Ops(fc);
    this.emitters = emitters;
  }

  /** The value of an expression; to be used once. */
  evaluate(e: k.Expr): Expr {
    const { fc, ops } = this;
    switch (e.kind) {
      case "const":
        return this.constant(e.dtype, e.value);
      case "local":
        return this.#local(e.local);
      case "load": {
        const { pointer, offset } = addressOf(fc, e.from, e.index, this.atomValue);
        return loadScalar(fc, e.dtype, pointer, offset);
      }
      case "index":
        return indexExpr(fc, e.index, this.atomValue);
      case "op": {
        const from = (e.opcode === "select" ? e.args[1] : e.args[0]).dtype;
        const args = e.args.map((arg) => this.evaluate(arg));
        const types = e.args.map(({ dtype }) => dtype);
        return ops.scalar({ opcode: e.opcode, dtype: e.dtype, from }, args, types);
      }
      case "compare":
        return ops.compareScalars(e, this.evaluate(e.args[0]), this.evaluate(e.args[1]));
      case "convert":
        return ops.convertScalar(this.evaluate(e.arg), e.arg.dtype, e.dtype);
      case "bitcast":
        return ops.bitcastScalar(this.evaluate(e.arg), e.arg.dtype, e.dtype);
      case "reduce_precision":
        return ops.viaVector([this.evaluate(e.arg)], [e.dtype], (v, [x]) =>
          ops.reducePrecisionVector(v, x, e.exponentBits, e.mantissaBits),
        );
      case "inRange":
        return this.#inRange(e.tests);
    }
  }

  /** Reads a run-time value inside an index. */
  readonly atomValue = (value: k.Expr): Expr => this.evaluate(k.convert(value, "int32"));

  constant(dtype: RealDType, value: number | bigint): Expr {
    const { m } = this.fc.f;
    switch (scalarTypeOf(dtype)) {
      case "i32":
        return m.i32.const(Number(value) | 0);
      case "i64":
        return m.i64.const(BigInt.asIntN(64, BigInt(value)));
      case "f32":
        return m.f32.const(Number(value));
      case "f64":
        return m.f64.const(Number(value));
    }
  }

  run(statements: readonly k.Stmt[]): void {
    for (const stmt of statements) this.#statement(stmt);
  }

  /** Gives a kernel local a wasm local of its own. */
  define(local: k.Local, value: Expr): void {
    const { f } = this.fc;
    this.fc.bind(local, { kind: "scalar", local: f.let(wasmTypeOf(f.b, local.dtype), value) });
  }

  #local(local: k.Local): Expr {
    const binding = this.fc.binding(local);
    if (binding.kind === "vector")
      throw new Error(`${local.name} differs between lanes but is used as a scalar`);
    return this.fc.f.get(binding.local);
  }

  #statement(stmt: k.Stmt): void {
    const { fc } = this;
    const { f } = fc;
    switch (stmt.kind) {
      case "let":
        this.define(stmt.local, this.evaluate(stmt.value));
        return;
      case "assign": {
        const binding = fc.binding(stmt.local);
        if (binding.kind === "vector") throw new Error(`${stmt.local.name} differs between lanes`);
        f.set(binding.local, this.evaluate(stmt.value));
        return;
      }
      case "store": {
        const value = this.evaluate(stmt.value);
        const { pointer, offset } = addressOf(fc, stmt.to, stmt.index, this.atomValue);
        storeScalar(fc, stmt.to.dtype, pointer, offset, value);
        return;
      }
      case "for":
        if (this.emitters.outline?.(this, stmt)) break;
        if (stmt.mode === "simd") this.emitters.simd(this, stmt);
        else this.serial(stmt);
        return;
      case "reduce":
        this.emitters.reduce(this, stmt);
        return;
      case "if":
        f.if(
          this.evaluate(stmt.condition),
          () => this.run(stmt.then),
          stmt.else.length > 0 ? () => this.run(stmt.else) : undefined,
        );
        return;
      case "while":
        if (this.emitters.outline?.(this, stmt)) break;
        f.loop((loop) => {
          this.run(stmt.before);
          loop.break(f.m.i32.eqz(this.evaluate(stmt.condition)));
          this.run(stmt.body);
        });
        return;
    }
  }

  /** One iteration after the other. */
  serial({ var: variable, extent, body }: Extract<k.Stmt, { kind: "for" }>): void {
    if (extent === 0) return;
    this.fc.loop(variable, this.fc.f.m.i32.const(0), extent, 1, true, () => this.run(body));
  }

  #inRange(tests: readonly k.RangeTest[]): Expr {
    const { f } = this.fc;
    const { i32 } = f.m;
    const each = tests.map(({ index, low, high, step }) => {
      const shifted: k.Index = { offset: index.offset - low, terms: index.terms };
      const distance = f.let(f.b.i32, indexExpr(this.fc, shifted, this.atomValue));
      const inside = i32.lt_u(f.get(distance), i32.const(high - low));
      if (step === undefined || step === 1) return inside;
      return i32.and(inside, i32.eqz(i32.rem_u(f.get(distance), i32.const(step))));
    });
    return each.length === 0 ? i32.const(1) : each.reduce((a, b) => i32.and(a, b));
  }
}
