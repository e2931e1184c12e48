import type { Operation } from "@fluxion/ir";
import { type DifferentiationError, noRule } from "../errors.ts";

/** The error of an operation that has no meaning for a batch. */
export const noBatching = (operation: Operation, reason: string): DifferentiationError =>
  noRule("Batching", operation, reason);
