/**
 * What a generated program knows of its values: the interval that they lie in and how far two correct backends may be
 * apart on them. Without it a difference in the last place could flip a comparison and look like a defect.
 */

import {
  buildFunction,
  type DType,
  interpretFunction,
  isComplex,
  literal,
  realPart,
  type Value,
} from "@fluxion/ir";

export interface Known {
  readonly value: Value;
  /** Every backend computes the same bits; discontinuous ops (floor, compare, …) take only such values. */
  readonly exact: boolean;
  /** Interval of the elements (of their parts, for complex numbers); infinities and NaN among inputs lie outside. */
  readonly low: number;
  readonly high: number;
  /** Bound on the absolute difference between two backends. */
  readonly error: number;
}

export const magnitude = ({ low, high }: Pick<Known, "low" | "high">): number =>
  Math.max(Math.abs(low), Math.abs(high));

const roundoffs: Partial<Record<DType, number>> = {
  float16: 2 ** -11,
  bfloat16: 2 ** -8,
  float32: 2 ** -24,
  float64: 2 ** -53,
};

/** Half a unit in the last place of 1; 0 for integers and bool. */
export const roundoff = (dtype: DType): number => roundoffs[realPart(dtype)] ?? 0;

export interface Box {
  readonly low: number;
  readonly high: number;
}

interface Sampled extends Box {
  /** Largest slope with respect to each operand. */
  readonly slopes: readonly number[];
}

const sampleCache = new Map<string, Sampled | undefined>();

/**
 * Range and slopes of an elementwise op on a box of operands, measured on a grid in double precision; undefined where
 * the op is not finite. Complex operands range over the box in both parts.
 */
export function sample(opcode: string, complex: boolean, boxes: readonly Box[]): Sampled | undefined {
  const key = `${opcode} ${complex} ${boxes.map(({ low, high }) => `${low},${high}`).join(" ")}`;
  if (!sampleCache.has(key)) sampleCache.set(key, measure(opcode, complex, boxes));
  return sampleCache.get(key);
}

function measure(opcode: string, complex: boolean, boxes: readonly Box[]): Sampled | undefined {
  const parts = complex ? boxes.flatMap((box) => [box, box]) : [...boxes];
  const perAxis = [0, 65, 17, 9, 7][parts.length];
  const points = grid(parts, perAxis);
  const centre = evaluate(opcode, complex, points);
  if (!centre.every(Number.isFinite)) return undefined;
  const slopes = parts.map((part, axis) => slopeAlong(opcode, complex, points, axis, part));
  const low = centre.reduce((least, x) => Math.min(least, x), Infinity);
  const high = centre.reduce((most, x) => Math.max(most, x), -Infinity);
  // Between grid points a value may lie beyond those seen.
  const slack = slopes.reduce(
    (sum, slope, axis) => sum + (slope * (parts[axis].high - parts[axis].low)) / (perAxis - 1),
    0,
  );
  const perOperand = boxes.map((_, i) => (complex ? slopes[2 * i] + slopes[2 * i + 1] : slopes[i]));
  return perOperand.every(Number.isFinite)
    ? { low: low - slack, high: high + slack, slopes: perOperand }
    : undefined;
}

function slopeAlong(
  opcode: string,
  complex: boolean,
  points: readonly number[][],
  axis: number,
  { low, high }: Box,
): number {
  const h = Math.max((high - low) * 1e-5, 1e-9);
  // Steps stay inside the box: the op may have no value beyond it.
  const stepped = points.map((point) =>
    point.map((x, i) => (i === axis ? (x + h <= high ? x + h : x - h) : x)),
  );
  const [from, to] = [evaluate(opcode, complex, points), evaluate(opcode, complex, stepped)];
  return from.reduce((most, x, i) => Math.max(most, Math.abs(to[i] - x) / h), 0) * 1.5;
}

function grid(parts: readonly Box[], count: number): number[][] {
  let points: number[][] = [[]];
  for (const { low, high } of parts) {
    const axis = Array.from({ length: count }, (_, i) => low + ((high - low) * i) / (count - 1));
    points = points.flatMap((point) => axis.map((x) => [...point, x]));
  }
  return points;
}

/** The op on every point, in double precision; both parts of complex results. */
function evaluate(opcode: string, complex: boolean, points: readonly number[][]): number[] {
  const dtype = complex ? "complex128" : "float64";
  const operands = points[0].length / (complex ? 2 : 1);
  const type = { dtype, shape: [points.length] } as const;
  const types = Array.from({ length: operands }, () => type);
  const func = buildFunction("f", types, (b, args) => [b.op(opcode as "add", ...args)]);
  const inputs = types.map((_, k) => {
    const entries = points.flatMap((point) => (complex ? [point[2 * k], point[2 * k + 1]] : [point[k]]));
    return literal(dtype, [points.length], Float64Array.from(entries));
  });
  const [result] = interpretFunction(func, { name: undefined, functions: [func] }, inputs);
  return Array.from(result.data as Float64Array);
}

/** Bounds of the result of a smooth elementwise op, rounding of the op itself included; undefined when it is not tame. */
export function propagate(
  opcode: string,
  dtype: DType,
  operands: readonly Known[],
  ulps: number,
): Omit<Known, "value"> | undefined {
  const sampled = sample(opcode, isComplex(dtype), operands);
  if (sampled === undefined) return undefined;
  const { low, high, slopes } = sampled;
  const carried = slopes.reduce((sum, slope, i) => sum + slope * operands[i].error, 0);
  const bounds = { low, high, exact: false };
  return { ...bounds, error: carried * 1.1 + 2 * ulps * roundoff(dtype) * magnitude(bounds) };
}
