import { formatLocation, type Location, type Operation, qualifiedName } from "@fluxion/ir";

/** JAX's class for an error: a rule that is missing, or a use that its transformation rejects. */
export type DifferentiationErrorKind =
  | "NotImplementedError"
  | "TypeError"
  | "UnexpectedTracerError"
  | "ValueError";

/** A program that cannot be differentiated as asked. */
export class DifferentiationError extends Error {
  override readonly name = "DifferentiationError";
  readonly kind: DifferentiationErrorKind;
  /** The user's line that made the operation, if known. */
  readonly location: Location | undefined;

  constructor(kind: DifferentiationErrorKind, message: string, location?: Location) {
    super(location === undefined ? message : `${message}\n  at ${formatLocation(location)}`);
    this.kind = kind;
    this.location = location;
  }
}

/** The error of an operation whose entry in a rule table is a reason instead of a rule. */
export const noRule = (
  what: "Batching" | "Differentiation" | "Transpose",
  operation: Operation,
  reason: string,
): DifferentiationError =>
  new DifferentiationError(
    "NotImplementedError",
    `${what} rule${what === "Transpose" ? " (for reverse-mode differentiation)" : ""} for '${nameOf(operation)}' not implemented: ${reason}`,
    operation.location,
  );

/** Collectives are foreign calls, but have names of their own. */
function nameOf(operation: Operation): string {
  const target = operation.opcode === "custom_call" ? operation.attributes.call_target_name : "";
  return target.startsWith("fluxion.") ? target.slice("fluxion.".length) : qualifiedName(operation.opcode);
}
