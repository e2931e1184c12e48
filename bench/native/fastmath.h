// exp and tanh for float32, written as straight-line scalar code that the compiler vectorises.
// The coefficients are minimax fits (reweighted least squares, in double precision) of this bench.
#ifndef FLUXION_BENCH_FASTMATH_H
#define FLUXION_BENCH_FASTMATH_H

#include <math.h>
#include <stdint.h>
#include <string.h>

static inline float power_of_two(int32_t n) { // -126 <= n <= 127
  int32_t bits = (n + 127) * (1 << 23);
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

// e^x = 2^n e^r with n = round(x / ln 2), |r| <= ln(2)/2 and e^r = 1 + r + r^2 g(r), g of degree 4
// (relative error 3e-9 before rounding). ln 2 is subtracted in two parts, the first with 9 bits, so
// that n times it is exact. Results under 1.6e-38 are clamped to that.
static inline float exp_poly(float x) {
  x = x < -87.0f ? -87.0f : x;
  x = x > 88.0f ? 88.0f : x;
  float n = rintf(x * 1.44269504f);
  float r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  float g = 1.381459878757596e-3f;
  g = g * r + 8.368716575205326e-3f;
  g = g * r + 4.166838899254799e-2f;
  g = g * r + 1.666652113199234e-1f;
  g = g * r + 4.999999403953552e-1f;
  return (g * (r * r) + r + 1.0f) * power_of_two((int32_t)n);
}

// tanh x = x P(x^2) / Q(x^2) on |x| <= 9.02, both of degree 4 (relative error 2.1e-8 before
// rounding); beyond that tanh x rounds to 1.
static inline float tanh_rational(float x) {
  x = x < -9.02f ? -9.02f : x;
  x = x > 9.02f ? 9.02f : x;
  float y = x * x;
  float p = 1.331906470721253e-8f;
  p = p * y + 2.058347499398732e-5f;
  p = p * y + 3.494034122143074e-3f;
  p = p * y + 1.3379717548764375e-1f;
  p = p * y + 1.0f;
  float q = 7.762016189531597e-7f;
  q = q * y + 3.28309216599052e-4f;
  q = q * y + 2.587107146609231e-2f;
  q = q * y + 4.6713032787104064e-1f;
  q = q * y + 1.0f;
  return x * p / q;
}

#endif
