/** Limits of the number types, as `jnp.finfo` and `jnp.iinfo` give them. */

import { type DType, dtypeTable, type FloatDType, isComplex, isDType, isFloat, realPart } from "@fluxion/ir";
import { NDArray } from "../core/ndarray.ts";
import { typeError } from "../core/user-error.ts";

/** What a float format can hold. */
export interface FloatInfo {
  readonly dtype: DType;
  readonly bits: number;
  /** Distance from 1 to the next larger number. */
  readonly eps: number;
  /** Distance from 1 to the next smaller number. */
  readonly epsneg: number;
  readonly max: number;
  readonly min: number;
  /** Smallest positive number with a full mantissa. */
  readonly tiny: number;
  readonly smallestNormal: number;
  readonly smallestSubnormal: number;
  /** Bits of the exponent and of the mantissa. */
  readonly nexp: number;
  readonly nmant: number;
  readonly maxexp: number;
  readonly minexp: number;
  /** Decimal digits that survive. */
  readonly precision: number;
  readonly resolution: number;
}

const formats: Readonly<Record<FloatDType, readonly [exponent: number, mantissa: number]>> = {
  float16: [5, 10],
  bfloat16: [8, 7],
  float32: [8, 23],
  float64: [11, 52],
};

function describe(dtype: FloatDType): FloatInfo {
  const [nexp, nmant] = formats[dtype];
  const bias = 2 ** (nexp - 1) - 1;
  const largest = (2 - 2 ** -nmant) * 2 ** bias;
  const precision = Math.floor(nmant * Math.log10(2));
  const tiny = 2 ** (1 - bias);
  return {
    dtype,
    bits: dtypeTable[dtype].bits,
    eps: 2 ** -nmant,
    epsneg: 2 ** -(nmant + 1),
    max: largest,
    min: -largest,
    tiny,
    smallestNormal: tiny,
    smallestSubnormal: tiny * 2 ** -nmant,
    nexp,
    nmant,
    maxexp: bias + 1,
    minexp: 1 - bias,
    precision,
    resolution: 10 ** -precision,
  };
}

const dtypeOf = (fn: string, x: unknown): DType => {
  const name = x instanceof NDArray ? x.dtype : x;
  if (typeof name === "string" && isDType(name)) return name;
  throw typeError(`jnp.${fn} takes a dtype or an array, got ${String(x)}`);
};

/**
 * Limits of a float dtype; of a complex one, those of its parts.
 * @throws TypeError on any other dtype.
 */
export function finfo(dtype: DType | NDArray): FloatInfo {
  const name = realPart(dtypeOf("finfo", dtype));
  if (!isFloat(name)) throw typeError(`data type <class '${name}'> not inexact`);
  return describe(name);
}

/** What an integer type can hold. */
export interface IntegerInfo {
  readonly dtype: DType;
  readonly bits: number;
  readonly kind: "i" | "u";
  readonly min: number | bigint;
  readonly max: number | bigint;
}

/**
 * Limits of an integer dtype; numbers, or bigints for 64 bits.
 * @throws TypeError on any other dtype.
 */
export function iinfo(dtype: DType | NDArray): IntegerInfo {
  const name = dtypeOf("iinfo", dtype);
  const { kind, bits } = dtypeTable[name];
  if (isComplex(name) || (kind !== "int" && kind !== "uint"))
    throw typeError(`Invalid integer data type '${name}'.`);
  const signed = kind === "int";
  const min = signed ? -(1n << BigInt(bits - 1)) : 0n;
  const max = (1n << BigInt(signed ? bits - 1 : bits)) - 1n;
  const number = (x: bigint): number | bigint => (bits === 64 ? x : Number(x));
  return { dtype: name, bits, kind: signed ? "i" : "u", min: number(min), max: number(max) };
}
