/**
 * The kernel IR: what both code generators translate. A `Program` is one compiled executable: buffers, kernels, and
 * the commands that launch them (with loops and branches around them). A `Kernel` is a nest of loops over scalars, or
 * a matrix product with fused prologue and epilogue.
 *
 * Scalars are never complex: lowering splits complex values into two reals, and a complex buffer is a real buffer with
 * twice the elements, parts interleaved.
 *
 * Scalar semantics are those of the StableHLO op of the same name on one element; the result of every op is rounded to
 * the op's dtype (float16 and bfloat16 are computed in float32 and rounded; 8- and 16-bit integers wrap).
 */

import type { DType, RealDType } from "../dtype.ts";
import type { TypedArray } from "../literal.ts";
import type { Location } from "../module.ts";
import type { ComparisonDirection, ComparisonType } from "../ops/schema.ts";
import type { ElementwiseOpcode } from "../ops/table.ts";
import type { Shape } from "../tensor-type.ts";
import type { Index, LoopVar } from "./index-expr.ts";

/** Elementwise ops on real scalars. The complex ones, and those that have expression kinds of their own, are lowered away. */
export type ScalarOpcode = Exclude<
  ElementwiseOpcode,
  | "compare"
  | "convert"
  | "reduce_precision"
  | "complex"
  | "real"
  | "imag"
  | "chlo.conj"
  | "chlo.square"
  | "clamp"
>;

/** A kernel's view of one buffer of the program, in elements of a real dtype. */
export class BufferRef {
  readonly name: string;
  readonly dtype: RealDType;
  readonly elements: number;
  readonly access: "read" | "write" | "readwrite";
  constructor(name: string, dtype: RealDType, elements: number, access: "read" | "write" | "readwrite") {
    this.name = name;
    this.dtype = dtype;
    this.elements = elements;
    this.access = access;
  }
}

/**
 * Scratch memory of one task (a thread on the CPU, a workgroup on the GPU). Small ones stay in cache. Contents are
 * undefined when a grid iteration starts, but for those that the kernel's prologue filled.
 */
export class Tile {
  readonly name: string;
  readonly dtype: RealDType;
  readonly elements: number;
  constructor(name: string, dtype: RealDType, elements: number) {
    this.name = name;
    this.dtype = dtype;
    this.elements = elements;
  }
}

/** A scalar variable of a kernel; assigned once unless `mutable`. */
export class Local {
  readonly name: string;
  readonly dtype: RealDType;
  readonly mutable: boolean;
  constructor(name: string, dtype: RealDType, mutable = false) {
    this.name = name;
    this.dtype = dtype;
    this.mutable = mutable;
  }
}

export type Expr =
  | { readonly kind: "const"; readonly dtype: RealDType; readonly value: number | bigint }
  | {
      readonly kind: "load";
      readonly dtype: RealDType;
      readonly from: BufferRef | Tile;
      readonly index: Index;
    }
  | { readonly kind: "local"; readonly dtype: RealDType; readonly local: Local }
  /** An index as a number (iota); `dtype` is int32. */
  | { readonly kind: "index"; readonly dtype: RealDType; readonly index: Index }
  | {
      readonly kind: "op";
      readonly dtype: RealDType;
      readonly opcode: ScalarOpcode;
      readonly args: readonly Expr[];
    }
  | {
      readonly kind: "compare";
      readonly dtype: "bool";
      readonly direction: ComparisonDirection;
      readonly compareType: ComparisonType;
      readonly args: readonly [Expr, Expr];
    }
  /** Value conversion; semantics of `convert`. */
  | { readonly kind: "convert"; readonly dtype: RealDType; readonly arg: Expr }
  /** Same bits, same width, another type. */
  | { readonly kind: "bitcast"; readonly dtype: RealDType; readonly arg: Expr }
  | {
      readonly kind: "reduce_precision";
      readonly dtype: RealDType;
      readonly exponentBits: number;
      readonly mantissaBits: number;
      readonly arg: Expr;
    }
  /** 0 ≤ index − low < extent for each test, all together; `dtype` is bool. */
  | { readonly kind: "inRange"; readonly dtype: "bool"; readonly tests: readonly RangeTest[] };

/** low ≤ index < high and, if `step` is given, (index − low) mod step = 0. */
export interface RangeTest {
  readonly index: Index;
  readonly low: number;
  readonly high: number;
  readonly step?: number;
}

/**
 * - `simd`: iterations are independent (no iteration reads what another writes); the code generator vectorises.
 * - `serial`: iterations run in order.
 */
export type LoopMode = "simd" | "serial";

export type Stmt =
  /** Defines a local, or (mutable) declares it with its first value. */
  | { readonly kind: "let"; readonly local: Local; readonly value: Expr }
  | { readonly kind: "assign"; readonly local: Local; readonly value: Expr }
  | { readonly kind: "store"; readonly to: BufferRef | Tile; readonly index: Index; readonly value: Expr }
  | {
      readonly kind: "for";
      readonly var: LoopVar;
      readonly extent: number;
      readonly mode: LoopMode;
      readonly body: readonly Stmt[];
    }
  | ReduceStmt
  | {
      readonly kind: "if";
      readonly condition: Expr;
      readonly then: readonly Stmt[];
      readonly else: readonly Stmt[];
    }
  /** Repeats `body` while `condition` (evaluated after `before`) holds. */
  | {
      readonly kind: "while";
      readonly before: readonly Stmt[];
      readonly condition: Expr;
      readonly body: readonly Stmt[];
    };

