/** `vectorize`: a function of scalars or small arrays as one that broadcasts, by `vmap`. */

import { asArrayOrKey } from "../core/as-array.ts";
import type { NDArray } from "../core/ndarray.ts";
import { isLeafLike } from "../core/signature.ts";
import { treeFlatten, treeUnflatten } from "../core/tree.ts";
import { rangeError, typeError } from "../core/user-error.ts";
import { expandDims, squeeze } from "../lax/movement.ts";
import { type AnyFunction, checkCallable } from "../transforms/arguments.ts";
import { vmap } from "../transforms/vmap.ts";
import { broadcastShapes } from "./broadcasting.ts";
import { readOptions } from "./options.ts";

export interface VectorizeOptions {
  /** Positions of arguments that are passed on as they are. */
  readonly excluded?: ReadonlySet<number> | readonly number[];
  /** Core dimensions of arguments and results, as NumPy's generalised functions: `"(n,m),(m)->(n)"`. */
  readonly signature?: string;
}

/** Names (or sizes) of the core dimensions of each argument and result. */
interface Signature {
  readonly inputs: readonly (readonly string[])[];
  readonly outputs: readonly (readonly string[])[] | undefined;
}

const name = "\\w+";
const coreList = `(?:${name}(?:,${name})*)?`;
const argument = `\\(${coreList}\\)`;
const argumentList = `${argument}(?:,${argument})*`;
const signaturePattern = new RegExp(`^${argumentList}->${argumentList}$`);

/** @throws RangeError with NumPy's phrase if the text is no signature. */
function parseSignature(text: string): Signature {
  if (!signaturePattern.test(text)) throw rangeError(`not a valid gufunc signature: ${text}`);
  const [inputs, outputs] = text
    .split("->")
    .map((side) =>
      [...side.matchAll(/\(([^)]*)\)/g)].map(([, list]) => (list === "" ? [] : list.split(","))),
    );
  return { inputs, outputs };
}

/** Sizes of the core dimensions that are known so far. */
class CoreSizes {
  readonly #sizes = new Map<string, number>();
  readonly #suffix: string;

  constructor(suffix: string) {
    this.#suffix = suffix;
  }

  /** The sizes of an array's last dimensions. @throws RangeError if they do not fit. */
  add(shape: readonly number[], core: readonly string[]): void {
    if (shape.length < core.length)
      throw rangeError(
        `input with shape (${shape.join(", ")}${shape.length === 1 ? "," : ""}) does not have enough dimensions for all core ` +
          `dimensions (${core.map((dim) => `'${dim}'`).join(", ")}${core.length === 1 ? "," : ""}) ${this.#suffix}`,
      );
    core.forEach((dim, i) => {
      const size = shape[shape.length - core.length + i];
      const known = /^\d+$/.test(dim) ? Number(dim) : this.#sizes.get(dim);
      if (known !== undefined && known !== size)
        throw rangeError(
          `inconsistent size for core dimension '${dim}': ${/^\d+$/.test(dim) ? `${known} vs ${size}` : `${size} vs ${known}`} ${this.#suffix}`,
        );
      this.#sizes.set(dim, size);
    });
  }
}

function readExcluded(excluded: unknown): ReadonlySet<number> {
  if (excluded === undefined || excluded === null) return new Set();
  const list: readonly unknown[] | undefined =
    excluded instanceof Set || Array.isArray(excluded) ? [...excluded] : undefined;
  if (list === undefined || !list.every(Number.isInteger))
    throw typeError(
      "vectorize: excluded must be a set or a list of positions of arguments, " +
        `got ${list === undefined ? String(excluded) : JSON.stringify(list)}`,
    );
  if (list.some((position) => Number(position) < 0))
    throw rangeError(`excluded={${list.join(", ")}} contains negative numbers`);
  return new Set(list as number[]);
}

/** The function's results, checked against the signature. */
function checkOutputs(
  out: unknown,
  outputs: Signature["outputs"],
  sizes: CoreSizes,
  suffix: string,
): unknown {
  if (outputs === undefined) return out;
  const several = outputs.length > 1;
  if (several && !Array.isArray(out))
    throw typeError(`output must be a tuple when multiple outputs are expected ${suffix}`);
  const results = several ? (out as unknown[]) : [out];
  if (results.length !== outputs.length)
    throw typeError(
      `wrong number of output arguments: expected ${outputs.length}, got ${results.length} ${suffix}`,
    );
  results.forEach((result, i) => {
    const { shape } = asArrayOrKey(result, "vectorize", i);
    if (shape.length !== outputs[i].length)
      throw rangeError(
        `output shape (${shape.join(", ")}${shape.length === 1 ? "," : ""}) does not match core dimensions ` +
          `(${outputs[i].map((dim) => `'${dim}'`).join(", ")}${outputs[i].length === 1 ? "," : ""}) ${suffix}`,
      );
    sizes.add(shape, outputs[i]);
  });
  return out;
}

