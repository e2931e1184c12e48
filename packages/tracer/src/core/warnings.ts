/** Warnings, each shown once for a call site. */

import type { DType } from "@fluxion/ir";
import { userLocation } from "./location.ts";

const shown = new Set<string>();
type Sink = (message: string) => void;
let sink: Sink = (message) => console.warn(message);

/** Where warnings go; the console unless changed. Returns the sink before. */
export function setWarningSink(next: Sink): Sink {
  const before = sink;
  sink = next;
  return before;
}

/** Shows a warning unless this line of the user's program has shown the same before. */
export function warnOnce(message: string): void {
  const location = userLocation();
  const at = location ? `\n  at ${location.file}:${location.line}:${location.column}` : "";
  if (shown.has(message + at)) return;
  shown.add(message + at);
  sink(`UserWarning: ${message}${at}`);
}

/** JAX's warning where a 64-bit dtype is asked for while x64 is off. */
export const warnTruncation = (requested: DType, used: DType, where: string): void =>
  warnOnce(
    `Explicitly requested dtype ${requested} requested in ${where} is not available, and will be truncated to dtype ` +
      `${used}. To enable more dtypes, set config.update("enableX64", true) before making arrays.`,
  );