/**
 * Folds the elements that `body` computes for every point of the loops into the accumulators; afterwards each
 * accumulator local holds its result. `combine` is associative and commutative, so any order is allowed, in lanes and
 * trees. `init` takes part exactly once. With extent 0 the result is `init`.
 */
export interface ReduceStmt {
  readonly kind: "reduce";
  /** Outermost first; the last one is the one to vectorise if `simd`. */
  readonly loops: readonly { readonly var: LoopVar; readonly extent: number }[];
  readonly simd: boolean;
  /** Runs for each point, before `elements` are evaluated. */
  readonly body: readonly Stmt[];
  readonly elements: readonly Expr[];
  /** Results; defined by this statement. */
  readonly accumulators: readonly Local[];
  readonly init: readonly Expr[];
  readonly combine: Combine;
}

/** (lhs…, rhs…) → results, all scalars. */
export interface Combine {
  readonly lhs: readonly Local[];
  readonly rhs: readonly Local[];
  readonly body: readonly Stmt[];
  readonly results: readonly Expr[];
  /** Set when the fold is one plain op, so that generators may use their fastest form. */
  readonly monoid?: "add" | "multiply" | "maximum" | "minimum" | "and" | "or" | "xor";
}

/** The parallel loop of a kernel: its iterations are independent and in any order, on any thread. */
export interface Grid {
  readonly var: LoopVar;
  readonly extent: number;
  /** Vectorise over the grid variable itself: the kernel is one flat elementwise loop. */
  readonly simd: boolean;
  /** Fewest iterations worth handing to a thread. */
  readonly grain: number;
}

export interface LoopKernel {
  readonly kind: "loops";
  readonly name: string;
  readonly buffers: readonly BufferRef[];
  readonly tiles: readonly Tile[];
  /** Absent: the body runs once, on one thread. */
  readonly grid: Grid | undefined;
  /** Runs once in every task before its grid iterations (fills broadcast tiles, loads scalars into locals). */
  readonly prologue: readonly Stmt[];
  readonly body: readonly Stmt[];
  readonly origin: readonly Origin[];
}

/** What a kernel was made from: shown in dumps and error messages. */
export interface Origin {
  readonly opcode: string;
  readonly location: Location | undefined;
}

/**
 * out[b…, i, j] = epilogue(Σ_k lhs(b…, i, k) · rhs(b…, k, j)). The operands are expressions, so that an elementwise
 * producer, a broadcast, a transpose or a conversion costs nothing but its arithmetic while packing.
 */
export interface GemmKernel {
  readonly kind: "gemm";
  readonly name: string;
  readonly buffers: readonly BufferRef[];
  readonly batch: readonly { readonly var: LoopVar; readonly extent: number }[];
  readonly m: { readonly var: LoopVar; readonly extent: number };
  readonly n: { readonly var: LoopVar; readonly extent: number };
  readonly k: { readonly var: LoopVar; readonly extent: number };
  /** Type that products and sums are computed in: float32 for float16 and bfloat16 inputs, else the result's. */
  readonly accumulate: RealDType;
  /** Over batch, m and k variables; of dtype `accumulate`. */
  readonly lhs: Expr;
  /** Over batch, k and n variables; of dtype `accumulate`. */
  readonly rhs: Expr;
  /** The sum of one (i, j), read by the epilogue. */
  readonly sum: Local;
  /** Over batch, m and n variables; elementwise in (i, j), so it may run on vectors along n. */
  readonly epilogue: readonly Stmt[];
  readonly origin: readonly Origin[];
}

export type Kernel = LoopKernel | GemmKernel;

/** Where the bytes of a program's buffer live. */
export type Placement =
  | { readonly kind: "parameter"; readonly index: number }
  | { readonly kind: "result"; readonly index: number }
  | { readonly kind: "constant"; readonly data: TypedArray }
  /** Byte offset in the executable's arena. */
  | { readonly kind: "arena"; readonly offset: number };

/** One array of the program. A result may be written only in its own buffer; parameters are never written. */
export interface ProgramBuffer {
  readonly id: number;
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
  readonly bytes: number;
  readonly placement: Placement;
}

export type Command =
  | {
      readonly kind: "launch";
      readonly kernel: number /** Program buffer of each `BufferRef` of the kernel. */;
      readonly buffers: readonly number[];
    }
  /** Copies a whole buffer; both have the same bytes. */
  | { readonly kind: "copy"; readonly from: number; readonly to: number }
  /** Runs `condition`, then `body` while the bool in `predicate` holds. */
  | {
      readonly kind: "while";
      readonly condition: readonly Command[];
      readonly predicate: number;
      readonly body: readonly Command[];
      /** How often the body runs, if that is known. */
      readonly tripCount?: number;
    }
  /** Runs the branch that the int32 in `index` names; the last one if it is out of range. */
  | { readonly kind: "case"; readonly index: number; readonly branches: readonly (readonly Command[])[] };

/** One executable. Plain data but for the identity of its variables. */
export interface Program {
  readonly name: string;
  readonly buffers: readonly ProgramBuffer[];
  readonly parameters: readonly number[];
  /**
   * Buffer of each result. A result that is a parameter (or donated one) or another result or a constant names that
   * buffer; the runtime shares or copies it.
   */
  readonly results: readonly number[];
  /** Result index → parameter index whose donated buffer holds the result. */
  readonly donations: readonly { readonly result: number; readonly parameter: number }[];
  readonly arenaBytes: number;
  readonly kernels: readonly Kernel[];
  readonly commands: readonly Command[];
}
