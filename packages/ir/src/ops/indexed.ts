/** Ops whose elements go where run-time indices say: gather, scatter and the sorts. */

import { type Region, returned } from "../module.ts";
import { formatType, sameShape, sameType, type TensorType } from "../tensor-type.ts";
import {
  inClass,
  linearityOf,
  require,
  requireAxis,
  requireClass,
  requireLength,
  requireSameShape,
} from "./check.ts";
import type { AttributeSchema, Linearity, OpDeclaration } from "./schema.ts";
import { asGatherNumbers, requireDimensionNumbers, splitIndices } from "./window-map.ts";

const op = <const A extends AttributeSchema, const L extends Linearity = "none">(
  declaration: Pick<OpDeclaration<A>, "doc" | "family" | "operands" | "attributes" | "infer"> &
    Partial<Omit<OpDeclaration<A>, "linear">> & { readonly linear?: L },
) =>
  ({
    regions: [],
    form: "generic",
    explicitResult: false,
    sideEffect: false,
    ...declaration,
    linear: linearityOf(declaration, "none"),
  }) satisfies OpDeclaration<A>;

const scalarOf = ({ dtype }: TensorType): TensorType => ({ dtype, shape: [] });

/** The body must map scalars of these types to scalars of those. */
function requireBody(
  body: Region,
  takes: readonly TensorType[],
  gives: readonly TensorType[],
  what: string,
): void {
  const list = (types: readonly TensorType[]): string => types.map(formatType).join(", ");
  const same = (a: readonly TensorType[], b: readonly TensorType[]): boolean =>
    a.length === b.length && a.every((type, i) => sameType(type, b[i]));
  const args = body.arguments.map(({ type }) => type);
  const results = returned(body).map(({ type }) => type);
  require(same(args, takes), () => `${what} must take (${list(takes)}), got (${list(args)})`);
  require(same(results, gives), () => `${what} must give (${list(gives)}), got (${list(results)})`);
}

const gatherNames = [
  "offset_dims",
  "collapsed_slice_dims",
  "operand_batching_dims",
  "start_indices_batching_dims",
  "start_index_map",
] as const;
const scatterNames = [
  "update_window_dims",
  "inserted_window_dims",
  "input_batching_dims",
  "scatter_indices_batching_dims",
  "scatter_dims_to_operand_dims",
] as const;

