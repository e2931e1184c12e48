/** `x.at(...).set(y)` and its like: arrays with a selection changed. */

import { formatShape, type Shape } from "@fluxion/ir";
import { type ArrayLike, asArray } from "../../core/as-array.ts";
import { dispatchOne } from "../../core/dispatch.ts";
import { convert, reshape, withWeakType } from "../../core/emit.ts";
import { atLocation } from "../../core/errors.ts";
import { userLocation } from "../../core/location.ts";
import { isKey, keysOf, type NDArray, wordsOf } from "../../core/ndarray.ts";
import { warnOnce } from "../../core/warnings.ts";
import * as lax from "../../lax/index.ts";
import { tryBroadcastShapes } from "../../numpy/broadcast.ts";
import * as jnp from "../../numpy/index.ts";
import { resultType } from "../../numpy/promotion.ts";
import type { IndexEntry } from "./entries.ts";
import { checkMode, type GetOptions, getAt, type IndexMode, isFillMode, prepare, wordsIndex } from "./get.ts";
import { planIndex } from "./plan.ts";
import { type RegionPlan, toRegion, writeRegion } from "./region.ts";

export interface UpdateOptions {
  /** What happens where an index lies outside: `drop` (the default; also `fill`) leaves `x` as it is, `clip` writes to the nearest element. */
  readonly mode?: IndexMode | null;
  /** Ignored: XLA's hints. */
  readonly indicesAreSorted?: boolean;
  readonly uniqueIndices?: boolean;
}

/** How new and old elements combine, both of one dtype. */
const combinations = {
  set: (_: NDArray, value: NDArray) => value,
  add: (old: NDArray, value: NDArray) => lax.add(old, value),
  subtract: (old: NDArray, value: NDArray) => lax.sub(old, value),
  multiply: (old: NDArray, value: NDArray) => lax.mul(old, value),
  min: (old: NDArray, value: NDArray) => lax.min(old, value),
  max: (old: NDArray, value: NDArray) => lax.max(old, value),
} as const;

type Combination = keyof typeof combinations;

const arithmetic: ReadonlySet<Combination> = new Set(["add", "subtract", "multiply"] as const);

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
  const mode = checkMode(`x.at(...).${combination}()`, options.mode);
  if (x.dtype === "bool" && arithmetic.has(combination)) {
    throw new TypeError(
      `${combination} does not accept dtype bool at position 0; use x.at(...).set(), min() or max() on bool arrays` +
        atLocation(userLocation()),
    );
  }
  if (isKey(x)) return updateKeys(x, index, combination, given, options);
  const value = asArray(given, `x.at(...).${combination}()`, 0);
  const plan = planIndex(x.shape, index);
  const valueShape = checkBroadcast(value.shape, plan.shape, combination);
  warnUnsafe(x, value);
  const drops = mode === undefined || isFillMode(mode);
  if (!plan.inBounds && drops) return x;
  const { starts, axes, checked } = prepare(x, plan);
  const statics: UpdateStatics = { axes, checked, shape: plan.shape, valueShape, combination, guard: drops };
  return dispatchOne("x.at", [x, value, ...starts], statics, updateBody);
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
    `x.at(...).${combination}() on typed PRNG keys: keys are replaced by keys, with set(key)${atLocation(userLocation())}`,
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
    return update(this.#x, this.#index, "subtract", value, options) as A;
  }
  multiply(value: ArrayLike, options?: UpdateOptions): A {
    return update(this.#x, this.#index, "multiply", value, options) as A;
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
    return this.set(fn(getAt(this.#x, this.#index)), options);
  }
  /** The selection itself, with a choice of what an index outside reads. */
  get(options?: GetOptions): NDArray {
    return getAt(this.#x, this.#index, options);
  }

  #factors(value: ArrayLike, options?: UpdateOptions): NDArray {
    return update(jnp.onesLike(this.#x), this.#index, "multiply", value, options);
  }
}

/** `x.at(...)`. */
export const at = <A extends NDArray>(x: A, index: readonly IndexEntry[]): IndexUpdate<A> =>
  new IndexUpdate(x, index);
