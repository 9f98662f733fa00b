#include "product_kernels.h"

#include <stddef.h>

#if !defined(WITHOUT_OPTIONAL_LIBRARIES) && defined(__linux__) && defined(__x86_64__) && __has_include(<libxsmm.h>)
#include <libxsmm.h>
/* Only release 1.17 and those before it have this interface. */
#if defined(LIBXSMM_MMCALL_PRF)
#define HAS_LIBXSMM
#endif
#endif

#if defined(HAS_LIBXSMM)

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

static libxsmm_smmfunction make(product_shape shape) {
  /* LIBXSMM is column-major: to it rows are columns, the right matrix is the first, and c, too, is transposed. */
  const float alpha = 1, beta = shape.accumulating ? 1 : 0;
  const int flags = shape.left_transposed ? LIBXSMM_GEMM_FLAG_TRANS_B : LIBXSMM_GEMM_FLAG_NONE;
  const int prefetch = shape.fetching_next ? LIBXSMM_GEMM_PREFETCH_AL2 : LIBXSMM_GEMM_PREFETCH_NONE;
  return libxsmm_smmdispatch(shape.columns, shape.rows, shape.depth, &shape.right_stride, &shape.left_stride,
                             &shape.c_stride, &alpha, &beta, &flags, &prefetch);
}

/* Some systems forbid memory that is written and then run; LIBXSMM would not notice before it is too late. */
static bool may_run_what_it_writes(void) {
  const size_t size = 4096;
  void *const page = mmap(NULL, size, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return false;
  munmap(page, size);
  return true;
}

const char *product_kernels_description(void) {
  static char description[64];
  if (!may_run_what_it_writes()) return NULL;
  /* LIBXSMM sets it, and so for every process that this one starts. */
  const bool threads_are_bound = getenv("OMP_PROC_BIND") != NULL;
  libxsmm_init();
  if (!threads_are_bound) unsetenv("OMP_PROC_BIND");
  /* The blocks are cut for AVX2 and what came after it. */
  const product_shape small = {16, 16, 16, 16, 16, 16, false, false, false};
  if (libxsmm_get_target_archid() < LIBXSMM_X86_AVX2 || !make(small)) return NULL;
  snprintf(description, sizeof description, "LIBXSMM %d.%d.%d (kernels for %s)", LIBXSMM_VERSION_MAJOR,
           LIBXSMM_VERSION_MINOR, LIBXSMM_VERSION_UPDATE, libxsmm_get_target_arch());
  return description;
}

const product_kernel *product_kernel_for(product_shape shape) { return (const product_kernel *)make(shape); }

void product_kernel_run(const product_kernel *kernel, const float *left, const float *right, float *c,
                        const float *next_right) {
  ((libxsmm_smmfunction)kernel)(right, left, c, next_right, left, c);
  /* LIBXSMM leaves the upper halves of vector registers in use, which slows down whatever SSE code comes next: the step
   * of the parameters takes twice as long. */
  __asm__ volatile("vzeroupper");
}

float *product_panel(void) {
  static _Thread_local float panel[PRODUCT_PANEL_COUNT] __attribute__((aligned(64)));
  return panel;
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

float *product_panel(void) { return NULL; }

#endif
