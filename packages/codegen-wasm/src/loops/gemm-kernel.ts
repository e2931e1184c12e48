/**
 * Matrix products of the kernel IR as specs for `src/gemm`: operands and outputs that are plain memory by their strides,
 * the others as callbacks that emit their expressions.
 */
import { dtypeTable, kernel as k, type RealDType } from "@fluxion/ir";
import type { Expr } from "../binaryen/load.ts";
import type { FunctionBuilder, Local } from "../emit/function-builder.ts";
import {
  type ComputedOutput,
  computeTypeOf,
  type GemmSpec,
  type MatrixStrides,
  type MemoryMatrix,
  type Operand,
  type Output,
  type Position,
  type Region,
} from "../gemm/index.ts";
import { bytesOf, isNarrowInt } from "../scalar/types.ts";
import { indexExpr } from "./address.ts";
import { type EmitOptions, type Frame, FunctionContext, type KernelMemory } from "./function-context.ts";
import { emitVectorReduce } from "./reduce.ts";
import { type LoopEmitters, ScalarContext } from "./scalar-context.ts";
import { formOf, type Vector, Vectors } from "./vector.ts";
import { VectorContext } from "./vector-context.ts";
import { wrapNarrow } from "./vector-integer.ts";

type Direction = "row" | "column";

export function gemmSpec(
  kernel: k.GemmKernel,
  memory: KernelMemory,
  options: EmitOptions,
  emitters: LoopEmitters,
): GemmSpec {
  const builder = new SpecBuilder(kernel, memory, options, emitters);
  return {
    compute: computeTypeOf(kernel.accumulate),
    batch: kernel.batch.map(({ extent }) => extent),
    m: kernel.m.extent,
    n: kernel.n.extent,
    k: kernel.k.extent,
    lhs: builder.operand(kernel.lhs, kernel.m.var, kernel.k.var),
    rhs: builder.operand(kernel.rhs, kernel.k.var, kernel.n.var),
    out: builder.output(),
  };
}

class SpecBuilder {
  readonly #kernel: k.GemmKernel;
  readonly #memory: KernelMemory;
  readonly #options: EmitOptions;
  readonly #emitters: LoopEmitters;
  readonly #contexts = new WeakMap<FunctionBuilder, ScalarContext>();
  readonly #frames = new WeakMap<Region, Frame>();
  readonly #variances = new Map<k.LoopVar, k.Variance>();

  constructor(kernel: k.GemmKernel, memory: KernelMemory, options: EmitOptions, emitters: LoopEmitters) {
    this.#kernel = kernel;
    this.#memory = memory;
    this.#options = options;
    this.#emitters = emitters;
  }