/** Calls `fn` on arrays whose dimensions in front of the core ones are broadcast. */
function callBroadcast(
  fn: (...arrays: readonly NDArray[]) => unknown,
  arrays: readonly NDArray[],
  inputs: readonly (readonly string[])[],
): unknown {
  const fronts = arrays.map(({ shape }, i) => shape.slice(0, shape.length - inputs[i].length));
  const common = broadcastShapes(...fronts);
  const filled = fronts.map((front) => [
    ...new Array<number>(common.length - front.length).fill(1),
    ...front,
  ]);
  const squeezed = arrays.map((x, i) => {
    const ones = fronts[i].flatMap((size, axis) => (size === 1 ? [axis] : []));
    return ones.length === 0 ? x : squeeze(x, ones);
  });
  const expand: number[] = [];
  let mapped: AnyFunction = fn;
  for (let axis = common.length - 1; axis >= 0; axis--) {
    const inAxes = filled.map((front) => (front[axis] === 1 ? null : 0));
    if (inAxes.every((at) => at === null)) expand.push(axis);
    else mapped = vmap(mapped, inAxes);
  }
  const out: unknown = mapped(...squeezed);
  if (expand.length === 0) return out;
  const axes = expand.sort((a, b) => a - b);
  const [leaves, treedef] = treeFlatten(out, isLeafLike);
  return treeUnflatten(
    treedef,
    leaves.map((leaf) => expandDims(asArrayOrKey(leaf, "vectorize"), axes)),
  );
}

/**
 * A function of scalars as one of arrays, which broadcast as with NumPy's own functions. With a `signature` it is one of small
 * arrays: `"(n,m),(m)->(n)"` names their last dimensions, and the others broadcast. Arguments at `excluded`, and null, are passed on
 * as they are.
 *
 * @throws RangeError if shapes do not fit each other or the signature; TypeError if the number of arguments or results does not.
 *
 * @example
 * const matvec = vectorize((a, x) => a.matmul(x), { signature: "(n,m),(m)->(n)" });
 * matvec(jnp.ones([5, 2, 3]), jnp.ones([4, 1, 3])).shape; // [4, 5, 2]
 */
export function vectorize(
  fn: AnyFunction,
  ...rest: readonly unknown[]
  // biome-ignore lint/suspicious/noExplicitAny: the result is what the function returns
): (...args: readonly unknown[]) => any {
  checkCallable(fn, "vectorize");
  const { excluded: given, signature } = readOptions("vectorize", ["excluded", "signature"], rest);
  const excluded = readExcluded(given);
  if (signature !== undefined && signature !== null && typeof signature !== "string")
    throw typeError(`vectorize: signature must be a string, got ${typeof signature}`);
  const shown = `frozenset(${excluded.size === 0 ? "" : `{${[...excluded].join(", ")}}`})`;
  const suffix = `on vectorized function with excluded=${shown} and signature=${signature ? `'${signature}'` : "None"}`;
  const wrapper = (...args: readonly unknown[]): unknown => {
    const isFixed = args.map((arg, i) => excluded.has(i) || arg === null || arg === undefined);
    const arrays = args.flatMap((arg, i) => (isFixed[i] ? [] : [asArrayOrKey(arg, "vectorize", i)]));
    const { inputs, outputs } = signature
      ? parseSignature(signature)
      : { inputs: arrays.map(() => []), outputs: undefined };
    if (inputs.length !== arrays.length)
      throw typeError(
        `wrong number of positional arguments: expected ${inputs.length}, got ${arrays.length} ${suffix}`,
      );
    if (arrays.length === 0) throw typeError("vectorize: the function needs an argument that is an array");
    const sizes = new CoreSizes(suffix);
    arrays.forEach(({ shape }, i) => {
      sizes.add(shape, inputs[i]);
    });
    const call = (...own: readonly NDArray[]): unknown => {
      let next = 0;
      const out = fn(...args.map((arg, i) => (isFixed[i] ? arg : own[next++])));
      return checkOutputs(out, outputs, sizes, suffix);
    };
    return callBroadcast(call, arrays, inputs);
  };
  Object.defineProperty(wrapper, "name", { value: fn.name || "vectorized" });
  return wrapper;
}
