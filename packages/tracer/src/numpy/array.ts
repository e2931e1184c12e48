/** `jnp.array` and `jnp.asarray`: JavaScript values as arrays. */

import {
  allocateStorage,
  type DType,
  entriesPerElement,
  literal,
  type Shape,
  sizeOf,
  type TypedArray,
  toStorage,
} from "@fluxion/ir";
import { placedOn } from "../array/placement.ts";
import {
  asArray,
  asArrayOrKey,
  ComplexScalar,
  convertStorage,
  FloatScalar,
  hostArray,
  isScalar,
  type NestedArrayLike,
  requireCast,
  type Scalar,
  scalarArray,
  scalarDType,
} from "../core/as-array.ts";
import { dispatchOne } from "../core/dispatch.ts";
import { convert, reshape, withWeakType } from "../core/emit.ts";
import type { NDArray } from "../core/ndarray.ts";
import { typeError } from "../core/user-error.ts";
import type { ArrayFunction } from "../types/literals.ts";
import { concatenateParts } from "./join.ts";
import { readDType, readOptions } from "./options.ts";
import { canonicalDType, type Promotable, resultType } from "./promotion.ts";
import { readInteger } from "./scalars.ts";

type Leaf = Exclude<NestedArrayLike, readonly unknown[]>;

/** Shape of a nest of JavaScript arrays, and its leaves in row-major order. */
function flattenNest(x: NestedArrayLike): { readonly shape: number[]; readonly leaves: Leaf[] } {
  if (!Array.isArray(x)) return { shape: [], leaves: [x as Leaf] };
  const parts = (x as readonly NestedArrayLike[]).map(flattenNest);
  const shape = parts[0]?.shape ?? [];
  for (const part of parts) {
    if (part.shape.join() !== shape.join()) {
      throw typeError(
        `jnp.array: setting an array element with a sequence: the nested lists have different lengths, (${shape.join(", ")}) and (${part.shape.join(", ")})`,
      );
    }
  }
  return { shape: [parts.length, ...shape], leaves: parts.flatMap(({ leaves }) => leaves) };
}

/** dtype of a list of scalars: the widest kind among them. */
function scalarListDType(leaves: readonly Scalar[]): DType {
  const kinds: Promotable[] = leaves.map((leaf) => ({
    dtype: scalarDType(leaf),
    weakType: typeof leaf !== "boolean",
  }));
  return kinds.length === 0 ? canonicalDType("float64") : resultType(kinds).dtype;
}

function fromScalars(leaves: readonly Scalar[], shape: readonly number[], dtype: DType): NDArray {
  const data = allocateStorage(dtype, sizeOf(shape)) as unknown as (number | bigint)[];
  const entries = entriesPerElement(dtype);
  leaves.forEach((leaf, i) => {
    const value = scalarValueOf(leaf, dtype);
    value.forEach((entry, j) => {
      data[i * entries + j] = entry;
    });
  });
  return hostArray(literal(dtype, shape, data as never));
}

function scalarValueOf(leaf: Scalar, dtype: DType): readonly (number | bigint)[] {
  requireCast(leaf, dtype);
  return toStorage(
    dtype,
    leaf instanceof ComplexScalar ? [leaf.re, leaf.im] : leaf instanceof FloatScalar ? leaf.value : leaf,
  );
}

function arrayOf(object: NestedArrayLike, ...rest: readonly unknown[]): NDArray {
  const options = readOptions("array", ["dtype", "copy", "ndmin", "device"], rest);
  const dtype = readDType("array", options.dtype);
  const result = placedOn("array", fromNest(object, dtype), options.device);
  const ndmin = readInteger(options.ndmin, "ndmin", 0);
  if (result.ndim >= ndmin) return result;
  const shape = [...new Array<number>(ndmin - result.ndim).fill(1), ...result.shape];
  return dispatchOne("array.ndmin", [result], { shape }, ([x], s) => reshape(x, s.shape));
}

/**
 * An array of the value: a scalar, a typed array, an array, or nested lists of them.
 *
 * A list gets the dtype that its elements take together (integers int32, others float32 unless x64 is on); a scalar
 * alone stays weakly typed.
 *
 * @throws TypeError if the lists are ragged or hold something that is not a number.
 */
export const array = arrayOf as ArrayFunction;

function fromNest(object: NestedArrayLike, dtype: DType | undefined): NDArray {
  if (!Array.isArray(object)) return fromLeaf(object as Leaf, dtype);
  const { shape, leaves } = flattenNest(object);
  if (leaves.every(isScalar)) return fromScalars(leaves, shape, dtype ?? scalarListDType(leaves));
  return stackLeaves(leaves, shape, dtype);
}

function fromLeaf(x: Leaf, dtype: DType | undefined): NDArray {
  if (isScalar(x)) {
    if (dtype === undefined) return scalarArray(x);
    return scalarArray(x, dtype);
  }
  const array = dtype === undefined ? asArrayOrKey(x, "array", 0) : asArray(x, "array", 0);
  if (dtype === undefined || (array.dtype === dtype && !array.weakType)) return array;
  return dispatchOne("array.cast", [array], { dtype }, ([a], s) => convert(a, s.dtype));
}

/** Lists that hold arrays: joined along new leading axes. */
function stackLeaves(leaves: readonly Leaf[], outer: readonly number[], dtype: DType | undefined): NDArray {
  const arrays = leaves.map((leaf) => {
    if (typeof leaf === "string" || leaf === undefined || leaf === null) {
      throw typeError(
        `jnp.array: Value ${JSON.stringify(leaf)} with dtype object is not a valid JAX array type.`,
      );
    }
    return asArray(leaf, "array", 0);
  });
  const common = dtype ?? resultType(arrays).dtype;
  return dispatchOne("array.stack", arrays, { outer, common }, (parts, s) => {
    const rows = parts.map((part) => reshape(convert(part, s.common), [1, ...part.shape]));
    const [first] = parts;
    if (parts.some((part) => part.shape.join() !== first.shape.join())) {
      throw typeError("jnp.array: the arrays in a list must have one shape");
    }
    return reshape(concatenateParts(rows, 0), [...s.outer, ...first.shape]);
  });
}

/** As `array`, without copying what is an array already. */
export const asarray: ArrayFunction = array;

/** A strongly typed array of the same value. */
export function strong(x: NDArray): NDArray {
  if (!x.weakType) return x;
  return dispatchOne("strong", [x], undefined, ([a]) => withWeakType(a, false));
}

/** An array of elements in storage form (see `Literal`); 64-bit types narrow unless x64 is on, as a file's do in JAX. */
export function fromStorage(dtype: DType, shape: Shape, data: TypedArray): NDArray {
  const canonical = canonicalDType(dtype);
  if (canonical === dtype) return hostArray(literal(dtype, shape, data.slice()));
  const narrowed =
    canonical === "complex64"
      ? Float32Array.from(data as Float64Array)
      : convertStorage(data as never, dtype, canonical);
  return hostArray(literal(canonical, shape, narrowed));
}
