/**
 * Writes ONNX models of a few nodes: the protocol-buffer messages of onnx.proto (https://onnx.ai), by field
 * number. Opset 17, all tensors float32.
 */

const OPSET = 17;
const IR_VERSION = 8;
const FLOAT = 1; // TensorProto.DataType
const ATTRIBUTE_TYPE = { float: 1, int: 2, ints: 7 };

type Bytes = readonly number[];

function varint(value: number): Bytes {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
}

const integer = (field: number, value: number): Bytes => [...varint(field << 3), ...varint(value)];
const float = (field: number, value: number): Bytes => [
  ...varint((field << 3) | 5),
  ...new Uint8Array(Float32Array.of(value).buffer),
];
const bytes = (field: number, value: Bytes): Bytes => [
  ...varint((field << 3) | 2),
  ...varint(value.length),
  ...value,
];
const text = (field: number, value: string): Bytes => bytes(field, [...new TextEncoder().encode(value)]);

export interface Value {
  readonly name: string;
  readonly shape: readonly number[];
}

/** A tensor that is part of the model. */
export interface Constant extends Value {
  readonly values: Float32Array;
}

/** An attribute: a whole number is an INT unless it is written as `{ float }`. */
export type Attribute = number | { readonly float: number } | readonly number[];

export interface Node {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes?: Readonly<Record<string, Attribute>>;
}

export interface Model {
  readonly inputs: readonly Value[];
  readonly output: Value;
  readonly nodes: readonly Node[];
  readonly constants?: readonly Constant[];
}

function attribute(name: string, value: Attribute): Bytes {
  if (typeof value === "number")
    return [...text(1, name), ...integer(3, value), ...integer(20, ATTRIBUTE_TYPE.int)];
  if ("float" in value)
    return [...text(1, name), ...float(2, value.float), ...integer(20, ATTRIBUTE_TYPE.float)];
  return [...text(1, name), ...value.flatMap((v) => integer(8, v)), ...integer(20, ATTRIBUTE_TYPE.ints)];
}

function node({ op, inputs, output, attributes = {} }: Node): Bytes {
  return [
    ...inputs.flatMap((input) => text(1, input)),
    ...text(2, output),
    ...text(4, op),
    ...Object.entries(attributes).flatMap(([name, value]) => bytes(5, attribute(name, value))),
  ];
}

function valueInfo({ name, shape }: Value): Bytes {
  const dims = shape.flatMap((size) => bytes(1, integer(1, size)));
  const tensorType = [...integer(1, FLOAT), ...bytes(2, dims)];
  return [...text(1, name), ...bytes(2, bytes(1, tensorType))];
}

function tensor({ name, shape, values }: Constant): Bytes {
  const raw = [...new Uint8Array(values.buffer, values.byteOffset, values.byteLength)];
  return [
    ...shape.flatMap((size) => integer(1, size)),
    ...integer(2, FLOAT),
    ...text(8, name),
    ...bytes(9, raw),
  ];
}

/** The model as the bytes of a .onnx file. */
export function encodeModel({ inputs, output, nodes, constants = [] }: Model): Uint8Array {
  const graph = [
    ...nodes.flatMap((n) => bytes(1, node(n))),
    ...text(2, "bench"),
    ...constants.flatMap((c) => bytes(5, tensor(c))),
    ...inputs.flatMap((input) => bytes(11, valueInfo(input))),
    ...bytes(12, valueInfo(output)),
  ];
  return Uint8Array.from([...integer(1, IR_VERSION), ...bytes(7, graph), ...bytes(8, integer(2, OPSET))]);
}
