// Elementwise workloads and the full reduction.
#include "fastmath.h"
#include "limit.h"

// SELU with the constants of the workload: 1.05 * (x > 0 ? x : 1.67 e^x - 1.67).
#define SELU(NAME, EXP)                                                                       \
  void NAME(const float *const *in, float *out, size_t rows, size_t cols) {                   \
    const float *restrict x = in[0];                                                          \
    float *restrict y = out;                                                                  \
    size_t n = rows * cols;                                                                   \
    _Pragma("omp parallel for simd schedule(static)")                                         \
    for (size_t i = 0; i < n; i++) {                                                          \
      float negative = 1.67f * EXP(x[i]) - 1.67f;                                             \
      y[i] = 1.05f * (x[i] > 0 ? x[i] : negative);                                            \
    }                                                                                         \
  }
SELU(selu_libm, expf)
SELU(selu_poly, exp_poly)

void affine(const float *const *in, float *out, size_t rows, size_t cols) {
  const float *restrict x = in[0];
  float *restrict y = out;
  size_t n = rows * cols;
#pragma omp parallel for simd schedule(static)
  for (size_t i = 0; i < n; i++) y[i] = 3.0f * x[i] + x[i];
}

// Eight independent sums hide the latency of the addition.
static float sum_of_squares_block(const float *x, size_t n) {
  float sums[32] = {0};
  size_t i = 0;
  for (; i + 32 <= n; i += 32)
    for (int j = 0; j < 32; j++) sums[j] += x[i + j] * x[i + j];
  for (; i < n; i++) sums[0] += x[i] * x[i];
  float total = 0;
  for (int j = 0; j < 32; j++) total += sums[j];
  return total;
}

void sum_of_squares(const float *const *in, float *out, size_t rows, size_t cols) {
  enum { BLOCK = 4096 };
  const float *x = in[0];
  size_t n = rows * cols;
  float total = 0;
#pragma omp parallel for schedule(static) reduction(+ : total)
  for (size_t i = 0; i < n; i += BLOCK)
    total += sum_of_squares_block(x + i, n - i < BLOCK ? n - i : BLOCK);
  *out = total;
}

// tanh(a + b) with a of shape (rows, 1) and b of shape (1, cols).
#define TANH_OUTER(NAME, TANH)                                                                \
  void NAME(const float *const *in, float *out, size_t rows, size_t cols) {                   \
    _Pragma("omp parallel for schedule(static)")                                              \
    for (size_t r = 0; r < rows; r++) {                                                       \
      const float *restrict b = in[1];                                                        \
      float *restrict y = out + r * cols;                                                     \
      float a = in[0][r];                                                                     \
      for (size_t c = 0; c < cols; c++) y[c] = TANH(a + b[c]);                                \
    }                                                                                         \
  }
TANH_OUTER(tanh_outer_libm, tanhf)
TANH_OUTER(tanh_outer_poly, tanh_rational)
