/** The arguments of a batched function: which of them hold examples, and how many. */

import { formatShape } from "@fluxion/ir";
import { asArrayOrKey, isScalar } from "../core/as-array.ts";
import { formatAval } from "../core/aval.ts";
import type { NDArray } from "../core/ndarray.ts";
import { parameterNames } from "../core/parameter-names.ts";
import { isLeafLike } from "../core/signature.ts";
import { leafPaths, type TreeDef, treeFlatten } from "../core/tree.ts";
import { rangeError, typeError } from "../core/user-error.ts";
import type { AnyFunction } from "./arguments.ts";
import { type Axis, type AxisSpec, axesOfLeaves } from "./axis-spec.ts";

/** A leaf of the arguments. */
export interface Leaf {
  readonly value: unknown;
  /** The array, if the function gets it as a parameter: shared scalars are passed on as they are. */
  readonly array: NDArray | undefined;
  readonly axis: Axis;
  readonly name: string;
}

/** Takes the arguments apart. @throws RangeError or TypeError with JAX's phrases if `inAxes` does not fit them. */
export function readLeaves(fn: AnyFunction, args: readonly unknown[], inAxes: AxisSpec) {
  if (Array.isArray(inAxes) && inAxes.length !== args.length)
    throw rangeError(
      "vmap in_axes must be an int, None, or a tuple of entries corresponding to the positional arguments passed to the " +
        `function, but got len(in_axes)=${inAxes.length}, len(args)=${args.length}`,
    );
  const [values, treedef] = treeFlatten(args, isLeafLike);
  const axes = axesOfLeaves("in_axes", inAxes, treedef);
  const names = argumentNames(fn, treedef);
  const leaves = values.map((value, i): Leaf => {
    const axis = axes[i];
    const name = names[i];
    if (axis === null) {
      const array = isLeafLike(value) && !isScalar(value) ? asArrayOrKey(value) : undefined;
      return { value, array, axis, name };
    }
    const array = mappedArray(value, name);
    return { value, array, axis: checkedAxis(array, axis), name };
  });
  return { leaves, treedef };
}

/** @throws TypeError if the value is no array. */
function mappedArray(value: unknown, name: string): NDArray {
  try {
    return asArrayOrKey(value);
  } catch {
    const what = typeof value === "object" ? (value?.constructor?.name ?? "object") : typeof value;
    throw typeError(
      `vmap: argument ${name} of type ${what} is not a valid JAX type. What is no array takes the axis null in inAxes.`,
    );
  }
}

/** @throws RangeError with JAX's phrase if the array has no such axis. */
function checkedAxis({ ndim, shape }: NDArray, axis: number): number {
  const least = axis >= 0 ? axis + 1 : -axis;
  if (ndim < least)
    throw rangeError(
      `vmap was requested to map its argument along axis ${axis}, which implies that its rank should be at least ${least}, ` +
        `but is only ${ndim} (its shape is ${formatShape(shape)})`,
    );
  return axis < 0 ? axis + ndim : axis;
}

/** `x`, `params['w']`: what messages call the leaves. */
function argumentNames(fn: AnyFunction, treedef: TreeDef): string[] {
  const names = parameterNames(fn);
  return treedef.children.flatMap((child, i) => {
    const name = /^[A-Za-z_$][\w$]*$/.test(names[i] ?? "") ? names[i] : `args[${i}]`;
    return leafPaths(child).map((path) => name + path);
  });
}

/** Number of examples. @throws RangeError with JAX's phrases if arguments differ in it, or none has any. */
export function batchSize(
  leaves: readonly Leaf[],
  args: readonly unknown[],
  axisSize: number | undefined,
): number {
  const mapped = leaves.flatMap(({ array, axis, name }) =>
    array === undefined || axis === null ? [] : [{ size: array.shape[axis], array, axis, name }],
  );
  const sizes = [...new Set(mapped.map(({ size }) => size))];
  if (axisSize !== undefined && sizes.every((size) => size === axisSize)) return axisSize;
  if (axisSize === undefined && sizes.length === 1) return sizes[0];
  if (sizes.length === 0) throw noBatch(args);
  const groups = sizes.map((size) => mapped.filter((entry) => entry.size === size));
  groups.sort((a, b) => b.length - a.length);
  const lines = groups.map(([first, ...more], i) => {
    const where = `axis ${first.axis} of argument ${first.name} of type ${formatAval(first.array.aval)}`;
    if (more.length === 0) return `  * one axis had size ${first.size}: ${where}`;
    const share = i === 0 ? "most" : "some";
    return `  * ${share} axes (${more.length + 1} of them) had size ${first.size}, e.g. ${where}`;
  });
  const given = axisSize === undefined ? [] : [`  * the \`axis_size\` argument was ${axisSize}`];
  throw rangeError(
    `vmap got inconsistent sizes for array axes to be mapped:\n${[...given, ...lines].join(";\n")}`,
  );
}

const noBatch = (args: readonly unknown[]): RangeError =>
  args.length === 0
    ? rangeError(
        "vmap wrapped function must be passed at least one argument containing an array or axis_size must be specified, got " +
          "empty *args=() and **kwargs={} (axisSize)",
      )
    : rangeError(
        "vmap must have at least one non-None value in in_axes or axis_size must be specified (inAxes, axisSize)",
      );
