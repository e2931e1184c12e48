/**
 * Elementwise ops: every result element depends on the operand elements at the same index alone.
 * Spec: https://openxla.org/stablehlo/spec and the CHLO dialect.
 */

import { complexOf, realPart } from "../dtype.ts";
import { sameShape, type TensorType } from "../tensor-type.ts";
import {
  declaredType,
  inClass,
  linearityOf,
  require,
  requireClass,
  requireSameShape,
  requireSameType,
} from "./check.ts";
import type { AttributeSchema, DTypeClass, Linearity, OpDeclaration } from "./schema.ts";

interface Options<L extends Linearity> {
  readonly linear?: L;
}

const base = {
  family: "elementwise",
  attributes: {},
  regions: [],
  form: "elementwise",
  linear: "none",
  explicitResult: false,
  sideEffect: false,
} as const;

/** T → T. */
const unary = <const L extends Linearity = "none">(
  doc: string,
  dtypeClass: DTypeClass,
  options: Options<L> = {},
) =>
  ({
    ...base,
    doc,
    operands: ["operand"],
    linear: linearityOf(options, "none"),
    infer: ({ operands }) => {
      requireClass(operands[0], dtypeClass, "operand");
      return [operands[0]];
    },
  }) satisfies OpDeclaration<Record<never, never>>;

/** T, T → T. */
const binary = <const L extends Linearity = "none">(
  doc: string,
  dtypeClass: DTypeClass,
  options: Options<L> = {},
) =>
  ({
    ...base,
    doc,
    operands: ["lhs", "rhs"],
    linear: linearityOf(options, "none"),
    infer: ({ operands }) => {
      requireSameType(operands);
      requireClass(operands[0], dtypeClass, "operands");
      return [operands[0]];
    },
  }) satisfies OpDeclaration<Record<never, never>>;

const special = <const A extends AttributeSchema, const L extends Linearity = "none">(
  declaration: Pick<OpDeclaration<A>, "doc" | "operands" | "attributes" | "infer"> &
    Partial<Omit<OpDeclaration<A>, "linear">> &
    Options<L>,
) => ({ ...base, ...declaration, linear: linearityOf(declaration, "none") }) satisfies OpDeclaration<A>;

const partOf = (operand: TensorType): TensorType => ({
  dtype: realPart(operand.dtype),
  shape: operand.shape,
});

