/** `sort` and `chlo.top_k`. */

import { isFloat } from "../dtype.ts";
import { entriesPerElement } from "../literal.ts";
import type { OperationOf } from "../module.ts";
import { sizeOf } from "../tensor-type.ts";
import { totalOrderKey } from "./float.ts";
import type { Bodies } from "./reduce.ts";
import { linesOf } from "./reduce-window.ts";
import { scalarBody } from "./scalar-body.ts";
import { allocate, reader, type Scalar, type Tensor } from "./tensor.ts";

/** A merge sort by the comparator, stable whether it has to be or not. */
export function sort(operation: OperationOf<"sort">, operands: readonly Tensor[], bodies: Bodies): Tensor[] {
  const { shape } = operands[0].type;
  const { dimension = -1 } = operation.attributes;
  const axis = dimension < 0 ? dimension + shape.length : dimension;
  const results = operands.map(({ type }) => allocate(type));
  if (sizeOf(shape) === 0) return results;
  const less = scalarBody(operation.regions[0], bodies);
  const reads = operands.map(({ type, data }) => reader(type.dtype, data));
  const before = (a: number, b: number): boolean =>
    Boolean(less(reads.flatMap((read) => [read(a), read(b)]))[0]);
  const { starts, step } = linesOf(shape, axis);
  for (const first of starts) {
    const line = Array.from({ length: shape[axis] }, (_, i) => first + i * step);
    const sorted = line.toSorted((a, b) => (before(a, b) ? -1 : before(b, a) ? 1 : 0));
    operands.forEach((operand, k) => {
      move(operand, results[k], sorted, line);
    });
  }
  return results;
}

/** Copies elements as they are stored. */
function move(from: Tensor, to: Tensor, sources: readonly number[], targets: readonly number[]): void {
  const entries = entriesPerElement(from.type.dtype);
  const [read, write] = [from.data, to.data] as unknown as [readonly number[], number[]];
  targets.forEach((target, i) => {
    for (let part = 0; part < entries; part++)
      write[target * entries + part] = read[sources[i] * entries + part];
  });
}

/** Floats are in total order: NaN above infinity. */
export function topK(operation: OperationOf<"chlo.top_k">, operand: Tensor): Tensor[] {
  const { k } = operation.attributes;
  const { dtype, shape } = operand.type;
  const [values, positions] = operation.results.map(({ type }) => allocate(type));
  if (sizeOf(values.type.shape) === 0) return [values, positions];
  const read = reader(dtype, operand.data);
  const key = (at: number): Scalar => (isFloat(dtype) ? totalOrderKey(read(at) as number) : read(at));
  const { starts } = linesOf(shape, shape.length - 1);
  starts.forEach((first, row) => {
    const line = Array.from({ length: shape[shape.length - 1] }, (_, i) => first + i);
    const sorted = line.toSorted((a, b) => (key(a) > key(b) ? -1 : key(a) < key(b) ? 1 : 0)).slice(0, k);
    const targets = sorted.map((_, i) => row * k + i);
    move(operand, values, sorted, targets);
    targets.forEach((target, i) => {
      positions.data[target] = sorted[i] - first;
    });
  });
  return [values, positions];
}