  operand(expr: k.Expr, row: k.LoopVar, column: k.LoopVar): Operand {
    const load = plainLoad(expr, this.#kernel.accumulate);
    const memory = load && this.#matrix(load.from, load.index, row, column);
    if (memory !== undefined) return memory;
    return {
      kind: "computed",
      unit: cheaperDirection(loadsOf(expr), row, column),
      load: (f, at, direction, vectors) => {
        const scalar = this.#context(f, at, row, column);
        if (direction === "one") return [this.#splat(scalar, expr)];
        const context = this.#vectors(scalar, direction === "row" ? row : column, vectors * this.#lanes());
        const { registers } = this.#plain(context, context.evaluate(expr));
        return registers.map((register) => f.get(register));
      },
    };
  }

  output(): Output {
    const { epilogue, m, n, sum } = this.#kernel;
    const plain = epilogue.length === 1 ? plainStore(epilogue[0], sum) : undefined;
    const memory = plain && this.#matrix(plain.to, plain.index, m.var, n.var);
    return memory ?? this.#computedOutput();
  }

  #computedOutput(): ComputedOutput {
    const { epilogue, m, n, sum } = this.#kernel;
    const stores = epilogue.flatMap((stmt) => (stmt.kind === "store" ? [stmt.index] : []));
    return {
      kind: "computed",
      unit: cheaperDirection(stores, m.var, n.var),
      emit: (f, sums, at, direction) => {
        const scalar = this.#context(f, at, m.var, n.var);
        const variable = direction === "row" ? m.var : n.var;
        const lanes = direction === "one" ? 1 : sums.length * this.#lanes();
        const context = this.#vectors(scalar, variable, lanes);
        scalar.fc.bind(sum, { kind: "vector", vector: this.#sum(context.v, sums) });
        return context.collect(epilogue);
      },
    };
  }

  /** Lanes of one register of the type that sums are computed in. */
  #lanes(): number {
    return 128 / formOf(this.#kernel.accumulate);
  }

  /** The matrix in memory that an index walks through with constant strides. */
  #matrix(
    of: k.BufferRef | k.Tile,
    index: k.Index,
    row: k.LoopVar,
    column: k.LoopVar,
  ): MemoryMatrix | undefined {
    const vars = [...this.#kernel.batch.map((loop) => loop.var), row, column];
    const isStride = ({ atom }: k.IndexTerm): boolean => atom.kind === "var" && vars.includes(atom.var);
    const start: k.Index = { offset: index.offset, terms: index.terms.filter((term) => !isStride(term)) };
    if (!isFixed(start)) return undefined;
    if (computeTypeOf(of.dtype) !== computeTypeOf(this.#kernel.accumulate)) return undefined;
    const along = (variable: k.LoopVar): number => k.strideIn(index, variable) ?? 0;
    const strides: MatrixStrides = {
      batch: this.#kernel.batch.map((loop) => along(loop.var)),
      row: along(row),
      column: along(column),
    };
    return {
      kind: "memory",
      dtype: of.dtype,
      strides,
      address: (f, table) => this.#address(f, table, of, start),
    };
  }

  /** The address of an element whose index may be read at run time, but is the same for the whole product. */
  #address(f: FunctionBuilder, table: Local, of: k.BufferRef | k.Tile, index: k.Index): Expr {
    const fc = new FunctionContext(f, table, this.#memory, this.#options);
    const { atomValue } = new ScalarContext(fc, this.#emitters);
    const base = this.#memory.address(f, table, of);
    if (index.terms.length === 0 && index.offset === 0) return base;
    const { i32 } = f.m;
    const start = f.let(f.b.i32, indexExpr(fc, index, atomValue));
    return i32.add(base, i32.mul(f.get(start), i32.const(bytesOf(of.dtype))));
  }

  /** A context for code in a function of the product, at one place of the matrix. */
  #context(f: FunctionBuilder, at: Position, row: k.LoopVar, column: k.LoopVar): ScalarContext {
    let scalar = this.#contexts.get(f);
    if (scalar === undefined) {
      const fc = new FunctionContext(f, at.frame, this.#memory, this.#options);
      scalar = new ScalarContext(fc, this.#emitters);
      this.#contexts.set(f, scalar);
    }
    const { vars, offsets, frames } = scalar.fc;
    this.#kernel.batch.forEach((loop, i) => {
      vars.set(loop.var, at.batch[i]);
    });
    for (const [variable, { base, offset }] of [
      [row, at.row],
      [column, at.column],
    ] as const) {
      vars.set(variable, base);
      offsets.set(variable, offset);
    }
    frames.splice(0, frames.length, this.#frame(at.region));
    return scalar;
  }

  #frame(region: Region): Frame {
    let frame = this.#frames.get(region);
    if (frame === undefined) {
      frame = { before: region.before, defined: new Set(), pointers: [] };
      this.#frames.set(region, frame);
    }
    return frame;
  }

  #variance(variable: k.LoopVar): k.Variance {
    let variance = this.#variances.get(variable);
    if (variance === undefined) {
      const { epilogue, sum } = this.#kernel;
      variance = new k.Variance(variable, epilogue, [sum]);
      this.#variances.set(variable, variance);
    }
    return variance;
  }

  #vectors(scalar: ScalarContext, variable: k.LoopVar, lanes: number): VectorContext {
    const variance = this.#variance(variable);
    return new VectorContext(scalar, { variance, lanes, alignment: 1, reduce: emitVectorReduce });
  }

  #splat(scalar: ScalarContext, expr: k.Expr): Expr {
    const v = new Vectors(scalar.fc, this.#lanes());
    const vector = v.splat(expr.dtype, scalar.evaluate(expr));
    const context = this.#vectors(scalar, this.#kernel.k.var, this.#lanes());
    return scalar.fc.f.get(this.#plain(context, vector).registers[0]);
  }

  /** Masks as the numbers 0 and 1, which products are made of. */
  #plain(context: VectorContext, vector: Vector): Vector {
    return vector.dtype === "bool" ? context.ops.convertVector(context.v, vector, "int32") : vector;
  }

  /** The sums as values of their dtype: narrow integers wrap, a sum of bools is whether it is not 0. */
  #sum(v: Vectors, registers: readonly Local[]): Vector {
    const { accumulate: dtype } = this.#kernel;
    if (dtype === "bool") {
      const { i32x4 } = v.fc.f.m;
      const zero = v.constant("int32", 0);
      const count: Vector = { dtype: "int32", form: 32, registers };
      return v.map("bool", 32, [count, zero], (a, b) => i32x4.ne(a, b));
    }
    const vector: Vector = { dtype, form: formOf(dtype), registers };
    return isNarrowInt(dtype) ? wrapNarrow(v, vector) : vector;
  }
}

type Load = Extract<k.Expr, { kind: "load" }>;

/** The load that an operand is, if it only converts what it loads without loss. */
function plainLoad(expr: k.Expr, accumulate: RealDType): Load | undefined {
  if (expr.kind === "load") return expr;
  if (expr.kind !== "convert" || expr.arg.kind !== "load") return undefined;
  const from = expr.arg.dtype;
  if (from === "bool" || accumulate === "bool") return undefined;
  const [a, b] = [dtypeTable[from], dtypeTable[accumulate]];
  const widens = a.bits < b.bits && (a.kind === b.kind || (a.kind === "uint" && b.kind === "int"));
  return widens ? expr.arg : undefined;
}

/** The store that an epilogue is, if it only converts the sum as storing does anyway. */
function plainStore(stmt: k.Stmt, sum: k.Local): Extract<k.Stmt, { kind: "store" }> | undefined {
  if (stmt.kind !== "store") return undefined;
  const { value } = stmt;
  if (value.kind === "local" && value.local === sum) return stmt;
  if (value.kind !== "convert" || value.arg.kind !== "local" || value.arg.local !== sum) return undefined;
  const [from, to] = [dtypeTable[sum.dtype], dtypeTable[value.dtype]];
  const rounds = from.kind === "float" && to.kind === "float";
  const wraps = from.kind !== "float" && from.kind !== "bool" && to.kind !== "float" && to.kind !== "bool";
  return (rounds || wraps) && to.bits <= from.bits ? stmt : undefined;
}

/** Whether an index depends on no variable of a loop. */
const isFixed = (index: k.Index): boolean =>
  index.terms.every(({ atom }) => {
    if (atom.kind === "var") return false;
    return atom.kind === "value" ? isFixedValue(atom.value) : isFixed(atom.value);
  });

const isFixedValue = (value: k.Expr): boolean =>
  value.kind !== "local" && k.indicesOf(value).every(isFixed) && k.childrenOf(value).every(isFixedValue);

function loadsOf(expr: k.Expr): k.Index[] {
  const own = expr.kind === "load" ? [expr.index] : [];
  return [...own, ...k.childrenOf(expr).flatMap(loadsOf)];
}

/** The direction with fewer elements that have to be fetched one by one. */
function cheaperDirection(indices: readonly k.Index[], row: k.LoopVar, column: k.LoopVar): Direction {
  const misses = (variable: k.LoopVar): number => {
    const variance = new k.Variance(variable, []);
    return indices.filter((index) => {
      const stride = k.laneStride(index, { variance, lanes: 4, alignment: 1 });
      return stride !== 0 && stride !== 1;
    }).length;
  };
  return misses(row) < misses(column) ? "row" : "column";
}

/** Whether an epilogue has no loops and no branches. */
export const isElementwise = (epilogue: readonly k.Stmt[]): boolean =>
  epilogue.every(({ kind }) => kind === "let" || kind === "store");
