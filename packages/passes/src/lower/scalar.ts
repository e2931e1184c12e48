/** Elementwise ops on one real element. */

import { type DType, kernel as k, type Operation, type RealDType } from "@fluxion/ir";

/** Ops whose kernel-IR expression has the same name and takes its operands as they are. */
const direct = new Set<string>([
  "abs",
  "add",
  "subtract",
  "multiply",
  "divide",
  "remainder",
  "negate",
  "sign",
  "maximum",
  "minimum",
  "power",
  "ceil",
  "floor",
  "round_nearest_afz",
  "round_nearest_even",
  "sqrt",
  "rsqrt",
  "cbrt",
  "exponential",
  "exponential_minus_one",
  "log",
  "log_plus_one",
  "logistic",
  "sine",
  "cosine",
  "tan",
  "tanh",
  "atan2",
  "and",
  "or",
  "xor",
  "not",
  "shift_left",
  "shift_right_arithmetic",
  "shift_right_logical",
  "popcnt",
  "count_leading_zeros",
  "is_finite",
  "select",
  "chlo.acos",
  "chlo.acosh",
  "chlo.asin",
  "chlo.asinh",
  "chlo.atan",
  "chlo.atanh",
  "chlo.bessel_i1e",
  "chlo.cosh",
  "chlo.sinh",
  "chlo.tan",
  "chlo.digamma",
  "chlo.erf",
  "chlo.erf_inv",
  "chlo.erfc",
  "chlo.lgamma",
  "chlo.is_inf",
  "chlo.is_pos_inf",
  "chlo.is_neg_inf",
  "chlo.mulhi",
  "chlo.next_after",
  "chlo.polygamma",
  "chlo.zeta",
]);

const isDirect = (opcode: string): opcode is k.ScalarOpcode => direct.has(opcode);

/** The expression of an elementwise op whose operands and result are real; nothing for other ops. */
export function scalarExpr(op: Operation, args: readonly k.Expr[]): k.Expr | undefined {
  const dtype = op.results[0].type.dtype as RealDType;
  if (isDirect(op.opcode)) return k.scalarOp(op.opcode, dtype, ...args);
  switch (op.opcode) {
    case "compare":
      return k.compare(
        op.attributes.comparison_direction,
        args[0],
        args[1],
        op.attributes.compare_type ?? k.defaultCompareType(args[0].dtype),
      );
    case "clamp":
      return k.scalarOp("minimum", dtype, k.scalarOp("maximum", dtype, args[1], args[0]), args[2]);
    case "chlo.square":
      return k.scalarOp("multiply", dtype, args[0], args[0]);
    case "reduce_precision": {
      const { exponent_bits: exponentBits, mantissa_bits: mantissaBits } = op.attributes;
      return { kind: "reduce_precision", dtype, exponentBits, mantissaBits, arg: args[0] };
    }
    case "convert":
      return k.convert(args[0], dtype);
    case "real":
    case "chlo.conj":
      return args[0];
    case "imag":
      return k.constant(dtype, 0);
    default:
      return undefined;
  }
}

/** The zero of a dtype. */
export const zeroOf = (dtype: DType): k.Expr => k.constant(dtype as RealDType, 0);