export const indexedOps = {
  gather: op({
    doc: "Takes slices of the operand that start where the index vectors say, moved so that they fit.",
    family: "gather",
    operands: ["operand", "start_indices"],
    attributes: {
      dimension_numbers: "gather_dimension_numbers",
      slice_sizes: "i64[]",
      indices_are_sorted: "bool?",
    },
    linear: [0],
    infer: ({ operands: [operand, indices], attributes: { dimension_numbers: d, slice_sizes: sizes } }) => {
      requireClass(indices, "integer", "start_indices");
      requireDimensionNumbers(d, operand.shape, indices.shape, gatherNames);
      requireLength(sizes, operand.shape.length, "slice_sizes");
      sizes.forEach((size, axis) => {
        const gone = d.collapsedSliceDims.includes(axis) || d.operandBatchingDims.includes(axis);
        const most = gone ? Math.min(1, operand.shape[axis]) : operand.shape[axis];
        require(size >= 0 && size <= most, () =>
          `slice size ${size} of dimension ${axis} must lie in [0, ${most}]`);
      });
      const { batch } = splitIndices(indices.shape, d.indexVectorDim);
      const offsets = sizes.filter(
        (_, axis) => !d.collapsedSliceDims.includes(axis) && !d.operandBatchingDims.includes(axis),
      );
      const rank = batch.length + offsets.length;
      const shape = Array.from({ length: rank }, (_, axis) =>
        d.offsetDims.includes(axis) ? (offsets.shift() ?? 0) : (batch.shift() ?? 0),
      );
      return [{ dtype: operand.dtype, shape }];
    },
  }),
  scatter: op({
    doc:
      "Puts updates into copies of the inputs where the index vectors say, each combined by the body with what is there; " +
      "a window that does not lie inside the input is dropped whole, as XLA does.",
    family: "gather",
    linear: "structural",
    operands: ["*inputs_scatter_indices_and_updates"],
    attributes: {
      scatter_dimension_numbers: "scatter_dimension_numbers",
      indices_are_sorted: "bool?",
      unique_indices: "bool?",
    },
    regions: ["update_computation"],
    infer: ({ operands, attributes: { scatter_dimension_numbers }, regions: [body] }) => {
      require(operands.length >= 3 && operands.length % 2 === 1, () =>
        "takes inputs, one array of indices, and as many updates as inputs");
      const count = (operands.length - 1) / 2;
      const inputs = operands.slice(0, count);
      const updates = operands.slice(count + 1);
      const d = asGatherNumbers(scatter_dimension_numbers);
      requireClass(operands[count], "integer", "scatter_indices");
      for (const list of [inputs, updates]) requireSameShape(list);
      requireDimensionNumbers(d, inputs[0].shape, operands[count].shape, scatterNames);
      requireUpdates(inputs[0], operands[count], updates[0], d);
      inputs.forEach(({ dtype }, i) => {
        require(updates[i].dtype === dtype, () =>
          `update ${i} must hold ${dtype} as its input does, got ${updates[i].dtype}`);
      });
      const scalars = inputs.map(scalarOf);
      requireBody(body, [...scalars, ...scalars], scalars, "update_computation");
      return inputs;
    },
  }),
  sort: op({
    doc: "Sorts the inputs together along a dimension, in the order that the comparator says.",
    family: "sort",
    operands: ["*inputs"],
    attributes: { dimension: "i64?", is_stable: "bool?" },
    regions: ["comparator"],
    infer: ({ operands, attributes: { dimension = -1 }, regions: [comparator] }) => {
      require(operands.length > 0, () => "sort needs an input");
      requireSameShape(operands);
      const rank = operands[0].shape.length;
      requireAxis(dimension < 0 ? dimension + rank : dimension, rank, "dimension");
      const scalars = operands.map(scalarOf);
      const pairs = scalars.flatMap((scalar) => [scalar, scalar]);
      requireBody(comparator, pairs, [{ dtype: "bool", shape: [] }], "comparator");
      return operands;
    },
  }),
  "chlo.top_k": op({
    doc: "The k greatest elements along the last dimension in descending order, and their positions; equal ones in order.",
    family: "sort",
    form: "custom",
    operands: ["operand"],
    attributes: { k: "i64" },
    infer: ({ operands: [{ dtype, shape }], attributes: { k } }) => {
      require(inClass(dtype, "real"), () => `top_k cannot order ${dtype}`);
      require(shape.length > 0, () => "top_k needs a dimension");
      const size = shape[shape.length - 1];
      require(k >= 0 && k <= size, () => `k must lie in [0, ${size}], got ${k}`);
      const result = [...shape.slice(0, -1), k];
      return [
        { dtype, shape: result },
        { dtype: "int32", shape: result },
      ];
    },
  }),
} as const;

/** Updates have the indices' shape without the index vectors, with windows that fit into the input. */
function requireUpdates(
  input: TensorType,
  indices: TensorType,
  update: TensorType,
  d: ReturnType<typeof asGatherNumbers>,
): void {
  const { batch } = splitIndices(indices.shape, d.indexVectorDim);
  requireLength(update.shape, batch.length + d.offsetDims.length, "the updates' shape");
  const scattered = update.shape.filter((_, axis) => !d.offsetDims.includes(axis));
  require(sameShape(scattered, batch), () =>
    `updates must have the indices' sizes (${batch.join(", ")}) outside their windows, got (${scattered.join(", ")})`);
  const bounds = input.shape.filter(
    (_, axis) => !d.collapsedSliceDims.includes(axis) && !d.operandBatchingDims.includes(axis),
  );
  d.offsetDims.forEach((axis, i) => {
    require(update.shape[axis] <= bounds[i], () =>
      `a window of ${update.shape[axis]} does not fit into a dimension of ${bounds[i]}`);
  });
}
