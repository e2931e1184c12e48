/** Reverse-mode differentiation: linearise, then transpose. */

import type { Func, TensorType } from "@fluxion/ir";
import { linearize } from "./linearize.ts";
import type { FunctionScope } from "./scope.ts";
import { transpose } from "./transpose.ts";

export interface Vjp {
  /** params → (outputs…, residuals…) */
  readonly forward: Func;
  /** (residuals…, cotangents of active outputs…) → cotangents of active params */
  readonly backward: Func;
  readonly residualTypes: readonly TensorType[];
  /** Which outputs depend on an active parameter; cotangents of the others have no effect and are not passed. */
  readonly outputsActive: readonly boolean[];
}

/**
 * The values of `func` and the function that takes cotangents of its outputs to cotangents of its active parameters. Outputs
 * that `wanted` leaves out count as constants.
 *
 * @throws DifferentiationError when an operation has no rule, or a loop of unknown length would have to run backwards.
 */
export function vjp(
  scope: FunctionScope,
  func: Func,
  active: readonly boolean[],
  wanted?: readonly boolean[],
): Vjp {
  const { primal, linear, residualTypes, outputsActive } = linearize(scope, func, active, wanted);
  const isLinear = linear.body.arguments.map((_, i) => i >= residualTypes.length);
  const backward = { ...transpose(scope, linear, isLinear), name: `${func.name}_bwd` };
  return { forward: primal, backward, residualTypes, outputsActive };
}
