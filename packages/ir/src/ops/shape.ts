/** Ops that move elements without computing on them, and constants. */

import { type DType, dtypeTable, isComplex } from "../dtype.ts";
import { formatType, sizeOf, type TensorType } from "../tensor-type.ts";
import {
  declaredType,
  linearityOf,
  require,
  requireAxes,
  requireAxis,
  requireLength,
  requireScalar,
} from "./check.ts";
import type { AttributeSchema, Linearity, OpDeclaration } from "./schema.ts";

const shape = <const A extends AttributeSchema, const L extends Linearity = "joint">(
  declaration: Pick<OpDeclaration<A>, "doc" | "operands" | "attributes" | "infer"> &
    Partial<Omit<OpDeclaration<A>, "linear">> & { readonly linear?: L },
) =>
  ({
    family: "shape",
    regions: [],
    form: "custom",
    explicitResult: false,
    sideEffect: false,
    ...declaration,
    linear: linearityOf(declaration, "joint"),
  }) satisfies OpDeclaration<A>;

/** Size of a dimension after padding: low + n + (n − 1)·interior + high. */
export const paddedSize = (size: number, low: number, high: number, interior: number): number =>
  low + size + Math.max(0, size - 1) * interior + high;

export const shapeOps = {
  constant: shape({
    doc: "A dense constant.",
    family: "constant",
    operands: [],
    attributes: { value: "elements" },
    linear: "none",
    infer: ({ attributes }) => [attributes.value.type],
  }),
  iota: shape({
    doc: "Index of each element along one dimension.",
    family: "constant",
    operands: [],
    attributes: { iota_dimension: "i64" },
    linear: "none",
    explicitResult: true,
    infer: ({ attributes, declared }) => {
      const result = declaredType(declared);
      requireAxis(attributes.iota_dimension, result.shape.length, "iota_dimension");
      require(result.dtype !== "bool", () => "iota has no bool form");
      return [result];
    },
  }),
  broadcast_in_dim: shape({
    doc: "Maps operand dimension i to result dimension broadcast_dimensions[i], repeating size-1 dimensions.",
    operands: ["operand"],
    attributes: { broadcast_dimensions: "i64[]" },
    explicitResult: true,
    infer: ({ operands: [operand], attributes: { broadcast_dimensions: dims }, declared }) => {
      const result = declaredType(declared);
      require(result.dtype === operand.dtype, () => "the element type must not change");
      requireLength(dims, operand.shape.length, "broadcast_dimensions");
      requireAxes(dims, result.shape.length, "broadcast dimension");
      dims.forEach((dim, axis) => {
        const size = operand.shape[axis];
        require(size === 1 || size === result.shape[dim], () =>
          `dimension ${axis} of size ${size} cannot become dimension ${dim} of ${formatType(result)}`);
      });
      return [result];
    },
  }),
  reshape: shape({
    doc: "The same elements in row-major order under another shape.",
    operands: ["operand"],
    attributes: {},
    explicitResult: true,
    infer: ({ operands: [operand], declared }) => {
      const result = declaredType(declared);
      require(result.dtype === operand.dtype, () => "the element type must not change");
      require(sizeOf(result.shape) === sizeOf(operand.shape), () =>
        `cannot reshape ${formatType(operand)} into ${formatType(result)}`);
      return [result];
    },
  }),
  transpose: shape({
    doc: "Result dimension i is operand dimension permutation[i].",
    operands: ["operand"],
    attributes: { permutation: "i64[]" },
    infer: ({ operands: [operand], attributes: { permutation } }) => {
      requireLength(permutation, operand.shape.length, "permutation");
      requireAxes(permutation, operand.shape.length, "permutation");
      return [
        {
          dtype: operand.dtype,
          shape: permutation.map((axis) => operand.shape[axis]),
        },
      ];
    },
  }),
  slice: shape({
    doc: "Every strides[i]-th element from start_indices[i] up to limit_indices[i].",
    operands: ["operand"],
    attributes: {
      start_indices: "i64[]",
      limit_indices: "i64[]",
      strides: "i64[]",
    },
    infer: ({ operands: [operand], attributes: { start_indices, limit_indices, strides } }) => {
      const rank = operand.shape.length;
      for (const list of [start_indices, limit_indices, strides]) requireLength(list, rank, "slice bounds");
      return [
        {
          dtype: operand.dtype,
          shape: operand.shape.map((size, axis) => {
            const [start, limit, stride] = [start_indices[axis], limit_indices[axis], strides[axis]];
            require(0 <= start && start <= limit && limit <= size && stride >= 1, () =>
              `slice ${start}:${limit}:${stride} does not fit dimension ${axis} of ${formatType(operand)}`);
            return Math.ceil((limit - start) / stride);
          }),
        },
      ];
    },
  }),
  reverse: shape({
    doc: "Reverses the order of elements along the dimensions.",
    operands: ["operand"],
    attributes: { dimensions: "i64[]" },
    infer: ({ operands: [operand], attributes }) => {
      requireAxes(attributes.dimensions, operand.shape.length, "dimension");
      return [operand];
    },
  }),
  pad: shape({
    doc: "Adds padding_value around and between elements; negative edges crop.",
    operands: ["operand", "padding_value"],
    attributes: {
      edge_padding_low: "i64[]",
      edge_padding_high: "i64[]",
      interior_padding: "i64[]",
    },
    infer: ({ operands: [operand, value], attributes: a }) => {
      requireScalar(value, "padding_value");
      require(value.dtype === operand.dtype, () => "padding_value must have the operand's element type");
      const rank = operand.shape.length;
      for (const list of [a.edge_padding_low, a.edge_padding_high, a.interior_padding]) {
        requireLength(list, rank, "padding");
      }
      return [
        {
          dtype: operand.dtype,
          shape: operand.shape.map((size, axis) => {
            const interior = a.interior_padding[axis];
            require(interior >= 0, () => "interior padding must not be negative");
            const padded = paddedSize(size, a.edge_padding_low[axis], a.edge_padding_high[axis], interior);
            require(padded >= 0, () => `padding makes dimension ${axis} negative`);
            return padded;
          }),
        },
      ];
    },
  }),
  concatenate: shape({
    doc: "Joins the inputs along one dimension.",
    operands: ["*inputs"],
    attributes: { dimension: "i64" },
    infer: ({ operands, attributes: { dimension } }) => {
      require(operands.length > 0, () => "concatenate needs an input");
      const [first] = operands;
      requireAxis(dimension, first.shape.length, "dimension");
      for (const { dtype, shape: other } of operands) {
        const fits =
          dtype === first.dtype &&
          other.length === first.shape.length &&
          other.every((size, axis) => axis === dimension || size === first.shape[axis]);
        require(fits, () =>
          `inputs must agree but in dimension ${dimension}, got ${operands.map(formatType).join(", ")}`);
      }
      const total = operands.reduce((sum, { shape: other }) => sum + other[dimension], 0);
      return [
        {
          dtype: first.dtype,
          shape: first.shape.map((size, axis) => (axis === dimension ? total : size)),
        },
      ];
    },
  }),
  dynamic_slice: shape({
    doc: "A block of slice_sizes from start indices that are clamped to fit.",
    family: "dynamic",
    operands: ["operand", "*start_indices"],
    attributes: { slice_sizes: "i64[]" },
    linear: [0],
    infer: ({ operands: [operand, ...starts], attributes: { slice_sizes } }) => {
      requireLength(starts, operand.shape.length, "start_indices");
      requireLength(slice_sizes, operand.shape.length, "slice_sizes");
      for (const start of starts) requireScalar(start, "a start index");
      slice_sizes.forEach((size, axis) => {
        require(size >= 0 && size <= operand.shape[axis], () =>
          `slice size ${size} exceeds dimension ${axis}`);
      });
      return [{ dtype: operand.dtype, shape: slice_sizes }];
    },
  }),
  dynamic_update_slice: shape({
    doc: "The operand with a block replaced by update, at start indices that are clamped to fit.",
    family: "dynamic",
    operands: ["operand", "update", "*start_indices"],
    attributes: {},
    linear: "joint",
    infer: ({ operands: [operand, update, ...starts] }) => {
      requireLength(starts, operand.shape.length, "start_indices");
      for (const start of starts) requireScalar(start, "a start index");
      require(update.dtype === operand.dtype && update.shape.length === operand.shape.length, () =>
        "update must have the operand's element type and rank");
      update.shape.forEach((size, axis) => {
        require(size <= operand.shape[axis], () => `update exceeds dimension ${axis}`);
      });
      return [operand];
    },
  }),
  bitcast_convert: shape({
    doc: "The operand's bits under another element type; a different width adds or removes the last dimension.",
    operands: ["operand"],
    attributes: {},
    // To the same type it is the identity.
    linear: [0],
    explicitResult: true,
    infer: ({ operands: [operand], declared }) => {
      const result = declaredType(declared);
      const expected = bitcastShape(operand, result.dtype);
      require(expected !== undefined && expected.join() === result.shape.join(), () =>
        `cannot bitcast ${formatType(operand)} to ${formatType(result)}`);
      return [result];
    },
  }),
} as const;

/** Shape that `bitcast_convert` to a dtype gives; undefined if the widths do not fit or the kinds do not mix. */
export function bitcastShape(operand: TensorType, to: DType): number[] | undefined {
  if (isComplex(operand.dtype) !== isComplex(to) || (operand.dtype === "bool") !== (to === "bool"))
    return undefined;
  const from = dtypeTable[operand.dtype].bits;
  const { bits } = dtypeTable[to];
  if (from === bits) return [...operand.shape];
  if (from > bits) return [...operand.shape, from / bits];
  return operand.shape[operand.shape.length - 1] === bits / from ? operand.shape.slice(0, -1) : undefined;
}
