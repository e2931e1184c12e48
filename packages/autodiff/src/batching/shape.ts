/** Batching of ops that move elements: the batch goes along wherever it is. */

import { dtypeTable, type Shape, sizeOf, type Value } from "@fluxion/ir";
import type { ShapeOpcode } from "../rules/shape.ts";
import {
  alignedAt,
  allShifted,
  batchedType,
  firstAxis,
  inserted,
  isBatched,
  moveAxis,
  one,
  range,
  shifted,
  spreadScalars,
  unbatched,
} from "./axes.ts";
import { dynamicSlice, dynamicUpdateSlice } from "./dynamic.ts";
import type { Batched, BatchRule, BatchRules } from "./rule.ts";

/** Ops without operands compute the same for every example. */
const shared: BatchRule<"constant" | "iota"> = (_, op) => op.results.map(unbatched);

/** The one operand's value and axis. */
function single([x]: readonly Batched[]): { readonly value: Value; readonly axis: number } {
  return { value: x.value, axis: x.axis ?? 0 };
}

/** Keeps the batch in front of the dimension that it is in front of. */
const broadcastInDim: BatchRule<"broadcast_in_dim"> = (c, op, operands) => {
  const { value, axis } = single(operands);
  const dims = op.attributes.broadcast_dimensions;
  const rank = op.results[0].type.shape.length;
  const to = axis === 0 ? 0 : axis < dims.length ? dims[axis] : rank;
  const { shape } = batchedType(op.results[0].type, to, c.size);
  return one(c.b.broadcast(value, shape, inserted(allShifted(dims, to), axis, to)), to);
};

/** Where the batch can stay as it is: as many elements in front of it and behind it before as after. */
function sameSplit(from: Shape, axis: number, to: Shape): number | undefined {
  const [before, after] = [sizeOf(from.slice(0, axis)), sizeOf(from.slice(axis))];
  const found = range(to.length + 1).filter(
    (at) => sizeOf(to.slice(0, at)) === before && sizeOf(to.slice(at)) === after,
  );
  return found.includes(0) && axis === 0 ? 0 : found.at(-1);
}

const reshape: BatchRule<"reshape"> = (c, op, operands) => {
  const { value, axis } = single(operands);
  const { shape } = op.results[0].type;
  const stays = sameSplit(op.operands[0].type.shape, axis, shape);
  const at = stays ?? 0;
  const moved = stays === undefined ? moveAxis(c.b, value, axis, 0) : value;
  return one(c.b.reshape(moved, inserted(shape, at, c.size)), at);
};

const transpose: BatchRule<"transpose"> = (c, op, operands) => {
  const { value, axis } = single(operands);
  const permutation = inserted(allShifted(op.attributes.permutation, axis), axis, axis);
  return one(c.b.one("transpose", [value], { permutation }), axis);
};

const slice: BatchRule<"slice"> = (c, op, operands) => {
  const { value, axis } = single(operands);
  const { start_indices, limit_indices, strides } = op.attributes;
  const attributes = {
    start_indices: inserted(start_indices, axis, 0),
    limit_indices: inserted(limit_indices, axis, c.size),
    strides: inserted(strides, axis, 1),
  };
  return one(c.b.one("slice", [value], attributes), axis);
};

const reverse: BatchRule<"reverse"> = (c, op, operands) => {
  const { value, axis } = single(operands);
  return one(c.b.one("reverse", [value], { dimensions: allShifted(op.attributes.dimensions, axis) }), axis);
};

/** Where examples pad with values of their own, a mask says which elements are padding. */
const pad: BatchRule<"pad"> = (c, { attributes: a, results: [result] }, [x, padding]) => {
  const axis = x.axis ?? 0;
  const value = c.at(x, axis);
  const attributes = {
    edge_padding_low: inserted(a.edge_padding_low, axis, 0),
    edge_padding_high: inserted(a.edge_padding_high, axis, 0),
    interior_padding: inserted(a.interior_padding, axis, 0),
  };
  const { dtype, shape } = batchedType(result.type, axis, c.size);
  if (!isBatched(padding)) return one(c.b.one("pad", [value, padding.value], attributes), axis);
  const zero = c.b.scalar(dtype, dtypeTable[dtype].kind === "bool" ? false : 0);
  const padded = c.b.one("pad", [value, zero], attributes);
  const inside = c.b.scalar("bool", true, value.type.shape);
  const mask = c.b.one("pad", [inside, c.b.scalar("bool", false)], attributes);
  return one(c.b.op("select", mask, padded, spreadScalars(c.b, padding.value, shape, axis)), axis);
};

const concatenate: BatchRule<"concatenate"> = (c, op, operands) => {
  const axis = firstAxis(operands);
  const dimension = shifted(op.attributes.dimension, axis);
  return one(c.b.one("concatenate", alignedAt(c, operands, axis), { dimension }), axis);
};

/** A change of width adds or takes away the last dimension, which must not be the batch. */
const bitcastConvert: BatchRule<"bitcast_convert"> = (c, op, operands) => {
  const { value, axis } = single(operands);
  const shrinks = op.results[0].type.shape.length < op.operands[0].type.shape.length;
  const at = shrinks && axis === value.type.shape.length - 1 ? 0 : axis;
  const type = batchedType(op.results[0].type, at, c.size);
  return one(c.b.as("bitcast_convert", type, moveAxis(c.b, value, axis, at)), at);
};

/** Each value passes by itself. */
const barrier: BatchRule<"optimization_barrier"> = (c, _, operands) => {
  const passed = c.b.emit(
    "optimization_barrier",
    operands.map(({ value }) => value),
    {},
  );
  return passed.map((value, i) => ({ value, axis: operands[i].axis }));
};

export const shapeBatching: BatchRules<ShapeOpcode> = {
  constant: shared,
  iota: shared,
  broadcast_in_dim: broadcastInDim,
  reshape,
  transpose,
  slice,
  reverse,
  pad,
  concatenate,
  dynamic_slice: dynamicSlice,
  dynamic_update_slice: dynamicUpdateSlice,
  bitcast_convert: bitcastConvert,
  optimization_barrier: barrier,
};
