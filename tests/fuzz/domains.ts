/** Where the smooth elementwise ops are well conditioned, and how exactly a backend must compute them there. */

import type { ElementwiseOpcode } from "@fluxion/ir";
import type { Box } from "./bounds.ts";

export interface Smooth {
  readonly opcode: ElementwiseOpcode;
  /** One box for each operand. */
  readonly boxes: readonly Box[];
  /** Box of each operand's parts, where the op takes complex numbers. */
  readonly complex?: readonly Box[];
  /** Units in the last place that a backend may be off. */
  readonly ulps: number;
}

const box = (low: number, high: number): Box => ({ low, high });
const tame = box(-3, 3);
const positive = box(0.25, 4);

const unary = (opcode: ElementwiseOpcode, real: Box, ulps: number, complex?: Box): Smooth => ({
  opcode,
  boxes: [real],
  ulps,
  ...(complex ? { complex: [complex] } : {}),
});

export const smoothOps: readonly Smooth[] = [
  unary("sqrt", positive, 1, box(0.25, 2)),
  unary("rsqrt", positive, 2, box(0.25, 2)),
  unary("cbrt", positive, 2),
  unary("exponential", tame, 2, box(-1, 1)),
  unary("exponential_minus_one", tame, 2, box(-1, 1)),
  unary("log", positive, 2, box(0.25, 2)),
  unary("log_plus_one", box(-0.5, 3), 2, box(0.25, 2)),
  unary("logistic", box(-6, 6), 3, box(-1, 1)),
  unary("sine", box(-6, 6), 2, box(-1, 1)),
  unary("cosine", box(-6, 6), 2, box(-1, 1)),
  unary("tan", box(-1, 1), 3, box(-1, 1)),
  unary("tanh", tame, 3, box(-1, 1)),
  unary("chlo.acos", box(-0.9, 0.9), 3, box(0.25, 0.75)),
  unary("chlo.acosh", box(1.25, 4), 4, box(1.25, 3)),
  unary("chlo.asin", box(-0.9, 0.9), 3, box(0.25, 0.75)),
  unary("chlo.asinh", tame, 4, box(0.25, 0.75)),
  unary("chlo.atan", tame, 3, box(0.25, 0.75)),
  unary("chlo.atanh", box(-0.8, 0.8), 4, box(0.25, 0.75)),
  unary("chlo.bessel_i1e", tame, 8),
  unary("chlo.cosh", tame, 3, box(-1, 1)),
  unary("chlo.sinh", tame, 3, box(-1, 1)),
  unary("chlo.tan", box(-1, 1), 3),
  unary("chlo.digamma", box(0.5, 6), 16),
  unary("chlo.erf", tame, 3),
  // In float64 backends have the errors of XLA's logarithm near ±0.64, so that draws are JAX's.
  unary("chlo.erf_inv", box(-0.9, 0.9), 24),
  unary("chlo.erfc", box(-2, 2), 6),
  unary("chlo.lgamma", box(0.5, 6), 16),
  unary("chlo.square", tame, 1, tame),
  { opcode: "multiply", boxes: [tame, tame], complex: [tame, tame], ulps: 1 },
  { opcode: "divide", boxes: [tame, positive], complex: [tame, box(0.5, 2)], ulps: 2 },
  { opcode: "power", boxes: [box(0.5, 2), box(-3, 3)], complex: [box(0.5, 1.5), box(-1, 1)], ulps: 4 },
  { opcode: "atan2", boxes: [box(0.25, 3), box(-3, 3)], ulps: 4 },
  { opcode: "chlo.zeta", boxes: [box(1.5, 6), box(0.5, 4)], ulps: 32 },
];

/** Ops that every backend computes to the last bit on integers, whatever the values are. */
export const integerOps: readonly ElementwiseOpcode[] = [
  "add",
  "subtract",
  "multiply",
  "divide",
  "remainder",
  "maximum",
  "minimum",
  "and",
  "or",
  "xor",
  "shift_left",
  "shift_right_arithmetic",
  "shift_right_logical",
  "power",
  "chlo.mulhi",
  "negate",
  "not",
  "popcnt",
  "count_leading_zeros",
  "abs",
  "sign",
];
export const signedOnly: readonly ElementwiseOpcode[] = ["abs", "sign"];
export const unaryOps: readonly ElementwiseOpcode[] = [
  "negate",
  "not",
  "popcnt",
  "count_leading_zeros",
  "abs",
  "sign",
];
export const boolOps: readonly ElementwiseOpcode[] = [
  "and",
  "or",
  "xor",
  "not",
  "add",
  "multiply",
  "maximum",
  "minimum",
];

/** Discontinuous float ops: they take exact values alone, and are exact on them. */
export const steppedOps: readonly ElementwiseOpcode[] = [
  "ceil",
  "floor",
  "round_nearest_afz",
  "round_nearest_even",
  "sign",
];
