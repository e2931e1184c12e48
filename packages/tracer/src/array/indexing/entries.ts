/** Index entries as users write them, one for each axis, and what they mean. */

import { dtypeTable } from "@fluxion/ir";
import { asArray, hostArray, typedArrayDType } from "../../core/as-array.ts";
import { formatAval } from "../../core/aval.ts";
import { atLocation } from "../../core/errors.ts";
import { userLocation } from "../../core/location.ts";
import { isAbstract, NDArray } from "../../core/ndarray.ts";

type Bound = number | bigint | null | undefined;

/** Python's `slice`: every `step`-th element from `start` to before `stop`; null is an open end. */
export class Slice {
  readonly start: Bound;
  readonly stop: Bound;
  readonly step: Bound;
  constructor(start: Bound, stop: Bound, step: Bound) {
    this.start = start;
    this.stop = stop;
    this.step = step;
  }
}

/** `slice(stop)`, `slice(start, stop)` or `slice(start, stop, step)`, as in Python; null leaves an end open. */
export const slice = (...bounds: readonly [Bound, Bound?, Bound?]): Slice =>
  bounds.length === 1
    ? new Slice(null, bounds[0], null)
    : new Slice(bounds[0], bounds[1] ?? null, bounds[2] ?? null);

/** What may stand for one axis in `x.get(...)` and `x.at(...)`. Strings may hold several axes: `"0:2, :, -1"`. */
export type IndexEntry =
  | number
  | bigint
  | string
  | null
  | Slice
  | NDArray
  | ArrayBufferView
  | readonly (number | bigint | boolean)[];

/** An entry as understood. */
export type Entry =
  | { readonly kind: "integer"; readonly value: number }
  | { readonly kind: "dynamic"; readonly index: NDArray }
  | { readonly kind: "range"; readonly start?: number; readonly stop?: number; readonly step?: number }
  | { readonly kind: "newaxis" }
  | { readonly kind: "ellipsis" }
  | { readonly kind: "array"; readonly index: NDArray };

/** Reads every entry of an index. @throws TypeError or RangeError where one is no index. */
export const readEntries = (index: readonly unknown[]): Entry[] => index.flatMap(readEntry);

function readEntry(entry: unknown, position: number): Entry[] {
  if (entry === null) return [{ kind: "newaxis" }];
  if (typeof entry === "number" || typeof entry === "bigint")
    return [{ kind: "integer", value: integer(entry) }];
  if (typeof entry === "string") return readText(entry);
  if (entry instanceof Slice) return [readSlice(entry, position)];
  if (entry instanceof NDArray) return [readArray(entry)];
  if (Array.isArray(entry)) return [readArray(listIndex(entry))];
  if (typedArrayDType(entry) !== undefined) return [readArray(asArray(entry, "x.get", position))];
  const what = typeof entry === "object" ? (entry?.constructor?.name ?? "object") : typeof entry;
  throw new TypeError(
    `Indexer must have integer or boolean type, got ${what} at position ${position}. An index has one entry for ` +
      'each axis: a number, a range such as "1:5" or slice(1, 5), null, "...", or an array of integers or booleans.' +
      atLocation(userLocation()),
  );
}

function integer(value: number | bigint): number {
  const number = Number(value);
  if (Number.isInteger(number)) return number;
  throw new TypeError(
    `Indexer must have integer or boolean type, got the number ${number}${atLocation(userLocation())}`,
  );
}

function readArray(index: NDArray): Entry {
  const { kind } = dtypeTable[index.dtype];
  if (kind === "float" || kind === "complex") {
    throw new TypeError(
      `Indexer must have integer or boolean type, got indexer with type ${formatAval(index.aval)}; ` +
        `x.astype("int32") makes integers of it${atLocation(userLocation())}`,
    );
  }
  return index.ndim === 0 && kind !== "bool" ? { kind: "dynamic", index } : { kind: "array", index };
}

/** A plain JavaScript array is fancy indexing, never a range. */
function listIndex(list: readonly unknown[]): NDArray {
  const boolean = list.length > 0 && list.every((i) => typeof i === "boolean");
  const numbers = boolean ? list.map(Number) : list.map((i) => integer(i as number | bigint));
  const type = { dtype: boolean ? ("bool" as const) : ("int32" as const), shape: [list.length] };
  return hostArray({
    type,
    data: boolean ? Uint8Array.from(numbers) : Int32Array.from(numbers),
    splat: false,
  });
}

const rangePattern = /^(-?\d+)?\s*:\s*(-?\d+)?\s*(?::\s*(-?\d+)?)?$/;

function readText(text: string): Entry[] {
  const parts = text.split(",").map((part) => part.trim());
  // "0," is one entry, as in Python.
  if (parts.length > 1 && parts.at(-1) === "") parts.pop();
  return parts.map((part): Entry => {
    if (part === "...") return { kind: "ellipsis" };
    if (part === "None" || part === "null" || part === "newaxis") return { kind: "newaxis" };
    if (/^-?\d+$/.test(part)) return { kind: "integer", value: Number(part) };
    const range = rangePattern.exec(part);
    if (range === null) {
      throw new TypeError(
        `JAX does not support string indexing; got idx='${part}'. A string may hold integers, ranges and ellipses, ` +
          `separated by commas: "0:2, :, -1", "::2", "..."${atLocation(userLocation())}`,
      );
    }
    const [start, stop, step] = range
      .slice(1)
      .map((bound) => (bound === undefined ? undefined : Number(bound)));
    return { kind: "range", start, stop, step };
  });
}

function readSlice({ start, stop, step }: Slice, position: number): Entry {
  const bounds: readonly unknown[] = [start, stop, step];
  if (bounds.some((bound) => bound instanceof NDArray && isAbstract(bound))) {
    const list = bounds.map((bound) =>
      bound instanceof NDArray ? `JitTracer(${formatAval(bound.aval)})` : String(bound ?? null),
    );
    throw new RangeError(
      `Slice entries must be static integers. Got slice(${list.join(", ")}) at position ${position}. The size of the ` +
        "result must be known while tracing: use lax.dynamicSlice(x, starts, sizes) for a window of fixed size that " +
        `moves, or make the bounds static${atLocation(userLocation())}`,
    );
  }
  const [from, to, by] = bounds.map((bound) => {
    if (bound === null || bound === undefined) return undefined;
    return integer(bound instanceof NDArray ? (bound.item() as number | bigint) : (bound as number | bigint));
  });
  return { kind: "range", start: from, stop: to, step: by };
}
