/** Places in sorted arrays, and counting by place. */

import { dtypeTable } from "@fluxion/ir";
import { type ArrayLike, asArray } from "../core/as-array.ts";
import { dispatch, dispatchOne } from "../core/dispatch.ts";
import { broadcastTo, convert, full, reshape } from "../core/emit.ts";
import { isAbstract, type NDArray } from "../core/ndarray.ts";
import { concretizationError } from "../core/tracer-errors.ts";
import { rangeError, typeError } from "../core/user-error.ts";
import { emitGather } from "../lax/gather.ts";
import * as lax from "../lax/index.ts";
import { combinations, emitScatter } from "../lax/scatter.ts";
import { canonicalKey } from "../lax/sort.ts";
import { compareTotalOrder } from "../lax/total-order.ts";
import { promoteDTypes } from "./broadcast.ts";
import { linspace } from "./creation.ts";
import { diff } from "./differences.ts";
import { readOptions } from "./options.ts";
import { inexactDType, resultType } from "./promotion.ts";
import { max, min, sum } from "./reduce.ts";
import { isGiven, readFlag, readInteger } from "./scalars.ts";
import { flattened } from "./sort.ts";
import { where } from "./where.ts";

type Side = "left" | "right";

/** The elements of a vector at indices that lie inside. */
export function pick(vector: NDArray, index: NDArray): NDArray {
  const numbers = { offsetDims: [], collapsedSliceDims: [0], startIndexMap: [0] };
  return emitGather(vector, reshape(index, [...index.shape, 1]), numbers, [1], undefined);
}

/**
 * Emits the search of each query in a sorted vector of the same dtype by bisection: ⌈log₂(n + 1)⌉ steps that halve
 * [low, high), the range of places that are still possible.
 */
export function searchBody(sorted: NDArray, queries: NDArray, side: Side): NDArray {
  const [size] = sorted.shape;
  const constant = (value: number): NDArray => broadcastTo(full([], value, "int32"), queries.shape);
  let [low, high] = [constant(0), constant(size)];
  const query = canonicalKey(queries);
  for (let step = 0; step < Math.ceil(Math.log2(size + 1)); step++) {
    const middle = lax.shiftRightLogical(lax.add(low, high), constant(1));
    const element = canonicalKey(pick(sorted, middle));
    const before = compareTotalOrder(side === "left" ? "LE" : "LT", query, element);
    const open = lax.lt(low, high);
    high = lax.select(lax.bitwiseAnd(open, before), middle, high);
    low = lax.select(lax.bitwiseAnd(open, lax.bitwiseNot(before)), lax.add(middle, constant(1)), low);
  }
  return low;
}

function readSide(side: unknown): Side {
  if (side === undefined || side === "left") return "left";
  if (side === "right") return side;
  throw rangeError(
    `'${String(side)}' is an invalid value for keyword 'side'. Expected one of ['left', 'right'].`,
  );
}

/**
 * Where each of `v` would have to be inserted into the sorted vector `a` to keep it sorted (int32): before elements
 * equal to it, or after them with side `right`. `sorter` gives the order of an `a` that is not sorted.
 * @throws TypeError or RangeError if `a` is no vector or there is no such side.
 */
export function searchsorted(a: ArrayLike, v: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const o = readOptions("searchsorted", ["side", "sorter", "method"], rest);
  const side = readSide(o.side);
  const operands = [asArray(a, "searchsorted", 0), asArray(v, "searchsorted", 1)];
  if (operands[0].ndim !== 1) throw rangeError("a should be 1-dimensional");
  if (o.sorter !== undefined && o.sorter !== null)
    operands.push(asArray(o.sorter as ArrayLike, "searchsorted", 2));
  return dispatchOne("jnp.searchsorted", operands, { side }, ([x, q, order], s) => {
    const sorted = order === undefined ? x : pick(x, order);
    const [b, query] = promoteDTypes([sorted, q]);
    return searchBody(b, query, s.side);
  });
}

/**
 * Index of the bin that each element of `x` falls into: i where bins[i − 1] ≤ x < bins[i], or with `right` bins[i − 1] <
 * x ≤ bins[i]. Bins may rise or fall.
 */
export function digitize(x: ArrayLike, bins: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const { right = false } = readOptions("digitize", ["right", "method"], rest);
  const operands = [asArray(x, "digitize", 0), asArray(bins, "digitize", 1)];
  if (operands[1].ndim !== 1)
    throw rangeError(
      `digitize: bins must be a 1-dimensional array; got shape (${operands[1].shape.join(", ")})`,
    );
  const side: Side = right ? "left" : "right";
  return dispatchOne("jnp.digitize", operands, { side }, (args, s) => {
    const [query, b] = promoteDTypes([...args]);
    const [count] = b.shape;
    if (count === 0) return full(query.shape, 0, "int32");
    const rising = searchBody(b, query, s.side);
    const other: Side = s.side;
    const falling = lax.sub(
      broadcastTo(full([], count, "int32"), query.shape),
      searchBody(lax.rev(b, [0]), query, other),
    );
    const end = (at: number): NDArray => reshape(lax.sliceInDim(b, at, at + 1), []);
    return lax.select(lax.ge(end(count - 1), end(0)), rising, falling);
  });
}

