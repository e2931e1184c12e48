/** Reductions by a function of the user: `reduce` and `reduceWindow`. */

import { literal } from "@fluxion/ir";
import { type ArrayLike, asArray } from "../core/as-array.ts";
import { avalOf } from "../core/aval.ts";
import { convert, emit, emitOne } from "../core/emit.ts";
import type { NDArray } from "../core/ndarray.ts";
import { traceRegion } from "../core/trace.ts";
import { typeError } from "../core/user-error.ts";
import { readAxes } from "../numpy/options.ts";
import { flatten, runStaged, unflatten } from "./control/run.ts";

/** The region of a computation on scalars. @throws TypeError if it changes the dtype. */
function computationRegion(
  where: string,
  dtypes: readonly NDArray["dtype"][],
  computation: (a: readonly NDArray[], b: readonly NDArray[]) => readonly NDArray[],
) {
  const scalars = dtypes.map((dtype) => avalOf(dtype, []));
  return traceRegion([...scalars, ...scalars], (args) => {
    const out = computation(args.slice(0, dtypes.length), args.slice(dtypes.length));
    return out.map((x, i) => {
      if (x.ndim !== 0 || (x.dtype !== dtypes[i] && !x.weakType))
        throw typeError(
          `${where}: the computation must return ${dtypes[i]}[], got ${x.dtype}[${x.shape.join(",")}].`,
        );
      return convert(x, dtypes[i]);
    });
  }).block;
}

/**
 * Folds axes of the arrays of a pytree with an associative function of two pytrees of scalars, starting from
 * `initValues`, its identity. The order of the fold is the compiler's.
 * @throws TypeError if structures or dtypes differ.
 */
export function reduce<T>(
  operands: T,
  initValues: T,
  computation: (a: T, b: T) => T,
  dimensions: readonly number[],
): T {
  const [inputs, inits] = [flatten("reduce", operands), flatten("reduce", initValues)];
  if (inputs.treedef.key !== inits.treedef.key)
    throw typeError("Operands must have the same tree structure as init_values.");
  const count = inputs.leaves.length;
  const axes = readAxes(dimensions, inputs.leaves[0].ndim);
  const state = (leaves: readonly NDArray[]): T => unflatten(inputs.treedef, leaves) as T;
  const results = runStaged("reduce", [...inputs.leaves, ...inits.leaves], (all) => {
    const xs = all.slice(0, count);
    const starts = all.slice(count).map((x, i) => convert(x, xs[i].dtype));
    const region = computationRegion(
      "reduce",
      xs.map(({ dtype }) => dtype),
      (a, b) => flatten("reduce computation", computation(state(a), state(b))).leaves,
    );
    return emit("reduce", [...xs, ...starts], { dimensions: axes }, { regions: [region], weakType: false });
  });
  return state(results);
}

export interface WindowOptions {
  readonly windowStrides?: readonly number[];
  /** `"SAME"`, `"VALID"`, or elements before and after each axis. */
  readonly padding?: "SAME" | "VALID" | readonly (readonly [number, number])[];
  readonly baseDilation?: readonly number[];
  readonly windowDilation?: readonly number[];
}

/** Elements before and after each axis that a padding stands for. */
function readPadding(
  shape: readonly number[],
  window: readonly number[],
  o: Required<Omit<WindowOptions, "padding">>,
  padding: WindowOptions["padding"],
): readonly (readonly [number, number])[] {
  if (padding === undefined || padding === "VALID") return shape.map(() => [0, 0]);
  if (padding !== "SAME") return padding;
  return shape.map((size, i) => {
    const base = size === 0 ? 0 : (size - 1) * o.baseDilation[i] + 1;
    const reach = (window[i] - 1) * o.windowDilation[i] + 1;
    const places = Math.ceil(base / o.windowStrides[i]);
    const total = Math.max(0, (places - 1) * o.windowStrides[i] + reach - base);
    return [Math.floor(total / 2), total - Math.floor(total / 2)];
  });
}

/** Folds each window of an array with an associative function of two scalars, starting from its identity. */
export function reduceWindow(
  operand: ArrayLike,
  initValue: ArrayLike,
  computation: (a: NDArray, b: NDArray) => ArrayLike,
  windowDimensions: readonly number[],
  options: WindowOptions = {},
): NDArray {
  const x = asArray(operand, "reduceWindow", 0);
  const ones = x.shape.map(() => 1);
  const o = {
    windowStrides: options.windowStrides ?? ones,
    baseDilation: options.baseDilation ?? ones,
    windowDilation: options.windowDilation ?? ones,
  };
  const edges = readPadding(x.shape, windowDimensions, o, options.padding).flat();
  const attributes = {
    window_dimensions: windowDimensions,
    window_strides: o.windowStrides,
    base_dilations: o.baseDilation,
    window_dilations: o.windowDilation,
    padding: literal("int64", [x.ndim, 2], BigInt64Array.from(edges, BigInt)),
  };
  return runStaged("reduce_window", [x, asArray(initValue, "reduceWindow", 1)], ([a, init]) => {
    const region = computationRegion("reduceWindow", [a.dtype], ([p], [q]) => [asArray(computation(p, q))]);
    return [
      emitOne("reduce_window", [a, convert(init, a.dtype)], attributes, {
        regions: [region],
        weakType: false,
      }),
    ];
  })[0];
}
