/** `jacfwd`, `jacrev` and `hessian`: all derivatives of a function, by batching one mode over a basis. */

import { sizeOf } from "@fluxion/ir";
import { type Aval, avalOf } from "../core/aval.ts";
import { float0Zeros } from "../core/float0.ts";
import { NDArray } from "../core/ndarray.ts";
import { type TreeDef, treeFlatten, treeUnflatten } from "../core/tree.ts";
import { eye } from "../numpy/creation.ts";
import { readOptions } from "../numpy/options.ts";
import { reshape } from "../numpy/reshape.ts";
import { split } from "../numpy/split.ts";
import type { AnyFunction, Hessian, Jacobian } from "../types/transforms.ts";
import { type Argnums, checkCallable, dynamicArguments } from "./arguments.ts";
import {
  checkForwardInput,
  checkForwardOutput,
  checkReverseInput,
  checkReverseOutput,
} from "./dtype-checks.ts";
import { type GradOptions, readGradOptions, renamed } from "./grad.ts";
import { jvp } from "./jvp.ts";
import { carriesTangent, scatterMask } from "./tangents.ts";
import { vjp } from "./vjp.ts";
import { vmap } from "./vmap.ts";

/** Options of forward mode. */
type ForwardOptions = Omit<GradOptions, "allowInt">;

const forwardOptions = ["argnums", "hasAux", "holomorphic"] as const;

/** Here the functions are known by their leaves alone. */
const [forward, reverse]: readonly AnyFunction[] = [jvp, vjp];

const total = (avals: readonly Aval[]): number => avals.reduce((sum, { shape }) => sum + sizeOf(shape), 0);

/** Unit vectors of the space of all elements of arrays: for each array its part of them, stacked along a new first axis. */
function unitVectors(avals: readonly Aval[]): NDArray[] {
  const count = total(avals);
  let offset = 0;
  return avals.map(({ shape, dtype, weakType }) => {
    const columns = sizeOf(shape);
    const part = eye(count, columns, { k: -offset, dtype });
    offset += columns;
    const stacked = reshape(part, [count, ...shape]) as NDArray;
    return new NDArray(avalOf(dtype, stacked.shape, weakType), stacked.payload);
  });
}

/** What is stacked along an axis for all elements of arrays, for each array by itself and in its shape. */
function perArray(stacked: NDArray, axis: 0 | -1, avals: readonly Aval[]): NDArray[] {
  let end = 0;
  const ends = avals.slice(0, -1).map(({ shape }) => (end += sizeOf(shape)));
  const parts = avals.length === 1 ? [stacked] : split(stacked, ends, { axis });
  return parts.map((part, i) => {
    const rest = axis === 0 ? part.shape.slice(1) : part.shape.slice(0, -1);
    const { shape } = avals[i];
    return reshape(part, axis === 0 ? [...shape, ...rest] : [...rest, ...shape]) as NDArray;
  });
}

/** The two parts of what a function with `hasAux` gives. */
const withAux = (hasAux: boolean, jacobian: unknown, aux: unknown): unknown =>
  hasAux ? [jacobian, aux] : jacobian;

/**
 * The Jacobian by forward mode, column by column: best where there are fewer inputs than outputs. In the structure of the result
 * of `fn`, and in that of the argument for each of its leaves; a leaf has the shape of the result, then that of the argument.
 *
 * @throws TypeError unless arguments are real, or complex with `holomorphic`.
 */
export function jacfwd<F extends AnyFunction>(fn: F): Jacobian<F, 0>;
export function jacfwd<F extends AnyFunction, const O extends Argnums | ForwardOptions>(
  fn: F,
  options: O,
): Jacobian<F, O>;
export function jacfwd(fn: AnyFunction, ...rest: readonly unknown[]): AnyFunction {
  checkCallable(fn, "jacfwd");
  const options = readGradOptions("jacfwd", rest, forwardOptions);
  return renamed(fn, "jacfwd", (...args) => {
    const given = dynamicArguments(fn, args, options.argnums);
    const avals = given.leaves.map(({ aval }) => aval);
    for (const aval of avals) checkForwardInput("jacfwd", aval, options.holomorphic);
    const f = Object.defineProperty((...leaves: NDArray[]) => fn(...given.rebuild(leaves)), "name", {
      value: fn.name,
    });
    const { hasAux } = options;
    let traced: unknown;
    const push = (...tangents: NDArray[]): unknown => {
      const results = forward(f, given.leaves, tangents, { hasAux });
      traced = results[2];
      return results;
    };
    const outAxes = hasAux ? [null, -1, null] : [null, -1];
    const [value, columns, aux] = vmap(push, { outAxes })(...unitVectors(avals));
    const [tangents, outTree] = treeFlatten(columns);
    for (const y of treeFlatten(value)[0] as NDArray[])
      checkForwardOutput("jacfwd", y.aval, options.holomorphic);
    const leaves = (tangents as NDArray[]).map((column) => given.structure(perArray(column, -1, avals)));
    return withAux(hasAux, treeUnflatten(outTree, leaves), withScalars(traced, aux));
  });
}

