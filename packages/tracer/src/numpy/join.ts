/** Joining arrays. */

import { type DType, formatShape } from "@fluxion/ir";
import { type ArrayLike, asArray, asArrayOrKey } from "../core/as-array.ts";
import { dispatchOne } from "../core/dispatch.ts";
import { convert, emitOne } from "../core/emit.ts";
import { atLocation } from "../core/errors.ts";
import { userLocation } from "../core/location.ts";
import { isKey, NDArray } from "../core/ndarray.ts";
import { rangeError, typeError } from "../core/user-error.ts";
import * as lax from "../lax/index.ts";
import type { ConcatenateFunction, StackFunction } from "../types/movement.ts";
import { promoteDTypes } from "./broadcast.ts";
import { normalizeAxis, readDType, readOptions } from "./options.ts";
import { atleast1d, atleast2d, atleast3d, ravel } from "./reshape.ts";
import { readInteger } from "./scalars.ts";

/** Emits the concatenation of arrays that agree in everything but one axis. */
export const concatenateParts = (parts: readonly NDArray[], axis: number): NDArray =>
  parts.length === 1 ? parts[0] : emitOne("concatenate", parts, { dimension: axis });

/** What a joining function takes: a list of arrays, or one array whose first axis lists them. */
export type ArrayList = readonly ArrayLike[] | NDArray;

/** The arrays of a list. @throws RangeError if there are none. */
function readList(fn: string, arrays: ArrayList, verb: string): NDArray[] {
  const list =
    arrays instanceof NDArray
      ? lax.split(arrays, new Array<number>(arrays.shape[0] ?? 0).fill(1)).map((row) => lax.squeeze(row, 0))
      : readArrays(fn, arrays);
  if (list.length === 0)
    throw new RangeError(`Need at least one array to ${verb}.${atLocation(userLocation())}`);
  return list;
}

/** Typed keys are joined among themselves only. */
function readArrays(fn: string, arrays: readonly ArrayLike[]): NDArray[] {
  if (!Array.isArray(arrays)) throw typeError(`${fn} takes a list of arrays, got ${String(arrays)}.`);
  const list = arrays.map((x, i) => asArrayOrKey(x, fn, i));
  return list.every(isKey) ? list : list.map((x, i) => asArray(x, fn, i));
}

/** Arrays as one dtype: the given one, or the one that they take together. */
const unify = (arrays: readonly NDArray[], dtype: DType | undefined): NDArray[] =>
  dtype === undefined ? promoteDTypes(arrays) : arrays.map((x) => convert(x, dtype));

function concatenateOf(arrays: ArrayList, ...rest: readonly unknown[]): NDArray {
  const o = readOptions("concatenate", ["axis", "dtype"], rest);
  const list = readList("concatenate", arrays, "concatenate");
  const dtype = readDType("concatenate", o.dtype);
  if (o.axis === null)
    return joinAlong(
      list.map((x) => ravel(x)),
      0,
      dtype,
    );
  if (list[0].ndim === 0)
    throw new RangeError(`Zero-dimensional arrays cannot be concatenated.${atLocation(userLocation())}`);
  return joinAlong(list, readInteger(o.axis, "axis", 0), dtype);
}

/**
 * Arrays joined along an existing axis; with `axis: null` all of them flattened.
 * @throws RangeError if there is no array or one has no axis, TypeError if shapes differ elsewhere.
 */
export const concatenate = concatenateOf as ConcatenateFunction;

const joinAlong = (list: readonly NDArray[], axis: number, dtype?: DType): NDArray =>
  list.every(isKey)
    ? lax.concatenate(list, axis)
    : dispatchOne("jnp.concatenate", list, { axis, dtype }, (parts, s) =>
        lax.concatenate(unify(parts, s.dtype), s.axis),
      );

/** The array API's name of `concatenate`. */
export const concat = (arrays: ArrayList, ...rest: readonly unknown[]): NDArray => {
  const { axis } = readOptions("concat", ["axis"], rest);
  return concatenate(arrays, { axis });
};