/** Emits sums of `weights` by place: places outside [0, length) are left out. */
export function countBody(places: NDArray, weights: NDArray, length: number): NDArray {
  const numbers = { offsetDims: [], collapsedSliceDims: [0], startIndexMap: [0] };
  const plan = { numbers, clip: false, unique: false, sorted: false };
  const zeros = broadcastTo(full([], 0, weights.dtype), [length]);
  const vectors = reshape(places, [places.shape[0], 1]);
  return emitScatter(zeros, vectors, broadcastTo(weights, places.shape), plan, combinations.add);
}

/** The number of an array without axes that a function needs to know. @throws ConcretizationTypeError if it is traced. */
export function concreteNumber(x: NDArray, context: string): number {
  if (isAbstract(x)) throw concretizationError(x, context);
  return Number(x.item());
}

/**
 * How often each of 0, 1, … occurs in a vector of integers, or the sum of its weights; negative ones count as 0. The
 * result has as many elements as the greatest number asks for, at least `minlength`; under `jit` give `length`.
 * @throws TypeError if the numbers are not integers; ConcretizationTypeError without `length` under jit.
 */
export function bincount(x: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const o = readOptions("bincount", ["weights", "minlength", "length"], rest);
  const a = asArray(x, "bincount", 0);
  const { kind } = dtypeTable[a.dtype];
  if (kind !== "int" && kind !== "uint")
    throw typeError(`x argument to bincount must have an integer type; got ${a.dtype}`);
  if (a.ndim !== 1) throw rangeError("only 1-dimensional input supported.");
  const least = readInteger(o.minlength, "minlength", 0);
  const context =
    "The error occurred because of argument 'x' of jnp.bincount. To avoid this error, pass a static `length` argument.";
  const needed = (): number => (a.size === 0 ? 0 : Math.max(0, concreteNumber(max(a), context)) + 1);
  const length = isGiven(o.length) ? readInteger(o.length, "length") : Math.max(least, needed());
  const weights =
    o.weights === undefined || o.weights === null ? [] : [asArray(o.weights as ArrayLike, "bincount", 1)];
  if (weights.length > 0 && weights[0].shape.join() !== a.shape.join())
    throw rangeError("shape of weights must match shape of x.");
  return dispatchOne("jnp.bincount", [a, ...weights], { length }, ([b, w], s) => {
    const places = kind === "int" ? lax.max(b, broadcastTo(full([], 0, b.dtype), b.shape)) : b;
    const wide = dtypeTable[b.dtype].bits < 32 ? convert(places, "int32") : places;
    return countBody(wide, w ?? broadcastTo(full([], 1, "int32"), b.shape), s.length);
  });
}

interface BinOptions {
  readonly bins: unknown;
  readonly range: unknown;
}

/** The edges of equal bins over a range, or over the extent of the data. */
function edgesOf(x: NDArray, { bins, range }: BinOptions): NDArray {
  const dtype = inexactDType(x.dtype);
  if (typeof bins !== "number" && bins !== undefined) {
    const edges = Array.isArray(bins)
      ? asArray(Float32Array.from(bins as number[]))
      : asArray(bins as ArrayLike, "histogram", 1);
    if (edges.ndim === 1) return convertOutside(edges, dtype);
  }
  const count = readInteger(bins, "bins", 10);
  if (count < 1) throw rangeError(`jnp.histogram: bins must be positive, got ${count}`);
  const bounds =
    (range as readonly ArrayLike[] | undefined | null) ?? (x.size === 0 ? [0, 1] : [min(x), max(x)]);
  const [low, high] = bounds.map((bound) => convertOutside(asArray(bound, "histogram", 2), dtype));
  return dispatchOne("jnp.histogram edges", [low, high], { count, dtype }, ([a, b], s) => {
    const half = full([], 0.5, s.dtype);
    const flat = lax.eq(a, b);
    const [from, to] = [lax.select(flat, lax.sub(a, half), a), lax.select(flat, lax.add(b, half), b)];
    return linspace(from, to, s.count + 1, { dtype: s.dtype });
  });
}

const convertOutside = (x: NDArray, dtype: NDArray["dtype"]): NDArray =>
  x.dtype === dtype
    ? x
    : dispatchOne("jnp.histogram convert", [x], { dtype }, ([a], s) => convert(a, s.dtype));

/** The edges of the bins that `histogram` counts in. */
export function histogramBinEdges(a: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const o = readOptions("histogramBinEdges", ["bins", "range", "weights"], rest);
  return edgesOf(asArray(a, "histogramBinEdges", 0), { bins: o.bins, range: o.range });
}

