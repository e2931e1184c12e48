/**
 * The `check.*` targets of `custom_call`, with which StableHLO modules test themselves: (actual, expected) → ().
 */

import { type FloatDType, isComplex, isFloat, realPart } from "../dtype.ts";
import { formatLocation } from "../errors.ts";
import type { OperationOf } from "../module.ts";
import { formatShape, sameType, sizeOf } from "../tensor-type.ts";
import { floatFormats } from "./special/next-after.ts";
import { decode, type Tensor } from "./tensor.ts";

/** One executed check. */
export interface CheckResult {
  readonly target: string;
  readonly passed: boolean;
  /** What differs, first where; empty when it passed. */
  readonly message: string;
  readonly operation: OperationOf<"custom_call">;
}

/** A check that did not hold. */
export class CheckFailure extends Error {
  override readonly name = "CheckFailure";
  readonly result: CheckResult;

  constructor(result: CheckResult) {
    super(result.message);
    this.result = result;
  }
}

const DEFAULT_ULPS = 3;
const DEFAULT_TOLERANCE = 0.001;

type Verdict = (actual: number | bigint, expected: number | bigint) => boolean;

/** Judges each target; the tolerances may stand among the kept attributes. */
const verdicts: Readonly<
  Record<string, (operation: OperationOf<"custom_call">, dtype: FloatDType) => Verdict>
> = {
  "check.expect_eq": () => (actual, expected) => actual === expected,
  "check.expect_almost_eq": (operation) => {
    const tolerance = keptNumber(operation, "tolerance") ?? DEFAULT_TOLERANCE;
    return (a, b) => same(a, b) || Math.abs(Number(a) - Number(b)) <= tolerance;
  },
  "check.expect_close": (operation, dtype) => {
    const limit = keptNumber(operation, "max_ulp_difference") ?? DEFAULT_ULPS;
    return (a, b) => same(a, b) || ulpDistance(dtype, Number(a), Number(b)) <= limit;
  },
};

export const isCheckTarget = (target: string): boolean => Object.hasOwn(verdicts, target);

/** Equal, or both NaN. */
const same = (a: number | bigint, b: number | bigint): boolean =>
  a === b || (Number.isNaN(a) && Number.isNaN(b));

function keptNumber({ attributes }: OperationOf<"custom_call">, name: string): number | undefined {
  const text = attributes.rest?.[name];
  return text === undefined ? undefined : Number.parseFloat(text);
}

/** Steps of the dtype between two of its numbers; infinite when one of them is infinite or NaN and they differ. */
export function ulpDistance(dtype: FloatDType, a: number, b: number): number {
  if (a === b) return 0;
  if (!Number.isFinite(a) || !Number.isFinite(b)) return Infinity;
  const distance = ordinal(dtype, a) - ordinal(dtype, b);
  return Number(distance < 0n ? -distance : distance);
}

/** Position of a number among the numbers of its dtype, counted from 0: magnitudes are ordered as their bits. */
function ordinal(dtype: FloatDType, x: number): bigint {
  const bits = floatFormats[dtype].toBits(Math.abs(x));
  return x < 0 ? -bits : bits;
}

export function runCheck(
  operation: OperationOf<"custom_call">,
  [actual, expected]: readonly Tensor[],
): CheckResult {
  const target = operation.attributes.call_target_name;
  const fail = (message: string): CheckResult => ({ target, passed: false, message, operation });
  if (actual === undefined || expected === undefined || !sameType(actual.type, expected.type))
    return fail(`${target} needs two operands of one type`);
  const { dtype, shape } = actual.type;
  const part = realPart(dtype);
  const holds = isFloat(part)
    ? verdicts[target](operation, part)
    : (a: number | bigint, b: number | bigint) => a === b;
  const [a, b] = [decode(actual), decode(expected)];
  for (let i = 0; i < a.length; i++) {
    if (holds(a[i], b[i])) continue;
    const index = formatShape(indexOf(Math.floor(i / (isComplex(dtype) ? 2 : 1)), shape));
    const place = operation.location ? `${formatLocation(operation.location)}: ` : "";
    return fail(`${place}${target}: at ${index} got ${a[i]}, expected ${b[i]}`);
  }
  return { target, passed: true, message: "", operation };
}

function indexOf(flat: number, shape: readonly number[]): number[] {
  const index: number[] = [];
  let rest = flat;
  shape.forEach((_, axis) => {
    const inner = sizeOf(shape.slice(axis + 1));
    index.push(Math.floor(rest / inner));
    rest %= inner;
  });
  return index;
}
