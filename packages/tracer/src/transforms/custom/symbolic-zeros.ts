/** What rules get with `symbolicZeros`: zeros that are no arrays, and arguments that say whether they are differentiated by. */

import type { DType, Shape } from "@fluxion/ir";
import { asArrayOrKey } from "../../core/as-array.ts";
import { type Aval, avalOf, formatAval, visibleDType } from "../../core/aval.ts";
import { float0Zeros } from "../../core/float0.ts";
import type { NDArray } from "../../core/ndarray.ts";
import { tangentAval, zeroTangent } from "../tangents.ts";

/** A tangent or cotangent that is zero for any arguments. A rule may return one, too. */
export class SymbolicZero {
  readonly shape: Shape;
  /** `float0` where the array that it belongs to is of integers or bools. */
  readonly dtype: DType | "float0";

  constructor({ shape, dtype }: { readonly shape: Shape; readonly dtype: DType | "float0" }) {
    this.shape = shape;
    this.dtype = dtype;
  }

  /** The zero among the tangents of an array. */
  static fromPrimalValue(x: unknown): SymbolicZero {
    return SymbolicZero.ofTangent(asArrayOrKey(x, "SymbolicZero.fromPrimalValue").aval);
  }

  /** @internal The zero among the tangents of arrays of a type. */
  static ofTangent(aval: Aval): SymbolicZero {
    const { visibleShape: shape } = aval;
    return new SymbolicZero({ shape, dtype: visibleDType(tangentAval(aval)) as SymbolicZero["dtype"] });
  }

  /** The zeros as an array. */
  toArray(): NDArray {
    return this.dtype === "float0" ? float0Zeros(this.shape) : zeroTangent(avalOf(this.dtype, this.shape));
  }

  toString(): string {
    return `SymbolicZero(${this.dtype}[${this.shape.join(",")}])`;
  }
}

/** An argument of the way forward of `customVjp`. */
export class CustomVJPPrimal {
  readonly value: NDArray;
  /** Whether the function is being differentiated by it. If not, its cotangent is not used. */
  readonly perturbed: boolean;

  constructor(value: NDArray, perturbed: boolean) {
    this.value = value;
    this.perturbed = perturbed;
  }

  toString(): string {
    return `CustomVJPPrimal(value=${formatAval(this.value.aval)}, perturbed=${this.perturbed})`;
  }
}
