/**
 * Index arithmetic of the kernel IR: sums of constant multiples of atoms. Broadcasts, transposes, slices and reverses
 * are such sums, so they are index maps and never copies; reshapes that break contiguity use floor division and
 * remainder.
 */

import type { Expr } from "./types.ts";

/** A loop counter; identity is the object. It runs from 0 to the extent of the loop that binds it. */
export class LoopVar {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

export type IndexAtom =
  | { readonly kind: "var"; readonly var: LoopVar }
  /** floor(value / by), by > 0; value is never negative. */
  | { readonly kind: "floordiv"; readonly value: Index; readonly by: number }
  /** value mod by, by > 0; value is never negative. */
  | { readonly kind: "mod"; readonly value: Index; readonly by: number }
  /** min(value, limit): keeps a load in bounds where its result is not used. */
  | { readonly kind: "clamp"; readonly value: Index; readonly low: number; readonly high: number }
  /** A run-time int32 (a dynamic slice's start). */
  | { readonly kind: "value"; readonly value: Expr };

export interface IndexTerm {
  readonly atom: IndexAtom;
  readonly stride: number;
}

/** offset + Σ stride · atom. No two terms share a variable. */
export interface Index {
  readonly offset: number;
  readonly terms: readonly IndexTerm[];
}

export const indexConst = (offset: number): Index => ({ offset, terms: [] });
export const indexVar = (variable: LoopVar, stride = 1): Index => ({
  offset: 0,
  terms: stride === 0 ? [] : [{ atom: { kind: "var", var: variable }, stride }],
});
export const indexValue = (value: Expr, stride = 1): Index => ({
  offset: 0,
  terms: [{ atom: { kind: "value", value }, stride }],
});

/** a + b, like terms merged, and by·floor(v / by) + v mod by made v again. */
export function indexAdd(a: Index, b: Index): Index {
  const terms = [...a.terms];
  for (const term of b.terms) {
    const at = terms.findIndex((other) => sameAtom(other.atom, term.atom));
    if (at < 0) terms.push(term);
    else terms[at] = { atom: term.atom, stride: terms[at].stride + term.stride };
  }
  return recombine({ offset: a.offset + b.offset, terms: terms.filter(({ stride }) => stride !== 0) });
}

/** Undoes one division: s·by·floor(v / by) + s·(v mod by) = s·v, also where v itself is a quotient. */
function recombine(index: Index): Index {
  for (const { atom, stride } of index.terms) {
    if (atom.kind !== "mod") continue;
    for (const quotient of index.terms) {
      const whole = quotient.stride === stride * atom.by ? dividend(quotient.atom, atom) : undefined;
      if (whole === undefined) continue;
      const rest = index.terms.filter((term) => term !== quotient && term.atom !== atom);
      return indexAdd({ offset: index.offset, terms: rest }, indexScale(whole, stride));
    }
  }
  return index;
}

type ModAtom = Extract<IndexAtom, { kind: "mod" }>;

/** v, if the atoms are floor(v / by) and v mod by; floor(v / a), if they are floor(v / (a·by)) and floor(v / a) mod by. */
function dividend(quotient: IndexAtom, { value, by }: ModAtom): Index | undefined {
  if (quotient.kind !== "floordiv") return undefined;
  if (quotient.by === by && sameIndex(remainderOf(quotient.value, by), value)) return quotient.value;
  const [inner, ...others] = value.terms;
  if (others.length > 0 || value.offset !== 0 || inner?.stride !== 1) return undefined;
  const { atom } = inner;
  const isNested = atom.kind === "floordiv" && quotient.by === atom.by * by;
  return isNested && sameIndex(quotient.value, atom.value) ? value : undefined;
}

/** An index with the same remainder: terms and offset reduced modulo `by`, none negative. */
function remainderOf(a: Index, by: number): Index {
  const reduce = (n: number): number => ((n % by) + by) % by;
  const terms = a.terms.map(({ atom, stride }) => ({ atom, stride: reduce(stride) }));
  return { offset: reduce(a.offset), terms: terms.filter(({ stride }) => stride !== 0) };
}

export const indexScale = (a: Index, factor: number): Index => ({
  offset: a.offset * factor,
  terms: factor === 0 ? [] : a.terms.map(({ atom, stride }) => ({ atom, stride: stride * factor })),
});

/** floor(a / by); simplifies where every stride and the offset divide. */
export function indexFloorDiv(a: Index, by: number): Index {
  if (by === 1) return a;
  if (a.offset % by === 0 && a.terms.every(({ stride }) => stride % by === 0)) {
    return {
      offset: a.offset / by,
      terms: a.terms.map(({ atom, stride }) => ({ atom, stride: stride / by })),
    };
  }
  if (a.terms.length === 0) return indexConst(Math.floor(a.offset / by));
  return { offset: 0, terms: [{ atom: { kind: "floordiv", value: a, by }, stride: 1 }] };
}

/** a mod by; terms that are multiples of `by` drop out. */
export function indexMod(a: Index, by: number): Index {
  if (by === 1) return indexConst(0);
  const rest = remainderOf(a, by);
  if (rest.terms.length === 0) return rest;
  return { offset: 0, terms: [{ atom: { kind: "mod", value: rest, by }, stride: 1 }] };
}

export function indexClamp(a: Index, low: number, high: number): Index {
  if (a.terms.length === 0) return indexConst(Math.min(Math.max(a.offset, low), high));
  return { offset: 0, terms: [{ atom: { kind: "clamp", value: a, low, high }, stride: 1 }] };
}

/** Replaces loop variables; variables that the map lacks stay. */
export function indexSubstitute(a: Index, map: ReadonlyMap<LoopVar, Index>): Index {
  return a.terms.reduce(
    (sum, { atom, stride }) => indexAdd(sum, indexScale(substituteAtom(atom, map), stride)),
    {
      offset: a.offset,
      terms: [],
    } as Index,
  );
}

function substituteAtom(atom: IndexAtom, map: ReadonlyMap<LoopVar, Index>): Index {
  switch (atom.kind) {
    case "var":
      return map.get(atom.var) ?? indexVar(atom.var);
    case "floordiv":
      return indexFloorDiv(indexSubstitute(atom.value, map), atom.by);
    case "mod":
      return indexMod(indexSubstitute(atom.value, map), atom.by);
    case "clamp":
      return indexClamp(indexSubstitute(atom.value, map), atom.low, atom.high);
    case "value":
      return { offset: 0, terms: [{ atom, stride: 1 }] };
  }
}

export function sameAtom(a: IndexAtom, b: IndexAtom): boolean {
  if (a.kind === "var") return b.kind === "var" && a.var === b.var;
  if (a.kind === "value") return b.kind === "value" && a.value === b.value;
  if (a.kind === "clamp")
    return b.kind === "clamp" && a.low === b.low && a.high === b.high && sameIndex(a.value, b.value);
  return b.kind === a.kind && a.by === b.by && sameIndex(a.value, b.value);
}

export function sameIndex(a: Index, b: Index): boolean {
  return (
    a.offset === b.offset &&
    a.terms.length === b.terms.length &&
    a.terms.every((term) =>
      b.terms.some((other) => term.stride === other.stride && sameAtom(term.atom, other.atom)),
    )
  );
}

/** How an index moves when `variable` grows by one: a constant stride, or not constant (`undefined`). */
export function strideIn(a: Index, variable: LoopVar): number | undefined {
  let total = 0;
  for (const { atom, stride } of a.terms) {
    if (atom.kind === "var") total += atom.var === variable ? stride : 0;
    else if (atom.kind !== "value" && strideIn(atom.value, variable) !== 0) return undefined;
  }
  return total;
}
