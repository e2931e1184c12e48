/** Index arithmetic of the kernel IR as i32 expressions, and the addresses of elements. */
import { kernel as k } from "@fluxion/ir";
import type { Expr } from "../binaryen/load.ts";
import type { Local } from "../emit/function-builder.ts";
import { bytesOf } from "../scalar/types.ts";
import type { Frame, FunctionContext, LoopState, Storage } from "./function-context.ts";

/** Evaluates a run-time value inside an index to an i32. */
export type AtomValue = (value: k.Expr) => Expr;

/** An address as loads and stores take it: `pointer + offset`, the offset not negative. */
export interface Address {
  readonly pointer: Local;
  readonly offset: number;
}

/** `value · factor` */
function scale(fc: FunctionContext, value: Expr, factor: number): Expr {
  const { i32 } = fc.f.m;
  if (factor === 1) return value;
  const power = Math.log2(factor);
  return Number.isInteger(power) ? i32.shl(value, i32.const(power)) : i32.mul(value, i32.const(factor));
}

function sum(fc: FunctionContext, terms: readonly Expr[]): Expr {
  const { i32 } = fc.f.m;
  return terms.length === 0 ? i32.const(0) : terms.reduce((a, b) => i32.add(a, b));
}

/** The value of an index. Inside loops, `shift` is added to the innermost vectorised variable. */
export function indexExpr(fc: FunctionContext, index: k.Index, atomValue: AtomValue, shift?: Shift): Expr {
  return termsExpr(fc, ofLocals(fc, index), atomValue, shift);
}

/** An index of variables as an index of what their locals hold. */
function ofLocals({ offsets }: FunctionContext, index: k.Index): k.Index {
  if (offsets.size === 0) return index;
  let { offset } = index;
  for (const { atom, stride } of index.terms) {
    if (atom.kind !== "var") return withOffsets(index, offsets);
    offset += stride * (offsets.get(atom.var) ?? 0);
  }
  return { offset, terms: index.terms };
}

function withOffsets(index: k.Index, offsets: ReadonlyMap<k.LoopVar, number>): k.Index {
  const values = [...offsets].map(
    ([variable, offset]) => [variable, { ...k.indexVar(variable), offset }] as const,
  );
  return k.indexSubstitute(index, new Map(values));
}

function termsExpr(fc: FunctionContext, index: k.Index, atomValue: AtomValue, shift?: Shift): Expr {
  const terms = index.terms.map(({ atom, stride }) =>
    scale(fc, atomExpr(fc, atom, atomValue, shift), stride),
  );
  if (index.offset !== 0) terms.push(fc.f.m.i32.const(index.offset));
  return sum(fc, terms);
}

/** One lane of a vectorised loop: its variable is read as `variable + by`. */
export interface Shift {
  readonly variable: k.LoopVar;
  readonly by: number;
  /** Whether an index differs between lanes. */
  varies(index: k.Index): boolean;
}

function atomExpr(fc: FunctionContext, atom: k.IndexAtom, atomValue: AtomValue, shift?: Shift): Expr {
  const { f } = fc;
  const { i32 } = f.m;
  const inner = (index: k.Index): Expr => termsExpr(fc, index, atomValue, shift);
  switch (atom.kind) {
    case "var": {
      const counter = f.get(fc.counter(atom.var));
      return shift?.variable === atom.var && shift.by !== 0 ? i32.add(counter, i32.const(shift.by)) : counter;
    }
    case "floordiv":
      return i32.div_u(inner(atom.value), i32.const(atom.by));
    case "mod":
      return i32.rem_u(inner(atom.value), i32.const(atom.by));
    case "clamp": {
      const value = f.let(f.b.i32, inner(atom.value));
      const low = i32.const(atom.low);
      const notLow = f.let(
        f.b.i32,
        f.m.select(i32.lt_s(f.get(value), i32.const(atom.low)), low, f.get(value)),
      );
      return f.m.select(i32.gt_s(f.get(notLow), i32.const(atom.high)), i32.const(atom.high), f.get(notLow));
    }
    case "value":
      return atomValue(atom.value);
  }
}

/** Whether an index keeps its value in a frame. Mutable locals never count as constant. */
export const isInvariant = (index: k.Index, frame: Frame): boolean =>
  index.terms.every((term) => isFixed(term, frame));

function isFixed({ atom }: k.IndexTerm, frame: Frame): boolean {
  if (atom.kind === "var") return !frame.defined.has(atom.var);
  if (atom.kind !== "value") return isInvariant(atom.value, frame);
  const { value } = atom;
  return (
    value.kind === "const" ||
    (value.kind === "local" && !value.local.mutable && !frame.defined.has(value.local))
  );
}

/** Whether an atom may be negative (then an offset must not be split from it: addresses do not wrap around). */
function mayBeNegative({ atom, stride }: k.IndexTerm): boolean {
  return stride < 0 || atom.kind === "value" || (atom.kind === "clamp" && atom.low < 0);
}

