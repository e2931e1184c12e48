/** Rules of ops that move elements: linear, so ẏ = f(ẋ); above each its transpose. */

import type { Builder, Opcode, OperationOf, Shape, Value } from "@fluxion/ir";
import { copyOn } from "../blocks.ts";
import { noRule } from "../errors.ts";
import { add, reshape, sum, zeroScalar, zeros } from "./math.ts";
import {
  type JvpContext,
  type RulesOf,
  type Tangent,
  type TransposeContext,
  type TransposeRule,
  zeroTangent,
} from "./rule.ts";

export type ShapeOpcode =
  | "constant"
  | "iota"
  | "broadcast_in_dim"
  | "reshape"
  | "transpose"
  | "slice"
  | "reverse"
  | "pad"
  | "concatenate"
  | "dynamic_slice"
  | "dynamic_update_slice"
  | "bitcast_convert"
  | "optimization_barrier";

/** Applies the op to the tangents of its first operands, zeros for those that have none. */
const alike =
  <K extends Opcode>(count = 1) =>
  ({ b }: JvpContext, operation: OperationOf<K>, tangents: readonly Tangent[]): readonly Value[] => {
    const operands = operation.operands.map((x, i) => (i < count ? (tangents[i] ?? zeros(b, x)) : x));
    return copyOn(b, operation, operands);
  };

const first =
  <K extends Opcode>(map: (b: Builder, ct: Value, operation: OperationOf<K>) => Value) =>
  ({ b }: TransposeContext, operation: OperationOf<K>, [ct]: readonly Tangent[]): readonly Tangent[] => [
    ct && map(b, ct, operation),
  ];

/** Sums over the dimensions that were added or repeated. */
function unbroadcast(
  b: Builder,
  ct: Value,
  { operands: [x], attributes }: OperationOf<"broadcast_in_dim">,
): Value {
  const dims = attributes.broadcast_dimensions;
  const kept = dims.filter((dim, axis) => x.type.shape[axis] === ct.type.shape[dim]);
  const summed = ct.type.shape.map((_, axis) => axis).filter((axis) => !kept.includes(axis));
  const reduced = sum(b, ct, summed);
  // What is left lies in the order of the result's dimensions; the operand's may differ.
  const left = [...kept].sort((p, q) => p - q);
  const permutation = kept.map((dim) => left.indexOf(dim));
  const ordered = permutation.every((axis, i) => axis === i)
    ? reduced
    : b.one("transpose", [reduced], { permutation });
  return reshape(b, ordered, x.type.shape);
}

/** Zeros where the slice took nothing. */
function unslice(b: Builder, ct: Value, { operands: [x], attributes }: OperationOf<"slice">): Value {
  const { start_indices: low, strides } = attributes;
  const span = ct.type.shape.map((size, axis) => (size === 0 ? 0 : (size - 1) * strides[axis] + 1));
  return b.one("pad", [ct, zeroScalar(b, ct.type.dtype)], {
    edge_padding_low: low,
    edge_padding_high: x.type.shape.map((size, axis) => size - low[axis] - span[axis]),
    interior_padding: strides.map((stride) => stride - 1),
  });
}

/** x̄ is what of the result came from x; the padding value gets the rest: Σ ȳ − Σ x̄. */
const unpad: TransposeRule<"pad"> = (c, { operands: [x, value], attributes: a }, [ct]) => {
  if (ct === undefined) return [];
  const { b } = c;
  const zero = zeroScalar(b, ct.type.dtype);
  const trimmed = b.one("pad", [ct, zero], {
    edge_padding_low: a.edge_padding_low.map((n) => -n),
    edge_padding_high: a.edge_padding_high.map((n) => -n),
    interior_padding: a.interior_padding.map(() => 0),
  });
  const inner = b.one("slice", [trimmed], {
    start_indices: x.type.shape.map(() => 0),
    limit_indices: trimmed.type.shape,
    strides: a.interior_padding.map((n) => n + 1),
  });
  const axes = (y: Value): number[] => y.type.shape.map((_, axis) => axis);
  const rest = (): Value => b.op("subtract", sum(b, ct, axes(ct)), sum(b, inner, axes(inner)));
  return [c.isLinear(x) ? inner : undefined, c.isLinear(value) ? rest() : undefined];
};

