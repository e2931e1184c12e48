/**
 * `reduce_window`: for each place of the window a left fold of the elements under it in row-major order, starting from
 * the init values, which also stand for what padding and dilation add.
 *
 * A window that covers everything up to its place along one dimension is a prefix: one pass carries the fold along, and
 * gives what folding each window anew gives.
 */

import { isFloat } from "../dtype.ts";
import type { OperationOf, Region } from "../module.ts";
import { type WindowDimension, windowDimensions } from "../ops/window.ts";
import { type Shape, sizeOf, stridesOf, type TensorType } from "../tensor-type.ts";
import type { CompiledBody } from "./compiled-body.ts";
import type { Bodies } from "./reduce.ts";
import { offsetsOf } from "./strided.ts";
import { allocate, decode, reader, type Scalar, sink, type Tensor, writer } from "./tensor.ts";

/** Folds element `at` of every input into the state; −1 stands for padding. */
type Fold = (state: readonly Scalar[], at: number) => readonly Scalar[];

export function reduceWindow(
  operation: OperationOf<"reduce_window">,
  operands: readonly Tensor[],
  bodies: Bodies,
): Tensor[] {
  const count = operands.length / 2;
  const [inputs, inits] = [operands.slice(0, count), operands.slice(count)];
  const { shape } = inputs[0].type;
  const windows = windowDimensions(operation.attributes, shape.length);
  const body = operation.regions[0];
  const types = operation.results.map(({ type }) => type);
  const axis = prefixAxis(shape, windows);
  if (axis >= 0 && isFloatSum(body)) return [runningSum(types[0], inputs[0], inits[0], axis)];
  const starts = inits.map(({ type, data }) => reader(type.dtype, data)(0));
  const fold = foldOf(inputs, starts, body, bodies);
  const outputs = types.map(allocate);
  const writes = outputs.map(({ type, data }) => writer(type.dtype, data));
  const write = (o: number, state: readonly Scalar[]): void => {
    writes.forEach((put, k) => {
      put(o, state[k]);
    });
  };
  if (axis >= 0) foldPrefixes(shape, axis, starts, fold, write);
  else foldWindows(shape, types[0].shape, windows, starts, fold, write);
  return outputs;
}

/** The dimension along which windows are prefixes while they are single elements along the others; −1 if none. */
function prefixAxis(shape: Shape, windows: readonly WindowDimension[]): number {
  const plain = (w: WindowDimension): boolean =>
    w.stride === 1 && w.baseDilation === 1 && w.windowDilation === 1 && w.high === 0;
  const long = windows.flatMap(({ size }, axis) => (size > 1 ? [axis] : []));
  if (!windows.every(plain) || long.length !== 1) return -1;
  const fits = windows.every(({ size, low }, axis) =>
    axis === long[0] ? size === shape[axis] && low === size - 1 : low === 0,
  );
  return fits ? long[0] : -1;
}

/** `return add(x, y)` on floats: carried in double precision, as `reduce` does. */
function isFloatSum({ arguments: args, operations: [first, last], operations }: Region): boolean {
  if (operations.length !== 2 || first.opcode !== "add" || !isFloat(args[0].type.dtype)) return false;
  return args.every((arg) => first.operands.includes(arg)) && last.operands[0] === first.results[0];
}

/** Offsets of the first element of every line along a dimension, and the step between its elements. */
export function linesOf(shape: Shape, axis: number): { readonly starts: Int32Array; readonly step: number } {
  const strides = stridesOf(shape);
  const others = shape.map((_, i) => i).filter((i) => i !== axis);
  const starts = offsetsOf(
    others.map((i) => shape[i]),
    others.map((i) => strides[i]),
  );
  return { starts, step: strides[axis] };
}

function runningSum(type: TensorType, input: Tensor, init: Tensor, axis: number): Tensor {
  const [values, [start]] = [decode(input) as Float64Array, decode(init)];
  const { out, finish } = sink(type);
  const { starts, step } = linesOf(type.shape, axis);
  for (const first of starts) {
    let total = Number(start);
    for (let i = 0; i < type.shape[axis]; i++) {
      total += values[first + i * step];
      out[first + i * step] = total;
    }
  }
  return finish();
}

function foldPrefixes(
  shape: Shape,
  axis: number,
  inits: readonly Scalar[],
  fold: Fold,
  write: (o: number, state: readonly Scalar[]) => void,
): void {
  const { starts, step } = linesOf(shape, axis);
  for (const first of starts) {
    let state = inits;
    for (let i = 0; i < shape[axis]; i++) {
      state = fold(state, first + i * step);
      write(first + i * step, state);
    }
  }
}

function foldWindows(
  shape: Shape,
  outShape: Shape,
  windows: readonly WindowDimension[],
  inits: readonly Scalar[],
  fold: Fold,
  write: (o: number, state: readonly Scalar[]) => void,
): void {
  const strides = stridesOf(shape);
  const place = new Array<number>(shape.length).fill(0);
  /** Elements under the window along the dimensions from `axis` on; `at` is −1 once padding is hit. */
  const visit = (state: readonly Scalar[], axis: number, at: number): readonly Scalar[] => {
    if (axis === shape.length) return fold(state, at);
    const { size, stride, baseDilation, windowDilation, low } = windows[axis];
    let next = state;
    for (let i = 0; i < size; i++) {
      const position = place[axis] * stride + i * windowDilation - low;
      const index = position / baseDilation;
      const inside = position >= 0 && Number.isInteger(index) && index < shape[axis];
      next = visit(next, axis + 1, inside && at >= 0 ? at + index * strides[axis] : -1);
    }
    return next;
  };
  const total = sizeOf(outShape);
  for (let o = 0; o < total; o++) {
    write(o, visit(inits, 0, 0));
    for (let axis = shape.length - 1; axis >= 0 && ++place[axis] === outShape[axis]; axis--) place[axis] = 0;
  }
}

function foldOf(inputs: readonly Tensor[], inits: readonly Scalar[], body: Region, bodies: Bodies): Fold {
  const reads = inputs.map(({ type, data }) => reader(type.dtype, data));
  const elements = (at: number): readonly Scalar[] => (at < 0 ? inits : reads.map((read) => read(at)));
  const compiled = bodies.compile(body);
  if (compiled !== undefined) return (state, at) => runCompiled(compiled, state, elements(at));
  const dtypes = inputs.map(({ type }) => type.dtype);
  const scalar = (value: Scalar, k: number): Tensor => {
    const tensor = allocate({ dtype: dtypes[k], shape: [] });
    writer(dtypes[k], tensor.data)(0, value);
    return tensor;
  };
  return (state, at) =>
    bodies
      .run(body, [...state.map(scalar), ...elements(at).map(scalar)])
      .map(({ data }, k) => reader(dtypes[k], data)(0));
}

function runCompiled(
  { registers, results, run }: CompiledBody,
  state: readonly Scalar[],
  elements: readonly Scalar[],
): readonly Scalar[] {
  state.forEach((value, k) => {
    registers[k] = value;
    registers[state.length + k] = elements[k];
  });
  run();
  return results.map((slot) => registers[slot]);
}
