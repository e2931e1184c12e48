/** Conditions that several op declarations share. All of them throw `InferenceError`. */

import { type DType, dtypeTable } from "../dtype.ts";
import { InferenceError } from "../errors.ts";
import { formatType, type Shape, sameShape, sameType, type TensorType } from "../tensor-type.ts";
import type { DTypeClass, Linearity } from "./schema.ts";

export function require(condition: boolean, message: () => string): asserts condition {
  if (!condition) throw new InferenceError(message());
}

const kindsOf: Record<DTypeClass, readonly string[]> = {
  any: ["bool", "int", "uint", "float", "complex"],
  boolOrNumber: ["bool", "int", "uint", "float", "complex"],
  number: ["int", "uint", "float", "complex"],
  real: ["bool", "int", "uint", "float"],
  signedOrFloatOrComplex: ["int", "float", "complex"],
  float: ["float"],
  complex: ["complex"],
  floatOrComplex: ["float", "complex"],
  integer: ["int", "uint"],
  boolOrInteger: ["bool", "int", "uint"],
};

export const inClass = (dtype: DType, dtypeClass: DTypeClass): boolean =>
  kindsOf[dtypeClass].includes(dtypeTable[dtype].kind);

export function requireClass(type: TensorType, dtypeClass: DTypeClass, what: string): void {
  require(inClass(type.dtype, dtypeClass), () =>
    `${what} must have a ${kindsOf[dtypeClass].join("/")} element type, got ${formatType(type)}`);
}

export function requireSameShape(types: readonly TensorType[]): void {
  for (const type of types) {
    require(sameShape(type.shape, types[0].shape), () =>
      `operands must have one shape, got ${types.map(formatType).join(", ")}`);
  }
}

export function requireSameType(types: readonly TensorType[]): void {
  for (const type of types) {
    require(sameType(type, types[0]), () =>
      `operands must have one type, got ${types.map(formatType).join(", ")}`);
  }
}

export function requireAxis(axis: number, rank: number, what: string): void {
  require(Number.isInteger(axis) && axis >= 0 && axis < rank, () =>
    `${what} ${axis} is out of range for rank ${rank}`);
}

export function requireAxes(axes: readonly number[], rank: number, what: string): void {
  for (const axis of axes) requireAxis(axis, rank, what);
  require(new Set(axes).size === axes.length, () => `${what} [${axes.join(", ")}] must be unique`);
}

export function requireLength(list: readonly unknown[], length: number, what: string): void {
  require(list.length === length, () => `${what} needs ${length} entries, got ${list.length}`);
}

export function requireScalar(type: TensorType, what: string): void {
  require(type.shape.length === 0, () => `${what} must be a scalar, got ${formatType(type)}`);
}

/** The single declared result type of an op whose result cannot be inferred. */
export function declaredType(declared: readonly TensorType[] | undefined): TensorType {
  require(declared !== undefined && declared.length === 1, () => "the result type must be stated");
  return declared[0];
}

export const withoutAxes = (shape: Shape, axes: readonly number[]): number[] =>
  shape.filter((_, axis) => !axes.includes(axis));

/** The declared linearity, or what the family takes for granted, as the literal type that rule tables compute with. */
export const linearityOf = <L extends Linearity>(
  { linear }: { readonly linear?: L },
  otherwise: Linearity,
): L => linear ?? (otherwise as L);
