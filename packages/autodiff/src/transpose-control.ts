/** Transposes of calls, branches and counted loops. */

import { type Operation, type OperationOf, returned, Value } from "@fluxion/ir";
import { capturesOf, operation, substitute, typesOf, usesOf } from "./blocks.ts";
import { DifferentiationError, noRule } from "./errors.ts";
import { byClosedOver } from "./ruled-call.ts";
import { add, compare, zeros } from "./rules/math.ts";
import type { StructuralOpcode, Tangent, TransposeContext } from "./rules/rule.ts";
import { calledFunction, member } from "./scope.ts";

type StructuralTranspose<K extends StructuralOpcode> = (
  pass: TransposeContext,
  op: OperationOf<K>,
  cotangents: readonly Tangent[],
) => void;

/** call f(r, ẋ): x̄ = call f_t(r, ȳ) */
const transposeCall: StructuralTranspose<"call"> = (pass, op, cotangents) => {
  if (op.attributes.no_tangent) throw noRule("Transpose", op as never, "stopGradient is not linear");
  const backward = op.attributes.custom_vjp_backward;
  if (backward !== undefined) {
    transposeCustom(pass, op, backward, cotangents);
    return;
  }
  const isLinear = op.operands.map((operand) => pass.isLinear(operand));
  const given = cotangents.map((ct) => ct !== undefined);
  const { name, produced } = pass.transposedFunction(op.attributes.callee, isLinear, given);
  const targets = op.operands.filter((_, i) => isLinear[i]).filter((_, i) => produced[i]);
  const operands = [
    ...op.operands.filter((_, i) => !isLinear[i]),
    ...cotangents.filter((ct) => ct !== undefined),
  ];
  const results = pass.b.emit("call", operands, { callee: name }, { types: typesOf(targets) });
  targets.forEach((target, i) => {
    pass.accumulate(target, results[i]);
  });
};

/** The user's rule: (residuals…, cotangents of float results…) → cotangents of float operands. */
function transposeCustom(
  pass: TransposeContext,
  op: OperationOf<"call">,
  backward: string,
  cotangents: readonly Tangent[],
): void {
  const { operands, results, attributes } = op;
  if (attributes.closed_over !== undefined) throw byClosedOver(op);
  const given = cotangents.map((ct) => ct !== undefined);
  const isFamily = attributes.symbolic_zeros !== undefined;
  const callee = isFamily ? member(backward, given) : backward;
  const inputs = attributes.symbolic_zeros ?? calledFunction(pass.scope, callee).resultTypes.length;
  const residuals = operands.slice(0, operands.length - inputs);
  const targets = operands.slice(operands.length - inputs);
  const incoming = results.flatMap((result, i) => cotangents[i] ?? (isFamily ? [] : zeros(pass.b, result)));
  const back = pass.b.emit("call", [...residuals, ...incoming], { callee }, { types: typesOf(targets) });
  targets.forEach((target, i) => {
    pass.accumulate(target, back[i]);
  });
}

/** Each branch gives the cotangents of all linear values that any of them captures. */
const transposeBranches: StructuralTranspose<"case" | "if"> = (pass, op, cotangents) => {
  const captured = capturesOf(op as Operation).filter((value) => pass.isLinear(value));
  const regions = op.regions.map((region) =>
    pass.transposed(region, {
      args: [],
      linear: [],
      cotangents,
      initial: new Map(),
      results: (b, cotangent) => captured.map((value) => cotangent(value) ?? zeros(b, value)),
    }),
  );
  const results = captured.map((value) => new Value(value.type));
  pass.b.operations.push({ ...op, regions, results } as Operation);
  captured.forEach((value, i) => {
    pass.accumulate(value, results[i]);
  });
};

/** Carries that linear values reach, in any turn. */
function linearCarries(pass: TransposeContext, op: OperationOf<"while">): boolean[] {
  const [, body] = op.regions;
  let carries = op.operands.map((operand) => pass.isLinear(operand));
  for (;;) {
    const reached = new Set(body.arguments.filter((_, i) => carries[i]));
    for (const inner of body.operations) {
      if (!usesOf(inner).some((value) => reached.has(value) || pass.isLinear(value))) continue;
      for (const result of inner.results) reached.add(result);
    }
    const outputs = returned(body);
    const next = carries.map((on, i) => on || reached.has(outputs[i]) || pass.isLinear(outputs[i]));
    if (next.every((on, i) => on === carries[i])) return carries;
    carries = next;
  }
}

