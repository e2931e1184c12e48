/** Whether a value is one of an attribute kind. */

import { isDType } from "../dtype.ts";
import { allocateStorage, entriesPerElement, type Literal } from "../literal.ts";
import type { AttributeKind } from "../ops/schema.ts";
import { sizeOf, type TensorType } from "../tensor-type.ts";

type Problem = string | undefined;

const isInteger = (value: unknown): boolean => Number.isSafeInteger(value);
const isIntegerList = (value: unknown): boolean => Array.isArray(value) && value.every(isInteger);
const oneOf =
  (...names: readonly unknown[]) =>
  (value: unknown): boolean =>
    names.includes(value);

const tests: Readonly<Record<Exclude<AttributeKind, "elements">, (value: unknown) => boolean>> = {
  i32: isInteger,
  i64: isInteger,
  "i64[]": isIntegerList,
  f32: (value) => typeof value === "number",
  bool: (value) => typeof value === "boolean",
  string: (value) => typeof value === "string",
  symbol: (value) => typeof value === "string",
  comparison_direction: oneOf("EQ", "NE", "GE", "GT", "LE", "LT"),
  comparison_type: oneOf("FLOAT", "TOTALORDER", "SIGNED", "UNSIGNED"),
  dot_dimension_numbers: (value) =>
    isRecord(value) &&
    ["lhsBatching", "rhsBatching", "lhsContracting", "rhsContracting"].every((key) =>
      isIntegerList(value[key]),
    ),
  gather_dimension_numbers: (value) =>
    isNumbers(value, [
      "offsetDims",
      "collapsedSliceDims",
      "operandBatchingDims",
      "startIndicesBatchingDims",
      "startIndexMap",
    ]),
  scatter_dimension_numbers: (value) =>
    isNumbers(value, [
      "updateWindowDims",
      "insertedWindowDims",
      "inputBatchingDims",
      "scatterIndicesBatchingDims",
      "scatterDimsToOperandDims",
    ]),
  precision_config: (value) => Array.isArray(value) && value.every(oneOf("DEFAULT", "HIGH", "HIGHEST")),
  text: (value) => isRecord(value) && Object.values(value).every((text) => typeof text === "string"),
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

const isNumbers = (value: unknown, lists: readonly string[]): boolean =>
  isRecord(value) && isInteger(value.indexVectorDim) && lists.every((key) => isIntegerList(value[key]));

/** What is wrong with an attribute value, if anything. */
export function attributeProblem(kind: AttributeKind, value: unknown): Problem {
  if (kind === "elements") return literalProblem(value);
  return tests[kind](value) ? undefined : `is not of kind ${kind}`;
}

export function typeProblem({ dtype, shape }: TensorType): Problem {
  if (!isDType(dtype)) return `has the unknown element type ${String(dtype)}`;
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0))
    return `has a shape that is no list of sizes: ${String(shape)}`;
  return Number.isSafeInteger(sizeOf(shape)) ? undefined : "has more elements than can be counted";
}

function literalProblem(value: unknown): Problem {
  if (!isRecord(value) || !isRecord(value.type) || !ArrayBuffer.isView(value.data)) return "is no literal";
  const { type, data, splat } = value as unknown as Literal;
  const problem = typeProblem(type);
  if (problem !== undefined) return problem;
  const Storage = allocateStorage(type.dtype, 0).constructor;
  if (data.constructor !== Storage)
    return `stores ${type.dtype} in ${data.constructor.name}, not ${Storage.name}`;
  const expected = (splat ? 1 : sizeOf(type.shape)) * entriesPerElement(type.dtype);
  return data.length === expected
    ? undefined
    : `holds ${data.length} entries of data, its type needs ${expected}`;
}
