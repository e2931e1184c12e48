/** Emission into the current trace: what the bodies of library functions are written with. */

import { type AttributesOf, type DType, type EmitOptions, type Opcode, type Shape, splat } from "@fluxion/ir";
import { hostArray } from "./as-array.ts";
import { avalOf } from "./aval.ts";
import type { NDArray } from "./ndarray.ts";
import { currentTrace, leakedTracer, type Trace } from "./trace.ts";

export interface OpOptions extends EmitOptions {
  /** Whether the results are weakly typed; by default they are if every operand is. */
  readonly weakType?: boolean;
}

function requireTrace(operands: readonly NDArray[]): Trace {
  const trace = currentTrace();
  if (trace !== undefined) return trace;
  for (const x of operands) if (x.payload.kind === "traced") throw leakedTracer(x, x.payload.trace);
  throw new Error("emit was called outside a trace");
}

/** Emits an operation with any number of results. */
export function emit<K extends Opcode>(
  opcode: K,
  operands: readonly NDArray[],
  attributes: AttributesOf<K>,
  options: OpOptions = {},
): NDArray[] {
  const weakType = options.weakType ?? (operands.length > 0 && operands.every((x) => x.weakType));
  return requireTrace(operands).emit(opcode, operands, attributes, { ...options, weakType });
}

/** Emits an operation with one result. */
export const emitOne = <K extends Opcode>(
  opcode: K,
  operands: readonly NDArray[],
  attributes: AttributesOf<K>,
  options?: OpOptions,
): NDArray => emit(opcode, operands, attributes, options)[0];

/** A constant array that repeats one value. Complex values are [re, im]. */
export const full = (
  shape: Shape,
  value: number | bigint | boolean | readonly [number, number],
  dtype: DType,
  weakType = false,
): NDArray => hostArray(splat(dtype, shape, value), weakType);

/** `x` as another dtype, by value. */
export function convert(x: NDArray, dtype: DType, weakType = false): NDArray {
  if (x.dtype === dtype) return x.weakType === weakType ? x : withWeakType(x, weakType);
  return emitOne("convert", [x], {}, { types: [{ dtype, shape: x.shape }], weakType });
}

/** The same value, weakly typed or not. */
export function withWeakType(x: NDArray, weakType: boolean): NDArray {
  const trace = requireTrace([x]);
  return trace.wrap(trace.lift(x), avalOf(x.dtype, x.shape, weakType));
}

/** Maps dimension i of `x` to result dimension `dimensions[i]`, repeating along the others. */
export function broadcastInDim(x: NDArray, shape: Shape, dimensions: readonly number[]): NDArray {
  if (x.shape.length === shape.length && x.shape.every((dim, i) => dim === shape[i])) return x;
  return emitOne(
    "broadcast_in_dim",
    [x],
    { broadcast_dimensions: dimensions },
    { types: [{ dtype: x.dtype, shape }] },
  );
}

/** NumPy's broadcast of `x` to `shape`: aligned at the last dimension. */
export const broadcastTo = (x: NDArray, shape: Shape): NDArray =>
  broadcastInDim(
    x,
    shape,
    x.shape.map((_, axis) => axis + shape.length - x.shape.length),
  );

export const reshape = (x: NDArray, shape: Shape): NDArray =>
  x.shape.length === shape.length && x.shape.every((dim, i) => dim === shape[i])
    ? x
    : emitOne("reshape", [x], {}, { types: [{ dtype: x.dtype, shape }] });
