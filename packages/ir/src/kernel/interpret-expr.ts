/** Expressions of the kernel IR as closures over a frame. */

import type { RealDType } from "../dtype.ts";
import { InternalError } from "../errors.ts";
import { roundedScalarFunction } from "../interpreter/elementwise.ts";
import { allocateStorage, bytesOfStorage, storageFromBytes, type TypedArray } from "../literal.ts";
import { type Operation, Value } from "../module.ts";
import { bfloat16FromBits, float16FromBits, toStorage } from "../scalar.ts";
import type { Index, IndexAtom, LoopVar } from "./index-expr.ts";
import type { BufferRef, Expr, Local, Tile } from "./types.ts";

export type Scalar = number | bigint;

/** What expressions read. */
export interface Memory {
  readonly vars: ReadonlyMap<LoopVar, number>;
  readonly locals: ReadonlyMap<Local, Scalar>;
  readonly arrays: ReadonlyMap<BufferRef | Tile, TypedArray>;
}

export interface Evaluator {
  expr(expr: Expr): () => Scalar;
  index(index: Index): () => number;
  scalar(
    opcode: string,
    result: RealDType,
    operands: readonly RealDType[],
    attributes?: object,
  ): (...args: Scalar[]) => Scalar;
}

/** The value of a stored entry. */
const decode = (dtype: RealDType, stored: Scalar): Scalar =>
  dtype === "float16"
    ? float16FromBits(Number(stored))
    : dtype === "bfloat16"
      ? bfloat16FromBits(Number(stored))
      : stored;

function arrayOf(arrays: Memory["arrays"], of: BufferRef | Tile): TypedArray {
  const array = arrays.get(of);
  if (array === undefined) throw new InternalError(`${of.name} is bound to nothing`);
  return array;
}

export function readEntry(arrays: Memory["arrays"], from: BufferRef | Tile, at: number): Scalar {
  const array = arrayOf(arrays, from);
  if (!(at >= 0 && at < array.length))
    throw new InternalError(`load of ${from.name}[${at}] outside ${array.length}`);
  return decode(from.dtype, array[at]);
}

export function writeEntry(arrays: Memory["arrays"], to: BufferRef | Tile, at: number, value: Scalar): void {
  const array = arrayOf(arrays, to);
  if (!(at >= 0 && at < array.length))
    throw new InternalError(`store to ${to.name}[${at}] outside ${array.length}`);
  [array[at]] = toStorage(to.dtype, value) as never[];
}

export function makeEvaluator(memory: Memory): Evaluator {
  const evaluator: Evaluator = {
    scalar: (opcode, result, operands, attributes = {}) =>
      scalarFunction(opcode, result, operands, attributes),
    index: ({ offset, terms }) => {
      const parts = terms.map(({ atom, stride }) => ({ value: atomValue(evaluator, memory, atom), stride }));
      return () => parts.reduce((sum, { value, stride }) => sum + value() * stride, offset);
    },
    expr: (expr) => expression(evaluator, memory, expr),
  };
  return evaluator;
}

function atomValue(e: Evaluator, memory: Memory, atom: IndexAtom): () => number {
  if (atom.kind === "var") return () => lookup(memory.vars, atom.var);
  if (atom.kind === "value") {
    const value = e.expr(atom.value);
    return () => Number(value());
  }
  const inner = e.index(atom.value);
  if (atom.kind === "clamp") return () => Math.min(Math.max(inner(), atom.low), atom.high);
  return atom.kind === "floordiv" ? () => Math.floor(inner() / atom.by) : () => inner() % atom.by;
}

function lookup<K extends { readonly name: string }, V>(map: ReadonlyMap<K, V>, key: K): V {
  const value = map.get(key);
  if (value === undefined) throw new InternalError(`${key.name} is used before it is defined`);
  return value;
}

function expression(e: Evaluator, memory: Memory, expr: Expr): () => Scalar {
  switch (expr.kind) {
    case "const":
      return () => expr.value;
    case "local":
      return () => lookup(memory.locals, expr.local);
    case "index":
      return e.index(expr.index);
    case "load": {
      const at = e.index(expr.index);
      return () => readEntry(memory.arrays, expr.from, at());
    }
    case "op":
      return apply(
        e,
        e.scalar(
          expr.opcode,
          expr.dtype,
          expr.args.map(({ dtype }) => dtype),
        ),
        expr.args,
      );
    case "compare": {
      const attributes = { comparison_direction: expr.direction, compare_type: expr.compareType };
      return apply(
        e,
        e.scalar(
          "compare",
          "bool",
          expr.args.map(({ dtype }) => dtype),
          attributes,
        ),
        expr.args,
      );
    }
    case "convert":
      return apply(e, e.scalar("convert", expr.dtype, [expr.arg.dtype]), [expr.arg]);
    case "reduce_precision": {
      const attributes = { exponent_bits: expr.exponentBits, mantissa_bits: expr.mantissaBits };
      return apply(e, e.scalar("reduce_precision", expr.dtype, [expr.dtype], attributes), [expr.arg]);
    }
    case "bitcast":
      return bitcast(e.expr(expr.arg), expr.arg.dtype, expr.dtype);
    case "inRange": {
      const tests = expr.tests.map((test) => ({ ...test, at: e.index(test.index) }));
      return () =>
        Number(
          tests.every(
            ({ at, low, high, step = 1 }) => at() >= low && at() < high && (at() - low) % step === 0,
          ),
        );
    }
  }
}

function apply(e: Evaluator, f: (...args: Scalar[]) => Scalar, args: readonly Expr[]): () => Scalar {
  const [a, b, c] = args.map((arg) => e.expr(arg));
  if (c !== undefined) return () => f(a(), b(), c());
  return b !== undefined ? () => f(a(), b()) : () => f(a());
}

function scalarFunction(
  opcode: string,
  result: RealDType,
  operands: readonly RealDType[],
  attributes: object,
): (...args: Scalar[]) => Scalar {
  const scalar = (dtype: RealDType): Value => new Value({ dtype, shape: [] });
  const operation = {
    opcode,
    operands: operands.map(scalar),
    attributes,
    regions: [],
    results: [scalar(result)],
    location: undefined,
  } as unknown as Operation;
  return roundedScalarFunction(operation) as unknown as (...args: Scalar[]) => Scalar;
}

function bitcast(value: () => Scalar, from: RealDType, to: RealDType): () => Scalar {
  return () => {
    const source = allocateStorage(from, 1);
    [source[0]] = toStorage(from, value()) as never[];
    return decode(to, storageFromBytes(to, bytesOfStorage(source))[0]);
  };
}
