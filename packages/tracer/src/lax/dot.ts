/** Contractions: sums of products over axes of two arrays. */

import { type DType, dtypeTable, formatShape, type Precision } from "@fluxion/ir";
import { type ArrayLike, asArray } from "../core/as-array.ts";
import { dispatchOne } from "../core/dispatch.ts";
import { convert, emitOne } from "../core/emit.ts";
import { atLocation } from "../core/errors.ts";
import { userLocation } from "../core/location.ts";
import type { NDArray } from "../core/ndarray.ts";
import { rangeError, typeError } from "../core/user-error.ts";
import { normalizeAxis, readDType } from "../numpy/options.ts";
import { resultType } from "../numpy/promotion.ts";

type Axes = readonly number[];

/** `[[lhs contracting, rhs contracting], [lhs batch, rhs batch]]`, as JAX writes them. */
export type DotDimensionNumbers = readonly [contracting: readonly [Axes, Axes], batch: readonly [Axes, Axes]];

export interface DotOptions {
  /** `"default"`, `"high"` or `"highest"`, or a pair for the two operands. */
  readonly precision?: unknown;
  /** dtype of the result, and of the sums. */
  readonly preferredElementType?: DType;
}

const precisions: Readonly<Record<string, Precision>> = {
  default: "DEFAULT",
  fastest: "DEFAULT",
  bfloat16: "DEFAULT",
  high: "HIGH",
  bfloat16_3x: "HIGH",
  tensorfloat32: "HIGH",
  highest: "HIGHEST",
  float32: "HIGHEST",
};

function readPrecision(precision: unknown): readonly Precision[] | undefined {
  if (precision === undefined || precision === null) return undefined;
  const pair = Array.isArray(precision) ? (precision as unknown[]) : [precision, precision];
  return pair.map((name) => {
    const found = precisions[String(name).toLowerCase()];
    if (found === undefined)
      throw rangeError(`precision must be one of ${Object.keys(precisions).join(", ")}, got ${String(name)}`);
    return found;
  });
}

/** One line of the table under a shape error: the shape, and which axes are summed. */
function row(name: string, { shape }: NDArray, axes: Axes): string {
  const which = axes.length === 1 ? `axis ${axes[0]} is` : `axes ${axes.join(", ")} are`;
  return `  ${name}  (${shape.length}d array): ${shape.join(" x ")}   ${which} summed`;
}

function mismatch(what: string, lhs: NDArray, rhs: NDArray, left: Axes, right: Axes): TypeError {
  const sizes = ({ shape }: NDArray, axes: Axes): string => formatShape(axes.map((axis) => shape[axis]));
  const head = `dot_general requires ${what} dimensions to have the same shape, got ${sizes(lhs, left)} and ${sizes(rhs, right)}.`;
  const table = `${row("x", lhs, left)}\n${row("y", rhs, right)}`;
  const fits = rhs.ndim === 2 && right.length === 1 && lhs.shape[left[0]] === rhs.shape[1 - right[0]];
  const help = fits && what === "contracting" ? "\n\n  help: the sizes fit with y.T in place of y" : "";
  return new TypeError(`${head}\n\n${table}${help}${atLocation(userLocation())}`);
}

function checkDimensions(lhs: NDArray, rhs: NDArray, [[lc, rc], [lb, rb]]: DotDimensionNumbers): void {
  const same = (left: Axes, right: Axes): boolean =>
    left.length === right.length && left.every((axis, i) => lhs.shape[axis] === rhs.shape[right[i]]);
  if (!same(lb, rb)) throw mismatch("batch", lhs, rhs, lb, rb);
  if (!same(lc, rc)) throw mismatch("contracting", lhs, rhs, lc, rc);
  for (const list of [
    [...lc, ...lb],
    [...rc, ...rb],
  ]) {
    if (new Set(list).size !== list.length)
      throw typeError(
        `dot_general requires each axis to be contracted or batched once, got ${list.join(", ")}.`,
      );
  }
}

