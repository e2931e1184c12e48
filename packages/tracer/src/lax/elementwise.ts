/**
 * `lax`'s elementwise functions: one operation each, on operands of one dtype and one shape (scalars broadcast).
 * Names and meanings are those of `jax.lax`; see `jnp` for NumPy's promotion and broadcasting.
 */

import type { DType, Opcode } from "@fluxion/ir";
import { type ArrayLike, asArray } from "../core/as-array.ts";
import { formatAval } from "../core/aval.ts";
import { dispatchOne } from "../core/dispatch.ts";
import { broadcastTo, convert, emitOne, type OpOptions } from "../core/emit.ts";
import type { NDArray } from "../core/ndarray.ts";

type PlainOpcode = Extract<
  Opcode,
  | "abs"
  | "add"
  | "subtract"
  | "multiply"
  | "divide"
  | "remainder"
  | "negate"
  | "sign"
  | "maximum"
  | "minimum"
  | "power"
  | "ceil"
  | "floor"
  | "round_nearest_afz"
  | "round_nearest_even"
  | "sqrt"
  | "rsqrt"
  | "cbrt"
  | "exponential"
  | "exponential_minus_one"
  | "log"
  | "log_plus_one"
  | "logistic"
  | "sine"
  | "cosine"
  | "tan"
  | "tanh"
  | "atan2"
  | "and"
  | "or"
  | "xor"
  | "not"
  | "shift_left"
  | "shift_right_arithmetic"
  | "shift_right_logical"
  | "popcnt"
  | "count_leading_zeros"
  | "is_finite"
  | "complex"
  | "real"
  | "imag"
  | "chlo.acos"
  | "chlo.acosh"
  | "chlo.asin"
  | "chlo.asinh"
  | "chlo.atan"
  | "chlo.atanh"
  | "chlo.bessel_i1e"
  | "chlo.conj"
  | "chlo.cosh"
  | "chlo.sinh"
  | "chlo.digamma"
  | "chlo.erf"
  | "chlo.erf_inv"
  | "chlo.erfc"
  | "chlo.lgamma"
  | "chlo.square"
  | "chlo.next_after"
  | "chlo.polygamma"
  | "chlo.zeta"
  | "chlo.mulhi"
>;

const emitPlain = (opcode: PlainOpcode, operands: readonly NDArray[], options?: OpOptions): NDArray =>
  emitOne(opcode, operands, {} as never, options);

const unary =
  (name: string, opcode: PlainOpcode) =>
  (x: ArrayLike): NDArray =>
    dispatchOne(`lax.${name}`, [asArray(x, name, 0)], undefined, ([a]) => emitPlain(opcode, [a]));

const binary =
  (name: string, opcode: PlainOpcode) =>
  (x: ArrayLike, y: ArrayLike): NDArray =>
    dispatchOne(`lax.${name}`, [asArray(x, name, 0), asArray(y, name, 1)], undefined, ([a, b]) =>
      emitPlain(opcode, sameShapes(name, a, b)),
    );

/** lax takes operands of one shape, or a scalar beside an array; a weak scalar takes the other's dtype. */
function sameShapes(name: string, a: NDArray, b: NDArray): [NDArray, NDArray] {
  const [x, y] = sameDTypes(name, a, b);
  if (x.ndim === 0 && y.ndim > 0) return [broadcastTo(x, y.shape), y];
  if (y.ndim === 0 && x.ndim > 0) return [x, broadcastTo(y, x.shape)];
  if (x.shape.join() !== y.shape.join()) {
    throw new TypeError(
      `lax.${name} requires operands of equal shapes, or a scalar; got ${formatAval(x)} and ${formatAval(y)}. ` +
        `jnp.${name} broadcasts.`,
    );
  }
  return [x, y];
}

function sameDTypes(name: string, a: NDArray, b: NDArray): [NDArray, NDArray] {
  if (a.dtype === b.dtype) return [a, b];
  if (a.weakType && !b.weakType) return [convert(a, b.dtype), b];
  if (b.weakType && !a.weakType) return [a, convert(b, a.dtype)];
  throw new TypeError(`lax.${name} requires arguments to have the same dtypes, got ${a.dtype}, ${b.dtype}.`);
}

