/** Index maps of the ops that only move elements: from an index of the result to the index of the operand. */

import { kernel as k, type OperationOf, stridesOf } from "@fluxion/ir";

type Indices = readonly k.Index[];

export const broadcastIndices = (op: OperationOf<"broadcast_in_dim">, result: Indices): k.Index[] =>
  op.attributes.broadcast_dimensions.map((dimension, axis) =>
    op.operands[0].type.shape[axis] === 1 ? k.indexConst(0) : result[dimension],
  );

export function transposeIndices(op: OperationOf<"transpose">, result: Indices): k.Index[] {
  const operand = new Array<k.Index>(result.length);
  op.attributes.permutation.forEach((axis, i) => {
    operand[axis] = result[i];
  });
  return operand;
}

export const sliceIndices = (op: OperationOf<"slice">, result: Indices): k.Index[] =>
  result.map((index, axis) =>
    k.indexAdd(
      k.indexScale(index, op.attributes.strides[axis]),
      k.indexConst(op.attributes.start_indices[axis]),
    ),
  );

export const reverseIndices = (op: OperationOf<"reverse">, result: Indices): k.Index[] =>
  result.map((index, axis) =>
    op.attributes.dimensions.includes(axis)
      ? k.indexAdd(k.indexConst(op.operands[0].type.shape[axis] - 1), k.indexScale(index, -1))
      : index,
  );

/** Row-major position of an index in a shape. */
export function linearIndex(shape: readonly number[], indices: Indices): k.Index {
  const strides = stridesOf(shape);
  return indices.reduce(
    (sum, index, axis) => k.indexAdd(sum, k.indexScale(index, strides[axis])),
    k.indexConst(0),
  );
}

/**
 * Indices of the operand of a reshape. Dimensions that both shapes share, in order, keep their index; only runs of
 * dimensions that are really merged or split go through the linear position.
 */
export function reshapeIndices(op: OperationOf<"reshape">, result: Indices): k.Index[] {
  const from = op.operands[0].type.shape;
  const to = op.results[0].type.shape;
  const operand: k.Index[] = [];
  let [i, j] = [0, 0];
  while (i < from.length || j < to.length) {
    const [firstI, firstJ] = [i, j];
    let [sizeFrom, sizeTo] = [from[i] ?? 1, to[j] ?? 1];
    i++;
    j++;
    while (sizeFrom !== sizeTo) {
      if (sizeFrom < sizeTo) sizeFrom *= from[i++];
      else sizeTo *= to[j++];
    }
    const group = from.slice(firstI, i);
    const position = linearIndex(to.slice(firstJ, j), result.slice(firstJ, j));
    operand.push(...delinearize(position, group, result.slice(firstJ, j), to.slice(firstJ, j)));
  }
  return operand;
}

function delinearize(
  position: k.Index,
  group: readonly number[],
  own: Indices,
  ownShape: readonly number[],
): k.Index[] {
  if (group.length === 1 && ownShape.length === 1) return [own[0]];
  const strides = stridesOf(group);
  const wide = group.filter((size) => size !== 1).length;
  return group.map((size, axis) => {
    if (size === 1) return k.indexConst(0);
    if (wide === 1) return position;
    const quotient = k.indexFloorDiv(position, strides[axis]);
    const outermost = group.slice(0, axis).every((other) => other === 1);
    return outermost ? quotient : k.indexMod(quotient, size);
  });
}
