/** Permutations and choices. */

import { sizeOf } from "@fluxion/ir";
import { type ArrayLike, asArray } from "../core/as-array.ts";
import { dispatchOne } from "../core/dispatch.ts";
import { convert, full } from "../core/emit.ts";
import { isAbstract, type NDArray } from "../core/ndarray.ts";
import { concretizationError } from "../core/tracer-errors.ts";
import { rangeError, typeError } from "../core/user-error.ts";
import * as lax from "../lax/index.ts";
import { emitSort } from "../lax/sort.ts";
import { cumsum } from "../numpy/cumulative.ts";
import { checkShape, normalizeAxis, readOptions, readShape } from "../numpy/options.ts";
import { defaultInt, inexactDType } from "../numpy/promotion.ts";
import { isGiven, readFlag } from "../numpy/scalars.ts";
import { searchBody } from "../numpy/search.ts";
import { takeBody } from "../numpy/take.ts";
import { randomBits, type SampleDType, unitFloats } from "./bits.ts";
import { checkKey } from "./keys.ts";
import { gumbelBody, randintBody, splitIn } from "./samplers.ts";

/**
 * Sorts by random keys of 32 bits, as often as it takes to make ties that survive improbable: JAX's rule, ⌈3 ln n / ln
 * (2³² − 1)⌉ rounds of independent keys.
 */
function shuffleBody(key: NDArray, x: NDArray, axis: number): NDArray {
  const rounds = Math.ceil((3 * Math.log(Math.max(1, sizeOf(x.shape)))) / Math.log(2 ** 32 - 1));
  let [next, shuffled] = [key, x];
  for (let round = 0; round < rounds; round++) {
    const [following, own] = splitIn(next, 2);
    next = following;
    shuffled = emitSort([randomBits(own, 32, x.shape), shuffled], axis)[1];
  }
  return shuffled;
}

const range = (size: number): NDArray => lax.iota(defaultInt(), size);

/** The slices of `x` along an axis in random order. */
function permuteBody(key: NDArray, x: NDArray, axis: number, independent: boolean): NDArray {
  if (independent || x.ndim === 1) return shuffleBody(key, x, axis);
  const order = shuffleBody(key, range(x.shape[axis]), 0);
  return takeBody(x, order, { axis, mode: "clip" });
}

/** A whole number that must be known while tracing. */
function concreteSize(fn: string, argument: string, x: NDArray): number {
  if (isAbstract(x)) throw concretizationError(x, `It arose in the argument ${argument} of random.${fn}()`);
  return Number(x.item());
}

/**
 * A random permutation of 0, …, x − 1, or of the slices of an array along `axis`; with `independent` every line along
 * it is shuffled by itself. `permutation(key, x, axis?, independent?)`, the last two also as options.
 * @throws TypeError if `x` is a scalar and no integer.
 */
export function permutation(key: ArrayLike, x: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const o = readOptions("permutation", ["axis", "independent"], rest);
  const given = asArray(x, "random.permutation", 1);
  const words = checkKey("permutation", key);
  if (given.ndim === 0) {
    if (!/int/.test(given.dtype)) throw typeError("x must be an integer or at least 1-dimensional");
    const size = Math.max(0, concreteSize("permutation", "x", given));
    normalizeAxis(o.axis ?? 0, 1);
    return dispatchOne("random.permutation n", [words], { size }, ([k], s) =>
      shuffleBody(k, range(s.size), 0),
    );
  }
  const statics = {
    axis: normalizeAxis(o.axis ?? 0, given.ndim),
    independent: readFlag(o.independent, "independent"),
  };
  return dispatchOne("random.permutation", [words, given], statics, ([k, a], s) =>
    permuteBody(k, a, s.axis, s.independent),
  );
}

interface ChoiceStatics {
  readonly shape: readonly number[];
  readonly count: number;
  readonly axis: number;
  readonly replace: boolean;
  readonly weighted: boolean;
  /** Whether numbers below `count` are drawn, and not elements of an array. */
  readonly numbers: boolean;
}

