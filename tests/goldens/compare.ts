/** Is a result what it has to be? Every function returns what is wrong, and nothing when nothing is. */

import { decodeData } from "./decode.ts";
import { type ArrayExpectation, type Elements, isComplex, isFloating, type Json } from "./format.ts";
import type { Rule } from "./policy.ts";
import { clampToRange, formatOf, ulp } from "./ulp.ts";

/** A result as the runner read it from the library. */
export interface Actual {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly weak: boolean;
  readonly elements: Elements;
  readonly text: string;
}

/** Bit for bit, except that a NaN is any NaN. */
const same = (a: number | bigint, b: number | bigint): boolean => Object.is(a, b);
const special = (x: number): boolean => !Number.isFinite(x);

const within = (a: number, b: number, allowed: number): boolean => Math.abs(a - b) <= allowed;

/**
 * One real element against the truth. Where JAX and the truth agree on a special value or on the sign of a zero, it
 * has to be that; where only one of them is special, either will do. A transcendental function may flush a subnormal
 * result to zero, as XLA does.
 */
function isClose(dtype: string, actual: number, jax: number, truth: number, allowed: number): boolean {
  const format = formatOf(dtype);
  const inRange = clampToRange(truth, format);
  if (special(inRange) || special(jax)) {
    if (same(actual, inRange) || same(actual, jax)) return true;
    if (special(inRange) && special(jax)) return false;
    return within(actual, special(jax) ? truth : jax, allowed);
  }
  if (truth === 0 && jax === 0) return actual === 0 && (!same(truth, jax) || same(actual, jax));
  if (actual === 0 && Math.abs(truth) < 2 ** format.minExponent) return Object.is(actual, -0) === truth < 0;
  return within(actual, truth, allowed);
}

type Complex = readonly [re: number, im: number];
const partsAt = (elements: Elements, i: number): Complex => [
  Number(elements[2 * i]),
  Number(elements[2 * i + 1]),
];
const distance = (a: Complex, b: Complex): number => Math.hypot(a[0] - b[0], a[1] - b[1]);

/** Complex elements by distance: parts of very different size lose digits in any formula. */
function isComplexClose(actual: Complex, jax: Complex, truth: Complex, allowed: number): boolean {
  if ([...jax, ...truth].some(special)) {
    return [jax, truth].some((z) => same(actual[0], z[0]) && same(actual[1], z[1]));
  }
  return distance(actual, truth) <= allowed;
}

/**
 * The rule's units at a finite size. In 16 bits a kernel rounds once, a formula at least twice. A formula may add JAX's
 * own finite error where that is larger.
 */
function allowance(dtype: string, rule: Rule, size: number, ownError: number): number {
  const narrow = dtype === "float16" || dtype === "bfloat16";
  const units = (narrow ? Math.min(rule.units, rule.composite ? 2 : 1) : rule.units) * ulp(dtype, size);
  return rule.composite && ownError > units && !special(ownError) ? units + ownError : units;
}

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** Indices of the elements that are wrong (of a complex dtype: of its numbers, not their parts). */
export function wrongElements(expect: ArrayExpectation, actual: Elements, rule: Rule): number[] {
  const { dtype } = expect;
  const jax = decodeData(dtype, expect.data);
  const inexact = isFloating(dtype) || isComplex(dtype);
  if (!inexact || (rule.units === 0 && expect.tol === undefined)) {
    return range(jax.length).filter((i) => !same(actual[i], jax[i]));
  }
  const truth = expect.ref === undefined ? jax : decodeData("float64", expect.ref);
  const tol = expect.tol === undefined ? undefined : decodeData("float64", expect.tol).map(Number);
  if (isComplex(dtype)) {
    return range(jax.length / 2).filter((i) => {
      const [a, j, t] = [actual, jax, truth].map((elements) => partsAt(elements, i));
      const size = Math.hypot(...t);
      const allowed = tol?.[i] ?? (special(size) ? 0 : allowance(dtype, rule, size, distance(j, t)));
      return !isComplexClose(a, j, t, allowed);
    });
  }
  return range(jax.length).filter((i) => {
    const [a, j, t] = [actual, jax, truth].map((elements) => Number(elements[i]));
    const outOfRange = special(clampToRange(t, formatOf(dtype)));
    const [size, ownError] = outOfRange ? [j, 0] : [t, Math.abs(j - t)];
    const allowed = tol?.[i] ?? (special(size) ? 0 : allowance(dtype, rule, size, ownError));
    return !isClose(dtype, a, j, t, allowed);
  });
}

function wrongType(expect: ArrayExpectation, actual: Actual): string[] {
  const weak = expect.weak ?? false;
  const wrong: string[] = [];
  if (actual.dtype !== expect.dtype) wrong.push(`dtype ${actual.dtype}, expected ${expect.dtype}`);
  if (JSON.stringify(actual.shape) !== JSON.stringify(expect.shape)) {
    wrong.push(`shape [${actual.shape}], expected [${expect.shape}]`);
  }
  if (actual.weak !== weak) wrong.push(`weak type ${actual.weak}, expected ${weak}`);
  return wrong;
}

/** All that is wrong with one array. The printed form counts where the values agree bit for bit. */
export function compareArray(expect: ArrayExpectation, actual: Actual, rule: Rule): string[] {
  const wrong = wrongType(expect, actual);
  if (wrong.length > 0) return wrong;
  const jax = decodeData(expect.dtype, expect.data);
  if (actual.elements.length !== jax.length)
    return [`${actual.elements.length} entries, expected ${jax.length}`];
  const bad = wrongElements(expect, actual.elements, rule);
  if (bad.length > 0) return [describe(expect, actual.elements, bad)];
  const identical = jax.every((v, i) => same(v, actual.elements[i]));
  if (!identical || expect.str === undefined || actual.text === expect.str) return [];
  return [`prints as ${JSON.stringify(actual.text)}, expected ${JSON.stringify(expect.str)}`];
}

function describe(expect: ArrayExpectation, actual: Elements, bad: readonly number[]): string {
  const show = (elements: Elements, i: number): string => {
    const parts = isComplex(expect.dtype) ? partsAt(elements, i) : [elements[i]];
    return parts.map((x) => (Object.is(x, -0) ? "-0" : String(x))).join(" + i ");
  };
  const jax = decodeData(expect.dtype, expect.data);
  const truth = expect.ref === undefined ? undefined : decodeData("float64", expect.ref);
  const shown = bad.slice(0, 3).map((i) => {
    const reference = truth === undefined ? "" : `, truth ${show(truth, i)}`;
    return `[${i}] is ${show(actual, i)}, JAX ${show(jax, i)}${reference}`;
  });
  return `${bad.length} values wrong: ${shown.join("; ")}`;
}

/** Plain JavaScript results (shapes, strings, counts) have to be deeply equal. */
export function comparePlain(expected: Json, actual: unknown): string[] {
  const text = JSON.stringify(actual);
  return text === JSON.stringify(expected) ? [] : [`${text}, expected ${JSON.stringify(expected)}`];
}
