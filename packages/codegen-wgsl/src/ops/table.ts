/** Every scalar op as WGSL, by class of operand. The result is not rounded or wrapped yet unless the row says `exact`. */

import { dtypeTable, InternalError, type kernel as k, type RealDType } from "@fluxion/ir";
import type { OpContext } from "./context.ts";

type Text = (c: OpContext, a: string, b: string, d: string) => string;

interface Row {
  readonly float?: Text;
  readonly int?: Text;
  /** Where unsigned integers differ from signed ones. */
  readonly uint?: Text;
  readonly bool?: Text;
  /** The result is one of the operands, or in range as it is. */
  readonly exact?: true;
}

const infix =
  (operator: string): Text =>
  (_, a, b) =>
    `(${a} ${operator} ${b})`;
const builtin =
  (name: string): Text =>
  (_, ...args) =>
    `${name}(${args.filter((arg) => arg !== undefined).join(", ")})`;
/** A function of the library. */
const fx =
  (name: string): Text =>
  (c, ...args) =>
    c.call(name, ...args.filter((arg) => arg !== undefined));
const float = (text: Text): Row => ({ float: text });
const bitwise = (operator: string, bool: Text): Row => {
  const text = infix(operator);
  return { int: text, bool, exact: true };
};

const nextAfter: Text = (c, a, b) => {
  const format = c.dtype === "float16" ? "_f16" : c.dtype === "bfloat16" ? "_bf16" : "";
  return c.call(`fx_next_after${format}`, a, b);
};

/** The shifted value where the amount, read as unsigned, is below the width; else `beyond`. */
const shift =
  (shifted: (c: OpContext, x: string, n: string) => string, beyond: Text): Text =>
  (c, x, n) => {
    const amount = c.unsigned(n);
    return `select(${beyond(c, x, n, "")}, ${shifted(c, x, `(${amount} & ${c.u(31)})`)}, ${amount} < ${c.u(c.bits)})`;
  };
const zero: Text = (c) => `${c.type}()`;
const backToType = (c: OpContext, x: string): string =>
  dtypeTable[c.dtype].kind === "int" ? `bitcast<${c.type}>(${x})` : x;

const mulhi: Text = (c, a, b) => {
  const signed = dtypeTable[c.dtype].kind === "int";
  if (c.bits === 32) return c.call(signed ? "fx_mulhi_i" : "fx_mulhi_u", a, b);
  return `((${a} * ${b}) >> ${c.u(c.bits)})`;
};

