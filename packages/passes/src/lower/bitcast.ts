/**
 * `bitcast_convert` of any widths. Elements are cut into words as wide as the narrower of the two real parts, least significant
 * word first, and put together again.
 */

import { type DType, dtypeTable, isComplex, kernel as k, type RealDType, realPart } from "@fluxion/ir";
import type { Cell, Scope } from "./scope.ts";

type UnsignedDType = "uint8" | "uint16" | "uint32" | "uint64";
const unsigned = (bits: number): UnsignedDType => `uint${bits}` as UnsignedDType;
const bitsOf = (dtype: DType): number => dtypeTable[dtype].bits;

/** Words of `unit` bits in one element, least significant first. */
function wordsOf(cell: Cell, dtype: DType, unit: number, scope: Scope): k.Expr[] {
  const part = realPart(dtype);
  const parts = cell.im ? [cell.re, cell.im] : [cell.re];
  return parts.flatMap((expr) => {
    const bits = scope.define("bits", k.bitcast(expr, unsigned(bitsOf(part))));
    return Array.from({ length: bitsOf(part) / unit }, (_, i) => {
      const shift = k.constant(bits.dtype, i * unit);
      const moved = i === 0 ? bits : k.scalarOp("shift_right_logical", bits.dtype, bits, shift);
      return scope.define("word", k.convert(moved, unsigned(unit)));
    });
  });
}

/** An element from its words. */
function fromWords(words: readonly k.Expr[], dtype: DType, unit: number, scope: Scope): Cell {
  const part = realPart(dtype) as RealDType;
  const perPart = bitsOf(part) / unit;
  const partAt = (first: number): k.Expr => {
    const wide = unsigned(bitsOf(part));
    const bits = words.slice(first, first + perPart).map((word, i) => {
      const widened = k.convert(word, wide);
      return i === 0 ? widened : k.scalarOp("shift_left", wide, widened, k.constant(wide, i * unit));
    });
    return scope.define(
      "cast",
      k.bitcast(
        bits.reduce((a, b) => k.scalarOp("or", wide, a, b)),
        part,
      ),
    );
  };
  return isComplex(dtype) ? { re: partAt(0), im: partAt(perPart) } : { re: partAt(0) };
}

/** The element of a bitcast; `sourceAt` gives the operand's element at an index. */
export function bitcastCell(
  from: DType,
  to: DType,
  indices: readonly k.Index[],
  sourceAt: (indices: readonly k.Index[]) => Cell,
  scope: Scope,
): Cell {
  if (from === to) return sourceAt(indices);
  const unit = Math.min(bitsOf(realPart(from)), bitsOf(realPart(to)));
  const [width, target] = [bitsOf(from), bitsOf(to)];
  if (target > width) {
    const cells = Array.from({ length: target / width }, (_, i) => sourceAt([...indices, k.indexConst(i)]));
    return fromWords(
      cells.flatMap((cell) => wordsOf(cell, from, unit, scope)),
      to,
      unit,
      scope,
    );
  }
  if (target === width) return fromWords(wordsOf(sourceAt(indices), from, unit, scope), to, unit, scope);
  const words = wordsOf(sourceAt(indices.slice(0, -1)), from, unit, scope);
  const count = target / unit;
  const position = k.indexValueOf(indices[indices.length - 1]);
  const picked = Array.from({ length: count }, (_, i) => pick(words, count, i, position));
  return fromWords(picked, to, unit, scope);
}

/** Word `i` of the element at a run-time position. */
function pick(words: readonly k.Expr[], count: number, i: number, position: k.Expr): k.Expr {
  let result = words[i];
  for (let element = 1; element * count < words.length; element++) {
    const here = k.compare("EQ", position, k.constant("int32", element));
    result = k.select(here, words[element * count + i], result);
  }
  return result;
}
