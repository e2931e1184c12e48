/** Sorting, and what is found by sorting. */

import { isFloat, sizeOf } from "@fluxion/ir";
import { type ArrayLike, asArray } from "../core/as-array.ts";
import { dispatchOne } from "../core/dispatch.ts";
import { convert, reshape } from "../core/emit.ts";
import { NDArray } from "../core/ndarray.ts";
import { rangeError, typeError } from "../core/user-error.ts";
import * as lax from "../lax/index.ts";
import { emitSort } from "../lax/sort.ts";
import { normalizeAxis, readOptions } from "./options.ts";
import { ravel } from "./reshape.ts";
import { readFlag, readInteger } from "./scalars.ts";

interface SortStatics {
  readonly axis: number;
  readonly stable: boolean;
  readonly descending: boolean;
}

const sortNames = ["axis", "kind", "order", "stable", "descending"] as const;

function readSort(fn: string, a: ArrayLike, rest: readonly unknown[]): { x: NDArray; statics: SortStatics } {
  const o = readOptions(fn, sortNames, rest);
  if (o.order !== undefined && o.order !== null)
    throw typeError(`'order' argument to ${fn} is not supported: there are no structured arrays.`);
  if (o.kind !== undefined && o.kind !== null)
    throw typeError(`'kind' argument to ${fn} is not supported. Use stable: true or stable: false.`);
  const given = asArray(a, fn, 0);
  const x = o.axis === null ? ravel(given) : given;
  const axis = normalizeAxis(o.axis ?? -1, x.ndim);
  return {
    x,
    statics: {
      axis,
      stable: readFlag(o.stable, "stable", true),
      descending: readFlag(o.descending, "descending"),
    },
  };
}

/** A copy sorted along an axis (the last by default; null flattens). NaNs come last. */
export function sort(a: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const { x, statics } = readSort("sort", a, rest);
  return dispatchOne("jnp.sort", [x], statics, ([b], s) => {
    const [sorted] = emitSort([b], s.axis, 1, s.stable);
    return s.descending ? lax.rev(sorted, [s.axis]) : sorted;
  });
}

/** Emits `argsort` inside a trace. */
export function argsortBody(x: NDArray, { axis, stable, descending }: SortStatics): NDArray {
  const positions = lax.broadcastedIota("int32", x.shape, axis);
  // Equal elements keep their order: reversed before as well as after.
  const flips = descending && stable ? [axis] : [];
  const [, index] = emitSort([lax.rev(x, flips), lax.rev(positions, flips)], axis, 1, stable);
  return descending ? lax.rev(index, [axis]) : index;
}

/** Indices (int32) that sort an array along an axis; equal elements keep their order unless `stable` is false. */
export function argsort(a: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const { x, statics } = readSort("argsort", a, rest);
  return dispatchOne("jnp.argsort", [x], statics, ([b], s) => argsortBody(b, s));
}

/** Complex numbers sorted by real, then imaginary part. */
export function sortComplex(a: ArrayLike): NDArray {
  const x = asArray(a, "sortComplex", 0);
  return dispatchOne("jnp.sort_complex", [x], undefined, ([b]) => {
    const complex = b.dtype === "complex64" || b.dtype === "complex128";
    const [sorted] = emitSort([b], b.ndim - 1);
    return complex ? sorted : convert(sorted, b.dtype === "float64" ? "complex128" : "complex64");
  });
}

/**
 * Indices that sort by several keys, the last of which decides first.
 * @throws TypeError if there is no key.
 */
export function lexsort(keys: readonly ArrayLike[] | NDArray, ...rest: readonly unknown[]): NDArray {
  const { axis = -1 } = readOptions("lexsort", ["axis"], rest);
  const rows = keys instanceof NDArray ? lax.unstack(keys) : keys;
  const list = rows.map((key, i) => asArray(key, "lexsort", i));
  if (list.length === 0) throw typeError("need sequence of keys with len > 0 in lexsort");
  for (const { shape } of list)
    if (shape.join() !== list[0].shape.join()) throw rangeError("all keys need to be the same shape");
  if (list[0].ndim === 0) return lax.full([], 0, "int32");
  const at = normalizeAxis(axis, list[0].ndim);
  return dispatchOne("jnp.lexsort", [...list].reverse(), { at }, (args, s) => {
    const positions = lax.broadcastedIota("int32", args[0].shape, s.at);
    return emitSort([...args, positions], s.at, args.length)[args.length];
  });
}

function readPartition(fn: string, a: ArrayLike, kth: number, rest: readonly unknown[]) {
  const { axis = -1 } = readOptions(fn, ["axis"], rest);
  const x = asArray(a, fn, 0);
  const at = normalizeAxis(axis, x.ndim);
  return { x, statics: { at, kth: normalizeAxis(kth, x.shape[at]) } };
}

/** The first kth + 1 elements of a sorted line, and the rest. */
const cut = (x: NDArray, kth: number, axis: number): [NDArray, NDArray] => [
  lax.sliceInDim(x, 0, kth + 1, 1, axis),
  lax.sliceInDim(x, kth + 1, x.shape[axis], 1, axis),
];

/** The kth + 1 least floats ascending, and the others descending, in total order as JAX has it: −0 before 0. */
function extremes(x: NDArray, kth: number, axis: number): NDArray[] {
  const [low] = lax.topK(lax.neg(x), kth + 1, { axis });
  return [lax.neg(low), lax.topK(x, x.shape[axis] - kth - 1, { axis })[0]];
}

/** A copy whose kth element along an axis stands where sorting puts it, with no greater one before it. */
export function partition(a: ArrayLike, kth: number, ...rest: readonly unknown[]): NDArray {
  const { x, statics } = readPartition("partition", a, kth, rest);
  return dispatchOne("jnp.partition", [x], statics, ([b], s) => {
    if (isFloat(b.dtype)) return lax.concatenate(extremes(b, s.kth, s.at), s.at);
    const [low, high] = cut(emitSort([b], s.at)[0], s.kth, s.at);
    return lax.concatenate([low, lax.rev(high, [s.at])], s.at);
  });
}

/** Indices of a `partition`. */
export function argpartition(a: ArrayLike, kth: number, ...rest: readonly unknown[]): NDArray {
  const { x, statics } = readPartition("argpartition", a, kth, rest);
  return dispatchOne("jnp.argpartition", [x], statics, ([b], s) => {
    const order = argsortBody(b, { axis: s.at, stable: true, descending: false });
    const [low, high] = cut(order, s.kth, s.at);
    const rest = sizeOf(high.shape) === 0 ? high : emitSort([high], s.at)[0];
    return lax.concatenate([low, rest], s.at);
  });
}

/** The `k` greatest elements along an axis (the last by default) in descending order, and their positions. */
export function topK(x: ArrayLike, k: number, ...rest: readonly unknown[]): [NDArray, NDArray] {
  const { axis } = readOptions("topK", ["axis"], rest);
  return lax.topK(x, k, { axis: readInteger(axis, "axis", -1) });
}

/** An array as a vector, in the current trace. */
export const flattened = (x: NDArray): NDArray => reshape(x, [sizeOf(x.shape)]);