/**
 * Counts of elements in bins (`bins` of equal width, 10 by default, or a vector of edges), and the edges. The last bin
 * holds its right edge too. With `density` the counts are divided by their sum and the widths.
 */
export function histogram(a: ArrayLike, ...rest: readonly unknown[]): [counts: NDArray, edges: NDArray] {
  const o = readOptions("histogram", ["bins", "range", "weights", "density"], rest);
  const x = asArray(a, "histogram", 0);
  const edges = edgesOf(x, { bins: o.bins, range: o.range });
  const weights =
    o.weights === undefined || o.weights === null ? [] : [asArray(o.weights as ArrayLike, "histogram", 3)];
  if (weights.length > 0 && weights[0].shape.join() !== x.shape.join())
    throw rangeError("weights should have the same shape as a.");
  const statics = { density: readFlag(o.density, "density") };
  const [counts] = dispatch("jnp.histogram", [x, edges, ...weights], statics, ([b, e, w], s) => {
    const data = flattened(b);
    const [query, sorted] = promoteDTypes([data, e]);
    const [places] = e.shape;
    const last = broadcastTo(reshape(lax.sliceInDim(sorted, places - 1, places), []), query.shape);
    const found = searchBody(sorted, query, "right");
    const index = lax.select(
      lax.eq(query, last),
      broadcastTo(full([], places - 1, "int32"), query.shape),
      found,
    );
    const each = w === undefined ? broadcastTo(full([], 1, inexactDType(b.dtype)), data.shape) : flattened(w);
    const all = lax.sliceInDim(countBody(index, each, places), 1, places);
    if (!s.density) return [all];
    const widths = diff(e);
    const { dtype } = resultType([all, widths]);
    const total = sum(all);
    return [
      lax.div(
        lax.div(convert(all, dtype), convert(widths, dtype)),
        broadcastTo(convert(total, dtype), all.shape),
      ),
    ];
  });
  return [counts, edges];
}

/**
 * Values at `x` of the line through the points (xp, fp), whose `xp` rise. Beyond the ends it is `left` and `right`, by
 * default the first and the last of `fp`; `"extrapolate"` goes on straight. With `period`, `xp` and `x` are angles.
 */
export function interp(x: ArrayLike, xp: ArrayLike, fp: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const o = readOptions("interp", ["left", "right", "period"], rest);
  const operands = [x, xp, fp].map((array, i) => asArray(array, "interp", i));
  if (operands[1].ndim !== 1 || operands[2].shape.join() !== operands[1].shape.join())
    throw rangeError("xp and fp must be one-dimensional arrays of equal size");
  if (o.period !== undefined && o.period !== null)
    throw rangeError("jnp.interp: period is not supported; reduce x and xp modulo the period yourself");
  const ends = [o.left, o.right].map((end) =>
    end === "extrapolate" ? "straight" : end === undefined || end === null ? "constant" : "given",
  );
  const given = [o.left, o.right].flatMap((end, i) =>
    ends[i] === "given" ? [asArray(end as ArrayLike, "interp", 3 + i)] : [],
  );
  return dispatchOne("jnp.interp", [...operands, ...given], { ends }, (args, s) => interpBody(args, s.ends));
}

function interpBody([x, xp, fp, ...given]: readonly NDArray[], ends: readonly string[]): NDArray {
  const inexact = (a: NDArray): NDArray => convert(a, inexactDType(resultType([x, xp]).dtype));
  const [q, knots] = [inexact(x), inexact(xp)];
  const values = convert(fp, inexactDType(resultType([q, fp]).dtype));
  const [count] = knots.shape;
  const bound = (value: number): NDArray => broadcastTo(full([], value, "int32"), q.shape);
  const after = lax.clamp(bound(1), searchBody(knots, q, "right"), bound(count - 1));
  const before = lax.sub(after, bound(1));
  const [x0, x1, y0, y1] = [
    pick(knots, before),
    pick(knots, after),
    pick(values, before),
    pick(values, after),
  ];
  const width = lax.sub(x1, x0);
  const flat = lax.eq(width, broadcastTo(full([], 0, width.dtype), width.shape));
  const share = lax.div(
    lax.sub(q, x0),
    lax.select(flat, broadcastTo(full([], 1, width.dtype), width.shape), width),
  );
  const line = lax.add(y0, lax.mul(convert(share, values.dtype), lax.sub(y1, y0)));
  let result = where(flat, y0, line);
  const edge = (array: NDArray, at: number): NDArray => reshape(lax.sliceInDim(array, at, at + 1), []);
  const others = [...given];
  ends.forEach((end, i) => {
    if (end === "straight") return;
    const at = i === 0 ? 0 : count - 1;
    const knot = broadcastTo(edge(knots, at), q.shape);
    const beyond = i === 0 ? lax.lt(q, knot) : lax.gt(q, knot);
    const value =
      end === "given" ? convert(others.shift() ?? edge(values, at), values.dtype) : edge(values, at);
    result = where(beyond, value, result);
  });
  return result;
}
