/** Text of dense constants: `dense<[1.0, 2.0]>`. */

import { type DType, dtypeTable, isComplex, realPart } from "../dtype.ts";
import { bytesOfStorage, entriesPerElement, type Literal, type TypedArray } from "../literal.ts";
import { bfloat16FromBits, float16FromBits, roundToBfloat16, roundToFloat16 } from "../scalar.ts";
import { type Shape, sizeOf } from "../tensor-type.ts";

/** Constants with more elements print as the hexadecimal string of their bytes. */
const HEX_ABOVE = 64;

/** Significant decimal digits that always identify a value of the dtype. */
const decimalDigits = { float16: 5, bfloat16: 4, float32: 9, float64: 17 } as const;
const roundTo = {
  float16: roundToFloat16,
  bfloat16: roundToBfloat16,
  float32: Math.fround,
  float64: (x: number) => x,
} as const;
type FloatName = keyof typeof decimalDigits;

/** `dense<…>` without the type. */
export function printDense(value: Literal): string {
  const { type, data, splat } = value;
  const size = sizeOf(type.shape);
  if (size === 0) return "dense<>";
  if (splat || size === 1) return `dense<${printElement(type.dtype, data, 0)}>`;
  if (size > HEX_ABOVE) return `dense<"0x${hexOf(bytesOfStorage(data))}">`;
  return `dense<${printNested(type.shape, (index) => printElement(type.dtype, data, index))}>`;
}

function printNested(shape: Shape, element: (index: number) => string): string {
  let next = 0;
  const level = (axis: number): string => {
    if (axis === shape.length) return element(next++);
    return `[${Array.from({ length: shape[axis] }, () => level(axis + 1)).join(", ")}]`;
  };
  return level(0);
}

const hexPairs = Array.from({ length: 256 }, (_, byte) => byte.toString(16).toUpperCase().padStart(2, "0"));

function hexOf(bytes: Uint8Array): string {
  const digits = new Array<string>(bytes.length);
  for (let i = 0; i < bytes.length; i++) digits[i] = hexPairs[bytes[i]];
  return digits.join("");
}

/** One element as MLIR writes it. */
export function printElement(dtype: DType, data: TypedArray, index: number): string {
  if (dtype === "bool") return data[index] ? "true" : "false";
  if (isComplex(dtype)) {
    const part = realPart(dtype) as FloatName;
    const at = index * entriesPerElement(dtype);
    return `(${printFloat(part, data, at)}, ${printFloat(part, data, at + 1)})`;
  }
  return dtypeTable[dtype].kind === "float"
    ? printFloat(dtype as FloatName, data, index)
    : String(data[index]);
}

function printFloat(dtype: FloatName, data: TypedArray, index: number): string {
  const stored = Number(data[index]);
  const value =
    dtype === "float16" ? float16FromBits(stored) : dtype === "bfloat16" ? bfloat16FromBits(stored) : stored;
  return Number.isFinite(value) ? formatFloat(dtype, value) : rawBits(data, index);
}

/** The bits of one element, at full width: NaN and infinities have no decimal form. */
function rawBits(data: TypedArray, index: number): string {
  const width = data.BYTES_PER_ELEMENT;
  const bytes = bytesOfStorage(data).subarray(index * width, (index + 1) * width);
  return `0x${hexOf(bytes.slice().reverse())}`;
}

/** The shortest decimal that rounds to this finite value of the dtype; always with a digit on both sides of a point. */
export function formatFloat(dtype: FloatName, value: number): string {
  if (value === 0) return Object.is(value, -0) ? "-0.0" : "0.0";
  return withPoint(shortest(dtype, value));
}

function shortest(dtype: FloatName, value: number): string {
  const exact = String(value);
  if (dtype === "float64" || exact.length <= decimalDigits[dtype]) return exact;
  const round = roundTo[dtype];
  for (let digits = 1; digits <= decimalDigits[dtype]; digits++) {
    const candidate = Number(value.toPrecision(digits));
    if (round(candidate) === value) return String(candidate);
  }
  return exact;
}

function withPoint(text: string): string {
  if (text.includes(".")) return text;
  const exponent = text.indexOf("e");
  return exponent < 0 ? `${text}.0` : `${text.slice(0, exponent)}.0${text.slice(exponent)}`;
}