export const dynamicLoop = (op: Operation): DifferentiationError =>
  new DifferentiationError(
    "ValueError",
    "Reverse-mode differentiation does not work for lax.while_loop or lax.fori_loop with dynamic start/stop values. " +
      "Try using lax.scan, or using fori_loop with static start/stop.",
    op.location,
  );

/**
 * ẋ ← Bᵢẋ + Cᵢẇ for i = 0 … n − 1, where w is what the body captures:
 * x̄ ← Bᵢᵀx̄, w̄ ← w̄ + Cᵢᵀx̄ for i = n − 1 … 0. The sums w̄ are carried, so that slices add to them in place.
 */
const transposeWhile: StructuralTranspose<"while"> = (pass, op, cotangents) => {
  const [, body] = op.regions;
  const loop = pass.countedLoop(op);
  if (loop === undefined) throw dynamicLoop(op as Operation);
  const linear = linearCarries(pass, op);
  const outputs = returned(body);
  const fixed = new Map<Value, Value>();
  body.arguments.forEach((arg, i) => {
    if (linear[i] || i === loop.counter) return;
    if (outputs[i] !== arg) throw dynamicLoop(op as Operation);
    fixed.set(arg, op.operands[i]);
  });
  const operations = substitute(body.operations, fixed);
  const captured = capturesOf(op as Operation).filter((value) => pass.isLinear(value));
  const carried = op.operands.flatMap((operand, i) => (linear[i] ? [{ operand, index: i }] : []));

  const { b } = pass;
  const counterType = op.operands[loop.counter].type;
  const turn = new Value(counterType);
  const cts = carried.map(({ operand }) => new Value(operand.type));
  const sums = captured.map((value) => new Value(value.type));
  const args = [turn, ...cts, ...sums];
  const incoming = outputs.map((_, i) => cts[carried.findIndex(({ index }) => index === i)]);
  const region = pass.transposed(
    { arguments: body.arguments, operations },
    {
      args,
      linear: carried.map(({ index }) => body.arguments[index]),
      cotangents: incoming,
      initial: new Map(captured.map((value, i) => [value, sums[i]])),
      prepare: (inner) => {
        const last = inner.scalar(counterType.dtype, loop.start + loop.step * (loop.trips - 1));
        const back = inner.op("multiply", turn, inner.scalar(counterType.dtype, loop.step));
        const results = [body.arguments[loop.counter]];
        inner.operations.push(operation("subtract", { operands: [last, back], attributes: {}, results }));
      },
      results: (inner, cotangent) => [
        add(inner, turn, inner.scalar(counterType.dtype, 1)),
        ...carried.map(({ operand, index }) => cotangent(body.arguments[index]) ?? zeros(inner, operand)),
        ...captured.map((value) => cotangent(value) ?? zeros(inner, value)),
      ],
    },
  );
  const cond = b.region(typesOf(args), (inner, [j]) => [
    compare(inner, "LT", j, inner.scalar(counterType.dtype, loop.trips)),
  ]);
  const start = [
    b.scalar(counterType.dtype, 0),
    ...carried.map(({ operand, index }) => cotangents[index] ?? zeros(b, operand)),
    ...captured.map((value) => pass.cotangent(value) ?? zeros(b, value)),
  ];
  const results = b.emit("while", start, {}, { regions: [cond, region] });
  captured.forEach((value, i) => {
    pass.replace(value, results[1 + carried.length + i]);
  });
  carried.forEach(({ operand }, i) => {
    pass.accumulate(operand, results[1 + i]);
  });
};

export const structuralTransposes: { readonly [K in StructuralOpcode]: StructuralTranspose<K> } = {
  call: transposeCall,
  case: transposeBranches as StructuralTranspose<"case">,
  if: transposeBranches as StructuralTranspose<"if">,
  while: transposeWhile,
};
