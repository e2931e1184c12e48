/** Reductions: sum, prod, max, min, all, any and the like. */

import { type DType, dtypeTable, isComplex } from "@fluxion/ir";
import { type ArrayLike, asArray } from "../core/as-array.ts";
import { dispatchOne } from "../core/dispatch.ts";
import { broadcastTo, convert, emitOne } from "../core/emit.ts";
import { atLocation } from "../core/errors.ts";
import { userLocation } from "../core/location.ts";
import type { NDArray } from "../core/ndarray.ts";
import { notImplemented, rangeError, typeError } from "../core/user-error.ts";
import * as lax from "../lax/index.ts";
import { identityOf, keepAxes, reduceBy } from "../lax/reduce.ts";
import type { ReductionFunction } from "../types/reductions.ts";
import { constLike } from "./define.ts";
import { readAxes, readDType, readOptions } from "./options.ts";
import { canonicalDType, defaultInt } from "./promotion.ts";
import { readFlag } from "./scalars.ts";
import { where } from "./where.ts";

type Fold = Parameters<typeof reduceBy>[0];

/** How a reduction differs from the others. */
export interface Reduction {
  readonly name: string;
  readonly fold: Fold;
  /** Fold of bools; the same unless stated. */
  readonly boolFold?: Fold;
  /** Whether the result of no elements is defined. */
  readonly hasIdentity: boolean;
  /** What is done to the elements first. */
  readonly prepare?: (x: NDArray) => NDArray;
  /** 16-bit floats are folded in float32 unless the user names a dtype. */
  readonly wide?: boolean;
  /** bool and small integers become the default integer of their kind. */
  readonly promotesIntegers?: boolean;
}

/** Static options of a reduction. */
export interface ReductionStatics {
  readonly axes: readonly number[];
  readonly dtype: DType | undefined;
  readonly keepdims: boolean;
  readonly hasInitial: boolean;
  readonly hasWhere: boolean;
}

export const upcast16 = (dtype: DType): DType =>
  dtype === "float16" || dtype === "bfloat16" ? "float32" : dtype;

/** The dtype of a sum: bool and small integers as wide as the default integer of their kind. */
export function promoteIntegers(dtype: DType): DType {
  const { kind, bits } = dtypeTable[dtype];
  if (kind === "bool") return defaultInt();
  const wide = canonicalDType(kind === "uint" ? "uint64" : "int64");
  return (kind === "int" || kind === "uint") && bits < dtypeTable[wide].bits ? wide : dtype;
}

/** A reduction inside a trace; operands are the array, then `initial` and `where` if there are any. */
export function reduceBody(spec: Reduction, operands: readonly NDArray[], s: ReductionStatics): NDArray {
  const [given, ...rest] = operands;
  const x = spec.prepare?.(given) ?? given;
  const dtype = s.dtype ?? (spec.promotesIntegers ? promoteIntegers(x.dtype) : x.dtype);
  const compute = spec.wide && s.dtype === undefined ? upcast16(dtype) : dtype;
  const fold = compute === "bool" ? (spec.boolFold ?? spec.fold) : spec.fold;
  const elements = convert(x, compute);
  const kept = s.hasWhere ? where(rest[rest.length - 1], elements, identityOf(fold, compute)) : elements;
  const folded = reduceBy(fold, kept, s.axes);
  const result = s.hasInitial
    ? emitOne(fold, [broadcastTo(convert(rest[0], compute), folded.shape), folded], {})
    : folded;
  const shaped = s.keepdims ? keepAxes(result, kept.shape, s.axes) : result;
  return convert(shaped, dtype);
}

/** The array of a mask. @throws TypeError if it is not bool. */
export function readWhere(name: string, mask: unknown): NDArray | undefined {
  if (mask === undefined || mask === null) return undefined;
  const array = asArray(mask, name, 1);
  if (array.dtype !== "bool")
    throw typeError(`jnp.${name}: where must be None or a boolean array; got where.dtype=${array.dtype}.`);
  return array;
}

/** @throws NotImplementedError if the user passes `out`, which immutable arrays cannot be. */
export function rejectOut(name: string, out: unknown): void {
  if (out !== undefined && out !== null)
    throw notImplemented(`The 'out' argument to jnp.${name} is not supported: arrays are immutable.`);
}

export type Options = Partial<Record<string, unknown>>;

