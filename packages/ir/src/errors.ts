import type { Location } from "./module.ts";

/** An operation that cannot be: wrong operand types, attributes or regions. */
export class InferenceError extends Error {
  override readonly name = "InferenceError";
}

/** A state that the program must never reach; always a defect of Fluxion itself. */
export class InternalError extends Error {
  override readonly name = "InternalError";
}

/** Throws `InternalError` unless the condition holds. */
export function invariant(condition: unknown, message: string | (() => string)): asserts condition {
  if (!condition) throw new InternalError(typeof message === "string" ? message : message());
}

export const formatLocation = (location: Location): string =>
  `${location.file}:${location.line}:${location.column}${location.scope ? ` (${location.scope})` : ""}`;
