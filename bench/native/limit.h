// The limit: what plain C reaches with the vectors that WebAssembly has (128 bits) on the same machine.
//
// Each workload of the bench is one `Workload`, with one or more implementations. Where two are
// plausible (libmvec or a polynomial of our own, for example) both are here and the fastest, measured
// when the workload is first run, is the limit.
#ifndef FLUXION_BENCH_LIMIT_H
#define FLUXION_BENCH_LIMIT_H

#include <stddef.h>

#define MAX_ARGS 2
#define MAX_VARIANTS 4

// All arrays are dense, row-major float32. `in[i]` is argument i, `out` the result.
typedef void Kernel(const float *const *in, float *out, size_t rows, size_t cols);

typedef struct {
  const char *name;
  Kernel *run;
} Variant;

typedef struct {
  const char *name;          // as in workloads.ts
  const char *args[MAX_ARGS]; // names of the raw input files, NULL where there is none
  size_t arg_sizes[MAX_ARGS]; // elements of each
  size_t rows, cols;         // what the kernel is told; for matmul rows = cols = n
  size_t out_size;           // elements of the result
  Variant variants[MAX_VARIANTS];
} Workload;

Kernel selu_libm, selu_poly, affine, sum_of_squares, tanh_outer_libm, tanh_outer_poly;
Kernel softmax_rows_libm, softmax_rows_poly, layer_norm_rows, standardise_columns;
Kernel matmul_square_1d, matmul_square_2d;
// As many multiplications and additions as `rows` says, at the speed of registers; computes nothing.
Kernel flop_bound;

#endif
