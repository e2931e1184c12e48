/** Rules of elementwise ops. Above each: the op as y = f(x), then its tangent. Corners are JAX's. */

import {
  type Builder,
  type ElementwiseOpcode,
  isComplex,
  type Opcode,
  type OperationOf,
  type Value,
} from "@fluxion/ir";
import { copyOn } from "../blocks.ts";
import { DifferentiationError } from "../errors.ts";
import { besselI1eSlope } from "./bessel.ts";
import { add, compare, div, lit, mul, neg, replaceZero, spread, sub, zeros } from "./math.ts";
import {
  type JvpContext,
  type JvpRule,
  notDifferentiable,
  type RulesOf,
  type Tangent,
  type TransposeContext,
  zeroTangent,
} from "./rule.ts";

/** ẏ = ẋ · f′, where `slope` gives f′ from x and y. */
const slope =
  <K extends Opcode>(derivative: (b: Builder, x: Value, y: Value) => Value) =>
  ({ b }: JvpContext, { operands: [x], results: [y] }: OperationOf<K>, [t]: readonly Tangent[]) => [
    t && mul(b, t, derivative(b, x, y)),
  ];

/** ẏ = ẋ₀ · ∂₀f + ẋ₁ · ∂₁f */
const slopes =
  <K extends Opcode>(
    ...partials: readonly ((b: Builder, x: Value, y: Value, result: Value) => Value)[]
  ): JvpRule<K> =>
  ({ b }, { operands: [x, y], results: [result] }, tangents) => {
    const terms = tangents.map((t, i) => t && mul(b, t, partials[i](b, x, y, result)));
    return [sumOf(b, terms)];
  };

const sumOf = (b: Builder, terms: readonly Tangent[]): Tangent =>
  terms.reduce((total, term) => (total && term ? add(b, total, term) : (total ?? term)), undefined);

/** A unary op that is linear: ẏ = f(ẋ). */
const same =
  <K extends Opcode>() =>
  ({ b }: JvpContext, operation: OperationOf<K>, [t]: readonly Tangent[]) =>
    t ? [copyOn(b, operation, [t])[0]] : [];

const one = (b: Builder, x: Value): Value => lit(b, x, 1);
const square = (b: Builder, x: Value): Value => mul(b, x, x);

/** Share of each of two equal operands: half where they tie. */
const share = (b: Builder, x: Value, y: Value, result: Value): Value => {
  const chosen = b.op("select", compare(b, "EQ", x, result), one(b, x), zeros(b, x));
  return b.op("select", compare(b, "EQ", x, y), lit(b, x, 0.5), chosen);
};
const extremum = <K extends "maximum" | "minimum">() =>
  slopes<K>(
    (b, x, y, z) => share(b, x, y, z),
    (b, x, y, z) => share(b, y, x, z),
  );

/** ȳ for the operands that are linear, each by its own map. */
const each =
  <K extends Opcode>(...maps: readonly ((b: Builder, ct: Value, operation: OperationOf<K>) => Value)[]) =>
  (c: TransposeContext, operation: OperationOf<K>, [ct]: readonly Tangent[]): readonly Tangent[] =>
    maps.map((map, i) => (ct && c.isLinear(operation.operands[i]) ? map(c.b, ct, operation) : undefined));

const itself = (_: Builder, ct: Value): Value => ct;

const bits = zeroTangent;

/** erf′(x) = 2/√π · e^(−x²) */
const gaussian = (b: Builder, x: Value, scale: number): Value =>
  mul(b, lit(b, x, scale), b.op("exponential", neg(b, square(b, x))));

const rsqrt = (b: Builder, x: Value): Value => b.op("rsqrt", x);

/** The hyperbola's and circle's denominators: 1 − x², x² + 1, x² − 1. */
const oneMinus = (b: Builder, x: Value): Value => sub(b, one(b, x), square(b, x));
const onePlus = (b: Builder, x: Value): Value => add(b, square(b, x), one(b, x));
const minusOne = (b: Builder, x: Value): Value => sub(b, square(b, x), one(b, x));

const tanSlope = (b: Builder, _: Value, y: Value): Value => add(b, one(b, y), square(b, y));

