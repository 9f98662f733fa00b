#include "product_kernels.h"

#include <stddef.h>

float *product_panel(void) {
  static _Thread_local float panel[PRODUCT_PANEL_COUNT] __attribute__((aligned(64)));
  return panel;
}

#if defined(__x86_64__) && __has_include(<libxsmm.h>)

#include <libxsmm.h>
#include <pthread.h>
#include <stdio.h>

static char description[64];

static libxsmm_smmfunction make(product_shape shape) {
  /* LIBXSMM is column-major: to it rows are columns, the right matrix is the first, and c, too, is transposed. */
  const float alpha = 1, beta = shape.accumulating ? 1 : 0;
  const int flags = shape.left_transposed ? LIBXSMM_GEMM_FLAG_TRANS_B : LIBXSMM_GEMM_FLAG_NONE;
  const int prefetch = shape.fetching_next ? LIBXSMM_GEMM_PREFETCH_AL2 : LIBXSMM_GEMM_PREFETCH_NONE;
  return libxsmm_smmdispatch(shape.columns, shape.rows, shape.depth, &shape.right_stride, &shape.left_stride,
                             &shape.c_stride, &alpha, &beta, &flags, &prefetch);
}

static void describe(void) {
  /* Without fused multiplication and addition OpenBLAS is as good. */
  if (libxsmm_get_target_archid() < LIBXSMM_X86_AVX2) return;
  /* Some systems forbid memory that is written and then run. */
  const product_shape small = {16, 16, 16, 16, 16, 16, false, false, false};
  if (!make(small)) return;
  snprintf(description, sizeof description, "LIBXSMM %d.%d.%d (kernels for %s)", LIBXSMM_VERSION_MAJOR,
           LIBXSMM_VERSION_MINOR, LIBXSMM_VERSION_UPDATE, libxsmm_get_target_arch());
}

const char *product_kernels_description(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, describe);
  return description[0] ? description : NULL;
}

const product_kernel *product_kernel_for(product_shape shape) {
  return product_kernels_description() ? (const product_kernel *)make(shape) : NULL;
}

void product_kernel_run(const product_kernel *kernel, const float *left, const float *right, float *c,
                        const float *next_right) {
  ((libxsmm_smmfunction)kernel)(right, left, c, next_right, left, c);
  /* LIBXSMM leaves the upper halves of vector registers in use, which slows down whatever SSE code comes next: the step
   * of the parameters takes twice as long. */
  __asm__ volatile("vzeroupper");
}

#else

const char *product_kernels_description(void) { return NULL; }

const product_kernel *product_kernel_for(product_shape shape) {
  (void)shape;
  return NULL;
}

void product_kernel_run(const product_kernel *kernel, const float *left, const float *right, float *c,
                        const float *next_right) {
  (void)kernel, (void)left, (void)right, (void)c, (void)next_right;
}

#endif
