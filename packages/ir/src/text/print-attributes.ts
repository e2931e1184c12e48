/** MLIR text of attribute values, as the generic form writes them. */

import type { Operation } from "../module.ts";
import type { AttributeKind, AttributeKinds } from "../ops/schema.ts";
import { declarationOf, isOpcode } from "../ops/table.ts";
import { formatType } from "../tensor-type.ts";
import { formatFloat, printDense } from "./print-dense.ts";
import { attributeKey, quote, symbol } from "./syntax.ts";

export const printList = (list: readonly (number | string)[]): string => `[${list.join(", ")}]`;

const field = (name: string, list: readonly number[]): string[] =>
  list.length > 0 ? [`${name} = ${printList(list)}`] : [];

const vectorField = (dimension: number): string[] =>
  dimension === 0 ? [] : [`index_vector_dim = ${dimension}`];

type AttributePrinters = {
  readonly [K in Exclude<AttributeKind, "text">]: (value: AttributeKinds[K]) => string;
};

const attributePrinters: AttributePrinters = {
  i32: (value) => `${value} : i32`,
  i64: (value) => `${value} : i64`,
  "i64[]": (list) => (list.length > 0 ? `array<i64: ${list.join(", ")}>` : "array<i64>"),
  f32: (value) => `${formatFloat("float32", value)} : f32`,
  bool: (value) => String(value),
  string: (value) => quote(value),
  symbol: (value) => symbol(value),
  elements: (value) => `${printDense(value)} : ${formatType(value.type)}`,
  comparison_direction: (value) => `#stablehlo<comparison_direction ${value}>`,
  comparison_type: (value) => `#stablehlo<comparison_type ${value}>`,
  dot_dimension_numbers: (d) =>
    `#stablehlo.dot<${[
      ...field("lhs_batching_dimensions", d.lhsBatching),
      ...field("rhs_batching_dimensions", d.rhsBatching),
      ...field("lhs_contracting_dimensions", d.lhsContracting),
      ...field("rhs_contracting_dimensions", d.rhsContracting),
    ].join(", ")}>`,
  gather_dimension_numbers: (d) =>
    `#stablehlo.gather<${[
      ...field("offset_dims", d.offsetDims),
      ...field("collapsed_slice_dims", d.collapsedSliceDims),
      ...field("operand_batching_dims", d.operandBatchingDims),
      ...field("start_indices_batching_dims", d.startIndicesBatchingDims),
      ...field("start_index_map", d.startIndexMap),
      ...vectorField(d.indexVectorDim),
    ].join(", ")}>`,
  scatter_dimension_numbers: (d) =>
    `#stablehlo.scatter<${[
      ...field("update_window_dims", d.updateWindowDims),
      ...field("inserted_window_dims", d.insertedWindowDims),
      ...field("input_batching_dims", d.inputBatchingDims),
      ...field("scatter_indices_batching_dims", d.scatterIndicesBatchingDims),
      ...field("scatter_dims_to_operand_dims", d.scatterDimsToOperandDims),
      ...vectorField(d.indexVectorDim),
    ].join(", ")}>`,
  precision_config: (list) => printList(list.map((value) => `#stablehlo<precision ${value}>`)),
};

/** `key = value` of every attribute that is present, kept ones included, sorted by key as MLIR sorts them. */
export function attributeEntries(operation: Operation, except: readonly string[] = []): string[] {
  // The verifier prints operations whose opcode it does not know.
  const schema = isOpcode(operation.opcode) ? declarationOf(operation.opcode).attributes : {};
  const entries: [string, string | undefined][] = [];
  for (const [name, value] of Object.entries(operation.attributes as Readonly<Record<string, unknown>>)) {
    if (value === undefined || except.includes(name)) continue;
    const kind = schema[name]?.replace("?", "") as AttributeKind | undefined;
    if (kind === "text") entries.push(...keptEntries(value as AttributeKinds["text"]));
    else if (kind !== undefined) entries.push([name, printAttribute(kind, value)]);
  }
  return joinEntries(entries);
}

/** An invalid value must not keep the verifier from showing the operation. */
function printAttribute(kind: Exclude<AttributeKind, "text">, value: unknown): string {
  try {
    return attributePrinters[kind](value as never);
  } catch {
    return `<not ${kind}: ${String(value)}>`;
  }
}

const keptEntries = (kept: AttributeKinds["text"]): [string, string][] => Object.entries(kept);

/** Entries of a dictionary of kept text; an empty text is a unit attribute. */
export const printKept = (kept: Readonly<Record<string, string>>): string[] => joinEntries(keptEntries(kept));

const joinEntries = (entries: readonly [string, string | undefined][]): string[] =>
  [...entries]
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, text]) => (text ? `${attributeKey(name)} = ${text}` : attributeKey(name)));

/** ` {a = 1, b}`, or nothing when there is no entry. */
export const dictionary = (entries: readonly string[]): string =>
  entries.length > 0 ? ` {${entries.join(", ")}}` : "";
