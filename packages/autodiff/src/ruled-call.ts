/** Calls that name rules of the user, under differentiation. */

import type { OperationOf } from "@fluxion/ir";
import { DifferentiationError } from "./errors.ts";
import type { ForwardPass } from "./forward.ts";
import { member } from "./scope.ts";

/**
 * Whether a tangent reaches what a rule of the call speaks of, its arguments. Arrays that its function or its rules close over must
 * have none: the rule does not tell their part. An array that only the rules close over is not read without a tangent.
 *
 * @throws DifferentiationError if the call is differentiated by what it closes over.
 */
export function reachesRule(pass: ForwardPass, op: OperationOf<"call">): boolean {
  const { closed_over, custom_batching } = op.attributes;
  if (closed_over === undefined || custom_batching !== undefined) return true;
  const [byFunction, byRules] = closed_over;
  const own = op.operands.length - byFunction - byRules;
  const isActive = (start: number, end: number): boolean =>
    op.operands.slice(start, end).some((operand) => pass.isActive(operand));
  const reaches = isActive(0, own);
  const isRead =
    isActive(own, own + byFunction) || (reaches && isActive(own + byFunction, op.operands.length));
  if (isRead) throw byClosedOver(op);
  return reaches;
}

/** The name of the rule for the tangents that there are. */
export function ruleFor(
  pass: ForwardPass,
  { attributes, operands }: OperationOf<"call">,
  rule: string,
): string {
  if (attributes.symbolic_zeros === undefined) return rule;
  return member(
    rule,
    operands.map((operand) => pass.isActive(operand)),
  );
}

const byClosedOver = ({ attributes, location }: OperationOf<"call">): DifferentiationError => {
  const rule = attributes.custom_jvp === undefined ? "VJP" : "JVP";
  const what = `custom_${rule.toLowerCase()}`;
  return new DifferentiationError(
    "UnexpectedTracerError",
    `Detected differentiation of a ${what} function with respect to a closed-over value. That isn't supported because the custom ` +
      `${rule} rule only specifies how to differentiate the ${what} function with respect to explicit input parameters. Try ` +
      "passing the closed-over value into the function as an argument, and adapting the rule.",
    location,
  );
};
