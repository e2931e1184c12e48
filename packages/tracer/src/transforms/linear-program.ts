/** A function split into its values and the linear map of its derivative, as programs: what `linearize` and `vjp` share. */

import { type Func, returned, type TensorType } from "@fluxion/ir";
import { avalOf } from "../core/aval.ts";
import type { NDArray } from "../core/ndarray.ts";
import type { ModuleBuilder } from "../core/trace.ts";
import { Program } from "./program.ts";
import { type Staged, settleEffects } from "./staged.ts";

/** Where a residual comes from: an operand or a result of the function, which need not be returned twice, or a further result. */
type Source = { readonly kind: "operand" | "result" | "extra"; readonly index: number };

export interface SplitProgram {
  /** operands → (results…, residuals that are neither operand nor result) */
  readonly primal: Program;
  /** (residuals…, tangents or cotangents…) → the like */
  readonly linear: Program;
  readonly sources: readonly Source[];
  readonly extraTypes: readonly TensorType[];
  readonly outputsActive: readonly boolean[];
}

/** Programs of a primal function that returns all residuals, and of what uses them. */
export function splitProgram(
  scope: ModuleBuilder,
  func: Func,
  primal: Func,
  linear: Func,
  outputsActive: readonly boolean[],
): SplitProgram {
  const outputs = returned(primal.body);
  const count = func.resultTypes.length;
  const results = outputs.slice(0, count);
  const extras: number[] = [];
  const sources = outputs.slice(count).map((residual, i): Source => {
    const operand = primal.body.arguments.indexOf(residual);
    if (operand >= 0) return { kind: "operand", index: operand };
    const result = results.indexOf(residual);
    if (result >= 0) return { kind: "result", index: result };
    extras.push(count + i);
    return { kind: "extra", index: extras.length - 1 };
  });
  const kept = [...results.keys(), ...extras];
  return {
    primal: new Program(withResults(primal, kept), scope),
    linear: new Program(linear, scope),
    sources,
    extraTypes: extras.map((i) => primal.resultTypes[i]),
    outputsActive,
  };
}

/** The function with some of its results. */
function withResults(func: Func, kept: readonly number[]): Func {
  const outputs = returned(func.body);
  const operations = func.body.operations.map((op) =>
    op.opcode === "return" ? { ...op, operands: kept.map((i) => outputs[i]) } : op,
  );
  return {
    ...func,
    body: { ...func.body, operations },
    resultTypes: kept.map((i) => func.resultTypes[i]),
  };
}

/** Runs the primal program. */
export function callPrimal(
  staged: Staged,
  { primal, sources, extraTypes }: SplitProgram,
): { readonly results: readonly NDArray[]; readonly residuals: readonly NDArray[] } {
  const { operands, resultAvals } = staged;
  const extraAvals = extraTypes.map(({ dtype, shape }) => avalOf(dtype, shape));
  const all = primal.call(operands, [...resultAvals, ...extraAvals]);
  const from = { operand: operands, result: all, extra: all.slice(resultAvals.length) };
  return {
    results: settleEffects(staged, all.slice(0, resultAvals.length)),
    residuals: sources.map(({ kind, index }) => from[kind][index]),
  };
}
