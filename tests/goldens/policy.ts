/**
 * How near a result has to be. Exact unless a table here says otherwise; results with a bound of their own (`tol`:
 * reductions, dots, softmax, draws that transform a uniform one) are held to that bound instead.
 */

export interface Rule {
  /** Units of the last place from the true value, or from JAX's result where the case has no true value. */
  readonly units: number;
  /** A formula of several roundings: where JAX itself is further off than `units`, its own error is added. */
  readonly composite?: boolean;
}

const exact: Rule = { units: 0 };
const rows = (units: number, composite: boolean, names: string): [string, Rule][] =>
  names.split(" ").map((name) => [name, { units, composite }]);

const rules: ReadonlyMap<string, Rule> = new Map([
  // Transcendental functions with a kernel of their own: float32 and float64 within 2, 16-bit ones within 1.
  ...rows(2, false, "jnp.exp jnp.expm1 jnp.log jnp.log1p jnp.sin jnp.cos jnp.tan"),
  ...rows(2, false, "jnp.sinh jnp.cosh jnp.tanh jnp.cbrt jnp.arcsin jnp.arccos jnp.arctan jnp.asin jnp.acos"),
  ...rows(2, false, "jnp.atan jnp.arctan2 jnp.atan2 nn.sigmoid"),
  ...rows(4, false, "jnp.arcsinh jnp.arccosh jnp.arctanh jnp.asinh jnp.acosh jnp.atanh"),
  ...rows(4, false, "jnp.power jnp.pow jnp.floatPower x.pow x.at.power"),
  // Formulas: StableHLO has no operation for them.
  ...rows(2, true, "jnp.exp2 jnp.log2 jnp.log10 jnp.hypot jnp.angle jnp.logaddexp jnp.logaddexp2"),
  // sin(pi x) / (pi x): four roundings, the first of which the sine may magnify.
  ...rows(4, true, "jnp.sinc"),
  ...rows(4, true, "nn.silu nn.swish nn.softplus nn.gelu nn.elu nn.selu nn.logsumexp"),
  ...rows(4, true, "jnp.mean jnp.var jnp.std x.mean x.var x.std"),
  ...rows(2, true, "jnp.linspace jnp.arange"),
  // Draws through erf_inv: JAX evaluates its polynomial with fused multiply-adds.
  ...rows(3, false, "random.normal"),
]);

/** Complex arithmetic and functions, relative to the absolute value of the result. */
const complexArithmetic: Rule = { units: 4, composite: true };
/** A complex formula, whose terms may be larger than their sum. */
const complexFormula: Rule = { units: 8, composite: true };

const arithmetic = new Set(
  "jnp.multiply jnp.divide jnp.trueDivide jnp.square jnp.reciprocal jnp.sqrt jnp.sign jnp.abs jnp.absolute x.mul x.div".split(
    " ",
  ),
);

/** The rule for one result of a function. `complex`: an argument or the result is complex. */
export function ruleFor(fn: string, complex: boolean): Rule {
  const rule = rules.get(fn);
  if (!complex || fn === "random.normal") return rule ?? exact;
  if (rule !== undefined) return rule.composite ? complexFormula : complexArithmetic;
  return arithmetic.has(fn) ? complexArithmetic : exact;
}
