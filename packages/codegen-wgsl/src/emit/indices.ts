/** Index arithmetic as i32 text. Quotients and remainders are computed once in a block. */

import type { kernel as k } from "@fluxion/ir";

/** What index text is made from. */
export interface IndexSource {
  /** Text of a loop variable, in lane 0. */
  variable(variable: k.LoopVar): string;
  /** Text of a run-time int32 in one lane. */
  value(expr: k.Expr, lane: number): string;
  /** The loop variable whose neighbouring values are the lanes, if there are lanes. */
  readonly laneVariable: k.LoopVar | undefined;
  /** A name for an expression that does not change in the block, defined before the current statement. */
  shared(text: string): string;
  readonly isStable: (index: k.Index) => boolean;
  /** Whether sums of variables get names, so that indices that differ by a constant share them. */
  readonly namesSums: boolean;
}

/** The index in one lane. */
export function indexText(index: k.Index, source: IndexSource, lane = 0): string {
  const parts: string[] = [];
  let { offset } = index;
  for (const { atom, stride } of index.terms) {
    if (atom.kind === "var" && atom.var === source.laneVariable) offset += stride * lane;
    parts.push(scaled(atomText(atom, source, lane), stride, parts.length === 0));
  }
  if (parts.length === 0) return String(offset);
  const whole = parts.join("");
  const isNamed = source.namesSums && !/^\w+$/.test(whole) && source.isStable(index);
  const sum = isNamed ? source.shared(whole) : whole;
  return offset === 0 ? sum : `${sum} ${offset < 0 ? "-" : "+"} ${Math.abs(offset)}`;
}

function scaled(text: string, stride: number, first: boolean): string {
  const size = Math.abs(stride) === 1 ? text : `${text} * ${Math.abs(stride)}`;
  if (first) return stride < 0 ? (stride === -1 ? `-${text}` : `${text} * (${stride})`) : size;
  return stride < 0 ? ` - ${size}` : ` + ${size}`;
}

function atomText(atom: k.IndexAtom, source: IndexSource, lane: number): string {
  switch (atom.kind) {
    case "var":
      return source.variable(atom.var);
    case "value":
      return source.value(atom.value, lane);
    case "clamp":
      return `clamp(${indexText(atom.value, source, lane)}, ${atom.low}, ${atom.high})`;
    case "floordiv":
    case "mod": {
      const text = division(indexText(atom.value, source, lane), atom.by, atom.kind);
      return source.isStable(atom.value) ? source.shared(text) : text;
    }
  }
}

/** Quotient or remainder of a number that is not negative; unsigned division is the cheaper one. */
function division(text: string, by: number, kind: "floordiv" | "mod"): string {
  const power = Math.log2(by);
  if (Number.isInteger(power))
    return kind === "floordiv" ? `((${text}) >> ${power}u)` : `((${text}) & ${by - 1})`;
  return `i32(u32(${text}) ${kind === "floordiv" ? "/" : "%"} ${by}u)`;
}

/** Whether the index is a multiple of four in lane 0, the lane variable being one. */
export function isAligned(index: k.Index, laneVariable: k.LoopVar): boolean {
  return (
    index.offset % 4 === 0 &&
    index.terms.every(({ atom, stride }) => stride % 4 === 0 || atomIsAligned(atom, laneVariable))
  );
}

function atomIsAligned(atom: k.IndexAtom, laneVariable: k.LoopVar): boolean {
  if (atom.kind === "var") return atom.var === laneVariable;
  return atom.kind === "mod" && atom.by % 4 === 0 && isAligned(atom.value, laneVariable);
}
