/** Einstein summation. */

import type { DType } from "@fluxion/ir";
import { asArray } from "../core/as-array.ts";
import { dispatchOne } from "../core/dispatch.ts";
import { broadcastTo, convert } from "../core/emit.ts";
import { NDArray } from "../core/ndarray.ts";
import { rangeError, typeError } from "../core/user-error.ts";
import * as lax from "../lax/index.ts";
import { contract } from "./dot.ts";
import { type EinsumSpec, parseEinsum, subscriptsOf } from "./einsum-parse.ts";
import { type EinsumPath, greedyPath, keptLabels } from "./einsum-path.ts";
import { isOptions, readDType, readOptions } from "./options.ts";
import { type Promotable, resultType } from "./promotion.ts";
import { any, rejectOut, sum } from "./reduce.ts";
import { diagonal } from "./triangular.ts";

/** An array and the labels of its axes. */
interface Term {
  readonly x: NDArray;
  readonly names: string;
}

/** Sum over labels, in the dtype of the array. */
function sumOut({ x, names }: Term, labels: string): Term {
  const axes = [...names].flatMap((name, axis) => (labels.includes(name) ? [axis] : []));
  if (axes.length === 0) return { x, names };
  const summed = x.dtype === "bool" ? any(x, { axis: axes }) : sum(x, { axis: axes, promoteIntegers: false });
  return { x: summed, names: [...names].filter((name) => !labels.includes(name)).join("") };
}

/** Axes that share a label become their diagonal. */
function mergeRepeats(term: Term): Term {
  const labels = [...term.names];
  const again = labels.findIndex((name, axis) => labels.indexOf(name) !== axis);
  if (again < 0) return term;
  const first = labels.indexOf(labels[again]);
  const name = labels[again];
  const rest = labels.filter((_, axis) => axis !== first && axis !== again).join("");
  const single = [first, again].find((axis) => term.x.shape[axis] === 1);
  if (single !== undefined) {
    const kept = labels.filter((_, axis) => axis !== single).join("");
    return mergeRepeats({ x: lax.squeeze(term.x, single), names: kept });
  }
  return mergeRepeats({ x: diagonal(term.x, 0, first, again), names: rest + name });
}

function transposeTo({ x, names }: Term, output: string): NDArray {
  return lax.transpose(
    x,
    [...output].map((name) => names.indexOf(name)),
  );
}

/** Drops axes of size 1 whose label has another size on the other side. */
function dropSingles({ x, names }: Term, other: Term): Term {
  const single = [...names].flatMap((name, axis) => {
    const at = other.names.indexOf(name);
    return x.shape[axis] === 1 && at >= 0 && other.x.shape[at] !== 1 ? [axis] : [];
  });
  return {
    x: lax.squeeze(x, single),
    names: [...names].filter((_, axis) => !single.includes(axis)).join(""),
  };
}

const without = (names: string, drop: string): string =>
  [...names].filter((name) => !drop.includes(name)).join("");

type Product = (a: NDArray, b: NDArray, numbers: lax.DotDimensionNumbers) => NDArray;

/** One contraction of two terms to the labels `output`, in any order. */
function contractPair(left: Term, right: Term, output: string, product: Product): Term {
  const [p, q] = [left, right].map(mergeRepeats);
  const [a, b] = [dropSingles(p, q), dropSingles(q, p)];
  const alone = (term: Term, other: Term): string => without(term.names, other.names + output);
  const [l, r] = [sumOut(a, alone(a, b)), sumOut(b, alone(b, a))];
  const shared = [...l.names].filter((name) => r.names.includes(name));
  const batch = [...output].filter((name) => shared.includes(name));
  const summed = shared.filter((name) => !output.includes(name));
  const rest = ({ names }: Term): string => without(names, shared.join(""));
  const axes = ({ names }: Term, labels: readonly string[]): number[] =>
    labels.map((name) => names.indexOf(name));
  const multiply = (u: Term, v: Term): Term => ({
    x: product(u.x, v.x, [
      [axes(u, summed), axes(v, summed)],
      [axes(u, batch), axes(v, batch)],
    ]),
    names: batch.join("") + rest(u) + rest(v),
  });
  // The other order of operands may give the result without a transpose.
  return batch.join("") + rest(r) + rest(l) === output ? multiply(r, l) : multiply(l, r);
}

interface EinsumStatics {
  readonly inputs: readonly string[];
  readonly output: string;
  readonly path: EinsumPath;
  readonly precision: unknown;
  readonly dtype: DType | undefined;
}

