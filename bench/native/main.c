// A long-lived process that the harness drives over standard input and output; see protocol.ts.
//
//   limit DATA_DIRECTORY
//   run WORKLOAD REPS   -> times MS MS ... (one per repetition)
//   check WORKLOAD FILE -> checked          (the result's raw bytes are in FILE)
//   quit
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "limit.h"

#define MILLION 1000000
#define MATMUL(N)                                                                             \
  {"matmul-" #N, {"matmul-" #N ".a", "matmul-" #N ".b"}, {N * N, N * N}, N, N, N * N,         \
   {{"row blocks", matmul_square_1d}, {"square blocks", matmul_square_2d}}}

static const Workload workloads[] = {
    {"selu", {"selu.x"}, {MILLION}, 1, MILLION, MILLION, {{"libmvec", selu_libm}, {"polynomial", selu_poly}}},
    {"affine", {"affine.x"}, {MILLION}, 1000, 1000, MILLION, {{"loop", affine}}},
    {"sum-squares", {"sum-squares.x"}, {MILLION}, 1, MILLION, 1, {{"32 lanes", sum_of_squares}}},
    {"softmax", {"softmax.x"}, {MILLION}, 1000, 1000, MILLION,
     {{"libmvec", softmax_rows_libm}, {"polynomial", softmax_rows_poly}}},
    {"layer-norm", {"layer-norm.x"}, {1024000}, 1000, 1024, 1024000, {{"32 lanes", layer_norm_rows}}},
    {"standardise", {"standardise.d"}, {3 * MILLION}, MILLION, 3, 3 * MILLION, {{"48 lanes", standardise_columns}}},
    {"tanh-outer", {"tanh-outer.a", "tanh-outer.b"}, {1000, 1000}, 1000, 1000, MILLION,
     {{"libmvec", tanh_outer_libm}, {"rational", tanh_outer_poly}}},
    MATMUL(256), MATMUL(1000), MATMUL(2048),
    // The operations of workloads.ts's `mlp-step`, which has no result here.
    {"mlp-step", {NULL}, {0}, 410779648, 0, 1, {{"multiply and add in registers", flop_bound}}},
};
enum { WORKLOADS = sizeof workloads / sizeof *workloads };

typedef struct {
  const float *in[MAX_ARGS];
  float *out;
  const Variant *best; // NULL until the workload has been prepared
} State;

static double now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e3 + t.tv_nsec * 1e-6;
}

static float *allocate(size_t elements) {
  float *memory = aligned_alloc(64, (elements * sizeof(float) + 63) / 64 * 64);
  if (!memory) fprintf(stderr, "limit: out of memory\n"), exit(1);
  return memory;
}

static const float *read_input(const char *directory, const char *name, size_t elements) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s.f32", directory, name);
  float *data = allocate(elements);
  FILE *file = fopen(path, "rb");
  if (!file || fread(data, sizeof *data, elements, file) != elements)
    fprintf(stderr, "limit: cannot read %zu floats from %s\n", elements, path), exit(1);
  fclose(file);
  return data;
}

static double time_once(const Workload *w, const Variant *v, const State *s) {
  double begin = now_ms();
  v->run(s->in, s->out, w->rows, w->cols);
  return now_ms() - begin;
}

// The variant whose best of nine calls is shortest.
static const Variant *choose(const Workload *w, const State *s) {
  const Variant *best = NULL;
  double best_time = 0;
  for (const Variant *v = w->variants; v < w->variants + MAX_VARIANTS && v->run; v++) {
    double shortest = time_once(w, v, s);
    for (int i = 0; i < 8; i++) {
      double t = time_once(w, v, s);
      shortest = t < shortest ? t : shortest;
    }
    if (!best || shortest < best_time) best = v, best_time = shortest;
  }
  return best;
}

static void prepare(const Workload *w, State *s, const char *directory) {
  for (int i = 0; i < MAX_ARGS && w->args[i]; i++) s->in[i] = read_input(directory, w->args[i], w->arg_sizes[i]);
  s->out = allocate(w->out_size);
  s->best = choose(w, s);
  printf("note %s: %s\n", w->name, s->best->name);
}

static void run(const Workload *w, const State *s, int reps) {
  for (int i = 0; i < 2; i++) time_once(w, s->best, s); // wakes the threads, warms the caches
  double *times = malloc(sizeof *times * reps);
  for (int i = 0; i < reps; i++) times[i] = time_once(w, s->best, s);
  printf("times");
  for (int i = 0; i < reps; i++) printf(" %.6f", times[i]);
  printf("\n");
  free(times);
}

static void check(const Workload *w, const State *s, const char *path) {
  time_once(w, s->best, s);
  FILE *file = fopen(path, "wb");
  if (!file || fwrite(s->out, sizeof(float), w->out_size, file) != w->out_size || fclose(file))
    fprintf(stderr, "limit: cannot write %s\n", path), exit(1);
  printf("checked\n");
}

static int find(const char *name) {
  for (int i = 0; i < WORKLOADS; i++)
    if (!strcmp(workloads[i].name, name)) return i;
  return -1;
}

int main(int argc, char **argv) {
  static State states[WORKLOADS];
  char line[8192], verb[16], name[64], rest[4096];
  if (argc != 2) return fprintf(stderr, "usage: limit DATA_DIRECTORY\n"), 2;
  printf("ready %d threads\n", omp_get_max_threads());
  fflush(stdout);
  while (fgets(line, sizeof line, stdin)) {
    int fields = sscanf(line, "%15s %63s %4095[^\n]", verb, name, rest);
    if (fields == 1 && !strcmp(verb, "quit")) return 0;
    int i = fields == 3 ? find(name) : -1;
    if (fields == 3 && i < 0) {
      printf("unsupported no C program for %s\n", name);
    } else if (fields == 3) {
      if (!states[i].best) prepare(&workloads[i], &states[i], argv[1]);
      if (!strcmp(verb, "run")) run(&workloads[i], &states[i], atoi(rest));
      else if (!strcmp(verb, "check")) check(&workloads[i], &states[i], rest);
      else printf("error unknown command %s\n", verb);
    } else {
      printf("error cannot read: %s\n", line);
    }
    fflush(stdout);
  }
  return 0;
}
