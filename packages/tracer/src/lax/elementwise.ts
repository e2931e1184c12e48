/**
 * `lax`'s elementwise functions: one operation each, on operands of one dtype and one shape (scalars are repeated).
 * Names and meanings are those of `jax.lax`; see `jnp` for NumPy's promotion and broadcasting.
 */

import { type AttributesOf, dtypeTable, isComplex, isFloat, type Opcode } from "@fluxion/ir";
import { type ArrayLike, asArray } from "../core/as-array.ts";
import { dispatchOne } from "../core/dispatch.ts";
import { broadcastTo, convert, emitOne, full } from "../core/emit.ts";
import type { NDArray } from "../core/ndarray.ts";
import { type Accepted, requireKind, sameOperands } from "./operands.ts";

/** Ops that take no attributes. */
type PlainOpcode = { [K in Opcode]: Record<never, never> extends AttributesOf<K> ? K : never }[Opcode];

const emitPlain = (opcode: PlainOpcode, operands: readonly NDArray[]): NDArray =>
  emitOne(opcode, operands, {} as never);

/** A function of one array whose body is written out. */
const unaryOf =
  (name: string, accepted: Accepted, body: (x: NDArray) => NDArray) =>
  (x: ArrayLike): NDArray =>
    dispatchOne(`lax.${name}`, [asArray(x, name, 0)], undefined, ([a]) => {
      requireKind(name, a.dtype, accepted);
      return body(a);
    });

const unary = (name: string, opcode: PlainOpcode, accepted: Accepted) =>
  unaryOf(name, accepted, (x) => emitPlain(opcode, [x]));

const binary =
  (name: string, opcode: PlainOpcode, accepted: Accepted) =>
  (x: ArrayLike, y: ArrayLike): NDArray =>
    dispatchOne(`lax.${name}`, [asArray(x, name, 0), asArray(y, name, 1)], undefined, (args) => {
      args.forEach((arg, i) => {
        requireKind(name, arg.dtype, accepted, i);
      });
      return emitPlain(opcode, sameOperands(name, args));
    });

// Arithmetic
export const abs = unary("abs", "abs", "signed");
export const add = binary("add", "add", "number");
export const sub = binary("sub", "subtract", "number");
export const mul = binary("mul", "multiply", "number");
export const div = binary("div", "divide", "number");
export const rem = binary("rem", "remainder", "real");
export const neg = unary("neg", "negate", "number");
export const max = binary("max", "maximum", "any");
export const min = binary("min", "minimum", "any");
/** −1, 0 or 1 by sign, x / |x| for complex numbers; unsigned integers give 0 or 1. */
export const sign = unaryOf("sign", "number", (x) =>
  dtypeTable[x.dtype].kind === "uint"
    ? convert(ne(x, full([], 0, x.dtype)), x.dtype, x.weakType)
    : emitPlain("sign", [x]),
);
export const square = unaryOf("square", "number", (x) =>
  isFloat(x.dtype) || isComplex(x.dtype) ? emitPlain("chlo.square", [x]) : emitPlain("multiply", [x, x]),
);
export const ceil = unary("ceil", "ceil", "float");
export const floor = unary("floor", "floor", "float");

// Exponentials and roots
export const sqrt = unary("sqrt", "sqrt", "inexact");
export const rsqrt = unary("rsqrt", "rsqrt", "inexact");
export const cbrt = unary("cbrt", "cbrt", "float");
export const exp = unary("exp", "exponential", "inexact");
export const expm1 = unary("expm1", "exponential_minus_one", "inexact");
export const log = unary("log", "log", "inexact");
export const log1p = unary("log1p", "log_plus_one", "inexact");
export const logistic = unary("logistic", "logistic", "inexact");
/** 2^x. As a power, because e^(x·log 2) loses a digit for each power of ten that x has. */
export const exp2 = unaryOf("exp2", "inexact", (x) => {
  const scalar = (value: number): NDArray => broadcastTo(full([], value, x.dtype, x.weakType), x.shape);
  return isComplex(x.dtype) ? exp(mul(scalar(Math.LN2), x)) : emitPlain("power", [scalar(2), x]);
});

// Trigonometry
export const sin = unary("sin", "sine", "inexact");
export const cos = unary("cos", "cosine", "inexact");
export const tan = unary("tan", "tan", "inexact");
export const tanh = unary("tanh", "tanh", "inexact");
export const atan2 = binary("atan2", "atan2", "inexact");
export const asin = unary("asin", "chlo.asin", "inexact");
export const acos = unary("acos", "chlo.acos", "inexact");
export const atan = unary("atan", "chlo.atan", "inexact");
export const sinh = unary("sinh", "chlo.sinh", "inexact");
export const cosh = unary("cosh", "chlo.cosh", "inexact");
export const asinh = unary("asinh", "chlo.asinh", "inexact");
export const acosh = unary("acosh", "chlo.acosh", "inexact");
export const atanh = unary("atanh", "chlo.atanh", "inexact");

// Bits
export const bitwiseAnd = binary("and", "and", "bits");
export const bitwiseOr = binary("or", "or", "bits");
export const bitwiseXor = binary("xor", "xor", "bits");
export const bitwiseNot = unary("not", "not", "bits");
export const shiftLeft = binary("shift_left", "shift_left", "integer");
export const shiftRightArithmetic = binary("shift_right_arithmetic", "shift_right_arithmetic", "integer");
export const shiftRightLogical = binary("shift_right_logical", "shift_right_logical", "integer");
export const populationCount = unary("population_count", "popcnt", "integer");
export const clz = unary("clz", "count_leading_zeros", "integer");
export const mulhi = binary("mulhi", "chlo.mulhi", "integer");

// Complex numbers
export const complex = binary("complex", "complex", "float");
export const real = unary("real", "real", "complex");
export const imag = unary("imag", "imag", "complex");
/** The conjugate; of a real number the complex number itself. */
export const conj = unaryOf("conj", "inexact", (x) =>
  isComplex(x.dtype) ? emitPlain("chlo.conj", [x]) : complex(x, full([], 0, x.dtype)),
);

// Special functions
export const digamma = unary("digamma", "chlo.digamma", "float");
export const erf = unary("erf", "chlo.erf", "float");
export const erfInv = unary("erf_inv", "chlo.erf_inv", "float");
export const erfc = unary("erfc", "chlo.erfc", "float");
export const lgamma = unary("lgamma", "chlo.lgamma", "float");
export const nextafter = binary("nextafter", "chlo.next_after", "float");
export const polygamma = binary("polygamma", "chlo.polygamma", "float");
export const zeta = binary("zeta", "chlo.zeta", "float");

// Predicates
const finite = unary("is_finite", "is_finite", "float");

export { finite as isFinite };

const comparison =
  (name: string, direction: "EQ" | "NE" | "GE" | "GT" | "LE" | "LT", accepted: Accepted) =>
  (x: ArrayLike, y: ArrayLike): NDArray =>
    dispatchOne(`lax.${name}`, [asArray(x, name, 0), asArray(y, name, 1)], undefined, (args) => {
      args.forEach((arg, i) => {
        requireKind(name, arg.dtype, accepted, i);
      });
      return emitOne("compare", sameOperands(name, args), { comparison_direction: direction });
    });

export const eq = comparison("eq", "EQ", "any");
export const ne = comparison("ne", "NE", "any");
export const ge = comparison("ge", "GE", "ordered");
export const gt = comparison("gt", "GT", "ordered");
export const le = comparison("le", "LE", "ordered");
export const lt = comparison("lt", "LT", "ordered");