/** Reads the options of a reduction and runs it. */
export function reduceWith(spec: Reduction, a: ArrayLike, o: Options): NDArray {
  const { name } = spec;
  rejectOut(name, o.out);
  const x = asArray(a, name, 0);
  const mask = readWhere(name, o.where);
  const initial = o.initial === undefined || o.initial === null ? undefined : asArray(o.initial, name, 2);
  const axes = readAxes(o.axis, x.ndim);
  if (initial === undefined && !spec.hasIdentity) requireElements(name, x, axes, mask);
  if (initial !== undefined && initial.ndim > 0)
    throw rangeError(`initial value must be a scalar. Got array of shape (${initial.shape.join(", ")})`);
  const statics: ReductionStatics = {
    axes,
    dtype: readDType(name, o.dtype),
    keepdims: readFlag(o.keepdims, "keepdims"),
    hasInitial: initial !== undefined,
    hasWhere: mask !== undefined,
  };
  const operands = [x, ...[initial, mask].filter((arg) => arg !== undefined)];
  return dispatchOne(`jnp.${name}`, operands, { ...statics, integers: spec.promotesIntegers }, (args, s) =>
    reduceBody(spec, args, s),
  );
}

function requireElements(name: string, x: NDArray, axes: readonly number[], mask: NDArray | undefined): void {
  if (mask !== undefined) {
    throw new RangeError(
      `reduction operation ${name} does not have an identity, so to use a where mask one has to specify 'initial'` +
        atLocation(userLocation()),
    );
  }
  if (axes.some((axis) => x.shape[axis] === 0)) {
    throw new RangeError(
      `zero-size array to reduction operation ${name} which has no identity${atLocation(userLocation())}`,
    );
  }
}

const numeric = (x: NDArray): NDArray => (x.dtype === "bool" ? convert(x, "int32") : x);
/** Whether each element is not zero; of complex numbers the real part, as JAX has it. */
const truthy = (x: NDArray): NDArray => convert(isComplex(x.dtype) ? lax.real(x) : x, "bool");

const sumSpec: Reduction = {
  name: "sum",
  fold: "add",
  boolFold: "or",
  hasIdentity: true,
  prepare: numeric,
  wide: true,
  promotesIntegers: true,
};
const prodSpec: Reduction = { ...sumSpec, name: "prod", fold: "multiply", boolFold: "and" };

const additive =
  (spec: Reduction) =>
  (a: ArrayLike, ...rest: readonly unknown[]): NDArray => {
    const names = ["axis", "dtype", "out", "keepdims", "initial", "where", "promoteIntegers"] as const;
    const o = readOptions(spec.name, names, rest);
    return reduceWith(
      { ...spec, promotesIntegers: readFlag(o.promoteIntegers, "promoteIntegers", true) },
      a,
      o,
    );
  };

/**
 * Sum over axes (all unless `axis` says which), as `dtype` if given. bool and small integers are added as the default
 * integer. `initial` is added; where the mask `where` is false an element counts as 0.
 */
export const sum = additive(sumSpec) as ReductionFunction<"sum">;
/** Product over axes, with the options of `sum`. */
export const prod = additive(prodSpec) as ReductionFunction<"sum">;

const extreme =
  (spec: Reduction) =>
  (a: ArrayLike, ...rest: readonly unknown[]): NDArray =>
    reduceWith(spec, a, readOptions(spec.name, ["axis", "out", "keepdims", "initial", "where"], rest));

/**
 * The largest element over axes; NaN if there is one.
 * @throws RangeError if there is no element and no `initial`.
 */
export const max = extreme({ name: "max", fold: "maximum", hasIdentity: false }) as ReductionFunction<"same">;
/**
 * The smallest element over axes; NaN if there is one.
 * @throws RangeError if there is no element and no `initial`.
 */
export const min = extreme({ name: "min", fold: "minimum", hasIdentity: false }) as ReductionFunction<"same">;
export { max as amax, min as amin };

const logical =
  (spec: Reduction) =>
  (a: ArrayLike, ...rest: readonly unknown[]): NDArray =>
    reduceWith(spec, a, readOptions(spec.name, ["axis", "out", "keepdims", "where"], rest));

/** Whether every element over axes is true (not 0). */
export const all = logical({
  name: "all",
  fold: "and",
  hasIdentity: true,
  prepare: truthy,
}) as ReductionFunction<"bool">;
/** Whether some element over axes is true (not 0). */
export const any = logical({
  name: "any",
  fold: "or",
  hasIdentity: true,
  prepare: truthy,
}) as ReductionFunction<"bool">;

function countNonzeroOf(a: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const o = readOptions("countNonzero", ["axis", "keepdims"], rest);
  const x = asArray(a, "countNonzero", 0);
  const statics = { axes: readAxes(o.axis, x.ndim), keepdims: readFlag(o.keepdims, "keepdims") };
  return dispatchOne("jnp.count_nonzero", [x], statics, ([b], s) =>
    sum(lax.ne(b, constLike(b, 0)), { axis: s.axes, dtype: defaultInt(), keepdims: s.keepdims }),
  );
}

/** Number of elements over axes that are not 0. */
export const countNonzero = countNonzeroOf as ReductionFunction<"index">;
