// What arithmetic alone costs: multiplications and additions of 128-bit vectors that never leave the registers.
#include "limit.h"

// Chains side by side: enough to cover the latency of one operation on two ports.
enum { CHAINS = 12, LANES = 4, PARTS = 64 };

// Where vectors live: keeps the compiler from folding steps together.
#ifdef __x86_64__
#define IN_REGISTER(v) __asm__ volatile("" : "+x"(v))
#else
#define IN_REGISTER(v) __asm__ volatile("" : "+w"(v))
#endif

typedef float v4 __attribute__((vector_size(16)));

static v4 chains(size_t steps, float start) {
  v4 t[CHAINS];
  for (int i = 0; i < CHAINS; i++) t[i] = (v4){start, start, start, start} * (float)i;
  v4 factor = {0.999f, 0.998f, 0.997f, 0.996f}, term = {start, start, start, start};
  for (size_t k = 0; k < steps; k++) {
#pragma GCC unroll 12
    for (int i = 0; i < CHAINS; i++) {
      t[i] = t[i] * factor + term;
      IN_REGISTER(t[i]);
    }
  }
  v4 sum = t[0];
  for (int i = 1; i < CHAINS; i++) sum += t[i];
  return sum;
}

void flop_bound(const float *const *in, float *out, size_t rows, size_t cols) {
  (void)in, (void)cols;
  size_t steps = rows / (2 * LANES * CHAINS * PARTS);
  float total = 0;
#pragma omp parallel for schedule(dynamic) reduction(+ : total)
  for (int part = 0; part < PARTS; part++) {
    v4 sum = chains(steps, 1e-3f * (float)part);
    total += sum[0] + sum[1] + sum[2] + sum[3];
  }
  out[0] = total;
}
