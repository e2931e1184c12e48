/** Which arguments of a function a transform works on, taken apart and put together again. */

import type { NDArray } from "../core/ndarray.ts";
import { parameterNames } from "../core/parameter-names.ts";
import { leafPaths, treeUnflatten } from "../core/tree.ts";
import { typeError } from "../core/user-error.ts";
import { isOptions } from "../numpy/options.ts";
import { flattenArrays, flattenPrimals } from "./arrays.ts";

// biome-ignore lint/suspicious/noExplicitAny: a transformed function takes what the user's function takes
export type AnyFunction = (...args: any[]) => unknown;

/** How transforms are called that take the arguments beside the function. */
const usage: Readonly<Record<string, string>> = {
  jvp: "jvp(f, [x], [dx])",
  vjp: "vjp(f, x)",
  linearize: "linearize(f, x)",
  linearTranspose: "linearTranspose(f, x)(ct)",
  closureConvert: "closureConvert(f, x)",
};

/** @throws TypeError with JAX's phrase if `fn` is no function. */
export function checkCallable(fn: unknown, transform: string): asserts fn is AnyFunction {
  if (typeof fn === "function") return;
  const use = usage[transform] ?? `${transform}(f)(x)`;
  throw typeError(
    `Expected a callable value, got ${String(fn)}. ${transform} takes the function itself: ${use}.`,
  );
}

/** The arguments that a function is differentiated by. */
export interface DynamicArguments {
  readonly leaves: readonly NDArray[];
  /** What messages call the leaves. */
  readonly names: readonly string[];
  /** All arguments again, with other leaves. */
  readonly rebuild: (leaves: readonly NDArray[]) => unknown[];
  /** Something for each leaf in the structure of the arguments: one tree for one argnum, a list for several. */
  readonly structure: (leaves: readonly unknown[]) => unknown;
}

/** Positions as the user gives them: one, or a list. */
export type Argnums = number | readonly number[];

/**
 * Reads `argnums`.
 * @throws TypeError unless it is an integer or a list of them, or if the call has too few arguments.
 */
function positionsOf(argnums: Argnums, count: number): number[] {
  const list = typeof argnums === "number" ? [argnums] : [...argnums];
  const least = Math.max(...list.map((i) => (i >= 0 ? i + 1 : -i)));
  if (count < least) {
    const shown = typeof argnums === "number" ? String(argnums) : `(${list.join(", ")})`;
    throw typeError(
      `differentiating with respect to argnums=${shown} requires at least ${least} positional arguments to be passed by ` +
        `the caller, but got only ${count} positional arguments.`,
    );
  }
  return list.map((i) => (i < 0 ? i + count : i));
}

/** @throws TypeError unless it is an integer or a list of integers. */
export function checkArgnums(argnums: unknown): Argnums {
  const list: readonly unknown[] = Array.isArray(argnums) ? argnums : [argnums];
  if (list.length > 0 && list.every(Number.isInteger)) return argnums as Argnums;
  throw typeError(`argnums must be an integer or a list of integers, got ${JSON.stringify(argnums)}.`);
}

/** Takes the arguments at `argnums` apart; the others are passed on as they are. With `allowInt` numbers may be integers. */
export function dynamicArguments(
  fn: AnyFunction,
  args: readonly unknown[],
  argnums: Argnums,
  allowInt = false,
): DynamicArguments {
  const positions = positionsOf(argnums, args.length);
  const parameters = parameterNames(fn);
  const flatten = allowInt ? flattenArrays : flattenPrimals;
  const flat = positions.map((position) => flatten(args[position], `args[${position}]`));
  const names = flat.flatMap(({ treedef }, i) => {
    const name = parameters[positions[i]] ?? "";
    const own = /^[A-Za-z_$][\w$]*$/.test(name) ? name : `args[${positions[i]}]`;
    return leafPaths(treedef).map((path) => own + path);
  });
  const trees = (leaves: readonly unknown[]): unknown[] => {
    let next = 0;
    return flat.map(({ treedef }) => {
      next += treedef.leaves;
      return treeUnflatten(treedef, leaves.slice(next - treedef.leaves, next));
    });
  };
  return {
    leaves: flat.flatMap(({ leaves }) => leaves),
    names,
    rebuild: (leaves) => {
      const rebuilt = [...args];
      trees(leaves).forEach((tree, i) => {
        rebuilt[positions[i]] = tree;
      });
      return rebuilt;
    },
    structure: (leaves) => (typeof argnums === "number" ? trees(leaves)[0] : trees(leaves)),
  };
}

/**
 * Splits an options object off the end of positional arguments that are pytrees themselves: it is one if all of its names are
 * options.
 */
export function splitOptions<N extends string>(
  names: readonly N[],
  args: readonly unknown[],
): readonly [args: readonly unknown[], options: Partial<Record<N, unknown>>] {
  const last = args.at(-1);
  const keys = isOptions(last) ? Object.keys(last) : [];
  const isLast = keys.length > 0 && keys.every((key) => names.some((name) => name === key));
  return isLast ? [args.slice(0, -1), last as Partial<Record<N, unknown>>] : [args, {}];
}
