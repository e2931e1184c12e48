/** Random constant data. */

import {
  type DType,
  dtypeTable,
  entriesPerElement,
  isComplex,
  isFloat,
  isWideInt,
  type Literal,
  literal,
  realPart,
  sizeOf,
  storageTable,
  type TensorType,
  type TypedArray,
  toStorage,
} from "@fluxion/ir";
import type { Random } from "./random.ts";

export interface RandomData {
  readonly literal: Literal;
  readonly low: number;
  readonly high: number;
}

const intervals: readonly (readonly [number, number])[] = [
  [-2, 2],
  [0.5, 2],
  [-8, 8],
  [0, 1],
  [-1, 1],
  [1, 4],
];
const specials = [NaN, Infinity, -Infinity, -0, 0];

/** Random elements; with `special` one in eight floats is NaN, infinite or zero. */
export function randomLiteral(random: Random, type: TensorType, special = false): RandomData {
  const size = sizeOf(type.shape);
  if (isFloat(realPart(type.dtype))) return floatLiteral(random, type, size, special);
  const values = Array.from({ length: size }, () => integerElement(random, type.dtype));
  return {
    literal: literal(type.dtype, type.shape, store(type.dtype, values)),
    low: -(2 ** 63),
    high: 2 ** 64,
  };
}

function floatLiteral(random: Random, type: TensorType, size: number, special: boolean): RandomData {
  const [low, high] = random.pick(intervals);
  const whole = random.chance(0.3);
  const values = Array.from({ length: size * entriesPerElement(type.dtype) }, () => {
    if (special && random.chance(1 / 8)) return random.pick(specials);
    const x = random.between(low, high);
    return whole ? Math.round(x * 2) / 2 : x;
  });
  // Rounding to the dtype may leave the interval by half a place.
  const slack = 2 ** -8 * Math.max(Math.abs(low), Math.abs(high));
  const data = store(type.dtype, values);
  return { literal: literal(type.dtype, type.shape, data), low: low - slack, high: high + slack };
}

/** Small numbers, powers of two around the limits, or any bits at all. */
function integerElement(random: Random, dtype: DType): bigint {
  const { bits, kind } = dtypeTable[dtype];
  if (kind === "bool") return BigInt(random.int(0, 1));
  const any = (BigInt(random.bits()) << 32n) | BigInt(random.bits());
  const choice = random.weighted([
    [5, BigInt(random.int(-10, 10))],
    [1, (1n << BigInt(random.int(0, bits - 1))) - BigInt(random.int(0, 1))],
    [2, any],
  ]);
  return kind === "int" ? BigInt.asIntN(bits, choice) : BigInt.asUintN(bits, choice);
}

function store(dtype: DType, values: readonly (number | bigint)[]): TypedArray {
  const part = isComplex(dtype) ? realPart(dtype) : dtype;
  const entries = values.map((value) => toStorage(part, isWideInt(dtype) ? value : Number(value))[0]);
  return new storageTable[dtype](entries as never);
}
