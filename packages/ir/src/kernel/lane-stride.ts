/** How an index moves from one lane to the next. */

import { type Index, type IndexAtom, indexAdd, indexConst, indexScale, type LoopVar } from "./index-expr.ts";
import type { Expr } from "./types.ts";

export interface Lanes {
  /** The vectorised variable, and what depends on it. */
  readonly variance: { readonly variable: LoopVar; expr(expr: Expr): boolean };
  readonly lanes: number;
  /** The vectorised variable is a multiple of this in lane 0; at least `lanes`. */
  readonly alignment: number;
}

/** The constant difference between neighbouring lanes, or nothing if it is not constant. */
export function laneStride(index: Index, lanes: Lanes): number | undefined {
  let total = 0;
  for (const { atom, stride } of index.terms) {
    const step = atomStride(atom, lanes);
    if (step === undefined) return undefined;
    total += step * stride;
  }
  return total;
}

function atomStride(atom: IndexAtom, lanes: Lanes): number | undefined {
  const { variance } = lanes;
  switch (atom.kind) {
    case "var":
      return atom.var === variance.variable ? 1 : 0;
    case "value":
      return variance.expr(atom.value) ? undefined : 0;
    case "clamp":
      return laneStride(atom.value, lanes) === 0 ? 0 : undefined;
    case "floordiv":
    case "mod": {
      const inner = laneStride(atom.value, lanes);
      if (inner === 0) return 0;
      if (inner === undefined || !staysBetweenMultiples(atom.value, atom.by, inner, lanes)) return undefined;
      return atom.kind === "floordiv" ? 0 : inner;
    }
  }
}

/**
 * Whether all lanes of a vector fall between the same two multiples of `by`: true if `by` is a multiple of the distance
 * from one (aligned) vector to the next, and everything else in the index is too.
 */
function staysBetweenMultiples(index: Index, by: number, step: number, lanes: Lanes): boolean {
  if (step < 0) return false;
  const distance = step * lanes.alignment;
  if (by % distance !== 0) return false;
  const others = index.terms.filter((term) => laneStride({ offset: 0, terms: [term] }, lanes) === 0);
  const moving = index.terms.filter((term) => !others.includes(term));
  const plain = moving.every(({ atom }) => atom.kind === "var");
  if (!plain || others.some(({ stride }) => stride % distance !== 0)) return false;
  const start = ((index.offset % distance) + distance) % distance;
  return start + step * (lanes.lanes - 1) < distance;
}

interface Clamp {
  readonly value: Index;
  readonly low: number;
  readonly high: number;
}

/** An index with its clamps left away, and those. */
export function withoutClamps(index: Index): { open: Index; clamps: Clamp[] } {
  const clamps: Clamp[] = [];
  const open = index.terms.reduce<Index>((sum, { atom, stride }) => {
    if (atom.kind === "clamp") clamps.push(atom);
    const term = atom.kind === "clamp" ? atom.value : { offset: 0, terms: [{ atom, stride: 1 }] };
    return indexAdd(sum, indexScale(term, stride));
  }, indexConst(index.offset));
  return { open, clamps };
}
