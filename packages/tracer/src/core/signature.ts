/** The cache key of a jitted call: structure, avals and static values of its arguments. */

import type { Device } from "@fluxion/runtime";
import { asArray, ComplexScalar, FloatScalar, typedArrayDType } from "./as-array.ts";
import { config } from "./config.ts";
import { deviceOf } from "./devices.ts";
import { NDArray } from "./ndarray.ts";
import { valueKey } from "./static-key.ts";
import { leafPaths, type TreeDef, treeFlatten } from "./tree.ts";
import { typeError } from "./user-error.ts";

/** Arguments taken apart. */
export interface Signature {
  readonly key: string;
  /** Array leaves of the dynamic arguments, in order. */
  readonly leaves: readonly NDArray[];
  readonly treedefs: readonly (TreeDef | undefined)[];
  readonly device: Device | undefined;
}

/** Arrays and what becomes one leaf of a pytree though it is an object. */
export const isLeafLike = (x: unknown): boolean =>
  x instanceof NDArray ||
  x instanceof FloatScalar ||
  x instanceof ComplexScalar ||
  typedArrayDType(x) !== undefined;

/**
 * Takes the arguments of a jitted function apart.
 * @throws TypeError if a leaf is neither an array nor a scalar; the text names its path and says how to make it static.
 */
export function signatureOf(
  args: readonly unknown[],
  staticArgnums: ReadonlySet<number>,
  functionName: string,
): Signature {
  let key = config.traceKey;
  const leaves: NDArray[] = [];
  const treedefs = new Array<TreeDef | undefined>(args.length);
  for (let i = 0; i < args.length; i++) {
    const arg = args[i];
    if (staticArgnums.has(i)) {
      key += `|s${valueKey(arg)}`;
      if (arg instanceof NDArray) throw staticArrayError(functionName, i);
    } else if (arg instanceof NDArray) {
      leaves.push(arg);
      key += `|${arg.aval.id}`;
    } else {
      const [values, treedef] = treeFlatten(arg, isLeafLike);
      treedefs[i] = treedef;
      key += `|${treedef.key}`;
      values.forEach((value, j) => {
        const leaf = leafArray(value, functionName, i, treedef, j);
        leaves.push(leaf);
        key += `,${leaf.aval.id}`;
      });
    }
  }
  const device = deviceOf(leaves, `jit(${functionName})`);
  return { key: key + (device ?? config.defaultDevice ?? ""), leaves, treedefs, device };
}

function leafArray(
  value: unknown,
  functionName: string,
  argument: number,
  treedef: TreeDef,
  leaf: number,
): NDArray {
  if (value instanceof NDArray) return value;
  if (
    typeof value === "string" ||
    typeof value === "function" ||
    typeof value === "symbol" ||
    !isArrayLike(value)
  ) {
    const path = `args[${argument}]${leafPaths(treedef)[leaf]}`;
    const what = typeof value === "object" ? ((value as object).constructor?.name ?? "object") : typeof value;
    throw typeError(
      `Cannot interpret value of type ${what} as an abstract array; it does not have a dtype attribute.\n` +
        `It was passed to jit(${functionName}) at ${path}. If the function needs it as it is, mark the argument as ` +
        `static: jit(${functionName}, { staticArgnums: [${argument}] }).`,
    );
  }
  return asArray(value, functionName, argument);
}

const isArrayLike = (value: unknown): boolean =>
  typeof value === "number" || typeof value === "boolean" || typeof value === "bigint" || isLeafLike(value);

const staticArrayError = (functionName: string, position: number): Error =>
  new Error(
    `Non-hashable static arguments are used in a jit function: argument ${position} of ${functionName} is an array. ` +
      "An array cannot be static: its elements are not part of the compiled program. Drop it from staticArgnums.",
  );
