/** Shapes and dtypes in place of arrays. */

import { type DType, formatShape, type Shape, splat } from "@fluxion/ir";
import { hostArray } from "../core/as-array.ts";
import { keyDType, keyWidth } from "../core/aval.ts";
import { keysOf, type NDArray } from "../core/ndarray.ts";
import { readDType, readShape } from "../numpy/options.ts";

/** Stands for an array of which only shape and dtype matter: in `evalShape`, `makeJaxpr` and `jit(f).lower`. */
export class ShapeDtypeStruct<S extends Shape = Shape, D extends DType = DType> {
  readonly shape: S;
  readonly dtype: D;
  readonly weakType: boolean;

  /** @throws TypeError if there is no such dtype. */
  constructor(shape: S, dtype: D, options: { readonly weakType?: boolean } = {}) {
    this.shape = readShape("ShapeDtypeStruct", shape) as Shape as S;
    this.dtype = dtype === (keyDType as string) ? dtype : (readDType("ShapeDtypeStruct", dtype) as D);
    this.weakType = options.weakType ?? false;
  }
  get ndim(): number {
    return this.shape.length;
  }
  get size(): number {
    return this.shape.reduce((product, dim) => product * dim, 1);
  }
  toString(): string {
    const weak = this.weakType ? ", weak_type=True" : "";
    return `ShapeDtypeStruct(shape=${formatShape(this.shape)}, dtype=${this.dtype}${weak})`;
  }
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

/** An array for tracing with: its one stored element is never read. */
export const placeholder = ({ shape, dtype, weakType }: ShapeDtypeStruct): NDArray =>
  dtype === (keyDType as string)
    ? keysOf(hostArray(splat("uint32", [...shape, keyWidth], 0)))
    : hostArray(splat(dtype, shape, 0), weakType);
