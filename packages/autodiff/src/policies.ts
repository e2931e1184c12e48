/**
 * Checkpoint policies: what of a checkpointed call is kept besides its inputs. A policy is text, so that it can stand in the IR:
 * `everything`, `nothing`, `dots` (results of contractions), `dots_with_no_batch_dims`, `only(a, b)` (values of these names),
 * `but(a, b)` (values of any other name), or several with `|` between them, of which each may keep a value.
 */

import type { Operation } from "@fluxion/ir";
import { DifferentiationError } from "./errors.ts";
import { type Recompute, recomputeLayouts } from "./residuals.ts";

type Keep = (op: Operation) => boolean;

const isUnbatchedDot: Keep = (op) =>
  op.opcode === "dot_general" && op.attributes.dot_dimension_numbers.lhsBatching.length === 0;

const simple: Readonly<Record<string, Keep>> = {
  nothing: () => false,
  dots: (op) => op.opcode === "dot_general",
  dots_with_no_batch_dims: isUnbatchedDot,
};

/** The name that `checkpoint_name` gives the result of a call. */
const nameOf = (op: Operation): string | undefined =>
  op.opcode === "call" ? op.attributes.checkpoint_name : undefined;

function keepNames(how: string, names: readonly string[]): Keep {
  return (op) => {
    const name = nameOf(op);
    return name !== undefined && names.includes(name) === (how === "only");
  };
}

function readAlternative(text: string): Keep {
  if (Object.hasOwn(simple, text)) return simple[text];
  const names = /^(only|but)\((.*)\)$/.exec(text);
  if (names !== null)
    return keepNames(
      names[1],
      names[2].split(",").map((name) => name.trim()),
    );
  throw new DifferentiationError(
    "ValueError",
    `unknown checkpoint policy "${text}": known are everything, ${Object.keys(simple).join(", ")}, only(…) and but(…)`,
  );
}

/** What a policy computes again. @throws DifferentiationError if there is no such policy. */
export function checkpointPolicy(policy: string): Recompute {
  const alternatives = policy.split("|").map((text) => text.trim());
  if (alternatives.includes("everything")) return recomputeLayouts;
  const keep = alternatives.map(readAlternative);
  return (op) => !keep.some((keeps) => keeps(op));
}

/** Whether a policy looks at single operations, also at those of called functions. */
export const looksInside = (policy: string): boolean => policy !== "everything" && policy !== "nothing";
