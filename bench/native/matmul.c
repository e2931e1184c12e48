// C = A B for square row-major matrices: packed panels and a 6x8 register tile (12 accumulators,
// 2 vectors of B and 1 broadcast of A fill 15 of the 16 vector registers).
#include <stdlib.h>
#include <string.h>

#include "limit.h"

enum { MR = 6, NR = 8, KC = 256 };

typedef float v4 __attribute__((vector_size(16)));
typedef float v4u __attribute__((vector_size(16), aligned(4), may_alias));

static size_t min_size(size_t a, size_t b) { return a < b ? a : b; }
static size_t ceil_div(size_t a, size_t b) { return (a + b - 1) / b; }

// The tile's sum of products over `depth` steps into `acc` (MR rows of NR floats).
// a is packed MR per step, b NR per step.
static inline __attribute__((always_inline)) void tile_product(size_t depth, const float *restrict a,
                                                               const float *restrict b, v4 acc[MR][2]) {
  v4 t[MR][2];
  for (int i = 0; i < MR; i++) t[i][0] = t[i][1] = (v4){0, 0, 0, 0};
#pragma GCC unroll 4
  for (size_t k = 0; k < depth; k++, a += MR, b += NR) {
    v4 b0 = *(const v4 *)b, b1 = *(const v4 *)(b + 4);
#pragma GCC unroll 6
    for (int i = 0; i < MR; i++) {
      v4 ai = {a[i], a[i], a[i], a[i]};
      t[i][0] += ai * b0;
      t[i][1] += ai * b1;
    }
  }
  for (int i = 0; i < MR; i++) acc[i][0] = t[i][0], acc[i][1] = t[i][1];
}

// c[0:rows, 0:cols] = (first ? 0 : c) + the tile product.
static void tile(size_t depth, const float *a, const float *b, float *c, size_t stride, size_t rows,
                 size_t cols, int first) {
  v4 acc[MR][2];
  tile_product(depth, a, b, acc);
  if (rows == MR && cols == NR) {
#pragma GCC unroll 6
    for (int i = 0; i < MR; i++, c += stride) {
      v4u *row = (v4u *)c;
      if (!first) acc[i][0] += row[0], acc[i][1] += row[1];
      row[0] = acc[i][0];
      row[1] = acc[i][1];
    }
    return;
  }
  for (size_t i = 0; i < rows; i++)
    for (size_t j = 0; j < cols; j++) {
      float value = acc[i][j / 4][j % 4];
      c[i * stride + j] = first ? value : c[i * stride + j] + value;
    }
}

// Rows [begin, begin + MR) of A, steps [k, k + depth), to MR values per step; rows past n are zero.
static void pack_a(const float *a, size_t n, size_t begin, size_t k, size_t depth, float *to) {
  for (size_t i = 0; i < MR; i++) {
    if (begin + i >= n) {
      for (size_t p = 0; p < depth; p++) to[p * MR + i] = 0;
      continue;
    }
    const float *row = a + (begin + i) * n + k;
    for (size_t p = 0; p < depth; p++) to[p * MR + i] = row[p];
  }
}

// Columns [begin, begin + NR) of B likewise, to NR values per step.
static void pack_b(const float *b, size_t n, size_t begin, size_t k, size_t depth, float *to) {
  size_t cols = min_size(NR, n - begin);
  for (size_t p = 0; p < depth; p++, to += NR) {
    const float *row = b + (k + p) * n + begin;
    if (cols == NR) {
      *(v4 *)to = *(const v4u *)row;
      *(v4 *)(to + 4) = *(const v4u *)(row + 4);
      continue;
    }
    memset(to, 0, NR * sizeof *to);
    memcpy(to, row, cols * sizeof *to);
  }
}

typedef struct {
  size_t n, depth, k; // matrix size, this slice of the contraction
  const float *packed_a, *packed_b;
  float *c;
} Slice;

// Row tiles [i0, i1) times column tiles [j0, j1). A column panel stays in L1 while A streams from L2.
static void block(const Slice *s, size_t i0, size_t i1, size_t j0, size_t j1) {
  for (size_t j = j0; j < j1; j++)
    for (size_t i = i0; i < i1; i++)
      tile(s->depth, s->packed_a + i * MR * s->depth, s->packed_b + j * NR * s->depth,
           s->c + i * MR * s->n + j * NR, s->n, min_size(MR, s->n - i * MR),
           min_size(NR, s->n - j * NR), s->k == 0);
}

static float *scratch(size_t n, float **a, float **b) {
  static float *memory;
  static size_t held;
  size_t size_a = ceil_div(n, MR) * MR * KC, size_b = ceil_div(n, NR) * NR * KC;
  size_a = ceil_div(size_a, 16) * 16;
  if (held < size_a + size_b) {
    free(memory);
    held = size_a + size_b;
    memory = aligned_alloc(64, ceil_div(held * sizeof(float), 64) * 64);
    if (!memory) abort();
  }
  *a = memory;
  *b = memory + size_a;
  return memory;
}

// Both operands packed by all threads, then blocks of `rows` x `cols` tiles handed out in order.
static void matmul(const float *a, const float *b, float *c, size_t n, size_t rows, size_t cols) {
  float *packed_a, *packed_b;
  scratch(n, &packed_a, &packed_b);
  size_t row_tiles = ceil_div(n, MR), col_tiles = ceil_div(n, NR);
  size_t row_blocks = ceil_div(row_tiles, rows), col_blocks = ceil_div(col_tiles, cols);
#pragma omp parallel
  for (size_t k = 0; k < n; k += KC) {
    size_t depth = min_size(KC, n - k);
    Slice slice = {n, depth, k, packed_a, packed_b, c};
#pragma omp for schedule(static) nowait
    for (size_t i = 0; i < row_tiles; i++) pack_a(a, n, i * MR, k, depth, packed_a + i * MR * depth);
#pragma omp for schedule(static)
    for (size_t j = 0; j < col_tiles; j++) pack_b(b, n, j * NR, k, depth, packed_b + j * NR * depth);
#pragma omp for schedule(dynamic) collapse(2)
    for (size_t i = 0; i < row_blocks; i++)
      for (size_t j = 0; j < col_blocks; j++)
        block(&slice, i * rows, min_size((i + 1) * rows, row_tiles), j * cols,
              min_size((j + 1) * cols, col_tiles));
  }
}

void matmul_square_1d(const float *const *in, float *out, size_t rows, size_t cols) {
  (void)cols;
  matmul(in[0], in[1], out, rows, 11, ceil_div(rows, NR));
}

void matmul_square_2d(const float *const *in, float *out, size_t rows, size_t cols) {
  (void)cols;
  matmul(in[0], in[1], out, rows, 16, 16);
}
