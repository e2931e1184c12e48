/** Where the batch lies, and moving it. */

import type { Builder, Shape, TensorType, Value } from "@fluxion/ir";
import type { BatchAxis, BatchContext, Batched } from "./rule.ts";

export const unbatched = (value: Value): Batched => ({ value, axis: undefined });
export const batchedAt = (value: Value, axis: number): Batched => ({ value, axis });

export const isBatched = (x: Batched): x is Batched & { readonly axis: number } => x.axis !== undefined;

/** The list with an entry put in at a position. */
export const inserted = <T>(list: readonly T[], at: number, item: T): T[] => [
  ...list.slice(0, at),
  item,
  ...list.slice(at),
];

/** The list without the entry at a position. */
export const removed = <T>(list: readonly T[], at: number): T[] => list.filter((_, i) => i !== at);

/** What a dimension of one example becomes next to the batch. */
export const shifted = (dimension: number, axis: number): number =>
  dimension < axis ? dimension : dimension + 1;
export const allShifted = (dimensions: readonly number[], axis: number): number[] =>
  dimensions.map((dimension) => shifted(dimension, axis));

export const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** Dimensions of the value that are not the batch. */
export const otherAxes = (value: Value, axis: number): number[] =>
  removed(range(value.type.shape.length), axis);

/** Shape of one example. */
export const exampleShape = ({ value, axis }: Batched): Shape =>
  axis === undefined ? value.type.shape : removed(value.type.shape, axis);

export const batchedType = ({ dtype, shape }: TensorType, axis: BatchAxis, size: number): TensorType =>
  axis === null ? { dtype, shape } : { dtype, shape: inserted(shape, axis, size) };

export const axisOf = ({ axis }: Batched): BatchAxis => axis ?? null;

/** Moves one dimension; the others keep their order. */
export function moveAxis(b: Builder, value: Value, from: number, to: number): Value {
  if (from === to) return value;
  const permutation = inserted(otherAxes(value, from), to, from);
  return b.one("transpose", [value], { permutation });
}

/** Repeats a value for each of `size` examples. */
export const repeat = (b: Builder, value: Value, size: number, axis: number): Value => {
  const shape = inserted(value.type.shape, axis, size);
  return b.broadcast(value, shape, removed(range(shape.length), axis));
};

/** The axis of the first operand that has a batch; 0 if none has. */
export const firstAxis = (operands: readonly Batched[]): number => operands.find(isBatched)?.axis ?? 0;

/** A batch of scalars over the shape of a batched array. */
export const spreadScalars = (b: Builder, scalars: Value, shape: Shape, axis: number): Value =>
  b.broadcast(scalars, shape, [axis]);

/** The value for the rule of an operation that has one result. */
export const one = (value: Value, axis: number): readonly Batched[] => [batchedAt(value, axis)];

/** Operands that have a batch anywhere. */
export const anyBatched = (operands: readonly Batched[]): boolean => operands.some(isBatched);

/** All operands with the batch at one axis. */
export const alignedAt = (c: BatchContext, operands: readonly Batched[], axis: number): Value[] =>
  operands.map((x) => c.at(x, axis));
