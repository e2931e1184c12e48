/** Steps that add elementwise ops. */

import {
  type ComparisonDirection,
  complexOf,
  type DType,
  dtypeTable,
  type ElementwiseOpcode,
  isComplex,
  isFloat,
  isInteger,
  isSigned,
  isWideInt,
  realPart,
  sameShape,
  type Value,
} from "@fluxion/ir";
import { type Known, magnitude, propagate, roundoff } from "./bounds.ts";
import { boolOps, integerOps, signedOnly, smoothOps, steppedOps, unaryOps } from "./domains.ts";
import { randomLiteral } from "./inputs.ts";
import type { Recipe } from "./recipes.ts";
import type { Scene } from "./scene.ts";

const isA =
  (test: (dtype: DType) => boolean) =>
  ({ value }: Known): boolean =>
    test(value.type.dtype);
const smoothable = isA((dtype) => isFloat(dtype) || isComplex(dtype));

/** Another operand of the same type: a value of the pool, or a constant. */
export function partner(scene: Scene, known: Known, fits: (other: Known) => boolean = () => true): Known {
  const { type } = known.value;
  const found = scene.find(
    (other) =>
      other.value.type.dtype === type.dtype && sameShape(other.value.type.shape, type.shape) && fits(other),
  );
  if (found !== undefined && scene.random.chance(0.8)) return found;
  const { literal, low, high } = randomLiteral(scene.random, type);
  return { value: scene.builder.constant(literal), exact: true, low, high, error: 0 };
}

const emit = (scene: Scene, opcode: ElementwiseOpcode, ...operands: readonly Known[]): Value =>
  scene.builder.op(opcode as "add", ...operands.map(({ value }) => value));

/** A transcendental op, a product or a quotient: its operands are clamped to where it is well conditioned. */
function smooth(scene: Scene): boolean {
  const op = scene.random.pick(smoothOps);
  const first = scene.find(smoothable);
  if (first === undefined || !scene.may(op.opcode)) return false;
  const { dtype } = first.value.type;
  const boxes = isComplex(dtype) ? op.complex : op.boxes;
  if (boxes === undefined || (isComplex(dtype) && !boxes.every((box) => isTame(first, box)))) return false;
  const operands = [first, ...boxes.slice(1).map(() => partner(scene, first))];
  if (isComplex(dtype)) {
    // Complex numbers cannot be clamped: all operands are the first, which fits.
    return keepSmooth(
      scene,
      op.opcode,
      dtype,
      boxes.map(() => first),
      op.ulps,
    );
  }
  const clamped = operands.map((operand, i) => scene.clamped(operand, boxes[i]));
  return keepSmooth(scene, op.opcode, dtype, clamped, op.ulps);
}

const isTame = ({ low, high }: Known, box: { readonly low: number; readonly high: number }): boolean =>
  low >= box.low && high <= box.high;

function keepSmooth(
  scene: Scene,
  opcode: ElementwiseOpcode,
  dtype: DType,
  operands: readonly Known[],
  ulps: number,
): boolean {
  const bounds = propagate(opcode, dtype, operands, ulps);
  if (bounds === undefined) return false;
  return scene.keep({ ...bounds, value: emit(scene, opcode, ...operands) });
}

/** Sums and differences: exact in the wide formats when the operands are. */
function additive(scene: Scene): boolean {
  const a = scene.find(smoothable);
  if (a === undefined) return false;
  const b = partner(scene, a);
  const opcode = scene.random.pick(["add", "subtract"] as const);
  if (!scene.may(opcode)) return false;
  const [low, high] = opcode === "add" ? [a.low + b.low, a.high + b.high] : [a.low - b.high, a.high - b.low];
  const unit = roundoff(a.value.type.dtype);
  const wide = unit < 2 ** -20;
  const error = a.error + b.error + 2 * unit * magnitude({ low, high });
  return scene.keep({
    value: emit(scene, opcode, a, b),
    low,
    high,
    exact: a.exact && b.exact && wide,
    error,
  });
}

/** Ops that pick or flip values: as exact as their operands. */
function choosing(scene: Scene): boolean {
  const a = scene.find(isA(isFloat));
  const opcode = scene.random.pick(["maximum", "minimum", "negate", "abs"] as const);
  if (a === undefined || !scene.may(opcode)) return false;
  if (opcode === "negate")
    return scene.keep({ ...a, value: emit(scene, opcode, a), low: -a.high, high: -a.low });
  if (opcode === "abs")
    return scene.keep({ ...a, value: emit(scene, opcode, a), low: 0, high: magnitude(a) });
  const b = partner(scene, a);
  const pick = opcode === "maximum" ? Math.max : Math.min;
  return scene.keep({
    value: emit(scene, opcode, a, b),
    low: pick(a.low, b.low),
    high: pick(a.high, b.high),
    exact: a.exact && b.exact,
    error: Math.max(a.error, b.error),
  });
}

