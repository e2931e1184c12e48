/** `x.at(...).set(y)` and its like: arrays with a selection changed. */

import { formatShape, type Shape } from "@fluxion/ir";
import { type ArrayLike, asArray } from "../../core/as-array.ts";
import { dispatchOne } from "../../core/dispatch.ts";
import { broadcastTo, convert, reshape, withWeakType } from "../../core/emit.ts";
import { atLocation } from "../../core/errors.ts";
import { userLocation } from "../../core/location.ts";
import { isKey, keysOf, type NDArray, wordsOf } from "../../core/ndarray.ts";
import { warnOnce } from "../../core/warnings.ts";
import { runStaged } from "../../lax/control/run.ts";
import { checkMode, type IndexMode, isFillMode } from "../../lax/indices.ts";
import { combinations, emitApply, emitScatter } from "../../lax/scatter.ts";
import { tryBroadcastShapes } from "../../numpy/broadcast.ts";
import * as jnp from "../../numpy/index.ts";
import { resultType } from "../../numpy/promotion.ts";
import { type Entry, type IndexEntry, readEntries } from "./entries.ts";
import { type FancyPlan, gatherOf, indexVectors, isFancy, planFancy } from "./fancy.ts";
import { type GetOptions, getAt, prepare, wordsIndex } from "./get.ts";
import { planIndex } from "./plan.ts";
import { type RegionPlan, readRegion, toRegion, writeRegion } from "./region.ts";

export interface UpdateOptions {
  /** What happens where an index lies outside: `drop` (the default; also `fill`) leaves `x` as it is, `clip` writes to the nearest element. */
  readonly mode?: IndexMode | null;
  readonly indicesAreSorted?: boolean;
  /** Promises that no element is selected twice, so that all of them may be written at once. */
  readonly uniqueIndices?: boolean;
}

type Combination = keyof typeof combinations;

/** JAX's names of the methods. */
const methods: Readonly<Record<Combination, string>> = {
  set: "set",
  add: "add",
  sub: "subtract",
  mul: "multiply",
  min: "min",
  max: "max",
};

const arithmetic: ReadonlySet<Combination> = new Set(["add", "sub", "mul"] as const);

/** NumPy's rule for assignment: dimensions of size 1 may lead. */
function checkBroadcast(value: Shape, selection: Shape, method: string): Shape {
  const extra = value.length - selection.length;
  const trimmed = extra > 0 && value.slice(0, extra).every((dim) => dim === 1) ? value.slice(extra) : value;
  const result = trimmed.length <= selection.length ? tryBroadcastShapes([trimmed, selection]) : undefined;
  if (result?.join() === selection.join()) return trimmed;
  throw new RangeError(
    `could not broadcast input array from shape ${formatShape(value)} into shape ${formatShape(selection)}: the ` +
      `index of x.at(...).${method}() selects ${formatShape(selection)}, and the value is stretched along ` +
      `dimensions of size 1 only${atLocation(userLocation())}`,
  );
}

function warnUnsafe(x: NDArray, value: NDArray): void {
  if (resultType([x, value]).dtype === x.dtype) return;
  warnOnce(
    `scatter inputs have incompatible types: cannot safely cast value from dtype=${value.dtype} to dtype=${x.dtype}. ` +
      "Convert the value with astype first; in future this will be an error.",
  );
}

interface UpdateStatics extends RegionPlan {
  readonly shape: Shape;
  readonly valueShape: Shape;
  readonly combination: Combination;
  readonly guard: boolean;
}

function updateBody([x, given, ...operands]: readonly NDArray[], statics: UpdateStatics): NDArray {
  const { combination, shape, axes, guard } = statics;
  const common = combination === "set" ? x.dtype : resultType([x, given]).dtype;
  const flat = reshape(convert(given, common), statics.valueShape);
  const value = toRegion(flat, shape, axes);
  const combine = (old: () => NDArray, update: NDArray): NDArray =>
    combination === "set"
      ? update
      : convert(combinations[combination](convert(old(), common), update), x.dtype);
  const result = writeRegion(x, value, operands, statics, combine, guard);
  return result.weakType === x.weakType ? result : withWeakType(result, x.weakType);
}

