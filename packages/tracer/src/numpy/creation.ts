/** Arrays made from nothing but numbers. */

import { type DType, isComplex, isFloat, isInteger, type Shape, sizeOf } from "@fluxion/ir";
import { copy as copyArray, placedOn } from "../array/placement.ts";
import {
  type ArrayLike,
  asArray,
  asArrayOrKey,
  FloatScalar,
  isScalar,
  requireCast,
} from "../core/as-array.ts";
import { float0 } from "../core/aval.ts";
import { dispatchOne } from "../core/dispatch.ts";
import { broadcastTo, convert, emitOne, reshape, full as splatOf } from "../core/emit.ts";
import { atLocation, ConcretizationTypeError } from "../core/errors.ts";
import { float0Zeros } from "../core/float0.ts";
import { userLocation } from "../core/location.ts";
import { isAbstract, NDArray } from "../core/ndarray.ts";
import { rangeError, typeError } from "../core/user-error.ts";
import * as lax from "../lax/index.ts";
import type { Filler, ShapeLike } from "../types/creation.ts";
import { broadcastShapeOf, promote, promoteDTypes } from "./broadcast.ts";
import { broadcastTo as broadcastChecked } from "./broadcasting.ts";
import { checkShape, normalizeAxis, readDType, readOptions, readShape } from "./options.ts";
import { defaultFloat, defaultInt, resultType } from "./promotion.ts";
import { readFlag, readInteger } from "./scalars.ts";

/** A constant array on the default device. */
const filled = (shape: Shape, value: number, dtype: DType, weakType = false): NDArray =>
  dispatchOne("jnp.full", [], { shape, value, dtype, weakType }, (_, s) =>
    materialise(splatOf(s.shape, s.value, s.dtype, s.weakType)),
  );

/** A constant as a value of the trace. */
const materialise = (x: NDArray): NDArray =>
  emitOne("constant", [], { value: hostLiteral(x) }, { weakType: x.weakType });

function hostLiteral(x: NDArray) {
  if (x.payload.kind !== "host") throw new Error("not a host array");
  return x.payload.value;
}

const filler = (name: string, value: number): Filler =>
  ((shape: ShapeLike, ...rest: readonly unknown[]): NDArray => {
    const options = readOptions(name, ["dtype", "device"], rest);
    const dims = checkShape(name, readShape(name, shape));
    if (options.dtype === float0 && value === 0) return float0Zeros(dims);
    return placedOn(
      name,
      filled(dims, value, readDType(name, options.dtype) ?? defaultFloat()),
      options.device,
    );
  }) as Filler;

/** Zeros. `shape` in elements; dtype float32 unless given. */
export const zeros = filler("zeros", 0);
/** Ones. `shape` in elements; dtype float32 unless given. */
export const ones = filler("ones", 1);
/** Uninitialised in NumPy; zeros here, as in JAX. */
export const empty = filler("empty", 0);

/** An array that repeats `fillValue`, which is broadcast to `shape`. */
export function full(
  shape: number | readonly number[],
  fillValue: ArrayLike,
  ...rest: readonly unknown[]
): NDArray {
  const options = readOptions("full", ["dtype", "device"], rest);
  const dims = checkShape("full", readShape("full", shape));
  const dtype = readDType("full", options.dtype);
  const value = asArray(fillValue, "full", 1);
  if (isScalar(fillValue) && dtype !== undefined) requireCast(fillValue, dtype);
  const weakType = dtype === undefined && value.weakType;
  const statics = { dims, dtype: dtype ?? value.dtype, weakType };
  const result = dispatchOne("jnp.full.array", [value], statics, ([x], s) =>
    broadcastChecked(convert(x, s.dtype, s.weakType), s.dims),
  );
  return placedOn("full", result, options.device);
}

const likeFiller =
  (name: string, value: number) =>
  (a: ArrayLike, ...rest: readonly unknown[]): NDArray => {
    const options = readOptions(name, ["dtype", "shape", "device"], rest);
    const x = asArray(a, name, 0);
    const dtype = readDType(name, options.dtype);
    const shape = options.shape === undefined ? x.shape : readShape(name, options.shape);
    const result = filled(shape, value, dtype ?? x.dtype, dtype === undefined && x.weakType);
    return placedOn(name, result, options.device);
  };

export const zerosLike = likeFiller("zerosLike", 0);
export const onesLike = likeFiller("onesLike", 1);
export const emptyLike = likeFiller("emptyLike", 0);

