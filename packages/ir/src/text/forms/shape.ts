/** Pretty forms of constants and of the ops that move elements. */

import { formatType } from "../../tensor-type.ts";
import type { Cursor } from "../cursor.ts";
import { parseDense } from "../parse-dense.ts";
import { parseType } from "../parse-types.ts";
import { printList } from "../print-attributes.ts";
import { printDense } from "../print-dense.ts";
import type { Form } from "./form.ts";

/** `stablehlo.constant dense<1.0> : T` */
export const constant: Form<"constant"> = {
  print: ({ attributes: { value } }) => ` ${printDense(value)} : ${formatType(value.type)}`,
  parse: (p) => {
    p.skipAttributes();
    const value = parseDense(p.cursor);
    return { operands: [], attributes: { value }, types: [value.type] };
  },
};

/** `stablehlo.iota dim = 0 : T` */
export const iota: Form<"iota"> = {
  print: ({ attributes, results }) => ` dim = ${attributes.iota_dimension} : ${formatType(results[0].type)}`,
  parse: (p) => {
    p.cursor.expect("dim");
    p.cursor.expect("=");
    const iota_dimension = p.cursor.integer();
    p.colon();
    return { operands: [], attributes: { iota_dimension }, types: [parseType(p.cursor)] };
  },
};

/** `stablehlo.broadcast_in_dim %a, dims = [0] : (T) -> U` */
export const broadcastInDim: Form<"broadcast_in_dim"> = {
  print: (operation, p) => {
    const dims = printList(operation.attributes.broadcast_dimensions);
    return ` ${p.operands(operation.operands)}, dims = ${dims} : ${p.functionType(operation)}`;
  },
  parse: (p) => {
    const operands = p.values();
    p.named("dims");
    const broadcast_dimensions = p.cursor.integerList();
    return { operands, attributes: { broadcast_dimensions }, types: p.functionType(operands) };
  },
};

/** `stablehlo.transpose %a, dims = [1, 0] : (T) -> U` */
export const transpose: Form<"transpose"> = {
  print: (operation, p) => {
    const dims = printList(operation.attributes.permutation);
    return ` ${p.operands(operation.operands)}, dims = ${dims} : ${p.functionType(operation)}`;
  },
  parse: (p) => {
    const operands = p.values();
    p.named("dims");
    const permutation = p.cursor.integerList();
    return { operands, attributes: { permutation }, types: p.functionType(operands) };
  },
};

/** `stablehlo.reverse %a, dims = [0] : T` */
export const reverse: Form<"reverse"> = {
  print: ({ operands, attributes, results }, p) =>
    ` ${p.operands(operands)}, dims = ${printList(attributes.dimensions)} : ${formatType(results[0].type)}`,
  parse: (p) => {
    const operands = p.values();
    p.named("dims");
    const dimensions = p.cursor.integerList();
    return { operands, attributes: { dimensions }, types: p.sameOrFunctionType(operands) };
  },
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
  parse: (p) => {
    const operands = p.values();
    p.cursor.expect("[");
    const ranges = p.cursor.commaList("]", () => parseRange(p.cursor));
    const attributes = {
      start_indices: ranges.map(([start]) => start),
      limit_indices: ranges.map(([, limit]) => limit),
      strides: ranges.map(([, , stride]) => stride),
    };
    return { operands, attributes, types: p.functionType(operands) };
  },
};

/** `0:4` or `1:8:2` */
function parseRange(cursor: Cursor): readonly [number, number, number] {
  const start = cursor.integer();
  cursor.expect(":");
  const limit = cursor.integer();
  return [start, limit, cursor.accept(":") ? cursor.integer() : 1];
}

/** `stablehlo.pad %a, %v, low = [1], high = [1], interior = [0] : (T, U) -> V` */
export const pad: Form<"pad"> = {
  print: (operation, p) => {
    const { edge_padding_low, edge_padding_high, interior_padding } = operation.attributes;
    const edges = `low = ${printList(edge_padding_low)}, high = ${printList(edge_padding_high)}`;
    const interior = printList(interior_padding);
    return ` ${p.operands(operation.operands)}, ${edges}, interior = ${interior} : ${p.functionType(operation)}`;
  },
  parse: (p) => {
    const operands = p.values();
    const list = (name: string): number[] => {
      p.named(name);
      return p.cursor.integerList();
    };
    const attributes = {
      edge_padding_low: list("low"),
      edge_padding_high: list("high"),
      interior_padding: list("interior"),
    };
    return { operands, attributes, types: p.functionType(operands) };
  },
};

/** `stablehlo.concatenate %a, %b, dim = 0 : (T, U) -> V` */
export const concatenate: Form<"concatenate"> = {
  print: (operation, p) =>
    ` ${p.operands(operation.operands)}, dim = ${operation.attributes.dimension} : ${p.functionType(operation)}`,
  parse: (p) => {
    const operands = p.values();
    p.named("dim");
    const dimension = p.cursor.integer();
    return { operands, attributes: { dimension }, types: p.functionType(operands) };
  },
};

/** `stablehlo.dynamic_slice %a, %i, %j, sizes = [1, 2] : (T, U, U) -> V` */
export const dynamicSlice: Form<"dynamic_slice"> = {
  print: (operation, p) => {
    const sizes = printList(operation.attributes.slice_sizes);
    return ` ${p.operands(operation.operands)}, sizes = ${sizes} : ${p.functionType(operation)}`;
  },
  parse: (p) => {
    const operands = p.values();
    // MLIR prints a scalar's empty list of indices between two commas.
    if (p.cursor.is(",") && p.cursor.peek(1).text === ",") p.cursor.next();
    p.named("sizes");
    const slice_sizes = p.cursor.integerList();
    return { operands, attributes: { slice_sizes }, types: p.functionType(operands) };
  },
};

/** `stablehlo.reshape %a : (T) -> U`: the function type even where T is U */
export const functionTyped: Form<"reshape" | "bitcast_convert" | "dynamic_update_slice"> = {
  print: (operation, p) => ` ${p.operands(operation.operands)} : ${p.functionType(operation)}`,
  parse: (p) => {
    const operands = p.values();
    return { operands, attributes: {}, types: p.functionType(operands) };
  },
};
