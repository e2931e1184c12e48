/** Calls that name rules of the user, under differentiation. */

import type { OperationOf } from "@fluxion/ir";
import { DifferentiationError } from "./errors.ts";
import type { ForwardPass } from "./forward.ts";
import { member } from "./scope.ts";

/** Who reads an array that a call with rules closes over, as `closed_over` has it. */
const readers = { function: 1, rule: 2, wayBack: 4 } as const;

/** Whether a reader takes an array from outside that has a tangent. */
function readsTangent(pass: ForwardPass, op: OperationOf<"call">, reader: number): boolean {
  const { closed_over = [] } = op.attributes;
  const captured = op.operands.slice(op.operands.length - closed_over.length);
  return captured.some((x, i) => (closed_over[i] & reader) !== 0 && pass.isActive(x));
}

/**
 * Whether a tangent reaches what a rule of the call speaks of, its arguments. What runs then must not read other tangents, as a rule
 * does not tell their part: a rule and its function, or the way forward alone. Without a tangent the function runs.
 *
 * @throws DifferentiationError if the call is differentiated by what it closes over.
 */
export function reachesRule(pass: ForwardPass, op: OperationOf<"call">): boolean {
  const { closed_over = [], custom_jvp, custom_vjp_forward } = op.attributes;
  if (custom_jvp === undefined && custom_vjp_forward === undefined) return true;
  const own = op.operands.slice(0, op.operands.length - closed_over.length);
  const reaches = own.some((operand) => pass.isActive(operand));
  const replaced = custom_jvp === undefined ? 0 : readers.function;
  if (readsTangent(pass, op, reaches ? readers.rule | replaced : readers.function)) throw byClosedOver(op);
  return reaches;
}

/** Whether the way back reads a tangent from outside: an error once it is gone. */
export const wayBackReadsTangent = (pass: ForwardPass, op: OperationOf<"call">): boolean =>
  readsTangent(pass, op, readers.wayBack);

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

/** The error of differentiating a call by what it closes over. */
export const byClosedOver = ({ attributes, location }: OperationOf<"call">): DifferentiationError => {
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