function update(
  x: NDArray,
  index: readonly unknown[],
  combination: Combination,
  given: ArrayLike,
  options: UpdateOptions = {},
): NDArray {
  const mode = checkMode(`x.at(...).${methods[combination]}()`, options.mode);
  if (x.dtype === "bool" && arithmetic.has(combination)) {
    throw new TypeError(
      `${methods[combination]} does not accept dtype bool at position 0; use x.at(...).set(), min() or max() on bool arrays` +
        atLocation(userLocation()),
    );
  }
  if (isKey(x)) return updateKeys(x, index, combination, given, options);
  const value = asArray(given, `x.at(...).${methods[combination]}()`, 0);
  const entries = readEntries(index);
  if (isFancy(entries)) return updateArrays(x, entries, combination, value, options);
  const plan = planIndex(x.shape, entries);
  const valueShape = checkBroadcast(value.shape, plan.shape, methods[combination]);
  warnUnsafe(x, value);
  const drops = mode === undefined || isFillMode(mode);
  if (!plan.inBounds && drops) return x;
  const { starts, axes, checked } = prepare(x, plan);
  const statics: UpdateStatics = { axes, checked, shape: plan.shape, valueShape, combination, guard: drops };
  return dispatchOne("x.at", [x, value, ...starts], statics, updateBody);
}

interface FancyStatics extends FancyPlan {
  readonly valueShape: Shape;
  readonly combination: Combination;
  readonly hints: Hints;
}

interface Hints {
  readonly clip: boolean;
  readonly unique: boolean;
  readonly sorted: boolean;
}

const hintsOf = (mode: IndexMode | undefined, options: UpdateOptions): Hints => ({
  clip: mode === "clip",
  unique: options.uniqueIndices === true,
  sorted: options.indicesAreSorted === true,
});

/** Changes the region that the ranges of an index with arrays select. */
function changeRegion(
  x: NDArray,
  { source, axes }: FancyPlan,
  change: (region: NDArray) => NDArray,
): NDArray {
  const plan = { axes, checked: 0 };
  const all = reshape(x, source);
  const changed = change(readRegion(all, [], plan).region);
  return reshape(
    writeRegion(all, changed, [], plan, (_, value) => value, false),
    x.shape,
  );
}

/** Operands are `x`, the value and the index arrays. */
function fancyBody([x, given, ...indices]: readonly NDArray[], plan: FancyStatics): NDArray {
  const { combination, valueShape, hints } = plan;
  const common = combination === "set" ? x.dtype : resultType([x, given]).dtype;
  const value = broadcastTo(reshape(convert(given, common), valueShape), plan.shape);
  const result = changeRegion(convert(x, common), plan, (region) => {
    const { numbers, shape } = gatherOf(plan, region.shape);
    const updates = reshape(value, shape);
    return emitScatter(
      region,
      indexVectors(plan, indices),
      updates,
      { numbers, ...hints },
      combinations[combination],
    );
  });
  return convert(result, x.dtype, x.weakType);
}

function updateArrays(
  x: NDArray,
  entries: readonly Entry[],
  combination: Combination,
  value: NDArray,
  options: UpdateOptions,
): NDArray {
  const { plan, operands } = planFancy(x.shape, entries);
  const valueShape = checkBroadcast(value.shape, plan.shape, methods[combination]);
  warnUnsafe(x, value);
  const hints = hintsOf(checkMode("x.at(...)", options.mode), options);
  const statics: FancyStatics = { ...plan, valueShape, combination, hints };
  return dispatchOne("x.at arrays", [x, value, ...operands], statics, fancyBody);
}