export const abs = unary("abs", "abs");
export const add = binary("add", "add");
export const sub = binary("sub", "subtract");
export const mul = binary("mul", "multiply");
export const div = binary("div", "divide");
export const rem = binary("rem", "remainder");
export const neg = unary("neg", "negate");
export const sign = unary("sign", "sign");
export const max = binary("max", "maximum");
export const min = binary("min", "minimum");
export const pow = binary("pow", "power");
export const ceil = unary("ceil", "ceil");
export const floor = unary("floor", "floor");
export const sqrt = unary("sqrt", "sqrt");
export const rsqrt = unary("rsqrt", "rsqrt");
export const cbrt = unary("cbrt", "cbrt");
export const exp = unary("exp", "exponential");
export const expm1 = unary("expm1", "exponential_minus_one");
export const log = unary("log", "log");
export const log1p = unary("log1p", "log_plus_one");
export const logistic = unary("logistic", "logistic");
export const sin = unary("sin", "sine");
export const cos = unary("cos", "cosine");
export const tan = unary("tan", "tan");
export const tanh = unary("tanh", "tanh");
export const atan2 = binary("atan2", "atan2");
export const asin = unary("asin", "chlo.asin");
export const acos = unary("acos", "chlo.acos");
export const atan = unary("atan", "chlo.atan");
export const sinh = unary("sinh", "chlo.sinh");
export const cosh = unary("cosh", "chlo.cosh");
export const asinh = unary("asinh", "chlo.asinh");
export const acosh = unary("acosh", "chlo.acosh");
export const atanh = unary("atanh", "chlo.atanh");
export const besselI1e = unary("bessel_i1e", "chlo.bessel_i1e");
export const bitwiseAnd = binary("bitwise_and", "and");
export const bitwiseOr = binary("bitwise_or", "or");
export const bitwiseXor = binary("bitwise_xor", "xor");
export const bitwiseNot = unary("bitwise_not", "not");
export const shiftLeft = binary("shift_left", "shift_left");
export const shiftRightArithmetic = binary("shift_right_arithmetic", "shift_right_arithmetic");
export const shiftRightLogical = binary("shift_right_logical", "shift_right_logical");
export const populationCount = unary("population_count", "popcnt");
export const clz = unary("clz", "count_leading_zeros");
const finite = unary("is_finite", "is_finite");

export { finite as isFinite };
export const complex = binary("complex", "complex");
export const real = unary("real", "real");
export const imag = unary("imag", "imag");
export const conj = unary("conj", "chlo.conj");
export const digamma = unary("digamma", "chlo.digamma");
export const erf = unary("erf", "chlo.erf");
export const erfInv = unary("erf_inv", "chlo.erf_inv");
export const erfc = unary("erfc", "chlo.erfc");
export const lgamma = unary("lgamma", "chlo.lgamma");
export const square = unary("square", "chlo.square");
export const nextafter = binary("nextafter", "chlo.next_after");
export const polygamma = binary("polygamma", "chlo.polygamma");
export const zeta = binary("zeta", "chlo.zeta");
export const mulhi = binary("mulhi", "chlo.mulhi");

const comparison =
  (name: string, direction: "EQ" | "NE" | "GE" | "GT" | "LE" | "LT") =>
  (x: ArrayLike, y: ArrayLike): NDArray =>
    dispatchOne(`lax.${name}`, [asArray(x, name, 0), asArray(y, name, 1)], undefined, ([a, b]) =>
      emitOne("compare", sameShapes(name, a, b), { comparison_direction: direction }),
    );

export const eq = comparison("eq", "EQ");
export const ne = comparison("ne", "NE");
export const ge = comparison("ge", "GE");
export const gt = comparison("gt", "GT");
export const le = comparison("le", "LE");
export const lt = comparison("lt", "LT");

/** `onTrue` where `pred` holds, else `onFalse`; both of one shape and dtype, `pred` of that shape or a scalar. */
export const select = (pred: ArrayLike, onTrue: ArrayLike, onFalse: ArrayLike): NDArray =>
  dispatchOne(
    "lax.select",
    [asArray(pred, "select", 0), asArray(onTrue, "select", 1), asArray(onFalse, "select", 2)],
    undefined,
    ([p, a, b]) =>
      emitOne("select", [p, ...sameShapes("select", a, b)], {}, { weakType: a.weakType && b.weakType }),
  );

/** `min(max(x, low), high)`; the bounds are scalars or of the shape of `x`. */
export const clamp = (low: ArrayLike, x: ArrayLike, high: ArrayLike): NDArray =>
  dispatchOne(
    "lax.clamp",
    [asArray(low, "clamp", 0), asArray(x, "clamp", 1), asArray(high, "clamp", 2)],
    undefined,
    ([l, a, h]) => emitOne("clamp", [sameDTypes("clamp", l, a)[0], a, sameDTypes("clamp", h, a)[0]], {}),
  );

/** `x` as another dtype, by value. */
export const convertElementType = (x: ArrayLike, dtype: DType): NDArray =>
  dispatchOne("lax.convert_element_type", [asArray(x, "convertElementType", 0)], { dtype }, ([a], s) =>
    convert(a, s.dtype as DType),
  );
