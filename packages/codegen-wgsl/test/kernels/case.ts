/** A module of one op (or one idiom), its inputs, and how close to the interpreter a device must come on it. */

import {
  type Builder,
  bfloat16FromBits,
  buildFunction,
  type DType,
  dtypeTable,
  float16FromBits,
  formatType,
  isComplex,
  isFloat,
  type Literal,
  literal,
  type Module,
  realPart,
  type Shape,
  sizeOf,
  storageTable,
  type TensorType,
  toStorage,
  type Value,
} from "@fluxion/ir";
import { randomLiteral } from "../../../../tests/fuzz/inputs.ts";
import { Random } from "../../../../tests/fuzz/random.ts";

export interface Bound {
  /** Units in the last place of the result's dtype; 0 asks for equal bits. */
  readonly ulps: number;
  /** Of the largest element instead of each: sums, whose terms cancel. */
  readonly ofLargest?: boolean;
}

export interface Case {
  readonly name: string;
  readonly module: Module;
  readonly inputs: readonly Literal[];
  readonly bound: Bound;
}

export const exact: Bound = { ulps: 0 };

export const typesOf = (dtype: DType, all: readonly Shape[]): TensorType[] =>
  all.map((shape) => ({ dtype, shape }));

interface Inputs {
  /** Interval of each float input's elements. */
  readonly boxes?: readonly (readonly [low: number, high: number])[];
  readonly bound?: Bound;
}

/** A case with random inputs, the same at every run. */
export function caseOf(
  name: string,
  types: readonly TensorType[],
  body: (b: Builder, args: readonly Value[]) => readonly Value[],
  { boxes, bound = exact }: Inputs = {},
): Case {
  const random = new Random(types.length + 31 * name.length);
  const inputs = types.map((type, i) => {
    const box = boxes?.[i % boxes.length];
    return box && isFloat(realPart(type.dtype))
      ? inBox(random, type, box)
      : randomLiteral(random, type).literal;
  });
  return { name, module: { name: "main", functions: [buildFunction("main", types, body)] }, inputs, bound };
}

function inBox(
  random: Random,
  { dtype, shape }: TensorType,
  [low, high]: readonly [number, number],
): Literal {
  const part = realPart(dtype);
  const entries = sizeOf(shape) * (isComplex(dtype) ? 2 : 1);
  const values = Array.from({ length: entries }, () => toStorage(part, random.between(low, high))[0]);
  return literal(dtype, shape, new storageTable[dtype](values as never));
}

function numbersOf({ type, data, splat }: Literal): ArrayLike<number | bigint> {
  const all = splat
    ? Array.from({ length: sizeOf(type.shape) }, () => Array.from(data as never)).flat()
    : data;
  if (type.dtype === "float16") return Array.from(all as Uint16Array, float16FromBits);
  if (type.dtype === "bfloat16") return Array.from(all as Uint16Array, bfloat16FromBits);
  return all as ArrayLike<number | bigint>;
}

/** Size of a unit in the last place of 1. */
const epsilons: Partial<Record<DType, number>> = {
  float16: 2 ** -10,
  bfloat16: 2 ** -7,
  float32: 2 ** -23,
  float64: 2 ** -52,
};

/** Smallest normal numbers: below them a device may have zero. */
const leastNormal: Partial<Record<DType, number>> = { float32: 2 ** -126, bfloat16: 2 ** -126 };

/** What differs between the interpreter's results and a device's, or nothing. */
export function differenceOf(
  { name, bound }: Case,
  expected: readonly Literal[],
  actual: readonly Literal[],
): string | undefined {
  for (const [i, e] of expected.entries()) {
    const a = actual[i];
    if (formatType(a.type) !== formatType(e.type)) return `${name}: result ${i} is ${formatType(a.type)}`;
    const [left, right] = [numbersOf(e), numbersOf(a)];
    const tolerance = toleranceOf(e.type.dtype, bound, left);
    for (let at = 0; at < left.length; at++) {
      const [x, y] = [left[at], right[at]];
      if (x === y || (Number.isNaN(x) && Number.isNaN(y))) continue;
      if (Math.abs(Number(x) - Number(y)) <= tolerance(Number(x))) continue;
      return `${name}: result ${i} (${formatType(e.type)}) has ${y} at entry ${at}, not ${x}`;
    }
  }
  return undefined;
}

function toleranceOf(dtype: DType, { ulps, ofLargest }: Bound, expected: ArrayLike<number | bigint>) {
  const part = realPart(dtype);
  const unit = dtypeTable[part].kind === "float" ? ulps * (epsilons[part] ?? 0) : 0;
  const least = ulps > 0 ? (leastNormal[part] ?? 0) : 0;
  if (!ofLargest && !isComplex(dtype)) return (x: number): number => Math.max(unit * Math.abs(x), least);
  let largest = 1;
  for (let i = 0; i < expected.length; i++) {
    const size = Math.abs(Number(expected[i]));
    if (Number.isFinite(size)) largest = Math.max(largest, size);
  }
  return (): number => unit * largest;
}
