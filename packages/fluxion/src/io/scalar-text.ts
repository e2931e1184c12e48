/** How Python prints NumPy scalars with `str`: the fewest digits that give the value back. */

import { bfloat16FromBits, float16FromBits, float16ToBits } from "@fluxion/ir";
import type { DType } from "./host-array.ts";
import { generalSix, type Scalar } from "./printf.ts";

/** The value of a storage entry as a number. */
export function scalarValue(entry: number | bigint, dtype: DType): Scalar {
  if (dtype === "bool") return entry !== 0;
  if (dtype === "float16") return float16FromBits(Number(entry));
  return dtype === "bfloat16" ? bfloat16FromBits(Number(entry)) : entry;
}

export function scalarText(value: Scalar, dtype: DType): string {
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "bigint" || /int/.test(dtype)) return String(value);
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value < 0 ? "-inf" : "inf";
  if (dtype === "bfloat16") return generalSix(value);
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  return sign + layOut(Math.abs(value), dtype);
}

/** d.ddde±x with the fewest digits that the dtype needs to tell the value from its neighbours. */
function shortest(size: number, dtype: DType): string {
  if (dtype !== "float32" && dtype !== "float16") return size.toExponential();
  const round = dtype === "float32" ? Math.fround : (x: number) => float16FromBits(float16ToBits(x));
  for (let places = 0; places < 8; places++) {
    const text = size.toExponential(places);
    if (round(Number(text)) === size) return text;
  }
  return size.toExponential(8);
}

/** Above these, and below 1e-4, NumPy 2.4 prints an exponent. */
const positionalBelow: { readonly [D in DType]?: number } = { float16: 1e3, float32: 1e6 };

function layOut(size: number, dtype: DType): string {
  const [digits, exponentText] = shortest(size, dtype).split("e");
  const exponent = Number(exponentText);
  if (size !== 0 && !(size >= 1e-4 && size < (positionalBelow[dtype] ?? 1e16))) {
    return `${digits}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  }
  const plain = digits.replace(".", "");
  if (exponent < 0) return `0.${"0".repeat(-exponent - 1)}${plain}`;
  const whole = plain.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  return `${whole}.${plain.slice(exponent + 1) || "0"}`;
}