/** |x|: ẏ = ẋ where x ≥ 0, else −ẋ; of a complex number Re(ẋ · x̄ / |x|). */
const absJvp: JvpRule<"abs"> = ({ b }, { operands: [x], results: [y] }, [t]) => {
  if (t === undefined) return [];
  if (!isComplex(x.type.dtype)) {
    return [mul(b, t, b.op("select", compare(b, "GE", x, zeros(b, x)), one(b, x), lit(b, x, -1)))];
  }
  const modulus = replaceZero(b, y);
  const unit = div(b, b.op("chlo.conj", x), b.op("complex", modulus, zeros(b, modulus)));
  return [b.op("real", mul(b, t, unit))];
};

/** sign(x): constant on the reals. On the complex plane JAX calls it constant too. */
const signRule = zeroTangent;

/** select(p, x, y): ż = select(p, ẋ, ẏ) */
const selectJvp: JvpRule<"select"> = ({ b }, { operands: [pred, x] }, [, tx, ty]) =>
  tx || ty ? [b.op("select", pred, tx ?? zeros(b, x), ty ?? zeros(b, x))] : [];

/** min(max(x, low), high): each operand moves the result where it is strictly the one chosen. */
const clampJvp: JvpRule<"clamp"> = ({ b }, { operands, results: [y] }, tangents) => {
  const { shape } = y.type;
  const [low, x, high] = operands.map((operand) => spread(b, operand, shape));
  const both = (p: Value, q: Value): Value => b.op("and", p, q);
  const chosen = [
    () => both(compare(b, "GT", low, x), compare(b, "LT", low, high)),
    () => both(compare(b, "GT", x, low), compare(b, "LT", x, high)),
    () => compare(b, "LT", high, x),
  ];
  const terms = tangents.map((t, i) => t && b.op("select", chosen[i](), spread(b, t, shape), zeros(b, x)));
  return [sumOf(b, terms)];
};

/** Convert: linear among floats and complex numbers; integers carry no tangent. */
const convertJvp: JvpRule<"convert"> = ({ b }, { results: [y] }, [t]) =>
  t && carriesTangent(y) ? [b.convert(t, y.type.dtype)] : [];

export const carriesTangent = ({ type: { dtype } }: Value): boolean =>
  dtype.startsWith("float") || dtype === "bfloat16" || isComplex(dtype);

/** x + y, x − y: ż = ẋ ± ẏ */
const addJvp: JvpRule<"add"> = ({ b }, _, terms) => [sumOf(b, terms)];
const subtractJvp: JvpRule<"subtract"> = ({ b }, _, [tx, ty]) => [
  ty === undefined ? tx : tx === undefined ? neg(b, ty) : sub(b, tx, ty),
];

/** remainder(x, y) = x − y·trunc(x/y): ż = ẋ − ẏ·trunc(x/y) */
const remainderJvp = slopes<"remainder">(
  (b, x) => one(b, x),
  (b, x, y) => {
    const q = div(b, x, y);
    return neg(b, mul(b, b.op("sign", q), b.op("floor", b.op("abs", q))));
  },
);

/** complex(x, y): ż = complex(ẋ, ẏ) */
const complexJvp: JvpRule<"complex"> = ({ b }, { operands: [x] }, [tx, ty]) =>
  tx || ty ? [b.op("complex", tx ?? zeros(b, x), ty ?? zeros(b, x))] : [];

const toParts = (b: Builder, ct: Value, dtype: Value): Value =>
  isComplex(dtype.type.dtype) ? ct : b.op("real", ct);

const polygammaJvp: JvpRule<"chlo.polygamma"> = ({ b }, { operands: [n, x] }, [tn, t]) => {
  if (tn)
    throw new DifferentiationError("ValueError", "polygamma gradient with respect to m is not supported");
  return t ? [mul(b, t, b.op("chlo.polygamma", add(b, n, one(b, n)), x))] : [];
};

