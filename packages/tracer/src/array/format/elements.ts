/** Printers for the elements of one array, chosen by dtype. */

import {
  bfloat16FromBits,
  type DType,
  dtypeTable,
  float16FromBits,
  realPart,
  type TypedArray,
} from "@fluxion/ir";
import { binaryFormats } from "./decimal.ts";
import { type RealOptions, realFormatter, scalarText, sixDigits } from "./real.ts";

/** Prints the element at an offset. */
export type ElementFormatter = (offset: number) => string;

export type NumberOptions = Omit<RealOptions, "plus">;

type Floats = keyof typeof binaryFormats;

const floatAt = (dtype: DType, data: TypedArray, i: number): number => {
  const entry = Number(data[i]);
  return dtype === "float16"
    ? float16FromBits(entry)
    : dtype === "bfloat16"
      ? bfloat16FromBits(entry)
      : entry;
};

/** A printer with columns that fit the elements at `offsets`. `scalar` says that the array is 0-d. */
export function elementFormatter(
  dtype: DType,
  data: TypedArray,
  offsets: readonly number[],
  scalar: boolean,
  options: NumberOptions,
): ElementFormatter {
  switch (dtypeTable[dtype].kind) {
    case "bool":
      return (i) => (data[i] ? (scalar ? "True" : " True") : "False");
    case "int":
    case "uint": {
      const width = offsets.reduce((n, i) => Math.max(n, String(data[i]).length), 0);
      return (i) => String(data[i]).padStart(width);
    }
    case "complex":
      return complexFormatter(dtype, data, offsets, options);
    default: {
      if (dtype === "bfloat16") return (i) => sixDigits(floatAt(dtype, data, i));
      const at = (i: number): number => floatAt(dtype, data, i);
      const format = realFormatter(offsets.map(at), binaryFormats[dtype as Floats], {
        ...options,
        plus: false,
      });
      return (i) => format(at(i));
    }
  }
}

function complexFormatter(
  dtype: DType,
  data: TypedArray,
  offsets: readonly number[],
  options: NumberOptions,
): ElementFormatter {
  const format = binaryFormats[realPart(dtype) as Floats];
  const part = (j: 0 | 1, plus: boolean): ((i: number) => string) => {
    const at = (i: number): number => Number(data[2 * i + j]);
    const print = realFormatter(offsets.map(at), format, { ...options, plus });
    return (i) => print(at(i));
  };
  const [real, imaginary] = [part(0, false), part(1, true)];
  return (i) => real(i) + imaginary(i).replace(/\s*$/, (padding) => `j${padding}`);
}

/** One element as Python's `str` of a NumPy scalar. */
export function scalarElementText(dtype: DType, data: TypedArray): string {
  const { kind } = dtypeTable[dtype];
  if (kind === "bool") return data[0] ? "True" : "False";
  if (kind === "int" || kind === "uint") return String(data[0]);
  if (dtype === "bfloat16") return sixDigits(floatAt(dtype, data, 0));
  const format = binaryFormats[realPart(dtype) as Floats];
  if (kind === "float") return scalarText(floatAt(dtype, data, 0), format);
  const [re, im] = [Number(data[0]), Number(data[1])];
  const text = (x: number): string => scalarText(x, format).replace(/\.0$/, "");
  if (re === 0 && !Object.is(re, -0)) return `${text(im)}j`;
  return `(${text(re)}${im < 0 || Object.is(im, -0) ? "" : "+"}${text(im)}j)`;
}