export const elementwiseOps = {
  // Arithmetic
  abs: special({
    doc: "Absolute value; the modulus of a complex number.",
    operands: ["operand"],
    attributes: {},
    infer: ({ operands }) => {
      requireClass(operands[0], "signedOrFloatOrComplex", "operand");
      return [partOf(operands[0])];
    },
  }),
  add: binary("Sum; logical or for bool.", "boolOrNumber", { linear: "joint" }),
  subtract: binary("Difference.", "number", { linear: "joint" }),
  multiply: binary("Product; logical and for bool.", "boolOrNumber", {
    linear: [0, 1],
  }),
  divide: binary("Quotient; integers round towards zero.", "number", {
    linear: [0],
  }),
  remainder: binary("Remainder with the sign of the dividend.", "number"),
  negate: unary("Negation; two's complement for unsigned integers.", "number", {
    linear: "joint",
  }),
  sign: unary("−1, 0 or 1 by sign; x/|x| for complex.", "signedOrFloatOrComplex"),
  maximum: binary(
    "The larger of two; NaN if either is; complex numbers compare by real, then imaginary part.",
    "any",
  ),
  minimum: binary(
    "The smaller of two; NaN if either is; complex numbers compare by real, then imaginary part.",
    "any",
  ),
  power: binary("lhs raised to rhs.", "number"),
  // Rounding
  ceil: unary("Nearest integer not below.", "float"),
  floor: unary("Nearest integer not above.", "float"),
  round_nearest_afz: unary("Nearest integer, ties away from zero.", "float"),
  round_nearest_even: unary("Nearest integer, ties to even.", "float"),
  // Roots, exponentials, logarithms
  sqrt: unary("Square root.", "floatOrComplex"),
  rsqrt: unary("Reciprocal square root.", "floatOrComplex"),
  cbrt: unary("Real cube root.", "floatOrComplex"),
  exponential: unary("e^x.", "floatOrComplex"),
  exponential_minus_one: unary("e^x − 1 without cancellation near 0.", "floatOrComplex"),
  log: unary("Natural logarithm.", "floatOrComplex"),
  log_plus_one: unary("log(1 + x) without cancellation near 0.", "floatOrComplex"),
  logistic: unary("1 / (1 + e^−x).", "floatOrComplex"),
  // Trigonometry
  sine: unary("Sine.", "floatOrComplex"),
  cosine: unary("Cosine.", "floatOrComplex"),
  tan: unary("Tangent.", "floatOrComplex"),
  tanh: unary("Hyperbolic tangent.", "floatOrComplex"),
  atan2: binary("Angle of the point (rhs, lhs).", "floatOrComplex"),
  // Bits and logic
  and: binary("Logical and bitwise and.", "boolOrInteger"),
  or: binary("Logical and bitwise or.", "boolOrInteger"),
  xor: binary("Logical and bitwise exclusive or.", "boolOrInteger"),
  not: unary("Logical and bitwise not.", "boolOrInteger"),
  shift_left: binary("Left shift; 0 once the amount reaches the width.", "integer"),
  shift_right_arithmetic: binary("Right shift that repeats the sign bit.", "integer"),
  shift_right_logical: binary("Right shift that brings in zeros.", "integer"),
  popcnt: unary("Number of one bits.", "integer"),
  count_leading_zeros: unary("Number of zero bits above the highest one bit.", "integer"),
  // Selection and comparison
  compare: special({
    doc: "Comparison; float compares are false on NaN but NE, TOTALORDER orders every bit pattern.",
    operands: ["lhs", "rhs"],
    attributes: {
      comparison_direction: "comparison_direction",
      compare_type: "comparison_type?",
    },
    form: "custom",
    infer: ({ operands }) => {
      requireSameType(operands);
      return [{ dtype: "bool", shape: operands[0].shape }];
    },
  }),
  select: special({
    doc: "on_true where pred holds, else on_false; pred may be a scalar.",
    operands: ["pred", "on_true", "on_false"],
    attributes: {},
    form: "custom",
    linear: [1, 2],
    infer: ({ operands: [pred, onTrue, onFalse] }) => {
      require(pred.dtype === "bool", () => "pred must be bool");
      requireSameType([onTrue, onFalse]);
      require(pred.shape.length === 0 || sameShape(pred.shape, onTrue.shape), () =>
        "pred must be a scalar or have the shape of the branches");
      return [onTrue];
    },
  }),
  clamp: special({
    doc: "minimum(maximum(operand, min), max); min and max may be scalars.",
    operands: ["min", "operand", "max"],
    attributes: {},
    form: "custom",
    infer: ({ operands: [min, operand, max] }) => {
      for (const bound of [min, max]) {
        require(bound.dtype === operand.dtype, () => "bounds must have the operand's element type");
        require(bound.shape.length === 0 || sameShape(bound.shape, operand.shape), () =>
          "a bound must be a scalar or have the operand's shape");
      }
      return [operand];
    },
  }),
  is_finite: special({
    doc: "Whether x is neither infinite nor NaN.",
    operands: ["x"],
    attributes: {},
    infer: ({ operands }) => {
      requireClass(operands[0], "float", "x");
      return [{ dtype: "bool", shape: operands[0].shape }];
    },
  }),
  // Types
  convert: special({
    doc: "Element type conversion; floats to integers truncate towards zero and saturate, NaN becomes 0.",
    operands: ["operand"],
    attributes: {},
    explicitResult: true,
    linear: "joint",
    infer: ({ operands, declared }) => {
      const result = declaredType(declared);
      requireSameShape([operands[0], result]);
      return [result];
    },
  }),
  reduce_precision: special({
    doc: "Rounds to a float format with the given exponent and mantissa widths and back; differentiated as the identity.",
    linear: "joint",
    operands: ["operand"],
    attributes: { exponent_bits: "i32", mantissa_bits: "i32" },
    form: "custom",
    infer: ({ operands, attributes }) => {
      requireClass(operands[0], "float", "operand");
      require(attributes.exponent_bits >= 1, () => "exponent_bits must be at least 1");
      require(attributes.mantissa_bits >= 0, () => "mantissa_bits must not be negative");
      return [operands[0]];
    },
  }),
  // Complex numbers
  complex: special({
    doc: "Complex number from its parts.",
    form: "custom",
    operands: ["lhs", "rhs"],
    attributes: {},
    linear: "joint",
    infer: ({ operands }) => {
      requireSameType(operands);
      require(operands[0].dtype === "float32" || operands[0].dtype === "float64", () =>
        "parts must be f32 or f64");
      return [{ dtype: complexOf(operands[0].dtype), shape: operands[0].shape }];
    },
  }),
  real: special({
    doc: "Real part.",
    operands: ["operand"],
    attributes: {},
    linear: "joint",
    infer: ({ operands }) => {
      requireClass(operands[0], "floatOrComplex", "operand");
      return [partOf(operands[0])];
    },
  }),
  imag: special({
    doc: "Imaginary part; 0 for real input.",
    operands: ["operand"],
    attributes: {},
    linear: "joint",
    infer: ({ operands }) => {
      requireClass(operands[0], "floatOrComplex", "operand");
      return [partOf(operands[0])];
    },
  }),
  // CHLO
  "chlo.acos": unary("Inverse cosine.", "floatOrComplex"),
  "chlo.acosh": unary("Inverse hyperbolic cosine.", "floatOrComplex"),
  "chlo.asin": unary("Inverse sine.", "floatOrComplex"),
  "chlo.asinh": unary("Inverse hyperbolic sine.", "floatOrComplex"),
  "chlo.atan": unary("Inverse tangent.", "floatOrComplex"),
  "chlo.atanh": unary("Inverse hyperbolic tangent.", "floatOrComplex"),
  "chlo.bessel_i1e": unary("Exponentially scaled modified Bessel function of order 1.", "float"),
  "chlo.conj": unary("Complex conjugate.", "floatOrComplex", {
    linear: "joint",
  }),
  "chlo.cosh": unary("Hyperbolic cosine.", "floatOrComplex"),
  "chlo.sinh": unary("Hyperbolic sine.", "floatOrComplex"),
  "chlo.tan": unary("Tangent.", "floatOrComplex"),
  "chlo.digamma": unary("Logarithmic derivative of the gamma function.", "float"),
  "chlo.erf": unary("Error function.", "float"),
  "chlo.erf_inv": unary("Inverse error function.", "float"),
  "chlo.erfc": unary("1 − erf(x) without cancellation.", "float"),
  "chlo.lgamma": unary("Logarithm of the absolute value of the gamma function.", "float"),
  "chlo.square": unary("x·x.", "floatOrComplex"),
  "chlo.is_inf": special({
    doc: "Whether x is infinite.",
    operands: ["operand"],
    attributes: {},
    infer: ({ operands }) => {
      requireClass(operands[0], "float", "operand");
      return [{ dtype: "bool", shape: operands[0].shape }];
    },
  }),
  "chlo.is_pos_inf": special({
    doc: "Whether x is +∞.",
    operands: ["operand"],
    attributes: {},
    infer: ({ operands }) => {
      requireClass(operands[0], "float", "operand");
      return [{ dtype: "bool", shape: operands[0].shape }];
    },
  }),
  "chlo.is_neg_inf": special({
    doc: "Whether x is −∞.",
    operands: ["operand"],
    attributes: {},
    infer: ({ operands }) => {
      requireClass(operands[0], "float", "operand");
      return [{ dtype: "bool", shape: operands[0].shape }];
    },
  }),
  "chlo.mulhi": binary("High half of the double-width product.", "integer"),
  "chlo.next_after": binary("Next float after x in the direction of y.", "float"),
  "chlo.polygamma": binary("Polygamma function of order n at x.", "float"),
  "chlo.zeta": binary("Hurwitz zeta function.", "float"),
  // Identity with a barrier
  optimization_barrier: {
    ...base,
    doc: "Identity that no pass moves computation across.",
    operands: ["*operand"],
    form: "custom",
    linear: "joint",
    infer: ({ operands }) => operands,
  } satisfies OpDeclaration<Record<never, never>>,
} as const;

/** Whether an elementwise op accepts the dtype; used by test generators. */
export const acceptsDType = inClass;