export const elementwiseRules: RulesOf<ElementwiseOpcode> = {
  abs: { jvp: absJvp },
  add: { jvp: addJvp, transpose: each(itself, itself) },
  subtract: { jvp: subtractJvp, transpose: each(itself, (b, ct) => neg(b, ct)) },
  // x·y: ż = ẋ·y + ẏ·x;  x̄ = z̄·y, ȳ = z̄·x
  multiply: {
    jvp: slopes(
      (_, _x, y) => y,
      (_, x) => x,
    ),
    transpose: each(
      (b, ct, { operands: [, y] }) => mul(b, ct, y),
      (b, ct, { operands: [x] }) => mul(b, ct, x),
    ),
  },
  // x/y: ż = ẋ/y − ẏ·(z/y);  x̄ = z̄/y
  divide: {
    jvp: ({ b }, { operands: [, y], results: [z] }, [tx, ty]) => [
      sumOf(b, [tx && div(b, tx, y), ty && mul(b, neg(b, ty), div(b, z, y))]),
    ],
    transpose: each((b, ct, { operands: [, y] }) => div(b, ct, y)),
  },
  remainder: { jvp: remainderJvp },
  negate: { jvp: same(), transpose: each((b, ct) => neg(b, ct)) },
  sign: signRule,
  maximum: { jvp: extremum() },
  minimum: { jvp: extremum() },
  // x^y: ż = ẋ·y·x^(y−1) + ẏ·z·log x, with log 0 read as 0
  power: {
    jvp: slopes(
      (b, x, y) => mul(b, y, b.op("power", x, sub(b, y, one(b, y)))),
      (b, x, _, z) => mul(b, b.op("log", replaceZero(b, x)), z),
    ),
  },
  ceil: zeroTangent,
  floor: zeroTangent,
  round_nearest_afz: zeroTangent,
  round_nearest_even: zeroTangent,
  // √x: ½/y
  sqrt: { jvp: slope((b, _, y) => div(b, lit(b, y, 0.5), y)) },
  // 1/√x: −½·y/x
  rsqrt: { jvp: slope((b, x, y) => mul(b, lit(b, y, -0.5), div(b, y, x))) },
  // ∛x: ⅓·(1/y)², whose own derivative at 0 is infinite and not NaN
  cbrt: { jvp: slope((b, _, y) => mul(b, lit(b, y, 1 / 3), square(b, div(b, one(b, y), y)))) },
  exponential: { jvp: slope((_, _x, y) => y) },
  exponential_minus_one: { jvp: slope((b, _, y) => add(b, y, one(b, y))) },
  log: { jvp: ({ b }, { operands: [x] }, [t]) => [t && div(b, t, x)] },
  log_plus_one: { jvp: ({ b }, { operands: [x] }, [t]) => [t && div(b, t, add(b, x, one(b, x)))] },
  // σ(x): y·(1 − y)
  logistic: { jvp: slope((b, _, y) => mul(b, y, sub(b, one(b, y), y))) },
  sine: { jvp: slope((b, x) => b.op("cosine", x)) },
  cosine: { jvp: slope((b, x) => neg(b, b.op("sine", x))) },
  tan: { jvp: slope(tanSlope) },
  // tanh: (1 + y)(1 − y)
  tanh: { jvp: slope((b, _, y) => mul(b, add(b, one(b, y), y), sub(b, one(b, y), y))) },
  // atan2(x, y): (ẋ·y − ẏ·x)/(x² + y²)
  atan2: {
    jvp: slopes(
      (b, x, y) => div(b, y, add(b, square(b, x), square(b, y))),
      (b, x, y) => div(b, neg(b, x), add(b, square(b, x), square(b, y))),
    ),
  },
  and: bits,
  or: bits,
  xor: bits,
  not: bits,
  shift_left: bits,
  shift_right_arithmetic: bits,
  shift_right_logical: bits,
  popcnt: bits,
  count_leading_zeros: bits,
  compare: zeroTangent,
  select: {
    jvp: selectJvp,
    // x̄ = select(p, z̄, 0), ȳ = select(p, 0, z̄)
    transpose: (c, { operands: [pred, x, y] }, [ct]) => [
      undefined,
      ct && c.isLinear(x) ? c.b.op("select", pred, ct, zeros(c.b, ct)) : undefined,
      ct && c.isLinear(y) ? c.b.op("select", pred, zeros(c.b, ct), ct) : undefined,
    ],
  },
  clamp: { jvp: clampJvp },
  is_finite: zeroTangent,
  convert: {
    jvp: convertJvp,
    transpose: each((b, ct, { operands: [x] }) => b.convert(ct, x.type.dtype)),
  },
  reduce_precision: { jvp: same(), transpose: each((b, ct, op) => copyOn(b, op, [ct])[0]) },
  // complex(x, y): x̄ = Re z̄, ȳ = −Im z̄ (transposed over ℂ, without conjugation)
  complex: {
    jvp: complexJvp,
    transpose: each(
      (b, ct) => b.op("real", ct),
      (b, ct) => neg(b, b.op("imag", ct)),
    ),
  },
  // Re x: x̄ = complex(ȳ, 0)
  real: {
    jvp: same(),
    transpose: each((b, ct, { operands: [x] }) =>
      isComplex(x.type.dtype) ? b.op("complex", ct, zeros(b, ct)) : ct,
    ),
  },
  // Im x: x̄ = complex(0, −ȳ)
  imag: {
    jvp: same(),
    transpose: each((b, ct, { operands: [x] }) =>
      isComplex(x.type.dtype) ? b.op("complex", zeros(b, ct), neg(b, ct)) : zeros(b, ct),
    ),
  },
  "chlo.acos": { jvp: slope((b, x) => neg(b, rsqrt(b, oneMinus(b, x)))) },
  "chlo.acosh": { jvp: slope((b, x) => rsqrt(b, minusOne(b, x))) },
  "chlo.asin": { jvp: slope((b, x) => rsqrt(b, oneMinus(b, x))) },
  "chlo.asinh": { jvp: slope((b, x) => rsqrt(b, onePlus(b, x))) },
  "chlo.atan": { jvp: ({ b }, { operands: [x] }, [t]) => [t && div(b, t, onePlus(b, x))] },
  // atanh: 1/((1 + x)(1 − x))
  "chlo.atanh": {
    jvp: slope((b, x) => div(b, one(b, x), mul(b, add(b, one(b, x), x), sub(b, one(b, x), x)))),
  },
  "chlo.bessel_i1e": { jvp: slope(besselI1eSlope) },
  "chlo.conj": {
    jvp: same(),
    transpose: each((b, ct, { operands: [x] }) => toParts(b, b.op("chlo.conj", ct), x)),
  },
  "chlo.cosh": { jvp: slope((b, x) => b.op("chlo.sinh", x)) },
  "chlo.sinh": { jvp: slope((b, x) => b.op("chlo.cosh", x)) },
  "chlo.tan": { jvp: slope(tanSlope) },
  "chlo.digamma": { jvp: slope((b, x) => b.op("chlo.polygamma", one(b, x), x)) },
  "chlo.erf": { jvp: slope((b, x) => gaussian(b, x, 2 / Math.sqrt(Math.PI))) },
  // erf⁻¹: √π/2 · e^(y²)
  "chlo.erf_inv": {
    jvp: slope((b, _, y) => mul(b, lit(b, y, Math.sqrt(Math.PI) / 2), b.op("exponential", square(b, y)))),
  },
  "chlo.erfc": { jvp: slope((b, x) => gaussian(b, x, -2 / Math.sqrt(Math.PI))) },
  "chlo.lgamma": { jvp: slope((b, x) => b.op("chlo.digamma", x)) },
  "chlo.square": { jvp: slope((b, x) => mul(b, lit(b, x, 2), x)) },
  "chlo.is_inf": zeroTangent,
  "chlo.is_pos_inf": zeroTangent,
  "chlo.is_neg_inf": zeroTangent,
  "chlo.mulhi": bits,
  "chlo.next_after": {
    jvp: notDifferentiable("nextafter moves by one unit in the last place and has no derivative"),
  },
  "chlo.polygamma": { jvp: polygammaJvp },
  "chlo.zeta": { jvp: notDifferentiable("the Hurwitz zeta function has no derivative rule, as in JAX") },
};
