/** Reading elements back. */

import { type DType, type Shape, sizeOf, type TypedArray } from "@fluxion/ir";
import { formatAval } from "../core/aval.ts";
import { atLocation } from "../core/errors.ts";
import { userLocation } from "../core/location.ts";
import { isAbstract, isKey, type NDArray, storageOf, storageToCome } from "../core/ndarray.ts";
import { arrayConversionError, concretizationError } from "../core/tracer-errors.ts";
import { rangeError, typeError } from "../core/user-error.ts";
import { type ElementOf, elementAt, type NaturalArray, type Nested, naturalArray, nest } from "./natural.ts";

/** A tracer has no elements: every reader asks first. */
function requireConcrete(x: NDArray, method: string): void {
  if (isAbstract(x)) throw arrayConversionError(x, `x.${method}()`);
  requireNumbers(x, method);
}

/** @throws TypeError for typed PRNG keys, with JAX's phrase, and for float0, which are no numbers. */
function requireNumbers(x: NDArray, method: string): void {
  if (x.aval.float0)
    throw typeError(
      `a float0 array, the tangent of integers, has no elements to read (in x.${method}()); all of them stand for zero.`,
    );
  if (!isKey(x)) return;
  throw new TypeError(
    "JAX array with PRNGKey dtype cannot be converted to a JavaScript array. Use random.keyData(key) to extract its uint32 " +
      `words (in x.${method}())${atLocation(userLocation())}`,
  );
}

/** What `use` makes of the elements. A loop that does not yield keeps alive whatever it awaits, so nothing that is there is. */
async function whenRead<T>(x: NDArray, use: (storage: TypedArray) => T): Promise<T> {
  const storage = storageToCome(x);
  return use(storage instanceof Promise ? await storage : storage);
}

export function dataSync<D extends DType>(x: NDArray<Shape, D>): NaturalArray<D> {
  requireConcrete(x, "dataSync");
  return naturalArray(x.dtype, storageOf(x, "x.dataSync()"));
}

/** Throws at once on a tracer, so that tracing stops there. */
export function data<D extends DType>(x: NDArray<Shape, D>): Promise<NaturalArray<D>> {
  requireConcrete(x, "data");
  return whenRead(x, (storage) => naturalArray(x.dtype, storage));
}

export function toArraySync<S extends Shape, D extends DType>(x: NDArray<S, D>): Nested<S, ElementOf<D>> {
  requireConcrete(x, "toArraySync");
  const storage = storageOf(x, "x.toArraySync()");
  return nest(x.shape, (offset) => elementAt(x.dtype, storage, offset));
}

export function toArray<S extends Shape, D extends DType>(
  x: NDArray<S, D>,
): Promise<Nested<S, ElementOf<D>>> {
  requireConcrete(x, "toArray");
  return whenRead(x, (storage) => nest(x.shape, (offset) => elementAt(x.dtype, storage, offset)));
}

/** The only element, or the one at an index. */
export function item<D extends DType>(x: NDArray<Shape, D>, index: readonly number[]): ElementOf<D> {
  if (isAbstract(x)) throw concretizationError(x, "This occurred in the item() method of NDArray");
  requireNumbers(x, "item");
  const size = sizeOf(x.shape);
  if (index.length === 0 && size !== 1) {
    throw rangeError(
      `can only convert an array of size 1 to a scalar, got ${formatAval(x.aval)} with ${size} elements. ` +
        "Read one element with x.item(i, j), all of them with x.toArraySync().",
    );
  }
  return elementAt(x.dtype, storageOf(x, "x.item()"), index.length === 0 ? 0 : flatOffset(x, index));
}

/** Row-major offset of an element: one index counts through all of them, otherwise there is one per axis. */
function flatOffset(x: NDArray, index: readonly number[]): number {
  const shape = index.length === 1 ? [sizeOf(x.shape)] : x.shape;
  if (index.length !== shape.length) {
    throw rangeError(`x.item() takes no index, one, or ${x.ndim}; got ${index.length}`);
  }
  return index.reduce((offset, i, axis) => {
    const size = shape[axis];
    if (!Number.isInteger(i) || i < -size || i >= size) {
      throw rangeError(`index ${i} is out of bounds for axis ${axis} with size ${size}`);
    }
    return offset * size + (i < 0 ? i + size : i);
  }, 0);
}
