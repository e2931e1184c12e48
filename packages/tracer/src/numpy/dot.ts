/** Products of vectors, matrices and tensors. */

import type { DType } from "@fluxion/ir";
import { type ArrayLike, asArray } from "../core/as-array.ts";
import { dispatchOne } from "../core/dispatch.ts";
import { convert } from "../core/emit.ts";
import { atLocation } from "../core/errors.ts";
import { userLocation } from "../core/location.ts";
import type { NDArray } from "../core/ndarray.ts";
import { typeError } from "../core/user-error.ts";
import * as lax from "../lax/index.ts";
import type { DotFunction, MatmulFunction } from "../types/movement.ts";
import { multiply } from "./arithmetic.ts";
import { moveaxis } from "./axes.ts";
import { promoteDTypes } from "./broadcast.ts";
import { conjugate } from "./complex.ts";
import { matmulBody } from "./matmul.ts";
import { normalizeAxis, readDType, readOptions } from "./options.ts";
import { resultType } from "./promotion.ts";
import { rejectOut } from "./reduce.ts";
import { readInteger } from "./scalars.ts";

/** Options of every product. */
const optionNames = ["precision", "preferredElementType"] as const;

interface ProductStatics {
  readonly precision: unknown;
  readonly dtype: DType | undefined;
}

const readProduct = (fn: string, rest: readonly unknown[]): ProductStatics => {
  const o = readOptions(fn, optionNames, rest);
  return { precision: o.precision, dtype: readDType(fn, o.preferredElementType) };
};

/** A contraction whose result has the dtype that the operands take together, or the preferred one. */
export function contract(
  a: NDArray,
  b: NDArray,
  numbers: lax.DotDimensionNumbers,
  s: ProductStatics,
): NDArray {
  const common = s.dtype === undefined ? resultType([a, b]) : { dtype: s.dtype, weakType: false };
  const result = lax.dotGeneral(a, b, numbers, {
    precision: s.precision,
    preferredElementType: common.dtype,
  });
  return convert(result, common.dtype, common.weakType);
}

const product =
  (name: string, body: (a: NDArray, b: NDArray, s: ProductStatics) => NDArray) =>
  (a: ArrayLike, b: ArrayLike, ...rest: readonly unknown[]): NDArray =>
    dispatchOne(
      `jnp.${name}`,
      [asArray(a, name, 0), asArray(b, name, 1)],
      readProduct(name, rest),
      ([x, y], s) => body(x, y, s),
    );

function dotBody(a: NDArray, b: NDArray, s: ProductStatics): NDArray {
  if (a.ndim === 0 || b.ndim === 0)
    return contract(
      a,
      b,
      [
        [[], []],
        [[], []],
      ],
      s,
    );
  const axis = b.ndim === 1 ? 0 : b.ndim - 2;
  return contract(
    a,
    b,
    [
      [[a.ndim - 1], [axis]],
      [[], []],
    ],
    s,
  );
}

/**
 * Sum over the last axis of `a` and the second-to-last of `b` (the only one of a vector), NumPy's `dot`; a scalar
 * multiplies.
 * @throws TypeError if the sizes differ.
 */
export const dot = product("dot", dotBody) as DotFunction;

/**
 * Matrix product: the last two axes are matrices, the others broadcast; a vector is a row on the left and a column on
 * the right.
 * @throws TypeError if the sizes differ, RangeError on scalars.
 */
export const matmul = product("matmul", (a, b, s) =>
  matmulBody(a, b, (x, y, numbers) => contract(x, y, numbers, s)),
) as MatmulFunction;

/** Sum of products of two arrays, flattened, the first one conjugated. */
export const vdot = product("vdot", (a, b, s) =>
  dotBody(lax.reshape(conjugate(a), [size(a)]), lax.reshape(b, [size(b)]), s),
);

const size = ({ shape }: NDArray): number => shape.reduce((n, dim) => n * dim, 1);

/** Sum over the last axes of both; a scalar multiplies. @throws TypeError if the sizes differ. */
export const inner = product("inner", (a, b, s) => {
  if (a.ndim > 0 && b.ndim > 0)
    return contract(
      a,
      b,
      [
        [[a.ndim - 1], [b.ndim - 1]],
        [[], []],
      ],
      s,
    );
  const [x, y] = s.dtype === undefined ? [a, b] : [convert(a, s.dtype), convert(b, s.dtype)];
  return multiply(x, y);
});

/** Products of every element of `a` with every element of `b`, both flattened, as a matrix. */
export function outer(a: ArrayLike, b: ArrayLike, ...rest: readonly unknown[]): NDArray {
  rejectOut("outer", readOptions("outer", ["out"], rest).out);
  return dispatchOne("jnp.outer", [asArray(a, "outer", 0), asArray(b, "outer", 1)], undefined, (operands) => {
    const [x, y] = promoteDTypes(operands);
    return multiply(lax.reshape(x, [size(x), 1]), lax.reshape(y, [1, size(y)]));
  });
}

