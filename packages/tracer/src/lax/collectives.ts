/**
 * Operations over a named axis: what an enclosing `vmap(f, { axisName })` makes of the values of all examples. Where several
 * axes are named, they count as one in row-major order.
 */

import { type CollectiveTarget, collectiveAttributes } from "@fluxion/autodiff";
import { dtypeTable, type TensorType } from "@fluxion/ir";
import { asArray, asArrayOrKey } from "../core/as-array.ts";
import { convert, emitOne, full } from "../core/emit.ts";
import { namedAxisSize } from "../core/named-axes.ts";
import { isKey, keysOf, type NDArray, wordsOf } from "../core/ndarray.ts";
import { isLeafLike } from "../core/signature.ts";
import { treeFlatten, treeUnflatten } from "../core/tree.ts";
import { notImplemented, typeError } from "../core/user-error.ts";
import { fillLike, inexact } from "../numpy/define.ts";
import { readOptions } from "../numpy/options.ts";
import { add, div, mul } from "./elementwise.ts";

/** One axis, or several as one. */
export type AxisName = string | readonly string[];

export const namesOf = (axisName: unknown): readonly string[] =>
  Array.isArray(axisName) ? (axisName as string[]) : [axisName as string];

/** Sizes of the axes. @throws NameError if one is not bound. */
export const sizesOf = (what: string, names: readonly string[]): number[] =>
  names.map((name) => namedAxisSize(name, `lax.${what}`));

/** The number of examples of the axis (of all of them together, where several are named). @throws NameError if it is not bound. */
export const axisSize = (axisName: AxisName): number =>
  sizesOf("axisSize", namesOf(axisName)).reduce((product, size) => product * size, 1);

/** Emits a collective. */
export function collective(
  target: CollectiveTarget,
  axisName: string,
  operands: readonly NDArray[],
  type: TensorType,
  permutation?: readonly (readonly [number, number])[],
): NDArray {
  const attributes = collectiveAttributes(target, axisName, permutation);
  return emitOne("custom_call", operands, attributes, { types: [type], weakType: false });
}

/** @throws NotImplementedError if groups of examples are asked for. */
export function checkGroups(what: string, rest: readonly unknown[], names: readonly string[] = []) {
  const options = readOptions(what, ["axisIndexGroups", ...names], rest);
  if (options.axisIndexGroups !== undefined && options.axisIndexGroups !== null)
    throw notImplemented(`${what}: axis_index_groups not supported in vmap collectives (axisIndexGroups).`);
  return options;
}

/** Does to every leaf of a pytree what `each` does to an array; typed keys are moved as their words (`ndim` is what users see). */
export function mapLeaves<T>(
  what: string,
  tree: T,
  each: (x: NDArray, ndim: number) => NDArray,
  moves = false,
): T {
  const [leaves, treedef] = treeFlatten(tree, isLeafLike);
  const results = leaves.map((leaf, i) => {
    const x = moves ? asArrayOrKey(leaf, what, i) : asArray(leaf, what, i);
    return isKey(x) ? keysOf(each(wordsOf(x), x.ndim)) : each(x, x.ndim);
  });
  return treeUnflatten(treedef, results) as T;
}

const isBool = ({ dtype }: NDArray): boolean => dtypeTable[dtype].kind === "bool";

/**
 * The sum over all examples; that of a number is the number times their count, and a number.
 * @throws NameError if no enclosing transform binds the axis.
 */
export function psum<T>(x: T, axisName: AxisName, ...rest: readonly unknown[]): T {
  checkGroups("psum", rest);
  const names = namesOf(axisName);
  const count = sizesOf("psum", names).reduce((product, size) => product * size, 1);
  if (typeof x === "number") return (x * count) as T;
  return mapLeaves("psum", x, (leaf) =>
    names.reduce((sum, name) => {
      const own = isBool(sum) ? convert(sum, "int32") : sum;
      return collective("fluxion.psum", name, [own], own.aval);
    }, leaf),
  );
}

/** The mean over all examples. @throws NameError if no enclosing transform binds the axis. */
export function pmean<T>(x: T, axisName: AxisName, ...rest: readonly unknown[]): T {
  checkGroups("pmean", rest);
  const count = axisSize(axisName);
  if (typeof x === "number") return x;
  return mapLeaves("pmean", x, (leaf) => {
    const total = inexact(psum(leaf, axisName));
    return div(total, fillLike(total, count));
  });
}

const extremum =
  (what: "pmax" | "pmin") =>
  <T>(x: T, axisName: AxisName, ...rest: readonly unknown[]): T => {
    checkGroups(what, rest);
    const names = namesOf(axisName);
    sizesOf(what, names);
    return mapLeaves(what, x, (leaf) => {
      if (dtypeTable[leaf.dtype].kind === "complex")
        throw typeError(`${what} does not accept dtype ${leaf.dtype}: complex numbers have no order.`);
      return names.reduce((y, name) => collective(`fluxion.${what}`, name, [y], y.aval), leaf);
    });
  };

/** The maximum over all examples. It has no derivative, as in JAX. @throws NameError if no enclosing transform binds the axis. */
export const pmax = extremum("pmax");
/** The minimum over all examples. It has no derivative, as in JAX. @throws NameError if no enclosing transform binds the axis. */
export const pmin = extremum("pmin");

/** Which example this is, from 0. @throws NameError if no enclosing transform binds the axis. */
export function axisIndex(axisName: AxisName): NDArray {
  const names = namesOf(axisName);
  const sizes = sizesOf("axisIndex", names);
  const own = names.map((name) => collective("fluxion.axis_index", name, [], { dtype: "int32", shape: [] }));
  return own.reduce((index, next, i) => add(mul(index, full([], sizes[i], "int32")), next));
}
