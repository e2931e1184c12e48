/**
 * `dot_general`. Products of floats are summed in double precision and rounded once to the result's dtype, which is
 * the value that backends are compared with; integers wrap exactly.
 */

import { type DType, dtypeTable, isComplex, isWideInt } from "../dtype.ts";
import type { TypedArray } from "../literal.ts";
import type { OperationOf } from "../module.ts";
import { type Shape, sizeOf, stridesOf } from "../tensor-type.ts";
import { offsetsOf } from "./strided.ts";
import { allocate, decode, sink, type Tensor } from "./tensor.ts";

/** An operand as a matrix of rows over the batch: row (b, i) holds the elements to contract, packed. */
interface Rows {
  readonly data: TypedArray;
  readonly rows: number;
}

interface Sizes {
  readonly batch: number;
  readonly lhs: number;
  readonly rhs: number;
  readonly contracted: number;
}

export function dotGeneral(operation: OperationOf<"dot_general">, lhs: Tensor, rhs: Tensor): Tensor {
  const { dot_dimension_numbers: d } = operation.attributes;
  const { type } = operation.results[0];
  const left = pack(lhs, d.lhsBatching, d.lhsContracting);
  const right = pack(rhs, d.rhsBatching, d.rhsContracting);
  const sizes = {
    batch: sizeOf(d.lhsBatching.map((axis) => lhs.type.shape[axis])),
    contracted: sizeOf(d.lhsContracting.map((axis) => lhs.type.shape[axis])),
    lhs: left.rows,
    rhs: right.rows,
  };
  if (isComplex(type.dtype)) {
    const result = allocate(type);
    contract(sizes, complexProduct(left.data, right.data, result.data, sizes.contracted));
    return result;
  }
  const { out, finish } = sink(type);
  contract(sizes, productFor(type.dtype, left.data, right.data, out, sizes.contracted));
  return finish();
}

/** Elements in the order batch, free, contracted. */
function pack(operand: Tensor, batching: readonly number[], contracting: readonly number[]): Rows {
  const { shape } = operand.type;
  const strides = stridesOf(shape);
  const free = shape.map((_, axis) => axis).filter((axis) => ![...batching, ...contracting].includes(axis));
  const order = [...batching, ...free, ...contracting];
  const pick = (list: Shape): number[] => order.map((axis) => list[axis]);
  const offsets = offsetsOf(pick(shape), pick(strides));
  const source = decode(operand);
  const entries = isComplex(operand.type.dtype) ? 2 : 1;
  const data = new (source.constructor as Float64ArrayConstructor)(offsets.length * entries);
  for (let i = 0; i < offsets.length; i++) {
    for (let e = 0; e < entries; e++)
      data[i * entries + e] = (source as Float64Array)[offsets[i] * entries + e];
  }
  return { data, rows: sizeOf(free.map((axis) => shape[axis])) };
}

/** Computes one result element from the first elements of two packed rows. */
type Product = (result: number, left: number, right: number) => void;

function contract({ batch, lhs, rhs, contracted }: Sizes, product: Product): void {
  let result = 0;
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i < lhs; i++) {
      const left = (b * lhs + i) * contracted;
      for (let j = 0; j < rhs; j++) product(result++, left, (b * rhs + j) * contracted);
    }
  }
}

function productFor(
  dtype: DType,
  left: TypedArray,
  right: TypedArray,
  out: TypedArray,
  length: number,
): Product {
  if (isWideInt(dtype)) return wideProduct(left, right, out as BigInt64Array, length);
  const [a, b, c] = [left, right, out] as Float64Array[];
  const { kind } = dtypeTable[dtype];
  if (kind === "bool") return boolProduct(a, b, c, length);
  return kind === "float" ? floatProduct(a, b, c, length) : intProduct(a, b, c, length);
}

const floatProduct =
  (a: Float64Array, b: Float64Array, out: Float64Array, length: number): Product =>
  (result, left, right) => {
    let sum = 0;
    for (let k = 0; k < length; k++) sum += a[left + k] * b[right + k];
    out[result] = sum;
  };

const intProduct =
  (a: Float64Array, b: Float64Array, out: Float64Array, length: number): Product =>
  (result, left, right) => {
    let sum = 0;
    for (let k = 0; k < length; k++) sum = (sum + Math.imul(a[left + k], b[right + k])) | 0;
    out[result] = sum;
  };

const boolProduct =
  (a: Float64Array, b: Float64Array, out: Float64Array, length: number): Product =>
  (result, left, right) => {
    let any = 0;
    for (let k = 0; k < length; k++) any |= a[left + k] & b[right + k];
    out[result] = any;
  };

const wideProduct =
  (a: TypedArray, b: TypedArray, out: BigInt64Array, length: number): Product =>
  (result, left, right) => {
    let sum = 0n;
    for (let k = 0; k < length; k++) sum += BigInt(a[left + k]) * BigInt(b[right + k]);
    out[result] = sum;
  };

function complexProduct(left: TypedArray, right: TypedArray, out: TypedArray, length: number): Product {
  const [a, b, c] = [left, right, out] as Float64Array[];
  return (result, leftAt, rightAt) => {
    let [re, im] = [0, 0];
    for (let k = 0; k < length; k++) {
      const [i, j] = [2 * (leftAt + k), 2 * (rightAt + k)];
      re += a[i] * b[j] - a[i + 1] * b[j + 1];
      im += a[i] * b[j + 1] + a[i + 1] * b[j];
    }
    c[2 * result] = re;
    c[2 * result + 1] = im;
  };
}
