/** Emission into the current trace: what the bodies of library functions are written with. */

import {
  type AttributesOf,
  type DType,
  dtypeTable,
  type EmitOptions,
  isInteger,
  type Opcode,
  type Shape,
  splat,
} from "@fluxion/ir";
import { hostArray } from "./as-array.ts";
import { type Aval, avalOf } from "./aval.ts";
import { keysOf, NDArray } from "./ndarray.ts";
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

/** `x` as another dtype, by value. A JavaScript scalar becomes a constant of that dtype. */
export function convert(x: NDArray, dtype: DType, weakType = false): NDArray {
  if (x.dtype === dtype) return x.weakType === weakType ? x : withWeakType(x, weakType);
  const { payload } = x;
  if (payload.kind === "host" && x.ndim === 0) {
    const constant = convertScalar(x.dtype, payload.value.data[0], dtype);
    if (constant !== undefined) return full([], constant, dtype, weakType);
  }
  return emitOne("convert", [x], {}, { types: [{ dtype, shape: x.shape }], weakType });
}

/** A scalar's value in another dtype, where every number of the one is a number that the other rounds or wraps. */
function convertScalar(from: DType, value: number | bigint, to: DType): number | bigint | undefined {
  const { kind } = dtypeTable[to];
  if (typeof value === "bigint") return undefined;
  if (from === "bool" || (isInteger(from) && kind !== "bool")) return value;
  return from === "float32" && (kind === "float" || kind === "complex") ? value : undefined;
}

/** The same value, weakly typed or not. */
export function withWeakType(x: NDArray, weakType: boolean): NDArray {
  if (x.payload.kind === "host") return hostArray(x.payload.value, weakType);
  const trace = requireTrace([x]);
  return trace.wrap(trace.lift(x), avalOf(x.dtype, x.shape, weakType));
}

/** The same value as an aval of its type says: weakly typed or not, a key or its words. */
export function withAval(x: NDArray, aval: Aval): NDArray {
  const { weakType, key, float0 } = aval;
  if (key) return keysOf(x);
  if (float0) return new NDArray(aval, x.payload);
  return weakType === x.weakType ? x : withWeakType(x, weakType);
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
