/** One way to read both operands while packing: rows of lhs and columns of rhs are "outer", the summed dimension is k. */
import { dtypeTable } from "@fluxion/ir";
import type { Expr, FunctionBuilder, Local } from "../emit/function-builder.ts";
import { advance, computeLanes } from "./algebra.ts";
import type { ComputedOperand, MatrixStrides, MemoryMatrix, Operand, Position, Region } from "./spec.ts";
import { computeTypeOf } from "./spec.ts";
import { loadElement, loadElements } from "./storage.ts";

export type Side = "lhs" | "rhs";
/** The direction in which vector loads are cheap. */
export type Unit = "outer" | "k" | "none";

export interface Source {
  readonly unit: Unit;
  /**
   * Neighbouring vectors in `direction` (only the unit one), or one element in lane 0, `outer` and `k` elements from the
   * place, which does not move within a region.
   */
  load(
    region: Region,
    outer: number,
    k: number,
    direction: "outer" | "k" | "one",
    vectors?: number,
  ): readonly Expr[];
  /** Moves the place along k. */
  advance(k: number): void;
}

/** Where a source starts: batch index and element. */
export interface Start {
  readonly frame: Local;
  readonly batch: Local;
  readonly outer: Local;
  readonly k: Local;
}

/** Strides in bytes, by role. */
export function roleStrides(side: Side, matrix: MemoryMatrix): { outer: number; k: number } {
  const { bytes } = dtypeTable[matrix.dtype];
  const { row, column } = matrix.strides;
  return side === "lhs"
    ? { outer: row * bytes, k: column * bytes }
    : { outer: column * bytes, k: row * bytes };
}

export function unitOf(side: Side, operand: Operand): Unit {
  if (operand.kind === "computed") {
    if (operand.unit === "none") return "none";
    return (operand.unit === "row") === (side === "lhs") ? "outer" : "k";
  }
  const { bytes } = dtypeTable[operand.dtype];
  const strides = roleStrides(side, operand);
  if (strides.k === bytes) return "k";
  return strides.outer === bytes ? "outer" : "none";
}

export function openSource(
  f: FunctionBuilder,
  side: Side,
  operand: Operand,
  batchSizes: readonly number[],
  start: Start,
): Source {
  return operand.kind === "memory"
    ? memorySource(f, side, operand, batchSizes, start)
    : computedSource(f, side, operand, batchSizes, start);
}

function memorySource(
  f: FunctionBuilder,
  side: Side,
  matrix: MemoryMatrix,
  batchSizes: readonly number[],
  start: Start,
): Source {
  const strides = roleStrides(side, matrix);
  const pointer = f.let(f.b.i32, matrixAddress(f, matrix, batchSizes, start.frame, start.batch));
  f.set(pointer, f.m.i32.add(f.get(pointer), scaled(f, start.outer, strides.outer)));
  f.set(pointer, f.m.i32.add(f.get(pointer), scaled(f, start.k, strides.k)));
  return {
    unit: unitOf(side, matrix),
    load: (_region, outer, k, direction, vectors = 1) => {
      const start = outer * strides.outer + k * strides.k;
      if (direction === "one") return [loadElement(f, matrix.dtype, pointer, start)];
      const step = computeLanes(computeTypeOf(matrix.dtype)) * strides[direction];
      return Array.from({ length: vectors }, (_, v) =>
        loadElements(f, matrix.dtype, pointer, start + v * step),
      );
    },
    advance: (k) => advance(f, pointer, k * strides.k),
  };
}

function computedSource(
  f: FunctionBuilder,
  side: Side,
  operand: ComputedOperand,
  batchSizes: readonly number[],
  start: Start,
): Source {
  const batch = batchIndices(f, batchSizes, start.batch);
  const k = f.let(f.b.i32, f.get(start.k));
  const name = { outer: side === "lhs" ? "row" : "column", k: side === "lhs" ? "column" : "row" } as const;
  const at = (region: Region, outerOffset: number, kOffset: number): Position => {
    const outer = { base: start.outer, offset: outerOffset };
    const inner = { base: k, offset: kOffset };
    const [row, column] = side === "lhs" ? [outer, inner] : [inner, outer];
    return { frame: start.frame, batch, row, column, region };
  };
  return {
    unit: unitOf(side, operand),
    load: (region, outer, inner, direction, vectors = 1) =>
      operand.load(f, at(region, outer, inner), direction === "one" ? "one" : name[direction], vectors),
    advance: (by) => advance(f, k, by),
  };
}

/** `value · factor` */
export function scaled(f: FunctionBuilder, value: Local, factor: number): Expr {
  const { i32 } = f.m;
  if (factor === 0) return i32.const(0);
  return factor === 1 ? f.get(value) : i32.mul(f.get(value), i32.const(factor));
}

/** The index in each batch dimension of a flat, row-major batch number. */
export function batchIndices(f: FunctionBuilder, sizes: readonly number[], flat: Local): Local[] {
  const { i32 } = f.m;
  let inner = sizes.reduce((product, size) => product * size, 1);
  return sizes.map((size, d) => {
    inner /= Math.max(size, 1);
    const quotient = inner === 1 ? f.get(flat) : i32.div_u(f.get(flat), i32.const(inner));
    return f.let(f.b.i32, d === 0 ? quotient : i32.rem_u(quotient, i32.const(Math.max(size, 1))));
  });
}

/** Address of a matrix's first element in batch number `flat`. */
export function matrixAddress(
  f: FunctionBuilder,
  matrix: MemoryMatrix,
  batchSizes: readonly number[],
  frame: Local,
  flat: Local,
): Expr {
  const { bytes } = dtypeTable[matrix.dtype];
  const merged = mergeBatch(batchSizes, matrix.strides);
  const indices = batchIndices(f, merged.sizes, flat);
  return indices.reduce(
    (sum, index, d) =>
      merged.strides[d] === 0 ? sum : f.m.i32.add(sum, scaled(f, index, merged.strides[d] * bytes)),
    matrix.address(f, frame),
  );
}

/** Joins neighbouring batch dimensions that one stride walks through, so that fewer divisions are needed. */
function mergeBatch(
  sizes: readonly number[],
  { batch }: MatrixStrides,
): { sizes: number[]; strides: number[] } {
  const merged: { sizes: number[]; strides: number[] } = { sizes: [], strides: [] };
  for (let d = sizes.length - 1; d >= 0; d--) {
    if (sizes[d] === 1 && merged.sizes.length > 0) continue;
    if (merged.sizes.length > 0 && batch[d] === merged.strides[0] * merged.sizes[0])
      merged.sizes[0] *= sizes[d];
    else {
      merged.sizes.unshift(sizes[d]);
      merged.strides.unshift(batch[d]);
    }
  }
  return merged;
}