/** A copy with memory of its own. */
export const copy = (a: ArrayLike): NDArray => copyArray(asArrayOrKey(a, "copy", 0));

/** As `full`, with the shape and dtype of another array. */
export function fullLike(a: ArrayLike, fillValue: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const options = readOptions("fullLike", ["dtype", "shape", "device"], rest);
  const x = asArray(a, "fullLike", 0);
  const shape = options.shape === undefined ? x.shape : readShape("fullLike", options.shape);
  const dtype = readDType("fullLike", options.dtype);
  const value = asArray(fillValue, "fullLike", 1);
  const result =
    value.ndim === 0
      ? lax.fullLike(x, value, dtype, checkShape("fullLike", shape))
      : full(shape, value, { dtype: dtype ?? x.dtype });
  return placedOn("fullLike", result, options.device);
}

/** A number that must be known while tracing. */
function concreteNumber(fn: string, argument: string, x: unknown): number {
  if (typeof x === "number") return x;
  if (x instanceof FloatScalar) return x.value;
  if (typeof x === "bigint" || typeof x === "boolean") return Number(x);
  if (x instanceof NDArray && !isAbstract(x) && sizeOf(x.shape) === 1) return Number(x.item());
  if (x instanceof NDArray && isAbstract(x)) {
    throw new ConcretizationTypeError(
      `Abstract tracer value encountered where concrete value is expected: traced array with shape ${x.dtype}[${x.shape.join(",")}]\n` +
        `It arose in the jnp.${fn} argument '${argument}': the size of the result must be known while tracing. Make the ` +
        `argument static with staticArgnums.${atLocation(userLocation())}`,
    );
  }
  throw typeError(`jnp.${fn}: ${argument} must be a number, got ${String(x)}`);
}

/**
 * Evenly spaced values in [start, stop): `arange(stop)`, `arange(start, stop, step)`. Integer arguments give integers,
 * others floats.
 */
export function arange(start: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const options = readOptions("arange", ["stop", "step", "dtype"], rest);
  const given = [start, options.stop, options.step].filter((x) => x !== undefined && x !== null);
  const first = concreteNumber("arange", options.stop === undefined ? "stop" : "start", start);
  const hasStop = options.stop !== undefined && options.stop !== null;
  const low = hasStop ? first : 0;
  const high = hasStop ? concreteNumber("arange", "stop", options.stop) : first;
  const step =
    options.step === undefined || options.step === null ? 1 : concreteNumber("arange", "step", options.step);
  if (step === 0) throw rangeError("jnp.arange: step must not be zero");
  const common = resultType(given.map((x) => asArray(x, "arange")));
  const dtype = readDType("arange", options.dtype) ?? (common.dtype === "bool" ? defaultInt() : common.dtype);
  if (dtype === "bool") throw typeError("jnp.arange does not accept dtype bool.");
  const count = Math.max(0, Math.ceil((high - low) / step));
  return dispatchOne("jnp.arange", [], { count, low, step, dtype }, (_, s) => arangeBody(s));
}

function arangeBody(s: { count: number; low: number; step: number; dtype: DType }): NDArray {
  const type = { dtype: s.dtype, shape: [s.count] };
  const index = emitOne("iota", [], { iota_dimension: 0 }, { types: [type] });
  if (s.low === 0 && s.step === 1) return index;
  const scaled = s.step === 1 ? index : lax.mul(index, splatOf([], s.step, s.dtype));
  return s.low === 0 ? scaled : lax.add(scaled, splatOf([], s.low, s.dtype));
}

/** `num` evenly spaced values from `start` to `stop`, both included unless `endpoint` is false. */
export function linspace(
  start: ArrayLike,
  stop: ArrayLike,
  options: { readonly retstep: true; readonly [option: string]: unknown },
): [NDArray, NDArray];
export function linspace(
  start: ArrayLike,
  stop: ArrayLike,
  num: number,
  options: { readonly retstep: true; readonly [option: string]: unknown },
): [NDArray, NDArray];
export function linspace(start: ArrayLike, stop: ArrayLike, ...rest: readonly unknown[]): NDArray;
export function linspace(
  start: ArrayLike,
  stop: ArrayLike,
  ...rest: readonly unknown[]
): NDArray | [NDArray, NDArray] {
  const o = readOptions("linspace", ["num", "endpoint", "retstep", "dtype", "axis"], rest);
  const num = readInteger(o.num, "num", 50);
  if (num < 0) throw rangeError(`Number of samples, ${num}, must be non-negative.`);
  const operands = [asArray(start, "linspace", 0), asArray(stop, "linspace", 1)];
  const bounds = broadcastShapeOf("linspace", operands);
  const common = resultType(operands).dtype;
  const inexact = isFloat(common) || isComplex(common) ? common : defaultFloat();
  const dtype = readDType("linspace", o.dtype) ?? inexact;
  const compute = isFloat(dtype) || isComplex(dtype) ? dtype : inexact;
  const statics = {
    num,
    endpoint: readFlag(o.endpoint, "endpoint", true),
    dtype,
    compute,
    bounds,
    axis: normalizeAxis(o.axis ?? 0, bounds.length + 1),
  };
  const step = (): NDArray =>
    dispatchOne("jnp.linspace.step", operands, statics, (args, s) => stepOf(args, s));
  const out = dispatchOne("jnp.linspace", operands, statics, (args, s) => linspaceBody(args, s));
  return readFlag(o.retstep, "retstep") ? [out, step()] : out;
}

