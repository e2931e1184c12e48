/** Elementwise ops on whole arrays. */

import { dtypeTable, isComplex, isFloat } from "../dtype.ts";
import { entriesPerElement, type TypedArray } from "../literal.ts";
import { type Operation, type OperationOf, Value } from "../module.ts";
import { sizeOf } from "../tensor-type.ts";
import { type ScalarFunction, scalarFunction } from "./scalar-function.ts";
import { allocate, decode, reader, rounder, type Scalar, sink, type Tensor, writer } from "./tensor.ts";

export function evaluateElementwise(operation: Operation, operands: readonly Tensor[]): Tensor {
  if (operation.opcode === "select") return select(operation, operands);
  if (isTotalOrder(operation)) return evaluateElementwise(onOrderKeys(operation), operands.map(orderKeys));
  const f = scalarFunction(operation);
  const { type } = operation.results[0];
  const mixed = isComplex(type.dtype) || operands.some((operand) => isComplex(operand.type.dtype));
  if (mixed) return overScalars(operation, operands, f);
  const { out, finish } = sink(type);
  // Stores to floats round and stores to integers wrap, but a store to bool would not make 0 or 1.
  apply(f, out as unknown as Scalar[], operands.map(decode), sizeOf(type.shape));
  return finish();
}

/** out[i] = f(a[i], …); an input of one element is read for every i. */
function apply(f: ScalarFunction, out: Scalar[], inputs: readonly TypedArray[], size: number): void {
  const [a, b, c] = inputs as unknown as readonly (readonly Scalar[])[];
  if (inputs.length === 1) {
    const unary = f as unknown as (x: Scalar) => Scalar;
    for (let i = 0; i < size; i++) out[i] = unary(a[i]);
  } else if (inputs.length === 2) {
    const binary = f as unknown as (x: Scalar, y: Scalar) => Scalar;
    for (let i = 0; i < size; i++) out[i] = binary(a[i], b[i]);
  } else {
    const [stepA, stepB, stepC] = inputs.map(({ length }) => (length === 1 ? 0 : 1));
    for (let i = 0; i < size; i++) out[i] = f(a[i * stepA], b[i * stepB], c[i * stepC]);
  }
}

/** The general loop, one object for each complex number. */
function overScalars(operation: Operation, operands: readonly Tensor[], f: ScalarFunction): Tensor {
  const result = allocate(operation.results[0].type);
  const { dtype, shape } = result.type;
  const reads = operands.map(({ type, data }) => broadcastReader(type.dtype, data));
  const write = writer(dtype, result.data);
  const [readA, readB = readA, readC = readA] = reads;
  for (let i = 0; i < sizeOf(shape); i++) write(i, f(readA(i), readB(i), readC(i)));
  return result;
}

function broadcastReader(dtype: Tensor["type"]["dtype"], data: TypedArray): (i: number) => Scalar {
  const read = reader(dtype, data);
  return data.length === entriesPerElement(dtype) ? () => read(0) : read;
}

/** Copies stored entries, so that every bit of a NaN survives. */
function select(operation: Operation, [pred, onTrue, onFalse]: readonly Tensor[]): Tensor {
  const result = allocate(operation.results[0].type);
  const entries = entriesPerElement(result.type.dtype);
  const out = result.data as unknown as number[];
  const [a, b] = [onTrue.data, onFalse.data] as unknown as readonly (readonly number[])[];
  const step = pred.data.length === 1 ? 0 : 1;
  for (let i = 0; i < out.length; i++) {
    const element = entries === 1 ? i : i >> 1;
    out[i] = pred.data[element * step] ? a[i] : b[i];
  }
  return result;
}

/** The scalar function of an operation, its result rounded to the result's dtype. */
export function roundedScalarFunction(operation: Operation): ScalarFunction {
  const f = scalarFunction(operation);
  const { dtype } = operation.results[0].type;
  const exact = dtype === "float64" || dtype === "complex128" || dtypeTable[dtype].kind === "bool";
  if (exact || operation.opcode === "select") return f;
  const round = rounder(dtype);
  return (x, y, z) => round(f(x, y, z));
}

/** Whether the operation compares floats by their bits. */
const isTotalOrder = (operation: Operation): operation is OperationOf<"compare"> =>
  operation.opcode === "compare" &&
  operation.attributes.compare_type === "TOTALORDER" &&
  isFloat(operation.operands[0].type.dtype);

const keyType = { dtype: "int64", shape: [] } as const;

/** The same comparison of 64-bit integers. */
const onOrderKeys = (operation: OperationOf<"compare">): OperationOf<"compare"> => ({
  ...operation,
  attributes: { ...operation.attributes, compare_type: "SIGNED" },
  operands: operation.operands.map(() => new Value(keyType)),
});

/**
 * Integers in the order of the floats' bits, −NaN first and +NaN last. Taken from the storage, because a NaN may lose
 * its sign on the way through a JavaScript number.
 */
function orderKeys({ type, data }: Tensor): Tensor {
  const { bits } = dtypeTable[type.dtype];
  const raw =
    bits === 64 ? new BigInt64Array(data.buffer, data.byteOffset, data.length) : smallBits(data, bits);
  const mask = (1n << BigInt(bits - 1)) - 1n;
  const keys = BigInt64Array.from(raw as ArrayLike<bigint | number>, (entry) => {
    const signed = BigInt(entry);
    return signed < 0n ? signed ^ mask : signed;
  });
  return { type: { ...type, dtype: "int64" }, data: keys };
}

const smallBits = ({ buffer, byteOffset, length }: TypedArray, bits: number): TypedArray =>
  bits === 32 ? new Int32Array(buffer, byteOffset, length) : new Int16Array(buffer, byteOffset, length);
