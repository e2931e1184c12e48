/**
 * What rules for batching close over. It is known once a rule has been asked, which is after the call that it is for has been
 * traced; so everything is traced again, with these arrays among the operands of such calls.
 */

import { UnexpectedTracerError } from "../../core/errors.ts";
import { isTracer, type NDArray } from "../../core/ndarray.ts";
import type { Trace } from "../../core/trace.ts";

/** A rule closes over a traced array that its call does not have as an operand. */
export class MissingOperand extends UnexpectedTracerError {
  readonly array: NDArray;

  constructor(message: string, array: NDArray) {
    super(message);
    this.array = array;
  }
}

/** Of each `vmap` under way what rules in it close over. */
const found: Set<NDArray>[] = [];

/** Traces and batches a function, again for each array that a rule turns out to close over. */
export function withMissingOperands<T>(run: () => T): T {
  const own = new Set<NDArray>();
  found.push(own);
  try {
    for (;;) {
      try {
        return run();
      } catch (error) {
        if (!(error instanceof MissingOperand) || own.has(error.array)) throw error;
        own.add(error.array);
      }
    }
  } finally {
    found.pop();
  }
}

/** What rules were found to close over, as far as it belongs to a trace or one around it. */
export function missingOperands(trace: Trace): NDArray[] {
  if (found.length === 0) return [];
  const traces = new Set<Trace>();
  for (let t: Trace | undefined = trace; t !== undefined; t = t.parent) traces.add(t);
  return found.flatMap((arrays) => [...arrays].filter((x) => isTracer(x) && traces.has(x.payload.trace)));
}