/** Auxiliary values after `vmap`, with what was no array before as it was. */
function withScalars(before: unknown, after: unknown): unknown {
  const [leaves, treedef] = treeFlatten(before);
  const arrays = treeFlatten(after)[0];
  return treeUnflatten(
    treedef,
    leaves.map((leaf, i) => (leaf instanceof NDArray ? arrays[i] : leaf)),
  );
}

/**
 * The Jacobian by reverse mode, row by row: best where there are fewer outputs than inputs. In the structure of the result of
 * `fn`, and in that of the argument for each of its leaves; a leaf has the shape of the result, then that of the argument.
 *
 * @throws TypeError unless arguments are real or complex (or integers with `allowInt`) and results real (complex with
 * `holomorphic`).
 */
export function jacrev<F extends AnyFunction>(fn: F): Jacobian<F, 0>;
export function jacrev<F extends AnyFunction, const O extends Argnums | GradOptions>(
  fn: F,
  options: O,
): Jacobian<F, O>;
export function jacrev(fn: AnyFunction, ...rest: readonly unknown[]): AnyFunction {
  checkCallable(fn, "jacrev");
  const options = readGradOptions("jacrev", rest);
  return renamed(fn, "jacrev", (...args) => {
    const given = dynamicArguments(fn, args, options.argnums, options.allowInt);
    const inAvals = given.leaves.map(({ aval }) => aval);
    for (const aval of inAvals) checkReverseInput("jacrev", aval, options);
    const f = Object.defineProperty((...leaves: NDArray[]) => fn(...given.rebuild(leaves)), "name", {
      value: fn.name,
    });
    const { hasAux } = options;
    const [value, pull, aux] = reverse(f, ...given.leaves, { hasAux });
    const [results, outTree] = treeFlatten(value) as [NDArray[], TreeDef];
    const outAvals = results.map(({ aval }) => aval);
    for (const aval of outAvals) checkReverseOutput("jacrev", aval, options.holomorphic);
    const moving = inAvals.map(carriesTangent);
    const pullMoving = (...cotangents: NDArray[]): NDArray[] =>
      pull(treeUnflatten(outTree, cotangents)).filter((_: NDArray, i: number) => moving[i]);
    const rows: NDArray[] = moving.some(Boolean) ? vmap(pullMoving)(...unitVectors(outAvals)) : [];
    /** For each argument leaf, a list with an entry for each result. */
    const parts = rows.map((row) => perArray(row, 0, outAvals));
    const leaves = outAvals.map((out, k) =>
      given.structure(
        scatterMask(
          moving,
          parts.map((part) => part[k]),
          (i) => float0Zeros([...out.shape, ...inAvals[i].visibleShape]),
        ),
      ),
    );
    return withAux(hasAux, treeUnflatten(outTree, leaves), aux);
  });
}

/**
 * The matrix of second derivatives, as forward mode of reverse mode. A leaf has the shape of the result, then twice that of the
 * argument.
 *
 * @throws TypeError as `jacfwd` and `jacrev`.
 *
 * @example
 * hessian((x) => jnp.sum(x.mul(x)))(jnp.ones([2])); // [[2, 0], [0, 2]]
 */
export function hessian<F extends AnyFunction>(fn: F): Hessian<F, 0>;
export function hessian<F extends AnyFunction, const O extends Argnums | ForwardOptions>(
  fn: F,
  options: O,
): Hessian<F, O>;
export function hessian(fn: AnyFunction, ...rest: readonly unknown[]): AnyFunction {
  checkCallable(fn, "hessian");
  const options = readOptions("hessian", forwardOptions, rest) as ForwardOptions;
  return renamed(fn, "hessian", jacfwd(jacrev(fn, options), options));
}
