/** A called function split into its values and a linear map, and the two calls that stand for one. */

import { type Operation, type OperationOf, type TensorType, Value } from "@fluxion/ir";
import { operation } from "./blocks.ts";
import type { ForwardPass } from "./forward.ts";

/** Where a residual comes from, seen from the call. */
export type Source =
  | { readonly kind: "operand"; readonly index: number }
  | { readonly kind: "result"; readonly index: number }
  | { readonly kind: "extra"; readonly type: TensorType };

export interface SplitFunction {
  /** operands → (results…, residuals that are neither operand nor result); the function itself if there are none */
  readonly primal: string;
  /** (residuals…, tangents…) → tangents of active results */
  readonly linear: string;
  readonly sources: readonly Source[];
  readonly outputsActive: readonly boolean[];
}

/** Inputs and outputs that are residuals need not be returned again: what is left are the extras. */
export function sourcesOf(
  residuals: readonly Value[],
  args: readonly Value[],
  outputs: readonly Value[],
): { readonly sources: readonly Source[]; readonly extras: readonly Value[] } {
  const sources = residuals.map((residual): Source => {
    const operand = args.indexOf(residual);
    if (operand >= 0) return { kind: "operand", index: operand };
    const result = outputs.indexOf(residual);
    return result >= 0 ? { kind: "result", index: result } : { kind: "extra", type: residual.type };
  });
  return { sources, extras: residuals.filter((_, i) => sources[i].kind === "extra") };
}

/** (y, r) = call primal(x) and ẏ = call linear(r, ẋ), for the tangents that `given` holds. */
export function emitSplit(
  pass: ForwardPass,
  op: OperationOf<"call">,
  split: SplitFunction,
  given: readonly Value[],
): void {
  const { operands, results, location } = op;
  const extras: Value[] = [];
  const residuals = split.sources.map((source) => {
    if (source.kind === "operand") return operands[source.index];
    if (source.kind === "result") return results[source.index];
    const extra = new Value(source.type);
    extras.push(extra);
    return extra;
  });
  const isSame = split.primal === op.attributes.callee && extras.length === 0;
  pass.primal.operations.push(
    isSame
      ? (op as Operation)
      : operation("call", {
          operands,
          attributes: { callee: split.primal },
          results: [...results, ...extras],
          location,
        }),
  );
  const tangents = results.map((result, i) => (split.outputsActive[i] ? new Value(result.type) : undefined));
  pass.pushLinear(
    operation("call", {
      operands: [...residuals, ...given],
      attributes: { callee: split.linear },
      results: tangents.filter((t) => t !== undefined),
      location,
    }),
  );
  results.forEach((result, i) => {
    pass.tangents.set(result, tangents[i]);
  });
}
