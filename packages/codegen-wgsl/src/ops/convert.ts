/** Conversions, bitcasts, comparisons and reduced precision as WGSL. */

import { dtypeTable, InternalError, type kernel as k, type RealDType } from "@fluxion/ir";
import { registerOf, typeText } from "../emit/text.ts";
import { OpContext } from "./context.ts";

/** `convert`: floats to integers saturate, integers wrap, anything but 0 is true. */
export function convertText(c: OpContext, to: RealDType, x: string): string {
  const target = new OpContext(to, c.lanes, c.library);
  const { kind: fromKind } = dtypeTable[c.dtype];
  const { kind } = dtypeTable[to];
  if (to === "bool") return fromKind === "bool" ? x : `(${x} != ${c.type}())`;
  if (kind === "float") {
    if (fromKind === "float") return target.round(x);
    if (to === "bfloat16" && c.bits === 32)
      return c.call(fromKind === "int" ? "fx_i32_to_bf16" : "fx_u32_to_bf16", x);
    if (fromKind === "uint" && c.bits === 32) return target.round(c.call("fx_u32_to_f32", x));
    return target.round(`${target.type}(${x})`);
  }
  if (fromKind !== "float") return target.wrap(`${target.type}(${x})`);
  const whole = c.call(kind === "int" ? "fx_to_i32" : "fx_to_u32", x);
  if (target.bits === 32) return whole;
  const high = kind === "int" ? 2 ** (target.bits - 1) - 1 : 2 ** target.bits - 1;
  return kind === "int" ? `clamp(${whole}, ${c.i(-high - 1)}, ${c.i(high)})` : `min(${whole}, ${c.u(high)})`;
}

/** The bits of a value as u32, nothing above its width. */
export function bitsText(c: OpContext, x: string): string {
  switch (c.dtype) {
    case "float16":
      return c.call("fx_f16_bits", x);
    case "bfloat16":
      return c.call("fx_bf16_bits", x);
    case "float32":
      return `bitcast<${typeText("u32", c.lanes)}>(${x})`;
    case "bool":
      return `select(${c.u(0)}, ${c.u(1)}, ${x})`;
    default:
      return c.unsigned(x);
  }
}

/** A value from its bits; nothing may stand above its width. */
export function fromBitsText(c: OpContext, bits: string): string {
  switch (c.dtype) {
    case "float16":
      return c.call("fx_f16_from", bits);
    case "bfloat16":
      return c.call("fx_bf16_from", bits);
    case "bool":
      return `(${bits} != ${c.u(0)})`;
    default: {
      const register = registerOf(c.dtype);
      if (register === "u32") return bits;
      return c.wrap(`bitcast<${c.type}>(${bits})`);
    }
  }
}

const operators = { EQ: "==", NE: "!=", LT: "<", LE: "<=", GT: ">", GE: ">=" } as const;

/**
 * A comparison. x = x and x ≠ x are how programs ask for NaN, so they look at the bits, and so does a ≠ b, which WGSL's own
 * denies of NaN; other comparisons of floats are WGSL's. TOTALORDER compares the bits as integers.
 */
export function compareText(
  c: OpContext,
  expr: Extract<k.Expr, { kind: "compare" }>,
  args: string[],
): string {
  const [a, b] = args;
  const operator = operators[expr.direction];
  const { kind } = dtypeTable[c.dtype];
  if (kind === "float" && expr.compareType === "TOTALORDER")
    return `(${c.call("fx_key", a)} ${operator} ${c.call("fx_key", b)})`;
  if (kind === "float" && a === b && (expr.direction === "NE" || expr.direction === "EQ")) {
    const test = c.call("fx_is_nan", a);
    return expr.direction === "NE" ? test : `(!${test})`;
  }
  if (kind === "float" && expr.direction === "NE") return c.call("fx_unequal", a, b);
  if (kind === "bool" && expr.direction !== "EQ" && expr.direction !== "NE")
    return `(${bitsText(c, a)} ${operator} ${bitsText(c, b)})`;
  return `(${a} ${operator} ${b})`;
}

/**
 * A float rounded to fewer bits of exponent and mantissa: first the mantissa, to the nearest, ties to even; then what is
 * too large becomes infinite and what is below the least normal number zero.
 */
export function reducePrecisionText(
  c: OpContext,
  expr: Extract<k.Expr, { kind: "reduce_precision" }>,
  x: string,
): string {
  const { exponentBits, mantissaBits } = expr;
  const own = { float32: [8, 23], bfloat16: [8, 7], float16: [5, 10] }[c.dtype as "float32"];
  if (own === undefined) throw new InternalError(`reduce_precision has no meaning on ${c.dtype}`);
  const bias = 2 ** (exponentBits - 1) - 1;
  const largest = Math.min((2 - 2 ** -mantissaBits) * 2 ** Math.min(bias, 127), 3.4028234663852886e38);
  const least = exponentBits < own[0] ? 2 ** (1 - bias) : 0;
  const drop = Math.max(0, 23 - mantissaBits);
  // Subnormal float16 are normal float32: their last place is fixed.
  const fixed = c.dtype === "float16" ? 2 ** (-14 - mantissaBits) : 0;
  const bits = (value: number): string => c.u(floatBits(value));
  return c.call(
    "fx_reduce_precision",
    x,
    c.u(drop),
    bits(largest),
    bits(least),
    c.f(`bitcast<f32>(${floatBits(fixed)}u)`),
  );
}

const view = new DataView(new ArrayBuffer(4));
function floatBits(value: number): number {
  view.setFloat32(0, value);
  return view.getUint32(0);
}