/** Operands of one dtype. */
function unify(operands: readonly NDArray[]): NDArray[] {
  const { dtype } = resultType(operands);
  return operands.map((x) => convert(x, dtype, x.weakType));
}

/**
 * Sum of products over the contracting axes, for each index of the batch axes. The result has the batch axes first, then
 * what is left of `lhs`, then of `rhs`.
 * @throws TypeError if the sizes of paired axes differ.
 */
export function dotGeneral(
  lhs: ArrayLike,
  rhs: ArrayLike,
  dimensionNumbers: DotDimensionNumbers,
  options: DotOptions = {},
): NDArray {
  const operands = [asArray(lhs, "dotGeneral", 0), asArray(rhs, "dotGeneral", 1)];
  const normalize = (axes: Axes, side: 0 | 1): number[] =>
    axes.map((axis) => normalizeAxis(axis, operands[side].ndim));
  const [[lc, rc], [lb, rb]] = dimensionNumbers;
  const numbers = {
    lhsContracting: normalize(lc, 0),
    rhsContracting: normalize(rc, 1),
    lhsBatching: normalize(lb, 0),
    rhsBatching: normalize(rb, 1),
  };
  checkDimensions(operands[0], operands[1], [
    [numbers.lhsContracting, numbers.rhsContracting],
    [numbers.lhsBatching, numbers.rhsBatching],
  ]);
  const statics = {
    numbers,
    precision: readPrecision(options.precision),
    dtype: readDType("dotGeneral", options.preferredElementType),
  };
  return dispatchOne("lax.dot_general", operands, statics, (args, s) => {
    const weakType = args.every((x) => x.weakType);
    const [a, b] = unify(args);
    const shape = resultShape(a, b, s.numbers);
    const types = [{ dtype: dotDType(a.dtype, s.dtype), shape }];
    const attributes = { dot_dimension_numbers: s.numbers, precision_config: s.precision };
    const result = emitOne("dot_general", [a, b], attributes, { types, weakType });
    return s.dtype === undefined ? result : convert(result, s.dtype, weakType && s.dtype === a.dtype);
  });
}

/** The dtype that products are summed in: a wider one of the same kind if it is preferred. */
function dotDType(own: DType, preferred: DType | undefined): DType {
  if (preferred === undefined) return own;
  const [from, to] = [dtypeTable[own], dtypeTable[preferred]];
  return from.kind === to.kind && to.bits > from.bits ? preferred : own;
}

function resultShape(
  a: NDArray,
  b: NDArray,
  n: {
    readonly lhsContracting: Axes;
    readonly rhsContracting: Axes;
    readonly lhsBatching: Axes;
    readonly rhsBatching: Axes;
  },
): number[] {
  const rest = ({ shape }: NDArray, used: Axes): number[] => shape.filter((_, axis) => !used.includes(axis));
  return [
    ...n.lhsBatching.map((axis) => a.shape[axis]),
    ...rest(a, [...n.lhsBatching, ...n.lhsContracting]),
    ...rest(b, [...n.rhsBatching, ...n.rhsContracting]),
  ];
}

/**
 * Product of vectors and matrices without batches: the last axis of `lhs` with the first of `rhs`.
 * @throws RangeError if an operand has more than two axes or the sizes differ.
 */
export function dot(lhs: ArrayLike, rhs: ArrayLike, options: DotOptions = {}): NDArray {
  const [a, b] = [asArray(lhs, "dot", 0), asArray(rhs, "dot", 1)];
  const simple = [a, b].every(({ ndim }) => ndim === 1 || ndim === 2) && a.shape[a.ndim - 1] === b.shape[0];
  if (!simple)
    throw new RangeError(
      "lax.dot: dimension numbers must be specified when not performing simple un-batched matrix-matrix, " +
        `matrix-vector, or vector-vector products; got lhs_shape=${formatShape(a.shape)} rhs_shape=` +
        `${formatShape(b.shape)}. Use lax.dotGeneral.${atLocation(userLocation())}`,
    );
  return dotGeneral(
    a,
    b,
    [
      [[a.ndim - 1], [0]],
      [[], []],
    ],
    options,
  );
}
