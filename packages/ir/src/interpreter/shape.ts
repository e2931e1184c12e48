/** Ops that move elements without computing on them. */

import { isComplex } from "../dtype.ts";
import { bytesOfStorage, entriesPerElement, storageFromBytes } from "../literal.ts";
import type { OperationOf } from "../module.ts";
import { type Shape, sizeOf, stridesOf, type TensorType } from "../tensor-type.ts";
import { copyView, type View } from "./strided.ts";
import { allocate, rounder, type Tensor, writer } from "./tensor.ts";

const resultType = (operation: { readonly results: readonly { readonly type: TensorType }[] }): TensorType =>
  operation.results[0].type;

const whole = ({ type, data }: Tensor): View => ({ data, offset: 0, strides: stridesOf(type.shape) });

/** Reads the operand through a view and writes the result in row-major order. */
function gatherView(type: TensorType, operand: Tensor, offset: number, strides: readonly number[]): Tensor {
  const result = allocate(type);
  const from = { data: operand.data, offset, strides };
  copyView(whole(result), from, type.shape, entriesPerElement(type.dtype));
  return result;
}

export function broadcastInDim(operation: OperationOf<"broadcast_in_dim">, operand: Tensor): Tensor {
  const type = resultType(operation);
  const own = stridesOf(operand.type.shape);
  const strides = type.shape.map(() => 0);
  operation.attributes.broadcast_dimensions.forEach((dimension, axis) => {
    if (operand.type.shape[axis] !== 1) strides[dimension] = own[axis];
  });
  return gatherView(type, operand, 0, strides);
}

export function transpose(operation: OperationOf<"transpose">, operand: Tensor): Tensor {
  const own = stridesOf(operand.type.shape);
  const strides = operation.attributes.permutation.map((axis) => own[axis]);
  return gatherView(resultType(operation), operand, 0, strides);
}

export function slice(operation: OperationOf<"slice">, operand: Tensor): Tensor {
  const { start_indices, strides } = operation.attributes;
  const own = stridesOf(operand.type.shape);
  const offset = start_indices.reduce((sum, start, axis) => sum + start * own[axis], 0);
  return gatherView(
    resultType(operation),
    operand,
    offset,
    own.map((step, axis) => step * strides[axis]),
  );
}

export function reverse(operation: OperationOf<"reverse">, operand: Tensor): Tensor {
  const { dimensions } = operation.attributes;
  const own = stridesOf(operand.type.shape);
  const offset = dimensions.reduce((sum, axis) => sum + (operand.type.shape[axis] - 1) * own[axis], 0);
  const strides = own.map((step, axis) => (dimensions.includes(axis) ? -step : step));
  return gatherView(resultType(operation), operand, offset, strides);
}

/** The range of operand indices along an axis that land inside the padded one, negative padding cropping. */
function landing(size: number, low: number, step: number, padded: number): readonly [number, number] {
  const first = Math.max(0, Math.ceil(-low / step));
  const last = Math.min(size - 1, Math.floor((padded - 1 - low) / step));
  return [first, Math.max(0, last - first + 1)];
}

export function pad(operation: OperationOf<"pad">, operand: Tensor, value: Tensor): Tensor {
  const { edge_padding_low: low, interior_padding } = operation.attributes;
  const result = filled(resultType(operation), value);
  const own = stridesOf(operand.type.shape);
  const target = stridesOf(result.type.shape);
  const ranges = operand.type.shape.map((size, axis) =>
    landing(size, low[axis], interior_padding[axis] + 1, result.type.shape[axis]),
  );
  const from = { data: operand.data, offset: 0, strides: own };
  const to = { data: result.data, offset: 0, strides: target };
  ranges.forEach(([first], axis) => {
    from.offset += first * own[axis];
    to.offset += (low[axis] + first * (interior_padding[axis] + 1)) * target[axis];
  });
  const steps = target.map((step, axis) => step * (interior_padding[axis] + 1));
  const shape = ranges.map(([, count]) => count);
  copyView({ ...to, strides: steps }, from, shape, entriesPerElement(result.type.dtype));
  return result;
}

function filled(type: TensorType, value: Tensor): Tensor {
  return gatherView(
    type,
    value,
    0,
    type.shape.map(() => 0),
  );
}

export function concatenate(operation: OperationOf<"concatenate">, inputs: readonly Tensor[]): Tensor {
  const result = allocate(resultType(operation));
  const { dimension } = operation.attributes;
  const strides = stridesOf(result.type.shape);
  let offset = 0;
  for (const input of inputs) {
    const to = { data: result.data, offset, strides };
    copyView(to, whole(input), input.type.shape, entriesPerElement(result.type.dtype));
    offset += input.type.shape[dimension] * strides[dimension];
  }
  return result;
}

/** Start indices moved so that a block of the sizes fits. */
function clampedStarts(shape: Shape, sizes: Shape, starts: readonly Tensor[]): number[] {
  return starts.map(({ data }, axis) => Math.min(Math.max(Number(data[0]), 0), shape[axis] - sizes[axis]));
}

export function dynamicSlice(operation: OperationOf<"dynamic_slice">, operands: readonly Tensor[]): Tensor {
  const [operand, ...starts] = operands;
  const type = resultType(operation);
  const own = stridesOf(operand.type.shape);
  const at = clampedStarts(operand.type.shape, type.shape, starts);
  const offset = at.reduce((sum, start, axis) => sum + start * own[axis], 0);
  return gatherView(type, operand, offset, own);
}

export function dynamicUpdateSlice(operands: readonly Tensor[]): Tensor {
  const [operand, update, ...starts] = operands;
  const result = { type: operand.type, data: operand.data.slice() };
  const strides = stridesOf(operand.type.shape);
  const at = clampedStarts(operand.type.shape, update.type.shape, starts);
  const offset = at.reduce((sum, start, axis) => sum + start * strides[axis], 0);
  const entries = entriesPerElement(operand.type.dtype);
  copyView({ data: result.data, offset, strides }, whole(update), update.type.shape, entries);
  return result;
}

export function iota(operation: OperationOf<"iota">): Tensor {
  const result = allocate(resultType(operation));
  const { dtype, shape } = result.type;
  const stride = stridesOf(shape)[operation.attributes.iota_dimension];
  const size = shape[operation.attributes.iota_dimension];
  const [round, write] = [rounder(dtype), writer(dtype, result.data)];
  const scalar = (n: number) =>
    isComplex(dtype) ? { re: n, im: 0 } : dtype.endsWith("int64") ? BigInt(n) : n;
  for (let i = 0; i < sizeOf(shape); i++) write(i, round(scalar(Math.floor(i / stride) % size)));
  return result;
}

export const reshape = (operation: OperationOf<"reshape">, operand: Tensor): Tensor => ({
  type: resultType(operation),
  data: operand.data,
});

/** Memory is little-endian, so the bytes of a row-major array are those of its narrower or wider reading. */
export function bitcastConvert(operation: OperationOf<"bitcast_convert">, operand: Tensor): Tensor {
  const type = resultType(operation);
  return { type, data: storageFromBytes(type.dtype, bytesOfStorage(operand.data.slice())) };
}