/** Positions drawn with the probabilities `p`: by the inverse of their sums, or without repetition the Gumbel way. */
function weightedIndices(key: NDArray, p: NDArray, { shape, count, replace }: ChoiceStatics): NDArray {
  const dtype = p.dtype as SampleDType;
  const draws = sizeOf(shape);
  if (!replace) {
    const noisy = lax.add(gumbelBody(key, [count], dtype), lax.log(p));
    return lax.topK(noisy, draws)[1];
  }
  const sums = cumsum(p);
  const total = lax.reshape(lax.sliceInDim(sums, count - 1, count), []);
  const rest = lax.sub(full(shape, 1, dtype), unitFloats(key, shape, dtype));
  return searchBody(sums, lax.mul(lax.broadcast(total, shape), rest), "left");
}

function choiceBody([key, ...operands]: readonly NDArray[], s: ChoiceStatics): NDArray {
  const { shape, count, axis, replace } = s;
  const source = s.numbers ? undefined : operands[0];
  const draws = sizeOf(shape);
  const pick = (index: NDArray): NDArray =>
    source === undefined ? convert(index, defaultInt()) : takeBody(source, index, { axis, mode: "clip" });
  const resultShape =
    source === undefined
      ? shape
      : [...source.shape.slice(0, axis), ...shape, ...source.shape.slice(axis + 1)];
  if (s.weighted)
    return lax.reshape(pick(weightedIndices(key, operands[operands.length - 1], s)), resultShape);
  if (replace) {
    const bounds = [full([], 0, defaultInt()), full([], count, defaultInt())];
    return pick(randintBody(key, { shape, dtype: defaultInt(), past: false }, bounds[0], bounds[1]));
  }
  const permuted = source ? permuteBody(key, source, axis, false) : shuffleBody(key, range(count), 0);
  return lax.reshape(lax.sliceInDim(permuted, 0, draws, 1, axis), resultShape);
}

/** What `choice` takes after the shape. */
export interface ChoiceOptions {
  readonly shape?: number | readonly number[];
  /** Whether an element may be drawn again; default true. */
  readonly replace?: boolean;
  /** Probability of each element along the axis; default: all the same. */
  readonly p?: ArrayLike | null;
  readonly axis?: number;
}

/**
 * Elements of an array along `axis`, or whole numbers below `a`, drawn at random: `choice(key, a, shape?, replace?, p?,
 * axis?)`, all but the first two also as options.
 * @throws RangeError if more are drawn without replacement than there are, or `p` has another size.
 */
export function choice(key: ArrayLike, a: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const o = readOptions("choice", ["shape", "replace", "p", "axis"], rest);
  const x = asArray(a, "random.choice", 1);
  const shape = checkShape("random.choice", readShape("random.choice", o.shape ?? []));
  const numbers = x.ndim === 0;
  const axis = numbers ? 0 : normalizeAxis(o.axis ?? 0, x.ndim);
  const count = numbers ? concreteSize("choice", "a", x) : x.shape[axis];
  const replace = readFlag(o.replace, "replace", true);
  if (sizeOf(shape) === 0) return lax.full(shape, 0, x.dtype);
  if (count <= 0) throw rangeError("a must be greater than 0 unless no samples are taken");
  if (!replace && sizeOf(shape) > count)
    throw rangeError(
      `Cannot take a larger sample (size ${sizeOf(shape)}) than population (size ${count}) when 'replace=False'`,
    );
  const weights = isGiven(o.p) ? asArray(o.p, "random.choice", 4) : undefined;
  if (weights !== undefined && weights.shape.join() !== String(count))
    throw rangeError(
      "p must be None or a 1D vector with the same size as a.shape[axis]. p has shape " +
        `(${weights.shape.join(", ")}) and a.shape[axis] is ${count}.`,
    );
  const statics: ChoiceStatics = { shape, count, axis, replace, weighted: weights !== undefined, numbers };
  const operands = [checkKey("choice", key), ...(numbers ? [] : [x]), ...(weights ? [weights] : [])];
  return dispatchOne("random.choice", operands, statics, (args, s) => {
    if (!s.weighted) return choiceBody(args, s);
    const p = args[args.length - 1];
    return choiceBody([...args.slice(0, -1), convert(p, inexactDType(p.dtype))], s);
  });
}
