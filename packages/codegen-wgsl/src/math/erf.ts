/** The error function, its complement and its inverse. */

import { coefficients } from "@fluxion/ir";
import { f, poly } from "./poly.ts";

const { ERF_F32, ERF_TAIL_F32, ERFC_F64 } = coefficients;

/** The polynomials of M. Giles, "Approximating the erfinv function", GPU Computing Gems (2012). */
const CENTRAL = [
  1.50140941, 0.246640727, -0.00417768164, -0.00125372503, 0.00021858087, -4.39150654e-6, -3.5233877e-6,
  3.43273939e-7, 2.81022636e-8,
];
const TAIL = [
  2.83297682, 1.00167406, 0.00943887047, -0.0076224613, 0.00573950773, -0.00367342844, 0.00134934322,
  0.000100950558, -0.000200214257,
];

/** A product alone where the polynomial's would be too small for a normal number. */
const erfSmall = (a: string, u: string): string =>
  `select(${poly(u, ERF_F32)} * ${a} + ${a}, ${a} * ${f(2 / Math.sqrt(Math.PI))}, ${a} < {F}(1e-20))`;

export const erfFunctions: Readonly<Record<string, string>> = {
  // A polynomial below 0.86, 1 − e^(a polynomial) above.
  fx_erf: `
fn fx_erf{n}(x: {F}) -> {F} {
  let a = abs(x);
  let u = x * x;
  let c = min(a, {F}(4.1));
  let large = 1.0 - fx_exp{n}(-${poly("c", ERF_TAIL_F32)});
  let y = fx_copysign{n}(select(large, ${erfSmall("a", "u")}, a < {F}(0.86)), x);
  return select(y, x, fx_is_nan{n}(x));
}`,
  // e^−x²·P((x − 4)/(x + 4))/(1 + 2x) for x ≥ ½; with h the upper digits of x, x² = h² + (x − h)(x + h).
  fx_erfc: `
fn fx_erfc{n}(x: {F}) -> {F} {
  let a = abs(x);
  let c = clamp(a, {F}(0.49), {F}(12.0));
  let h = fx_head{n}(c);
  let rest = (c - h) * (c + h);
  let e = fx_exp{n}(-(h * h));
  let small = 1.0 - rest * (1.0 - rest * (0.5 - rest * (${f(1 / 6)} - rest * ${f(1 / 24)})));
  let t = (c - 4.0) / (c + 4.0);
  let far = e * (small * (${poly("t", ERFC_F64)} / (c + c + 1.0)));
  let near = 1.0 - fx_copysign{n}(${erfSmall("a", "(x * x)")}, x);
  let y = select(select(far, 2.0 - far, x < {F}(0.0)), near, a < {F}(0.5));
  return select(y, x, fx_is_nan{n}(x));
}`,
  fx_erf_inv: `
fn fx_erf_inv{n}(x: {F}) -> {F} {
  let w = -fx_log1p{n}(-(x * x));
  let c = w - 2.5;
  let s = sqrt(max(w, {F}(0.0))) - 3.0;
  let ratio = select(${poly("s", TAIL)}, ${poly("c", CENTRAL)}, w < {F}(5.0));
  let a = abs(x);
  let y = select(x * ratio, fx_copysign{n}({F}(fx_inf()), x), a == {F}(1.0));
  return fx_nan_if{n}((a > {F}(1.0)) | fx_is_nan{n}(x), y);
}`,
};