type AxisList = number | readonly number[];

/** The axes that `tensordot` sums: the last n with the first n, or two lists. */
function tensordotAxes(a: NDArray, b: NDArray, axes: unknown): readonly [number[], number[]] {
  if (typeof axes === "number") {
    if (axes > Math.min(a.ndim, b.ndim))
      throw typeError(
        `Number of tensordot axes (axes ${axes}) exceeds input ranks ((${a.shape.join(", ")}) and (${b.shape.join(", ")}))`,
      );
    const range = (start: number): number[] => Array.from({ length: axes }, (_, i) => start + i);
    return [range(a.ndim - axes), range(0)];
  }
  if (!Array.isArray(axes) || axes.length !== 2)
    throw typeError(
      "tensordot axes argument must be an int, a pair of ints, or a pair of lists/tuples of ints.",
    );
  const [left, right] = (axes as [AxisList, AxisList]).map((list) =>
    typeof list === "number" ? [list] : list,
  );
  if (left.length !== right.length)
    throw typeError(
      `tensordot requires axes lists to have equal length, got [${left.join(", ")}] and [${right.join(", ")}].`,
    );
  return [left.map((axis) => normalizeAxis(axis, a.ndim)), right.map((axis) => normalizeAxis(axis, b.ndim))];
}

/**
 * Sum of products over axes: the last `axes` of `a` with the first of `b`, or a pair of lists. The result has what is
 * left of `a`, then of `b`.
 * @throws TypeError if the axes or their sizes do not fit.
 */
export function tensordot(a: ArrayLike, b: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const o = readOptions("tensordot", ["axes", ...optionNames], rest);
  const operands = [asArray(a, "tensordot", 0), asArray(b, "tensordot", 1)];
  const statics = {
    axes: tensordotAxes(operands[0], operands[1], o.axes ?? 2),
    precision: o.precision,
    dtype: readDType("tensordot", o.preferredElementType),
  };
  return dispatchOne("jnp.tensordot", operands, statics, ([x, y], s) =>
    contract(x, y, [s.axes, [[], []]], s),
  );
}

/** A product with axes of size 1 added, and taken away from the result. */
const withAxes = (
  a: NDArray,
  b: NDArray,
  s: ProductStatics,
  [left, right, result]: readonly [number[], number[], number[]],
): NDArray =>
  lax.squeeze(
    matmulBody(lax.expandDims(a, left), lax.expandDims(b, right), (x, y, numbers) =>
      contract(x, y, numbers, s),
    ),
    result,
  );

/** Sum of products over `axis` of both, the first one conjugated; the other axes broadcast. */
export function vecdot(x1: ArrayLike, x2: ArrayLike, ...rest: readonly unknown[]): NDArray {
  const o = readOptions("vecdot", ["axis", ...optionNames], rest);
  const operands = [asArray(x1, "vecdot", 0), asArray(x2, "vecdot", 1)];
  const axis = readInteger(o.axis, "axis", -1);
  const [m, n] = operands.map((x) => x.shape[normalizeAxis(axis, x.ndim)]);
  if (m !== n) {
    const shapes = operands.map(({ shape }) => `(${shape.join(", ")})`).join(" and ");
    throw new RangeError(
      `axes must match; got shapes ${shapes} with axis=${axis}${atLocation(userLocation())}`,
    );
  }
  const statics = { axis, precision: o.precision, dtype: readDType("vecdot", o.preferredElementType) };
  return dispatchOne("jnp.vecdot", operands, statics, ([a, b], s) =>
    withAxes(moveaxis(conjugate(a), s.axis, -1), moveaxis(b, s.axis, -1), s, [[-2], [-1], [-2, -1]]),
  );
}

/** Matrices times vectors, over the last two and the last axis; the others broadcast. */
export const matvec = product("matvec", (a, b, s) => withAxes(a, b, s, [[], [-1], [-1]]));
/** Vectors, conjugated, times matrices, over the last and the last two axes; the others broadcast. */
export const vecmat = product("vecmat", (a, b, s) => withAxes(conjugate(a), b, s, [[-2], [], [-2]]));

/** Kronecker product: every element of `a` times all of `b`, in blocks. */
export function kron(a: ArrayLike, b: ArrayLike): NDArray {
  return dispatchOne("jnp.kron", [asArray(a, "kron", 0), asArray(b, "kron", 1)], undefined, (operands) => {
    const [x, y] = promoteDTypes(operands);
    const rank = Math.max(x.ndim, y.ndim);
    const pad = (shape: readonly number[]): number[] => [
      ...new Array<number>(rank - shape.length).fill(1),
      ...shape,
    ];
    const [left, right] = [pad(x.shape), pad(y.shape)];
    const product = multiply(
      lax.reshape(
        x,
        left.flatMap((dim) => [dim, 1]),
      ),
      lax.reshape(
        y,
        right.flatMap((dim) => [1, dim]),
      ),
    );
    return lax.reshape(
      product,
      left.map((dim, i) => dim * right[i]),
    );
  });
}