/** Applies a function to selected elements, again for each time that one is selected. */
function applyArrays(
  x: NDArray,
  entries: readonly Entry[],
  fn: (selection: NDArray) => ArrayLike,
  options: UpdateOptions,
): NDArray {
  const { plan, operands } = planFancy(x.shape, entries);
  const hints = hintsOf(checkMode("x.at(...).apply()", options.mode), options);
  return runStaged("x.at.apply", [x, ...operands], ([a, ...indices]) => [
    changeRegion(a, plan, (region) => {
      const { numbers, shape } = gatherOf(plan, region.shape);
      return emitApply(region, indexVectors(plan, indices), shape, { numbers, ...hints }, fn);
    }),
  ])[0];
}

/** Keys can be replaced by keys. */
function updateKeys(
  x: NDArray,
  index: readonly unknown[],
  combination: Combination,
  given: ArrayLike,
  options: UpdateOptions,
): NDArray {
  if (combination === "set" && isKey(given))
    return keysOf(update(wordsOf(x), wordsIndex(x, index), "set", wordsOf(given), options));
  throw new TypeError(
    `x.at(...).${methods[combination]}() on typed PRNG keys: keys are replaced by keys, with set(key)${atLocation(userLocation())}`,
  );
}

/** What `x.at(...)` gives: functions that return a changed copy of `x`. Values broadcast as in NumPy's assignment. */
export class IndexUpdate<A extends NDArray = NDArray> {
  readonly #x: A;
  readonly #index: readonly unknown[];

  constructor(x: A, index: readonly unknown[]) {
    this.#x = x;
    this.#index = index;
  }

  /** `x` with the selected elements replaced. The value takes the dtype of `x`. */
  set(value: ArrayLike, options?: UpdateOptions): A {
    return update(this.#x, this.#index, "set", value, options) as A;
  }
  add(value: ArrayLike, options?: UpdateOptions): A {
    return update(this.#x, this.#index, "add", value, options) as A;
  }
  subtract(value: ArrayLike, options?: UpdateOptions): A {
    return update(this.#x, this.#index, "sub", value, options) as A;
  }
  multiply(value: ArrayLike, options?: UpdateOptions): A {
    return update(this.#x, this.#index, "mul", value, options) as A;
  }
  /** JAX's other name of `multiply`. */
  mul(value: ArrayLike, options?: UpdateOptions): A {
    return this.multiply(value, options);
  }
  /** As in JAX, `x` divided by ones in which the selection holds the value: integers become floats. */
  divide(value: ArrayLike, options?: UpdateOptions): NDArray {
    return jnp.divide(this.#x as NDArray, this.#factors(value, options));
  }
  /** As in JAX, `x` to the power of ones in which the selection holds the value. */
  power(value: ArrayLike, options?: UpdateOptions): NDArray {
    return jnp.power(this.#x, this.#factors(value, options));
  }
  min(value: ArrayLike, options?: UpdateOptions): A {
    return update(this.#x, this.#index, "min", value, options) as A;
  }
  max(value: ArrayLike, options?: UpdateOptions): A {
    return update(this.#x, this.#index, "max", value, options) as A;
  }
  /** `x` with the selected elements replaced by `fn` of them. */
  apply(fn: (selection: NDArray) => ArrayLike, options?: UpdateOptions): A {
    const entries = readEntries(this.#index);
    if (isFancy(entries)) return applyArrays(this.#x, entries, fn, options ?? {}) as A;
    return this.set(fn(getAt(this.#x, this.#index)), options);
  }
  /** The selection itself, with a choice of what an index outside reads. */
  get(options?: GetOptions): NDArray {
    return getAt(this.#x, this.#index, options);
  }

  #factors(value: ArrayLike, options?: UpdateOptions): NDArray {
    // The product of bools is their minimum.
    const combination = this.#x.dtype === "bool" ? "min" : "mul";
    return update(jnp.onesLike(this.#x), this.#index, combination, value, options);
  }
}

/** `x.at(...)`. */
export const at = <A extends NDArray>(x: A, index: readonly IndexEntry[]): IndexUpdate<A> =>
  new IndexUpdate(x, index);
