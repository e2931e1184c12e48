/** Attribute values in the spelling of the generic form. */

import type { AttributeKind, AttributeKinds, DotDimensionNumbers, Precision } from "../ops/schema.ts";
import { asGatherNumbers, type ScatterDimensionNumbers } from "../ops/window-map.ts";
import type { Cursor } from "./cursor.ts";
import { parseDense } from "./parse-dense.ts";

export type Dictionary = Readonly<Record<string, unknown>>;

type AttributeParsers = {
  readonly [K in Exclude<AttributeKind, "text">]: (cursor: Cursor) => AttributeKinds[K];
};

const directions = ["EQ", "NE", "GE", "GT", "LE", "LT"] as const;
const comparisonTypes = ["FLOAT", "TOTALORDER", "SIGNED", "UNSIGNED"] as const;
const precisions = ["DEFAULT", "HIGH", "HIGHEST"] as const;

export const attributeParsers: AttributeParsers = {
  i32: typedInteger,
  i64: typedInteger,
  "i64[]": integers,
  f32: (cursor) => {
    const negative = cursor.accept("-");
    const value = Number(cursor.take("float"));
    if (cursor.accept(":")) cursor.take("bare");
    return negative ? -value : value;
  },
  bool: (cursor) => {
    if (cursor.accept("false")) return false;
    if (!cursor.accept("true") && !cursor.accept("unit")) cursor.expected("true or false");
    return true;
  },
  string: (cursor) => cursor.take("string"),
  symbol: (cursor) => cursor.take("symbol"),
  elements: parseDense,
  comparison_direction: (cursor) => enumeration(cursor, "comparison_direction", directions),
  comparison_type: (cursor) => enumeration(cursor, "comparison_type", comparisonTypes),
  dot_dimension_numbers: dotDimensionNumbers,
  gather_dimension_numbers: (cursor) => asGatherNumbers(indexNumbers(cursor, "gather", gatherKeys)),
  scatter_dimension_numbers: (cursor) => indexNumbers(cursor, "scatter", scatterKeys),
  precision_config: (cursor) => {
    cursor.expect("[");
    return cursor.commaList("]", () => precision(cursor));
  },
};

export const comparisonDirection = (cursor: Cursor) => oneOf(cursor, directions, "a comparison direction");
export const comparisonType = (cursor: Cursor) => oneOf(cursor, comparisonTypes, "a comparison type");
export const precision = (cursor: Cursor): Precision => enumeration(cursor, "precision", precisions);

function typedInteger(cursor: Cursor): number {
  const value = cursor.integer();
  if (cursor.accept(":")) cursor.take("bare");
  return value;
}

/** `array<i64: 1, 2>`, `dense<[1, 2]> : tensor<2xi64>` or `[1, 2]` */
function integers(cursor: Cursor): number[] {
  if (cursor.is("dense")) {
    const value = parseDense(cursor);
    const data = Array.from(value.data as ArrayLike<number | bigint>, Number);
    return value.splat ? new Array<number>(value.type.shape[0]).fill(data[0]) : data;
  }
  if (cursor.accept("[")) return cursor.commaList("]", () => typedInteger(cursor));
  cursor.expect("array");
  cursor.expect("<");
  cursor.take("bare");
  if (cursor.accept(">")) return [];
  cursor.expect(":");
  return cursor.commaList(">", () => cursor.integer());
}

function oneOf<T extends string>(cursor: Cursor, names: readonly T[], what: string): T {
  const found = names.find((name) => cursor.is(name));
  if (found === undefined) cursor.expected(`${what} (${names.join(", ")})`);
  cursor.next();
  return found;
}

/** `#stablehlo<kind NAME>`, or the name alone. */
function enumeration<T extends string>(cursor: Cursor, kind: string, names: readonly T[]): T {
  if (cursor.token.kind !== "hash") return oneOf(cursor, names, `a ${kind}`);
  cursor.next();
  cursor.expect("<");
  cursor.expect(kind);
  const name = oneOf(cursor, names, `a ${kind}`);
  cursor.expect(">");
  return name;
}