const unconcatenate: TransposeRule<"concatenate"> = (c, { operands, attributes: { dimension } }, [ct]) => {
  if (ct === undefined) return [];
  let offset = 0;
  return operands.map((x) => {
    const start = offset;
    offset += x.type.shape[dimension];
    if (!c.isLinear(x)) return undefined;
    const at = (shape: Shape, value: number): number[] => shape.map((n, i) => (i === dimension ? value : n));
    return c.b.one("slice", [ct], {
      start_indices: at(
        x.type.shape.map(() => 0),
        start,
      ),
      limit_indices: at(ct.type.shape, offset),
      strides: ct.type.shape.map(() => 1),
    });
  });
};

/** x̄ += ȳ at the slice: into the sum so far, so that only the slice is touched. */
const undynamicSlice: TransposeRule<"dynamic_slice"> = (
  c,
  { operands: [x, ...starts], attributes },
  [ct],
) => {
  if (ct === undefined) return [];
  const soFar = c.cotangent(x);
  if (soFar === undefined) return [c.b.op("dynamic_update_slice", zeros(c.b, x), ct, ...starts)];
  const old = c.b.one("dynamic_slice", [soFar, ...starts], attributes);
  c.replace(x, c.b.op("dynamic_update_slice", soFar, add(c.b, old, ct), ...starts));
  return [];
};

/** x̄ = ȳ with zeros at the slice, ū = the slice of ȳ. */
const undynamicUpdate: TransposeRule<"dynamic_update_slice"> = (
  c,
  { operands: [x, update, ...starts] },
  [ct],
) => {
  if (ct === undefined) return [];
  const slice_sizes = update.type.shape;
  return [
    c.isLinear(x) ? c.b.op("dynamic_update_slice", ct, zeros(c.b, update), ...starts) : undefined,
    c.isLinear(update) ? c.b.one("dynamic_slice", [ct, ...starts], { slice_sizes }) : undefined,
  ];
};

const inverse = (permutation: readonly number[]): number[] =>
  permutation.map((_, axis) => permutation.indexOf(axis));

/** To the same type it is the identity: x̄ = ȳ. */
const unbitcast: TransposeRule<"bitcast_convert"> = (_, op, [ct]) => {
  const [from, to] = [op.operands[0].type.dtype, op.results[0].type.dtype];
  if (from !== to) throw noRule("Transpose", op as never, `the bits of ${from} as ${to} are not linear`);
  return [ct];
};

export const shapeRules: RulesOf<ShapeOpcode> = {
  constant: zeroTangent,
  iota: zeroTangent,
  broadcast_in_dim: { jvp: alike(), transpose: first(unbroadcast) },
  reshape: { jvp: alike(), transpose: first((b, ct, { operands: [x] }) => reshape(b, ct, x.type.shape)) },
  transpose: {
    jvp: alike(),
    transpose: first((b, ct, { attributes }) =>
      b.one("transpose", [ct], { permutation: inverse(attributes.permutation) }),
    ),
  },
  slice: { jvp: alike(), transpose: first(unslice) },
  reverse: { jvp: alike(), transpose: first((b, ct, { attributes }) => b.one("reverse", [ct], attributes)) },
  pad: { jvp: alike(2), transpose: unpad },
  concatenate: { jvp: alike(Number.POSITIVE_INFINITY), transpose: unconcatenate },
  dynamic_slice: { jvp: alike(), transpose: undynamicSlice },
  dynamic_update_slice: { jvp: alike(2), transpose: undynamicUpdate },
  bitcast_convert: { ...zeroTangent, transpose: unbitcast },
  // Each value passes by itself.
  optimization_barrier: {
    jvp: ({ b }, { operands }, tangents) => barrier(b, operands, tangents),
    transpose: ({ b }, { operands }, cotangents) => barrier(b, operands, cotangents),
  },
};

/** A barrier for the values that are there. */
function barrier(b: Builder, operands: readonly Value[], values: readonly Tangent[]): Tangent[] {
  const present = values.filter((value) => value !== undefined);
  const passed = [...b.emit("optimization_barrier", present, {})];
  return operands.map((_, i) => (values[i] ? passed.shift() : undefined));
}