/** Carries a path out. */
function einsumBody(operands: readonly NDArray[], s: EinsumStatics): NDArray {
  const common: Promotable =
    s.dtype === undefined ? resultType(operands) : { dtype: s.dtype, weakType: false };
  const settings = { precision: s.precision, dtype: common.dtype };
  const product: Product = (a, b, numbers) => contract(a, b, numbers, settings);
  const terms: Term[] = operands.map((x, i) => ({ x, names: s.inputs[i] }));
  for (const step of s.path) {
    const chosen = step.map((i) => terms[i]);
    const others = terms.filter((_, i) => !step.includes(i));
    terms.splice(0, terms.length, ...others);
    const kept = keptLabels(
      chosen.map(({ names }) => names).join(""),
      others.map(({ names }) => names),
      s.output,
    );
    const output = others.length === 0 ? s.output : kept;
    terms.push(
      chosen.length === 1
        ? reduceOne(chosen[0], output, common)
        : contractPair(chosen[0], chosen[1], output, product),
    );
  }
  return convert(transposeTo(terms[0], s.output), common.dtype, common.weakType);
}

function reduceOne(term: Term, output: string, { dtype }: Promotable): Term {
  const merged = mergeRepeats(term);
  const x = convert(merged.x, dtype, merged.x.weakType);
  return sumOut({ ...merged, x }, without(merged.names, output));
}

/** Takes the arguments apart: subscripts and operands, or operands each followed by its list of labels. */
function readArguments(args: readonly unknown[]): { subscripts: string; operands: NDArray[] } {
  const [first, ...others] = args;
  if (typeof first === "string")
    return { subscripts: first, operands: others.map((x, i) => asArray(x, "einsum", i + 1)) };
  const lists: (readonly unknown[])[] = [];
  const operands: NDArray[] = [];
  let i = 0;
  for (; i + 1 < args.length; i += 2) {
    if (!Array.isArray(args[i + 1]))
      throw typeError(`einsum: labels of operand ${i / 2} must be a list, got ${String(args[i + 1])}.`);
    operands.push(asArray(args[i], "einsum", i));
    lists.push(args[i + 1] as readonly unknown[]);
  }
  const output = args[i];
  if (output !== undefined && !Array.isArray(output))
    throw typeError(
      `einsum takes subscripts such as "ij,jk->ik" first, or a list of labels after each operand.`,
    );
  return { subscripts: subscriptsOf(lists, output), operands };
}

function readEinsum(fn: string, args: readonly unknown[]) {
  const last = args[args.length - 1];
  const hasOptions = isOptions(last) && !(last instanceof NDArray);
  const names = ["optimize", "precision", "preferredElementType", "out"] as const;
  const o = readOptions(fn, names, hasOptions ? [last] : []);
  rejectOut(fn, o.out);
  const { subscripts, operands } = readArguments(hasOptions ? args.slice(0, -1) : args);
  if (operands.length === 0) throw rangeError("No input operands");
  const spec = parseEinsum(
    subscripts,
    operands.map(({ shape }) => shape),
  );
  const path = Array.isArray(o.optimize) ? (o.optimize as EinsumPath) : pathOf(spec, o.optimize);
  return { spec, operands, path, o };
}

/** `optimize: false` contracts from left to right. */
function pathOf(spec: EinsumSpec, optimize: unknown): EinsumPath {
  const count = spec.inputs.length;
  if (optimize !== false || count < 3) return greedyPath(spec);
  return Array.from({ length: count - 1 }, (_, i) => (i === 0 ? [0, 1] : [0, count - 1 - i]));
}

/**
 * Einstein summation: `einsum("ij,jk->ik", x, y)`. Labels that the result lacks are summed; without `->` the result has
 * the labels that appear once, in alphabetical order; `...` stands for axes that broadcast. Several operands are
 * contracted pair by pair in a greedy order, or in the order of `optimize`.
 * @throws RangeError if subscripts and operands do not fit.
 */
export function einsum(...args: readonly unknown[]): NDArray {
  const { spec, operands, path, o } = readEinsum("einsum", args);
  const statics: EinsumStatics = {
    inputs: spec.inputs,
    output: spec.output,
    path,
    precision: o.precision,
    dtype: readDType("einsum", o.preferredElementType),
  };
  const shape = [...spec.output].map((name) => spec.sizes.get(name) ?? 1);
  return dispatchOne("jnp.einsum", operands, { ...statics, shape }, (inputs, s) =>
    broadcastTo(einsumBody(inputs, s), s.shape),
  );
}

/** The order of contraction that `einsum` takes: positions of the operands of each step; results go to the end. */
export const einsumPath = (...args: readonly unknown[]): EinsumPath => readEinsum("einsumPath", args).path;