/** The address of an element. What does not change in the innermost frame is computed before it. */
export function addressOf(
  fc: FunctionContext,
  of: Storage,
  ofVariables: k.Index,
  atomValue: AtomValue,
  shift?: Shift,
): Address {
  const index = ofLocals(fc, ofVariables);
  const bytes = bytesOf(of.dtype);
  const split = index.offset >= 0 && !index.terms.some(mayBeNegative);
  const terms: k.Index = split ? { offset: 0, terms: index.terms } : index;
  const offset = split ? index.offset * bytes : 0;
  return { pointer: pointerTo(fc, of, terms, atomValue, shift), offset };
}

function pointerTo(
  fc: FunctionContext,
  of: Storage,
  index: k.Index,
  atomValue: AtomValue,
  shift?: Shift,
): Local {
  const { frame } = fc;
  if (frame === undefined) return sumPointer(fc, of, fc.base(of), index, atomValue, shift);
  const [constant, varying] = splitIndex(frame, index, shift);
  const start = invariantPointer(fc, frame, of, constant, atomValue);
  const { loop } = frame;
  return shift === undefined && loop !== undefined && isLinear(varying, loop)
    ? linearPointer(fc, loop, of, start, varying)
    : sumPointer(fc, of, start, varying, atomValue, shift);
}

/** What of an index keeps its value in a frame, and what does not. */
function splitIndex(frame: Frame, index: k.Index, shift?: Shift): [constant: k.Index, varying: k.Index] {
  const varies = (term: k.IndexTerm): boolean =>
    !isFixed(term, frame) || (shift?.varies({ offset: 0, terms: [term] }) ?? false);
  const varying = index.terms.filter(varies);
  if (varying.length === 0) return [index, { offset: 0, terms: varying }];
  const fixed = index.terms.filter((term) => !varying.includes(term));
  return [
    { offset: index.offset, terms: fixed },
    { offset: 0, terms: varying },
  ];
}

/** Whether an index is a multiple of the loop's counter. */
const isLinear = ({ terms }: k.Index, { variable }: LoopState): boolean =>
  terms.length === 1 && terms[0].atom.kind === "var" && terms[0].atom.var === variable;

/** `start` plus a multiple of the loop's counter, computed first in each iteration, once for all that need it. */
function linearPointer(
  fc: FunctionContext,
  loop: LoopState,
  of: Storage,
  start: Local,
  { terms: [{ stride }] }: k.Index,
): Local {
  const { f } = fc;
  const factor = stride * bytesOf(of.dtype);
  const key = `${start.index}+${factor}`;
  let local = loop.sums.get(key);
  if (local === undefined) {
    const counter = scaledCounter(fc, loop, factor);
    const target = f.local(f.b.i32);
    fc.into(loop.top, () => f.set(target, f.m.i32.add(f.get(start), f.get(counter))));
    loop.sums.set(key, target);
    local = target;
  }
  return local;
}

/** The address of an element that is the same everywhere in the innermost frame. */
function invariantPointer(
  fc: FunctionContext,
  frame: Frame,
  of: Storage,
  index: k.Index,
  atomValue: AtomValue,
): Local {
  const known = frame.pointers.find((entry) => entry.of === of && k.sameIndex(entry.index, index));
  if (known !== undefined) return known.local;
  let local = fc.base(of);
  if (index.terms.length > 0 || index.offset !== 0) {
    fc.frames.pop();
    fc.into(frame.before, () => {
      local = pointerTo(fc, of, index, atomValue);
    });
    fc.frames.push(frame);
  }
  frame.pointers.push({ of, index, local });
  return local;
}

function sumPointer(
  fc: FunctionContext,
  of: Storage,
  start: Local,
  index: k.Index,
  atomValue: AtomValue,
  shift?: Shift,
): Local {
  const { f } = fc;
  const bytes = bytesOf(of.dtype);
  if (index.terms.length === 0 && index.offset === 0) return start;
  const terms = index.terms.map(({ atom, stride }) => {
    const factor = stride * bytes;
    const loop = fc.frame?.loop;
    if (shift === undefined && atom.kind === "var" && loop?.variable === atom.var)
      return f.get(scaledCounter(fc, loop, factor));
    return scale(fc, atomExpr(fc, atom, atomValue, shift), factor);
  });
  if (index.offset !== 0) terms.push(f.m.i32.const(index.offset * bytes));
  return f.let(f.b.i32, sum(fc, [f.get(start), ...terms]));
}

/** A multiple of a loop's counter, computed once in each iteration. */
function scaledCounter(fc: FunctionContext, loop: LoopState, factor: number): Local {
  if (factor === 1) return loop.counter;
  let local = loop.scaled.get(factor);
  if (local === undefined) {
    const { f } = fc;
    const target = f.local(f.b.i32);
    fc.into(loop.top, () => f.set(target, scale(fc, f.get(loop.counter), factor)));
    loop.scaled.set(factor, target);
    local = target;
  }
  return local;
}