function stackOf(arrays: ArrayList, ...rest: readonly unknown[]): NDArray {
  const o = readOptions("stack", ["axis", "dtype"], rest);
  const list = readList("stack", arrays, "stack");
  const [{ shape }] = list;
  if (list.some((x) => x.shape.join() !== shape.join() || x.ndim !== shape.length)) {
    const shapes = list.map((x) => formatShape(x.shape)).join(", ");
    throw new RangeError(
      `All input arrays must have the same shape. Got ${shapes}.${atLocation(userLocation())}`,
    );
  }
  const axis = normalizeAxis(o.axis ?? 0, shape.length + 1);
  if (list.every(isKey)) {
    const raised = list.map((x) => lax.expandDims(x, axis));
    return lax.concatenate(raised, axis);
  }
  const statics = { axis, dtype: readDType("stack", o.dtype) };
  return dispatchOne("jnp.stack", list, statics, (parts, s) =>
    lax.concatenate(
      unify(parts, s.dtype).map((x) => lax.expandDims(x, s.axis)),
      s.axis,
    ),
  );
}

/**
 * Arrays of one shape joined along a new axis.
 * @throws RangeError if there is no array or their shapes differ.
 */
export const stack = stackOf as StackFunction;

/** The parts of an array along an axis, without that axis: the inverse of `stack`. */
export function unstack(x: ArrayLike, ...rest: readonly unknown[]): NDArray[] {
  const o = readOptions("unstack", ["axis"], rest);
  const a = asArrayOrKey(x, "unstack", 0);
  const axis = normalizeAxis(o.axis ?? 0, a.ndim);
  return lax.split(a, new Array<number>(a.shape[axis]).fill(1), axis).map((part) => lax.squeeze(part, axis));
}

const raiseWith =
  (name: string, raise: (x: NDArray) => NDArray | NDArray[], axisOf: (first: NDArray) => number) =>
  (tup: ArrayList, ...rest: readonly unknown[]): NDArray => {
    const { dtype } = readOptions(name, ["dtype"], rest);
    const list = readList(name, tup, "concatenate").map((x) => raise(x) as NDArray);
    return concatenate(list, axisOf(list[0]), { dtype });
  };

/** Arrays joined along the first axis, vectors as rows. */
export const vstack = raiseWith("vstack", atleast2d, () => 0);
/** Arrays joined along the second axis; vectors along their only one. */
export const hstack = raiseWith("hstack", atleast1d, (x) => (x.ndim === 1 ? 0 : 1));
/** Arrays joined along the third axis. */
export const dstack = raiseWith("dstack", atleast3d, () => 2);
/** Vectors as the columns of a matrix; matrices as they are. */
export const columnStack = raiseWith(
  "columnStack",
  (x) => (x.ndim < 2 ? lax.reshape(x, [x.shape[0] ?? 1, 1]) : x),
  () => 1,
);

/** `values` after `arr`: flattened, or along an axis. */
export function append(arr: ArrayLike, values: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const { axis } = readOptions("append", ["axis"], rest);
  return concatenate([arr, values], { axis: axis ?? null });
}

/** A nest of arrays. */
export type Blocks = ArrayLike | readonly Blocks[];

/** An array put together from a nest of blocks: the innermost lists are joined along the last axis, and so on outwards. */
export function block(arrays: Blocks): NDArray {
  return joinBlocks(arrays)[0];
}

function joinBlocks(blocks: Blocks): [NDArray, depth: number] {
  if (!Array.isArray(blocks)) return [asArray(blocks, "block", 0), 1];
  const list = blocks as readonly Blocks[];
  if (list.length === 0) throw rangeError("jax.numpy.block does not allow empty list arguments");
  const parts = list.map(joinBlocks);
  const [[, depth]] = parts;
  if (parts.some(([, other]) => other !== depth))
    throw rangeError("Mismatched list depths in jax.numpy.block");
  const rank = Math.max(depth, ...parts.map(([x]) => x.ndim));
  const raised = parts.map(([x]) =>
    lax.reshape(x, [...new Array<number>(rank - x.ndim).fill(1), ...x.shape]),
  );
  return [concatenate(raised, -depth), depth + 1];
}
