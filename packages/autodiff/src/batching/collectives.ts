/** Operations over a named axis. They are foreign calls until the batch of that name takes them away. */

import type { Operation, OperationOf } from "@fluxion/ir";
import { calledFunction, type FunctionScope, memoised } from "../scope.ts";

/**
 * The collectives, by the name of their target; each has the attribute `axis_name`.
 *
 * - `psum`, `pmax`, `pmin`: T → T, over the examples of the axis;
 * - `axis_index`: () → int32, which example this is;
 * - `all_gather`: T[…] → T[N, …], the values of all examples;
 * - `all_to_all`: T[N, …] → T[N, …], entry m of example n becomes entry n of example m;
 * - `ppermute`: T → T, from example to example as `permutation` says, `[[from, to], …]`; zeros where nothing arrives.
 */
const targets = {
  "fluxion.psum": true,
  "fluxion.pmax": true,
  "fluxion.pmin": true,
  "fluxion.axis_index": true,
  "fluxion.all_gather": true,
  "fluxion.all_to_all": true,
  "fluxion.ppermute": true,
} as const;

export type CollectiveTarget = keyof typeof targets;

export const isCollective = (target: string): target is CollectiveTarget => Object.hasOwn(targets, target);

/** Attributes of a collective call. */
export const collectiveAttributes = (
  target: CollectiveTarget,
  axisName: string,
  permutation?: readonly (readonly [number, number])[],
): OperationOf<"custom_call">["attributes"] => ({
  call_target_name: target,
  rest: {
    axis_name: JSON.stringify(axisName),
    ...(permutation === undefined ? {} : { permutation: JSON.stringify(permutation) }),
  },
});

/** The attributes of a `ppermute` with other pairs. */
export const withPermutation = (
  { attributes }: OperationOf<"custom_call">,
  permutation: readonly (readonly [number, number])[],
): OperationOf<"custom_call">["attributes"] => ({
  ...attributes,
  rest: { ...attributes.rest, permutation: JSON.stringify(permutation) },
});

/** The axis that a collective names; undefined for other operations. */
export function collectiveAxis(op: Operation): string | undefined {
  if (op.opcode !== "custom_call" || !isCollective(op.attributes.call_target_name)) return undefined;
  const text = op.attributes.rest?.axis_name;
  return text === undefined ? undefined : (JSON.parse(text) as string);
}

/** Pairs of a `ppermute`. */
export const permutationOf = ({ attributes }: OperationOf<"custom_call">): [number, number][] =>
  JSON.parse(attributes.rest?.permutation ?? "[]") as [number, number][];

/** Whether the operation, its regions or the functions that it calls name the axis. */
export function namesAxis(scope: FunctionScope, op: Operation, axisName: string): boolean {
  if (collectiveAxis(op) === axisName) return true;
  if (op.opcode === "call") {
    const { callee } = op.attributes;
    return memoised(scope, `names ${axisName} ${callee}`, () =>
      calledFunction(scope, callee).body.operations.some((inner) => namesAxis(scope, inner, axisName)),
    );
  }
  return op.regions.some((region) => region.operations.some((inner) => namesAxis(scope, inner, axisName)));
}
