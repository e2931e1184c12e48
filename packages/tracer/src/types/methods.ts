/** Methods of arrays; `methods.ts` of the tracer installs them. */

import type { DType, Shape } from "@fluxion/ir";

/** What every array can do besides telling its shape and dtype. */
export interface ArrayMethods<S extends Shape, D extends DType> {
  /** @internal Keeps the type parameters apart. */
  readonly __types?: { readonly shape: S; readonly dtype: D };
  /** The only element, as a JavaScript value. @throws TypeError if there is not exactly one. */
  item(): number | bigint | boolean;
}