export const opTable: Readonly<Record<Exclude<k.ScalarOpcode, "select">, Row>> = {
  add: { float: infix("+"), int: infix("+"), bool: infix("|") },
  subtract: { float: infix("-"), int: infix("-") },
  multiply: { float: infix("*"), int: infix("*"), bool: infix("&") },
  divide: { float: infix("/"), int: fx("fx_div_i"), uint: fx("fx_div_u") },
  remainder: { float: fx("fx_fmod"), int: fx("fx_rem_i"), uint: fx("fx_rem_u") },
  negate: { float: fx("fx_neg"), int: (_, a) => `(-${a})`, uint: (c, a) => `(${c.u(0)} - ${a})` },
  abs: { float: fx("fx_abs"), int: builtin("abs"), uint: (_, a) => a },
  sign: { float: fx("fx_sign"), int: builtin("sign"), uint: (c, a) => `min(${a}, ${c.u(1)})`, exact: true },
  maximum: { float: fx("fx_max"), int: builtin("max"), bool: infix("|"), exact: true },
  minimum: { float: fx("fx_min"), int: builtin("min"), bool: infix("&"), exact: true },
  power: { float: fx("fx_pow"), int: fx("fx_pow_i"), uint: fx("fx_pow_u") },
  ceil: float(builtin("ceil")),
  floor: float(builtin("floor")),
  round_nearest_afz: float(fx("fx_round_afz")),
  round_nearest_even: float(builtin("round")),
  sqrt: float(fx("fx_sqrt")),
  rsqrt: float(fx("fx_rsqrt")),
  cbrt: float(fx("fx_cbrt")),
  exponential: float(fx("fx_exp")),
  exponential_minus_one: float(fx("fx_expm1")),
  log: float(fx("fx_log")),
  log_plus_one: float(fx("fx_log1p")),
  logistic: float(fx("fx_logistic")),
  sine: float(fx("fx_sin")),
  cosine: float(fx("fx_cos")),
  tan: float(fx("fx_tan")),
  tanh: float(fx("fx_tanh")),
  atan2: float(fx("fx_atan2")),
  and: bitwise("&", infix("&")),
  or: bitwise("|", infix("|")),
  xor: bitwise("^", infix("!=")),
  not: { int: (_, a) => `(~${a})`, bool: (_, a) => `(!${a})` },
  shift_left: { int: shift((_, x, n) => `(${x} << ${n})`, zero) },
  shift_right_logical: {
    int: shift((c, x, n) => backToType(c, `(${c.unsigned(x)} >> ${n})`), zero),
  },
  shift_right_arithmetic: {
    int: shift(
      (_, x, n) => `(${x} >> ${n})`,
      (c, x) => `(${x} >> ${c.u(31)})`,
    ),
    uint: arithmeticUnsigned,
  },
  popcnt: { int: (c, a) => backToType(c, `countOneBits(${c.unsigned(a)})`), exact: true },
  count_leading_zeros: {
    int: (c, a) => backToType(c, `(countLeadingZeros(${c.unsigned(a)}) - ${c.u(32 - c.bits)})`),
    exact: true,
  },
  is_finite: float(fx("fx_is_finite")),
  "chlo.is_inf": float(fx("fx_is_inf")),
  "chlo.is_pos_inf": float(fx("fx_is_pos_inf")),
  "chlo.is_neg_inf": float(fx("fx_is_neg_inf")),
  "chlo.acos": float(fx("fx_acos")),
  "chlo.acosh": float(fx("fx_acosh")),
  "chlo.asin": float(fx("fx_asin")),
  "chlo.asinh": float(fx("fx_asinh")),
  "chlo.atan": float(fx("fx_atan")),
  "chlo.atanh": float(fx("fx_atanh")),
  "chlo.bessel_i1e": float(fx("fx_bessel_i1e")),
  "chlo.cosh": float(fx("fx_cosh")),
  "chlo.sinh": float(fx("fx_sinh")),
  "chlo.tan": float(fx("fx_tan")),
  "chlo.digamma": float(fx("fx_digamma")),
  "chlo.erf": float(fx("fx_erf")),
  "chlo.erf_inv": float(fx("fx_erf_inv")),
  "chlo.erfc": float(fx("fx_erfc")),
  "chlo.lgamma": float(fx("fx_lgamma")),
  "chlo.mulhi": { int: mulhi },
  "chlo.next_after": float(nextAfter),
  "chlo.polygamma": float(fx("fx_polygamma")),
  "chlo.zeta": float(fx("fx_zeta")),
};

/** The sign bit of an unsigned number of its width is repeated, as if it were signed. */
function arithmeticUnsigned(c: OpContext, x: string, n: string): string {
  const up = c.u(32 - c.bits);
  const amount = c.unsigned(n);
  const signed = c.lanes === 1 ? "i32" : "vec4<i32>";
  const extended = `(bitcast<${signed}>(${x} << ${up}) >> ${up})`;
  return `bitcast<${c.type}>(${extended} >> select(${c.u(31)}, ${amount} & ${c.u(31)}, ${amount} < ${c.u(c.bits)}))`;
}

/** The text of an op whose operands are of `c.dtype`, its result as that dtype or bool holds it. */
export function opText(
  opcode: keyof typeof opTable,
  c: OpContext,
  result: RealDType,
  args: string[],
): string {
  const row: Row = opTable[opcode];
  const { kind } = dtypeTable[c.dtype];
  const text =
    kind === "float"
      ? row.float
      : kind === "bool"
        ? row.bool
        : kind === "uint"
          ? (row.uint ?? row.int)
          : row.int;
  if (text === undefined) throw new InternalError(`${opcode} has no meaning on ${c.dtype}`);
  const [a, b, d] = args;
  const raw = text(c, a, b, d);
  if (row.exact === true || result === "bool") return raw;
  return kind === "float" ? c.round(raw) : c.wrap(raw);
}
