/** Pretty forms of constants and of the ops that move elements. */

import { formatType } from "../../tensor-type.ts";
import { printList } from "../print-attributes.ts";
import { printDense } from "../print-dense.ts";
import type { Form } from "./form.ts";

/** `stablehlo.constant dense<1.0> : T` */
export const constant: Form<"constant"> = {
  print: ({ attributes: { value } }) => ` ${printDense(value)} : ${formatType(value.type)}`,
};

/** `stablehlo.iota dim = 0 : T` */
export const iota: Form<"iota"> = {
  print: ({ attributes, results }) => ` dim = ${attributes.iota_dimension} : ${formatType(results[0].type)}`,
};

/** `stablehlo.broadcast_in_dim %a, dims = [0] : (T) -> U` */
export const broadcastInDim: Form<"broadcast_in_dim"> = {
  print: (operation, p) => {
    const dims = printList(operation.attributes.broadcast_dimensions);
    return ` ${p.operands(operation.operands)}, dims = ${dims} : ${p.functionType(operation)}`;
  },
};

/** `stablehlo.transpose %a, dims = [1, 0] : (T) -> U` */
export const transpose: Form<"transpose"> = {
  print: (operation, p) => {
    const dims = printList(operation.attributes.permutation);
    return ` ${p.operands(operation.operands)}, dims = ${dims} : ${p.functionType(operation)}`;
  },
};

/** `stablehlo.reverse %a, dims = [0] : T` */
export const reverse: Form<"reverse"> = {
  print: ({ operands, attributes, results }, p) =>
    ` ${p.operands(operands)}, dims = ${printList(attributes.dimensions)} : ${formatType(results[0].type)}`,
};

/** `stablehlo.slice %a [0:4, 1:8:2] : (T) -> U` */
export const slice: Form<"slice"> = {
  print: (operation, p) => {
    const { start_indices, limit_indices, strides } = operation.attributes;
    const ranges = start_indices.map((start, axis) => {
      const stride = strides[axis] === 1 ? "" : `:${strides[axis]}`;
      return `${start}:${limit_indices[axis]}${stride}`;
    });
    return ` ${p.operands(operation.operands)} ${printList(ranges)} : ${p.functionType(operation)}`;
  },
};

/** `stablehlo.pad %a, %v, low = [1], high = [1], interior = [0] : (T, U) -> V` */
export const pad: Form<"pad"> = {
  print: (operation, p) => {
    const { edge_padding_low, edge_padding_high, interior_padding } = operation.attributes;
    const edges = `low = ${printList(edge_padding_low)}, high = ${printList(edge_padding_high)}`;
    const interior = printList(interior_padding);
    return ` ${p.operands(operation.operands)}, ${edges}, interior = ${interior} : ${p.functionType(operation)}`;
  },
};

/** `stablehlo.concatenate %a, %b, dim = 0 : (T, U) -> V` */
export const concatenate: Form<"concatenate"> = {
  print: (operation, p) =>
    ` ${p.operands(operation.operands)}, dim = ${operation.attributes.dimension} : ${p.functionType(operation)}`,
};

/** `stablehlo.dynamic_slice %a, %i, %j, sizes = [1, 2] : (T, U, U) -> V` */
export const dynamicSlice: Form<"dynamic_slice"> = {
  print: (operation, p) => {
    const sizes = printList(operation.attributes.slice_sizes);
    return ` ${p.operands(operation.operands)}, sizes = ${sizes} : ${p.functionType(operation)}`;
  },
};

/** `stablehlo.dynamic_update_slice %a, %u, %i, %j : (T, U, V, V) -> T` */
export const dynamicUpdateSlice: Form<"dynamic_update_slice"> = {
  print: (operation, p) => ` ${p.operands(operation.operands)} : ${p.functionType(operation)}`,
};
