/** Runs the cases of `data/function-derivatives.json`: derivatives against JAX's, in 64 bits. */

import { readFileSync } from "node:fs";
import type { Library } from "./adapter.ts";
import { decodeData, decodeValue } from "./decode.ts";
import { type EncodedArray, isComplex, isFloating, type Json } from "./format.ts";

/** What a case records: arrays in the order of the arguments, or of the results for `jvp`. */
const kinds = ["vjp", "jvp", "vjpOfVjp", "jvpOfVjp"] as const;
type Kind = (typeof kinds)[number];

export interface DerivativeCase extends Readonly<Partial<Record<Kind, readonly EncodedArray[]>>> {
  readonly id: string;
  readonly fn: string;
  readonly args: readonly Json[];
  readonly kwargs?: { readonly [name: string]: Json };
  /** Positions of the arguments that the function is differentiated by. */
  readonly argnums: readonly number[];
}

export const loadDerivatives = (): readonly DerivativeCase[] =>
  JSON.parse(readFileSync(new URL("./data/function-derivatives.json", import.meta.url), "utf8")).cases;

interface ArrayLike {
  readonly dtype: string;
  readonly shape: readonly number[];
}
type Arrays = readonly ArrayLike[];
type ArrayFunction = (...xs: Arrays) => unknown;

/** The transforms that are tested. */
export interface Transforms {
  vjp(f: ArrayFunction, ...xs: Arrays): [ys: Arrays, pull: (cotangents: Arrays) => Arrays];
  jvp(f: ArrayFunction, xs: Arrays, tangents: Arrays): [ys: Arrays, tangents: Arrays];
}

/** Relative error, and absolute error of numbers around 1, that rounding in 64 bits may add up to. */
const tolerance = 1e-10;

const moves = (x: ArrayLike): boolean => isFloating(x.dtype) || isComplex(x.dtype);
const leavesOf = (result: unknown): unknown[] =>
  Array.isArray(result) ? result.flatMap(leavesOf) : [result];

/** The generator's cotangents and tangents. */
function pattern(lib: Library, { dtype, shape }: ArrayLike, phase: number): ArrayLike {
  const count = shape.reduce((n, dim) => n * dim, 1);
  const elements = Array.from({ length: count }, (_, i) => {
    const re = Math.cos(i * 1.25 + phase);
    return isComplex(dtype) ? [re, Math.sin(i * 0.75 + phase)] : [re];
  });
  return lib.array(dtype, shape, elements.flat()) as ArrayLike;
}

/** The function of the arrays at `argnums`: its inexact results. */
function functionOf(golden: DerivativeCase, lib: Library): { f: ArrayFunction; xs: Arrays } {
  const decode = (value: Json): unknown => decodeValue(value, {}, lib);
  const args = golden.args.map(decode);
  const options = Object.entries(golden.kwargs ?? {}).map(([name, value]) => [name, decode(value)]);
  const rest = options.length === 0 ? [] : [Object.fromEntries(options)];
  const f = (...xs: Arrays): unknown => {
    const full = [...args];
    golden.argnums.forEach((position, i) => {
      full[position] = xs[i];
    });
    return leavesOf(lib.call(golden.fn, [...full, ...rest])).filter((y) => moves(y as ArrayLike));
  };
  return { f, xs: golden.argnums.map((i) => args[i] as ArrayLike) };
}

/** Derivatives of one kind. */
function derivatives(kind: Kind, { f, xs }: ReturnType<typeof functionOf>, lib: Library, t: Transforms): Arrays {
  const back = (...at: Arrays): Arrays => {
    const [ys, pull] = t.vjp(f, ...at);
    return pull(ys.map((y, i) => pattern(lib, y, 0.5 + i)));
  };
  const tangents = xs.map((x, i) => pattern(lib, x, 0.25 - i));
  if (kind === "vjp") return back(...xs);
  if (kind === "jvp") return t.jvp(f, xs, tangents)[1];
  if (kind === "jvpOfVjp") return t.jvp(back, xs, tangents)[1];
  const [cotangents, pull] = t.vjp(back, ...xs);
  return pull(cotangents.map((ct, i) => pattern(lib, ct, 0.75 + i)));
}

const isNear = (a: number, b: number): boolean =>
  Object.is(a, b) || a === b || Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b));

function compare(kind: Kind, expected: readonly EncodedArray[], actual: Arrays, lib: Library): string[] {
  if (actual.length !== expected.length)
    return [`${kind}: ${actual.length} arrays, expected ${expected.length}`];
  return expected.flatMap((e, i) => {
    const a = lib.read(actual[i]);
    if (a.dtype !== e.dtype || a.shape.join() !== e.shape.join())
      return [`${kind}[${i}]: ${a.dtype}[${a.shape}], expected ${e.dtype}[${e.shape}]`];
    const data = decodeData(e.dtype, e.data).map(Number);
    const wrong = data.flatMap((value, k) => (isNear(Number(a.elements[k]), value) ? [] : [k]));
    return wrong.slice(0, 3).map((k) => `${kind}[${i}] at ${k}: ${a.elements[k]}, expected ${data[k]}`);
  });
}

/** What is wrong with one case: nothing if it is as JAX has it. Never throws. */
export function runDerivatives(golden: DerivativeCase, lib: Library, t: Transforms): string[] {
  lib.enableX64(true);
  try {
    const subject = functionOf(golden, lib);
    return kinds.flatMap((kind) => {
      const expected = golden[kind];
      if (expected === undefined) return [];
      try {
        return compare(kind, expected, derivatives(kind, subject, lib, t), lib);
      } catch (error) {
        return [`${kind}: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`];
      }
    });
  } catch (error) {
    return [error instanceof Error ? `${error.name}: ${error.message}` : String(error)];
  } finally {
    lib.enableX64(false);
  }
}
