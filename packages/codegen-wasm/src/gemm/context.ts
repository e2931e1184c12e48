/** What the emitting functions share: the module under construction and what surrounds the product in it. */
import type { Binaryen } from "../binaryen/load.ts";
import type { Expr, FunctionBuilder, Local, Module } from "../emit/function-builder.ts";
import type { Algebra } from "./algebra.ts";
import type { Address } from "./spec.ts";

/** What the code generator provides. */
export interface GemmTarget {
  readonly b: Binaryen;
  readonly m: Module;
  /** Prefix of the names of all functions that are added. */
  readonly name: string;
  /** Whether relaxed SIMD (fused multiply-add) may be used. */
  readonly relaxed: boolean;
  /**
   * Whether the engine joins pairs of adjacent 128-bit operations into 256-bit ones. Tiles are then twice as wide, which
   * would not fit the registers otherwise.
   */
  readonly wide: boolean;
  /** Address of the scratch memory (`GemmPlan.scratchBytes` bytes, 16-byte aligned). Needed if that is not 0. */
  readonly scratch: Address;
  /** Registers a function (frame, begin, end) → () as a parallel kernel. */
  addTask(functionName: string): number;
  /** Emits the call that runs a registered kernel over [0, extent) on all threads. */
  parallel(f: FunctionBuilder, kernel: number, frame: Local, extent: number, grain: number): Expr;
}

export interface EmitContext extends GemmTarget {
  readonly alg: Algebra;
}
