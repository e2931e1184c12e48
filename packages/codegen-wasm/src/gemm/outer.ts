/**
 * The outer loop of large products, over batch elements and blocks of k: each step forks, so that all threads work on
 * one slice of both operands, which the last-level cache holds. Where the loop stands is kept at the start of the
 * scratch memory, for the parallel kernels to read.
 */
import type { Expr, FunctionBuilder, Local } from "../emit/function-builder.ts";
import type { EmitContext } from "./context.ts";

const OFFSETS = { batch: 0, k: 4 } as const;
/** Bytes at the start of the scratch memory. */
export const OUTER_BYTES = 64;

export function loadOuter(
  ctx: EmitContext,
  f: FunctionBuilder,
  frame: Local,
  which: keyof typeof OFFSETS,
): Expr {
  return f.m.i32.load(OFFSETS[which], 4, ctx.scratch(f, frame));
}

export function storeOuter(
  ctx: EmitContext,
  f: FunctionBuilder,
  frame: Local,
  which: keyof typeof OFFSETS,
  value: Expr,
): void {
  f.push(f.m.i32.store(OFFSETS[which], 4, ctx.scratch(f, frame), value));
}
