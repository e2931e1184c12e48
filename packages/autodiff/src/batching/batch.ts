/** Batching: from a function of one example to the function of many. */

import { type Func, invariant, type TensorType } from "@fluxion/ir";
import type { FunctionScope } from "../scope.ts";
import { batchFunction } from "./pass.ts";
import type { BatchAxis, CustomBatching, ResultAxis } from "./rule.ts";
import { batchRules } from "./table.ts";

export interface BatchOptions {
  /** Name that collective operations in the function know the batch by. */
  readonly axisName?: string;
  /** Where each result has to have its batch; by default where it is cheapest. */
  readonly outAxes?: readonly ResultAxis[];
  /** Answers for calls that name a rule of the user. */
  readonly customBatching?: CustomBatching;
}

export interface BatchedFunc {
  /** Private, not added to the scope; functions that it calls are. */
  readonly func: Func;
  /** Where each result has its batch; null if every example has the same value. */
  readonly outAxes: readonly BatchAxis[];
}

/**
 * The function that does to `axisSize` examples at once what `func` does to one. Parameter i holds them along dimension
 * `inAxes[i]` (a dimension of the batched type, from 0 up to the rank of one example); null for one that they share.
 *
 * Functions that `func` calls are batched once for each pattern of axes.
 *
 * @throws DifferentiationError if an operation cannot be batched, or a result has a batch where `outAxes` says null.
 */
export function batch(
  scope: FunctionScope,
  func: Func,
  axisSize: number,
  inAxes: readonly BatchAxis[],
  options: BatchOptions = {},
): BatchedFunc {
  const args = func.body.arguments;
  invariant(
    inAxes.length === args.length,
    `@${func.name} takes ${args.length} arguments, not ${inAxes.length}`,
  );
  args.forEach((arg, i) => {
    invariant(isAxisOf(inAxes[i], arg.type), `argument ${i} of @${func.name} has no axis ${inAxes[i]}`);
  });
  const { axisName, customBatching, outAxes } = options;
  const state = { scope, size: axisSize, axisName, customBatching, rules: batchRules };
  return batchFunction(state, func, inAxes, outAxes);
}

const isAxisOf = (axis: BatchAxis, { shape }: TensorType): boolean =>
  axis === null || (axis >= 0 && axis <= shape.length);
