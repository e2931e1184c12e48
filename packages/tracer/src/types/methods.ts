/**
 * Methods of arrays; `methods.ts` of the tracer installs them.
 *
 * They take the array's type from `this`, so that no member mentions the type parameters: `NDArray<[3], "float32">` then
 * is an `NDArray` without a comparison of all methods.
 */

import type { DType, Shape } from "@fluxion/ir";
import type {
  Attributes,
  IndexingMethods,
  PlacementMethods,
  ReadingMethods,
  TextMethods,
} from "./data-methods.ts";
import type { ReductionMethods, SelectionMethods, ShapeMethods } from "./function-methods.ts";
import type { OperatorMethods } from "./operator-methods.ts";
import type { SnakeCaseMethods } from "./snake-case-methods.ts";

/** What every array can do besides telling its shape and dtype. */
export interface ArrayMethods<S extends Shape, D extends DType>
  extends Attributes<S, D>,
    ReadingMethods,
    TextMethods,
    IndexingMethods,
    PlacementMethods,
    OperatorMethods,
    ReductionMethods,
    SelectionMethods,
    ShapeMethods,
    SnakeCaseMethods {
  /** @internal Keeps the type parameters apart. */
  readonly __types?: { readonly shape: S; readonly dtype: D };
}