const exactFloat = (known: Known): boolean => known.exact && isFloat(known.value.type.dtype);
const around = ({ low, high }: Known): Pick<Known, "low" | "high"> => ({ low: low - 1, high: high + 1 });

function stepped(scene: Scene): boolean {
  const a = scene.find(exactFloat);
  const opcode = scene.random.pick(steppedOps);
  if (a === undefined || !scene.may(opcode)) return false;
  return scene.keep({ ...a, ...around(a), value: emit(scene, opcode, a) });
}

/** remainder and next_after on exact floats. */
function exactBinary(scene: Scene): boolean {
  const a = scene.find(exactFloat);
  const opcode = scene.random.pick(["remainder", "chlo.next_after"] as const);
  if (a === undefined || !scene.may(opcode)) return false;
  const b = partner(scene, a, ({ exact }) => exact);
  const divisor = opcode === "remainder" ? scene.clamped(b, { low: 0.5, high: 4 }) : b;
  return scene.keep({ ...a, ...around(a), value: emit(scene, opcode, a, divisor) });
}

function polygamma(scene: Scene): boolean {
  const x = scene.find(isA((dtype) => dtype === "float32" || dtype === "float64"));
  if (x === undefined || !scene.may("chlo.polygamma")) return false;
  const { dtype, shape } = x.value.type;
  const order = scene.builder.scalar(dtype, scene.random.int(0, 3), shape);
  const at = scene.clamped(x, { low: 1, high: 6 });
  // |ψ‴| and all lower orders stay below 20 on [1, 6], their slopes below 60.
  const bounds = { low: -20, high: 20, exact: false, error: 60 * at.error + 64 * roundoff(dtype) * 20 };
  return scene.keep({ ...bounds, value: scene.builder.op("chlo.polygamma", order, at.value) });
}

function reducePrecision(scene: Scene): boolean {
  const a = scene.find(exactFloat);
  if (a === undefined || !scene.may("reduce_precision")) return false;
  const [exponent_bits, mantissa_bits] = scene.random.pick([
    [8, 7],
    [5, 10],
    [8, 23],
    [4, 3],
  ] as const);
  const value = scene.builder.one("reduce_precision", [a.value], { exponent_bits, mantissa_bits });
  const slack = 0.1 * magnitude(a);
  return scene.keep({ ...a, value, low: a.low - slack, high: a.high + slack });
}

const everything = { low: -(2 ** 63), high: 2 ** 64, exact: true, error: 0 };

function integers(scene: Scene): boolean {
  const a = scene.find(isA(isInteger));
  const opcode = scene.random.pick(integerOps);
  if (a === undefined || !scene.may(opcode)) return false;
  const { dtype } = a.value.type;
  if (signedOnly.includes(opcode) && !isSigned(dtype)) return false;
  if (unaryOps.includes(opcode)) return scene.keep({ ...everything, value: emit(scene, opcode, a) });
  const b = partner(scene, a);
  return scene.keep({ ...everything, value: emit(scene, opcode, a, b) });
}

function booleans(scene: Scene): boolean {
  const a = scene.find(isA((dtype) => dtype === "bool"));
  const opcode = scene.random.pick(boolOps);
  if (a === undefined || !scene.may(opcode)) return false;
  const operands = opcode === "not" ? [a] : [a, partner(scene, a)];
  return scene.keep({ ...everything, value: emit(scene, opcode, ...operands) });
}

const directions: readonly ComparisonDirection[] = ["EQ", "NE", "GE", "GT", "LE", "LT"];

/** The comparison type that JAX writes for a dtype. */
export const comparisonTypeOf = (dtype: DType) => {
  const { kind } = dtypeTable[dtype];
  return kind === "float" || kind === "complex" ? "FLOAT" : kind === "int" ? "SIGNED" : "UNSIGNED";
};

function compare(scene: Scene): boolean {
  const a = scene.find(({ exact }) => exact);
  if (a === undefined || !scene.may("compare")) return false;
  const b = partner(scene, a, ({ exact }) => exact);
  const { dtype } = a.value.type;
  const comparison_direction = isComplex(dtype)
    ? scene.random.pick(["EQ", "NE"] as const)
    : scene.random.pick(directions);
  // The sign of a NaN differs between backends, and the total order sees it.
  const total = isFloat(dtype) && !scene.limits.special && scene.random.chance(0.2);
  const compare_type = total ? "TOTALORDER" : comparisonTypeOf(dtype);
  const value = scene.builder.one("compare", [a.value, b.value], { comparison_direction, compare_type });
  return scene.keep({ ...everything, value });
}

/** A predicate for values of this type: elementwise or scalar. */
export function predicate(scene: Scene, shape: readonly number[]): Value | undefined {
  const known = scene.find(
    ({ value: { type } }) =>
      type.dtype === "bool" && (type.shape.length === 0 || sameShape(type.shape, shape)),
  );
  return known?.value;
}

