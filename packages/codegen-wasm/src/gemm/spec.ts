/**
 * What a matrix product is made of, as the emitter sees it:
 *
 *     out[batch…, i, j] = epilogue(Σ_k lhs(batch…, i, k) · rhs(batch…, k, j))
 *
 * An operand is either memory (any strides, any dtype that is stored in the compute type's family) or computed: a
 * callback emits the value while it is packed, so a fused producer costs its arithmetic once and no memory. The output
 * likewise is memory, or a callback that takes the sums.
 *
 * Vectors are v128 values of the compute type: f32x4, f64x2, i32x4 (all integers up to 32 bits and bool), i64x2.
 */
import type { RealDType } from "@fluxion/ir";
import type { Expr, FunctionBuilder, Local } from "../emit/function-builder.ts";

/** Element type that products and sums are computed in. */
export type ComputeType = "f32" | "f64" | "i32" | "i64";

/** Emits the address (i32, bytes) of a buffer's first element; `frame` is the kernel's frame pointer. */
export type Address = (f: FunctionBuilder, frame: Local) => Expr;

/** The number `base + offset`. */
export interface Coordinate {
  readonly base: Local;
  readonly offset: number;
}

/**
 * Code in which the locals of a position keep their values, so that what its elements share may be computed once: in
 * `before`, statements that stand before all others of the region.
 */
export interface Region {
  readonly before: Expr[];
}

/** One element of a matrix, or the first of several along a row or a column. */
export interface Position {
  readonly frame: Local;
  /** One i32 per batch dimension. */
  readonly batch: readonly Local[];
  readonly row: Coordinate;
  readonly column: Coordinate;
  readonly region: Region;
}

/** Element strides; zero broadcasts, negative reverses. */
export interface MatrixStrides {
  readonly batch: readonly number[];
  readonly row: number;
  readonly column: number;
}

export interface MemoryMatrix {
  readonly kind: "memory";
  readonly dtype: RealDType;
  readonly address: Address;
  readonly strides: MatrixStrides;
}

/** An operand whose elements are computed while they are packed. */
export interface ComputedOperand {
  readonly kind: "computed";
  /** The direction in which a vector load is one (cheap) vector; "none" asks for single elements only. */
  readonly unit: "row" | "column" | "none";
  /**
   * Emits the element at `at`, or so many neighbouring vectors of them: at (row, column…) if `direction` is "column", at
   * (row…, column) if it is "row". A single element may stand in all lanes or in the first alone. May be called several
   * times for one element, so it has no side effects.
   */
  load(f: FunctionBuilder, at: Position, direction: "row" | "column" | "one", vectors: number): Expr[];
}

/** An epilogue that stores by itself. */
export interface ComputedOutput {
  readonly kind: "computed";
  /** The direction in which neighbouring sums may be handed over as vectors; "none": one by one. */
  readonly unit: "row" | "column" | "none";
  /**
   * Emits what becomes of the sums: neighbouring vectors in `direction`, or one sum (in all lanes). Loads and arithmetic
   * are emitted at once; the returned function emits the stores, so that all loads of a tile precede its first store.
   */
  emit(
    f: FunctionBuilder,
    sums: readonly Local[],
    at: Position,
    direction: "row" | "column" | "one",
  ): () => void;
}

export type Operand = MemoryMatrix | ComputedOperand;
export type Output = MemoryMatrix | ComputedOutput;

export interface GemmSpec {
  readonly compute: ComputeType;
  readonly batch: readonly number[];
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** batch × m × k */
  readonly lhs: Operand;
  /** batch × k × n */
  readonly rhs: Operand;
  /** batch × m × n. Overlaps neither operand: it is written, also with unfinished sums, while they are being read. */
  readonly out: Output;
}

/** The compute type whose vectors hold this dtype's values exactly (float16 and bfloat16 as float32). */
export function computeTypeOf(dtype: RealDType): ComputeType {
  switch (dtype) {
    case "float16":
    case "bfloat16":
    case "float32":
      return "f32";
    case "float64":
      return "f64";
    case "int64":
    case "uint64":
      return "i64";
    default:
      return "i32";
  }
}

/**
 * The same product transposed: outᵀ = rhsᵀ lhsᵀ. Callbacks still see the positions that they were written for.
 */
export function transposed(spec: GemmSpec): GemmSpec {
  return {
    ...spec,
    m: spec.n,
    n: spec.m,
    lhs: transposedOperand(spec.rhs),
    rhs: transposedOperand(spec.lhs),
    out: transposedOutput(spec.out),
  };
}

const turn = { row: "column", column: "row", none: "none", one: "one" } as const;
const flip = (at: Position): Position => ({ ...at, row: at.column, column: at.row });

function transposedOperand(operand: Operand): Operand {
  if (operand.kind === "memory") return transposedMemory(operand);
  const { unit, load } = operand;
  return {
    kind: "computed",
    unit: turn[unit],
    load: (f, at, direction, vectors) => load(f, flip(at), turn[direction], vectors),
  };
}

function transposedOutput(out: Output): Output {
  if (out.kind === "memory") return transposedMemory(out);
  const { unit, emit } = out;
  return {
    kind: "computed",
    unit: turn[unit],
    emit: (f, sums, at, direction) => emit(f, sums, flip(at), turn[direction]),
  };
}

function transposedMemory(memory: MemoryMatrix): MemoryMatrix {
  const { batch, row, column } = memory.strides;
  return { ...memory, strides: { batch, row: column, column: row } };
}

/** Throws a RangeError or TypeError that says what is wrong with the spec. */
export function checkSpec(spec: GemmSpec): void {
  for (const [name, size] of Object.entries({ m: spec.m, n: spec.n, k: spec.k }))
    if (!Number.isInteger(size) || size < 0) throw new RangeError(`gemm: ${name} = ${size} is not a size`);
  for (const name of ["lhs", "rhs", "out"] as const) {
    const matrix = spec[name];
    if (matrix.kind !== "memory") continue;
    if (matrix.strides.batch.length !== spec.batch.length)
      throw new RangeError(
        `gemm: ${name} has ${matrix.strides.batch.length} batch strides for ${spec.batch.length} batch dimensions`,
      );
    if (computeTypeOf(matrix.dtype) !== spec.compute)
      throw new TypeError(`gemm: ${name} of dtype ${matrix.dtype} does not fit a product in ${spec.compute}`);
  }
}
