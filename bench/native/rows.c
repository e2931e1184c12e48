// Workloads that reduce along an axis and then use the result on every element.
#include "fastmath.h"
#include "limit.h"

static float row_max(const float *x, size_t n) {
  float max = x[0];
  for (size_t i = 1; i < n; i++) max = x[i] > max ? x[i] : max;
  return max;
}

#define SOFTMAX(NAME, EXP)                                                                    \
  static void NAME##_row(const float *restrict x, float *restrict y, size_t n) {              \
    float max = row_max(x, n), sum = 0;                                                       \
    for (size_t i = 0; i < n; i++) {                                                          \
      y[i] = EXP(x[i] - max);                                                                 \
      sum += y[i];                                                                            \
    }                                                                                         \
    float scale = 1.0f / sum;                                                                 \
    for (size_t i = 0; i < n; i++) y[i] *= scale;                                             \
  }                                                                                           \
  void NAME(const float *const *in, float *out, size_t rows, size_t cols) {                   \
    _Pragma("omp parallel for schedule(static)")                                              \
    for (size_t r = 0; r < rows; r++) NAME##_row(in[0] + r * cols, out + r * cols, cols);     \
  }
SOFTMAX(softmax_rows_libm, expf)
SOFTMAX(softmax_rows_poly, exp_poly)

// Sums of x and of (x - mean)^2 with 32 lanes, so that the additions' latency is hidden.
static float lanes_sum(const float *x, size_t n) {
  float lanes[32] = {0};
  size_t i = 0;
  for (; i + 32 <= n; i += 32)
    for (int j = 0; j < 32; j++) lanes[j] += x[i + j];
  for (; i < n; i++) lanes[0] += x[i];
  float sum = 0;
  for (int j = 0; j < 32; j++) sum += lanes[j];
  return sum;
}

static float lanes_squares(const float *x, size_t n, float mean) {
  float lanes[32] = {0};
  size_t i = 0;
  for (; i + 32 <= n; i += 32)
    for (int j = 0; j < 32; j++) lanes[j] += (x[i + j] - mean) * (x[i + j] - mean);
  for (; i < n; i++) lanes[0] += (x[i] - mean) * (x[i] - mean);
  float sum = 0;
  for (int j = 0; j < 32; j++) sum += lanes[j];
  return sum;
}

// (x - mean) / sqrt(variance + 1e-5) over each row.
static void layer_norm_row(const float *restrict x, float *restrict y, size_t n) {
  float mean = lanes_sum(x, n) / n;
  float scale = 1.0f / sqrtf(lanes_squares(x, n, mean) / n + 1e-5f);
  for (size_t i = 0; i < n; i++) y[i] = (x[i] - mean) * scale;
}

void layer_norm_rows(const float *const *in, float *out, size_t rows, size_t cols) {
#pragma omp parallel for schedule(static)
  for (size_t r = 0; r < rows; r++) layer_norm_row(in[0] + r * cols, out + r * cols, cols);
}

// (d - mean) / std over the columns of a (rows, 3) array: 12 elements are 4 rows and 3 vectors, so
// lane j of a tile always belongs to column j % 3.
enum { COLUMNS = 3, TILE = 48, BLOCK = TILE * 64 };

static void fold_columns(const float *lanes, float *columns) {
  for (int j = 0; j < TILE; j++) columns[j % COLUMNS] += lanes[j];
}

static void column_sums(const float *x, size_t n, float *columns) {
  float lanes[TILE] = {0};
  size_t i = 0;
  for (; i + TILE <= n; i += TILE)
    for (int j = 0; j < TILE; j++) lanes[j] += x[i + j];
  for (size_t j = 0; i + j < n; j++) lanes[j] += x[i + j];
  fold_columns(lanes, columns);
}

static void column_squares(const float *x, size_t n, const float *mean, float *columns) {
  float lanes[TILE] = {0}, means[TILE];
  for (int j = 0; j < TILE; j++) means[j] = mean[j % COLUMNS];
  size_t i = 0;
  for (; i + TILE <= n; i += TILE)
    for (int j = 0; j < TILE; j++) lanes[j] += (x[i + j] - means[j]) * (x[i + j] - means[j]);
  for (size_t j = 0; i + j < n; j++) lanes[j] += (x[i + j] - means[j]) * (x[i + j] - means[j]);
  fold_columns(lanes, columns);
}

static void column_scale(const float *restrict x, float *restrict y, size_t n, const float *mean,
                         const float *scale) {
  float means[12], scales[12];
  for (int j = 0; j < 12; j++) means[j] = mean[j % COLUMNS], scales[j] = scale[j % COLUMNS];
  size_t i = 0;
  for (; i + 12 <= n; i += 12)
    for (int j = 0; j < 12; j++) y[i + j] = (x[i + j] - means[j]) * scales[j];
  for (size_t j = 0; i + j < n; j++) y[i + j] = (x[i + j] - means[j]) * scales[j];
}

static size_t block_size(size_t n, size_t begin) { return n - begin < BLOCK ? n - begin : BLOCK; }

void standardise_columns(const float *const *in, float *out, size_t rows, size_t cols) {
  const float *x = in[0];
  size_t n = rows * cols;
  float sums[COLUMNS] = {0}, squares[COLUMNS] = {0}, mean[COLUMNS], scale[COLUMNS];
#pragma omp parallel
  {
#pragma omp for schedule(static) reduction(+ : sums[:COLUMNS])
    for (size_t i = 0; i < n; i += BLOCK) column_sums(x + i, block_size(n, i), sums);
#pragma omp single
    for (int j = 0; j < COLUMNS; j++) mean[j] = sums[j] / rows;
#pragma omp for schedule(static) reduction(+ : squares[:COLUMNS])
    for (size_t i = 0; i < n; i += BLOCK) column_squares(x + i, block_size(n, i), mean, squares);
#pragma omp single
    for (int j = 0; j < COLUMNS; j++) scale[j] = 1.0f / sqrtf(squares[j] / rows);
#pragma omp for schedule(static)
    for (size_t i = 0; i < n; i += BLOCK) column_scale(x + i, out + i, block_size(n, i), mean, scale);
  }
}