function select(scene: Scene): boolean {
  const a = scene.find(() => true);
  if (a === undefined || !scene.may("select")) return false;
  const b = partner(scene, a);
  const pred = predicate(scene, a.value.type.shape);
  if (pred === undefined) return false;
  return scene.keep({ ...union(a, b), value: scene.builder.op("select", pred, a.value, b.value) });
}

/** Bounds of a value that is one or the other. */
export const union = (a: Known, b: Known): Omit<Known, "value"> => ({
  low: Math.min(a.low, b.low),
  high: Math.max(a.high, b.high),
  exact: a.exact && b.exact,
  error: Math.max(a.error, b.error),
});

function classify(scene: Scene): boolean {
  const opcode = scene.random.pick([
    "is_finite",
    "chlo.is_inf",
    "chlo.is_pos_inf",
    "chlo.is_neg_inf",
  ] as const);
  const a = scene.find(exactFloat);
  if (a === undefined || !scene.may(opcode)) return false;
  return scene.keep({ ...everything, value: emit(scene, opcode, a) });
}

/** Numbers that every dtype holds well. */
const SMALL = { low: -100, high: 100 };

function convert(scene: Scene): boolean {
  const a = scene.find(() => true);
  const to = scene.random.pick([
    ...scene.limits.dtypes,
    ...scene.limits.dtypes,
    "int32",
    "bool",
    "float32",
  ] as const);
  if (a === undefined || !scene.may("convert")) return false;
  const from = a.value.type.dtype;
  const smoothTarget = isFloat(to) || isComplex(to);
  if (!scene.limits.dtypes.includes(to) && to !== "bool" && to !== "int32") return false;
  if (from === to || (!smoothTarget && !a.exact)) return false;
  if (isInteger(from) && smoothTarget) {
    const unsigned = dtypeTable[from].kind === "uint" ? { low: 0, high: 100 } : SMALL;
    const small = scene.clamped(a, unsigned);
    return scene.keep({ ...unsigned, exact: true, error: 0, value: scene.builder.convert(small.value, to) });
  }
  const value = scene.builder.convert(a.value, to);
  if (from === "bool") return scene.keep({ low: 0, high: 1, exact: true, error: 0, value });
  if (!smoothTarget) return scene.keep({ ...everything, value });
  const narrowing = Math.max(0, roundoff(to) - roundoff(from)) * magnitude(a) * 2;
  const once = narrowing === 0 || from === "float32" || to === "float32";
  const [low, high] = isComplex(to) ? [Math.min(0, a.low), Math.max(0, a.high)] : [a.low, a.high];
  return scene.keep({
    low: low - narrowing,
    high: high + narrowing,
    exact: a.exact && once,
    error: a.error + narrowing,
    value,
  });
}

function complexParts(scene: Scene): boolean {
  const opcode = scene.random.pick(["complex", "real", "imag", "abs", "chlo.conj"] as const);
  if (!scene.may(opcode)) return false;
  if (opcode === "complex") {
    const a = scene.find(isA((dtype) => dtype === "float32" || dtype === "float64"));
    if (a === undefined || !scene.limits.dtypes.includes(complexOf(a.value.type.dtype))) return false;
    const b = partner(scene, a);
    return scene.keep({ ...union(a, b), value: emit(scene, opcode, a, b) });
  }
  const z = scene.find(isA(isComplex));
  if (z === undefined) return false;
  const value = emit(scene, opcode, z);
  if (opcode === "chlo.conj")
    return scene.keep({ ...z, value, low: Math.min(z.low, -z.high), high: Math.max(z.high, -z.low) });
  if (opcode !== "abs") return scene.keep({ ...z, value });
  const high = 1.5 * magnitude(z);
  return scene.keep({
    value,
    low: 0,
    high,
    exact: false,
    error: 2 * z.error + 8 * roundoff(realPart(z.value.type.dtype)) * high,
  });
}

function clamp(scene: Scene): boolean {
  const a = scene.find(isA((dtype) => !isComplex(dtype) && !isWideInt(dtype) && dtype !== "bool"));
  if (a === undefined) return false;
  const low = scene.random.int(0, 3);
  return scene.keep(scene.clamped(a, { low, high: low + scene.random.int(0, 4) }));
}

export const elementwiseRecipes: readonly Recipe[] = [
  [12, smooth],
  [6, additive],
  [4, choosing],
  [3, stepped],
  [2, exactBinary],
  [1, polygamma],
  [1, reducePrecision],
  [8, integers],
  [3, booleans],
  [5, compare],
  [4, select],
  [1, classify],
  [5, convert],
  [4, complexParts],
  [2, clamp],
];

/** Further weight of these in programs that are there to be differentiated. */
export const smoothRecipes: readonly Recipe[] = [
  [40, smooth],
  [10, choosing],
];