const dotKeys: Readonly<Record<string, keyof DotDimensionNumbers>> = {
  lhs_batching_dimensions: "lhsBatching",
  rhs_batching_dimensions: "rhsBatching",
  lhs_contracting_dimensions: "lhsContracting",
  rhs_contracting_dimensions: "rhsContracting",
};

/** `#stablehlo.dot<…>`: keys in any order, absent ones empty. */
function dotDimensionNumbers(cursor: Cursor): DotDimensionNumbers {
  if (cursor.token.kind !== "hash") cursor.expected("#stablehlo.dot<…>");
  cursor.next();
  cursor.expect("<");
  const lists: Record<keyof DotDimensionNumbers, readonly number[]> = {
    lhsBatching: [],
    rhsBatching: [],
    lhsContracting: [],
    rhsContracting: [],
  };
  cursor.commaList(">", () => {
    if (!Object.hasOwn(dotKeys, cursor.token.text))
      cursor.expected(`one of ${Object.keys(dotKeys).join(", ")}`);
    const key = dotKeys[cursor.next().text];
    cursor.expect("=");
    lists[key] = cursor.integerList();
  });
  return lists;
}

type IndexLists = Exclude<keyof ScatterDimensionNumbers, "indexVectorDim">;

const scatterKeys: Readonly<Record<string, IndexLists>> = {
  update_window_dims: "updateWindowDims",
  inserted_window_dims: "insertedWindowDims",
  input_batching_dims: "inputBatchingDims",
  scatter_indices_batching_dims: "scatterIndicesBatchingDims",
  scatter_dims_to_operand_dims: "scatterDimsToOperandDims",
};
const gatherKeys: Readonly<Record<string, IndexLists>> = {
  offset_dims: "updateWindowDims",
  collapsed_slice_dims: "insertedWindowDims",
  operand_batching_dims: "inputBatchingDims",
  start_indices_batching_dims: "scatterIndicesBatchingDims",
  start_index_map: "scatterDimsToOperandDims",
};

/** `#stablehlo.gather<…>` or `#stablehlo.scatter<…>`: keys in any order, absent lists empty, an absent number zero. */
function indexNumbers(
  cursor: Cursor,
  kind: "gather" | "scatter",
  keys: Readonly<Record<string, IndexLists>>,
): ScatterDimensionNumbers {
  if (cursor.token.kind !== "hash") cursor.expected(`#stablehlo.${kind}<…>`);
  cursor.next();
  cursor.expect("<");
  const found: { -readonly [K in keyof ScatterDimensionNumbers]: ScatterDimensionNumbers[K] } = {
    updateWindowDims: [],
    insertedWindowDims: [],
    inputBatchingDims: [],
    scatterIndicesBatchingDims: [],
    scatterDimsToOperandDims: [],
    indexVectorDim: 0,
  };
  cursor.commaList(">", () => {
    const key = cursor.token.text;
    if (key !== "index_vector_dim" && !Object.hasOwn(keys, key))
      cursor.expected(`one of ${[...Object.keys(keys), "index_vector_dim"].join(", ")}`);
    cursor.next();
    cursor.expect("=");
    if (key === "index_vector_dim") found.indexVectorDim = cursor.integer();
    else found[keys[key]] = cursor.integerList();
  });
  return found;
}

/** `key` or `key = value` entries up to the closing brace; `read` takes the value, or nothing for a unit attribute. */
export function parseDictionary(cursor: Cursor, read: (key: string, hasValue: boolean) => void): void {
  cursor.expect("{");
  cursor.commaList("}", () => {
    const key = cursor.token.kind === "string" ? cursor.take("string") : cursor.take("bare");
    read(key, cursor.accept("="));
  });
}

/** A dictionary as text; keys keep the spelling of the printer. */
export function keptDictionary(cursor: Cursor): Record<string, string> {
  const kept: Record<string, string> = Object.create(null);
  parseDictionary(cursor, (key, hasValue) => {
    kept[key] = hasValue ? cursor.skipValue() : "";
  });
  return { ...kept };
}