interface LinspaceStatics {
  readonly num: number;
  readonly endpoint: boolean;
  readonly dtype: DType;
  readonly compute: DType;
  /** Shape of the first and of the last value. */
  readonly bounds: Shape;
  readonly axis: number;
}

function stepOf(args: readonly NDArray[], s: LinspaceStatics): NDArray {
  const [a, b] = promote("linspace", promoteDTypes(args, { dtype: s.compute, weakType: false }));
  const div = s.endpoint ? s.num - 1 : s.num;
  return lax.div(lax.sub(b, a), splatOf(a.shape, div > 0 ? div : Number.NaN, s.compute));
}

/** start·(1 − t) + stop·t with t = i / div, the last value set exactly: JAX's formula. */
function linspaceBody(args: readonly NDArray[], s: LinspaceStatics): NDArray {
  const { axis, bounds } = s;
  const [a, b] = args.map((x) => broadcastTo(convert(x, s.compute), bounds));
  const shape = [...bounds.slice(0, axis), s.num, ...bounds.slice(axis)];
  const expand = (x: NDArray): NDArray =>
    broadcastTo(reshape(x, [...bounds.slice(0, axis), 1, ...bounds.slice(axis)]), shape);
  const div = s.endpoint ? s.num - 1 : s.num;
  const finish = (x: NDArray): NDArray => roundDown(x, s.dtype);
  if (s.num <= 1) return finish(expand(a));
  const real = isComplex(s.compute) ? (s.compute === "complex64" ? "float32" : "float64") : s.compute;
  const index = emitOne("iota", [], { iota_dimension: axis }, { types: [{ dtype: real, shape }] });
  const t = convert(lax.div(index, splatOf([], div, real)), s.compute);
  const one = splatOf([], 1, s.compute);
  const out = lax.add(lax.mul(expand(a), lax.sub(one, t)), lax.mul(expand(b), t));
  if (!s.endpoint) return finish(out);
  const last = lax.eq(
    emitOne("iota", [], { iota_dimension: axis }, { types: [{ dtype: "int32", shape }] }),
    splatOf([], s.num - 1, "int32"),
  );
  return finish(lax.select(last, expand(b), out));
}

/** Integers are rounded down, as NumPy does. */
const roundDown = (x: NDArray, dtype: DType): NDArray => convert(isInteger(dtype) ? lax.floor(x) : x, dtype);

/** Ones on the k-th diagonal of an N × M matrix, zeros elsewhere. */
export function eye(n: number, ...rest: readonly unknown[]): NDArray {
  const o = readOptions("eye", ["M", "k", "dtype"], rest);
  const [rows, columns] = readShape("eye", [n, o.M ?? n]);
  if (rows < 0 || columns < 0)
    throw rangeError(`negative dimensions are not allowed, got ${rows} and ${columns}`);
  const statics = {
    rows,
    columns,
    k: readInteger(o.k, "k", 0),
    dtype: readDType("eye", o.dtype) ?? defaultFloat(),
  };
  return dispatchOne("jnp.eye", [], statics, (_, s) => {
    const shape = [s.rows, s.columns];
    const at = (axis: number): NDArray =>
      emitOne("iota", [], { iota_dimension: axis }, { types: [{ dtype: "int32", shape }] });
    return convert(lax.eq(lax.add(at(0), splatOf([], s.k, "int32")), at(1)), s.dtype);
  });
}

/** The identity matrix. */
export const identity = (n: number, ...rest: readonly unknown[]): NDArray => {
  const o = readOptions("identity", ["dtype"], rest);
  return eye(n, { dtype: o.dtype });
};
